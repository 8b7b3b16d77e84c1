//! The path of every host call: metering first, then the backend, then the
//! recorder. Nothing reaches a backend uncounted.

use super::{Backend, HostAnswer, HostCall, LogLine, RecordedCall, denied::Denials};
use crate::{
    error::RunError,
    limits::{LimitName, Limits},
    logbook::LogBook,
    recorder::{BODY_BYTES_MAX, CallRecord, Payload, RunRecord},
};
use std::time::Instant;

/// A run may hand over this many times the bound of one call.
const RUN_BYTES_FACTOR: u64 = 8;

pub(crate) struct CallPath {
    pub(crate) backend: Box<dyn Backend>,
    calls_max: u64,
    bytes_max: u64,
    calls: u64,
    bytes_out: u64,
    bytes_in: u64,
    records: Vec<CallRecord>,
    bodies: Option<Vec<RecordedCall>>,
    body_bytes: usize,
    denials: Denials,
    log: LogBook,
}

impl CallPath {
    pub(crate) fn new(backend: Box<dyn Backend>, limits: &Limits, log: LogBook, keep_bodies: bool) -> Self {
        Self {
            backend,
            calls_max: limits.host_calls,
            bytes_max: limits.host_call_bytes,
            calls: 0,
            bytes_out: 0,
            bytes_in: 0,
            records: Vec::new(),
            bodies: keep_bodies.then(Vec::new),
            body_bytes: 0,
            denials: Denials::default(),
            log,
        }
    }

    /// Answer one call.
    pub(crate) async fn call(&mut self, entry: &str, call: HostCall) -> Result<HostAnswer, RunError> {
        self.calls += 1;
        if self.calls > self.calls_max {
            return Err(over(entry, LimitName::HostCalls, self.calls_max, self.calls));
        }
        if let HostCall::LogWrite(line) = &call {
            return Ok(self.write_log(line));
        }
        let request = Payload::json(&call);
        self.bytes_out += request.bytes;
        if self.bytes_out > self.bytes_max.saturating_mul(RUN_BYTES_FACTOR) {
            return Err(over(entry, LimitName::HostCallBytes, self.bytes_max, self.bytes_out));
        }
        let began = Instant::now();
        let answer = self.backend.answer(&call).await?;
        self.denials.note(&call, &answer);
        self.record(call, &request, &answer, began);
        Ok(answer)
    }

    /// Log lines are cut at their own bound and kept as they are; they are
    /// counted, not recorded again.
    fn write_log(&mut self, line: &LogLine) -> HostAnswer {
        let mut line = line.clone();
        self.backend.redact(&mut line);
        self.log.line(&line);
        HostAnswer::Done
    }

    fn record(&mut self, call: HostCall, request: &Payload, answer: &HostAnswer, began: Instant) {
        let answered = Payload::json(answer);
        self.bytes_in += answered.bytes;
        self.records.push(CallRecord {
            capability: call.capability().to_owned(),
            call: request.digest,
            answer: answered.digest,
            call_bytes: request.bytes,
            answer_bytes: answered.bytes,
            wall_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
        });
        self.body_bytes = self.body_bytes.saturating_add(usize::try_from(request.bytes + answered.bytes).unwrap_or(0));
        if self.body_bytes > BODY_BYTES_MAX {
            self.bodies = None;
        }
        if let Some(bodies) = &mut self.bodies {
            bodies.push(RecordedCall { call, answer: answer.clone() });
        }
    }

    pub(crate) fn write_into(&mut self, record: &mut RunRecord) {
        record.calls = std::mem::take(&mut self.records);
        record.denied = self.denials.take();
        record.host_calls = self.calls;
        record.bytes_in += self.bytes_in;
        record.bytes_out += self.bytes_out;
        (record.log_bytes, record.log_cut) = self.log.used();
    }

    pub(crate) fn take_bodies(&mut self) -> Option<Vec<RecordedCall>> {
        self.bodies.take()
    }

    pub(crate) fn take_logs(&mut self) -> Vec<LogLine> {
        self.log.take()
    }
}

fn over(entry: &str, name: LimitName, limit: u64, used: u64) -> RunError {
    RunError::Limit { entry: entry.to_owned(), name, limit, used }
}
