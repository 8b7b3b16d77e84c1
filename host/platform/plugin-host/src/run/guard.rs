//! The one guard around every entry into a guest: instantiation, describe,
//! every export, every resource drop. Deadlines, bounds and cancellation are
//! armed here and nowhere else.

use super::{RunState, classify::classify, meter::CpuMeter};
use crate::{
    error::RunError,
    limits::{LimitName, Limits},
};
use futures::future::BoxFuture;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;
use wasmtime::{Store, UpdateDeadline};

/// What holds over all entries of one run.
pub(crate) struct Guard {
    pub(crate) meter: Arc<CpuMeter>,
    /// Time left for entries. What the host does between them is not the
    /// plugin's to pay.
    wall_left: Duration,
    cancel: CancellationToken,
}

impl Guard {
    pub(crate) fn new(limits: &Limits, cancel: CancellationToken) -> Self {
        Self { meter: Arc::new(CpuMeter::default()), wall_left: Duration::from_millis(limits.wall_run_ms), cancel }
    }
}

/// Arm a fresh store: bounds before instantiation, so that initial memories
/// count, and the look at the deadline at every epoch.
pub(crate) fn arm(store: &mut Store<RunState>, limits: &Limits, meter: &Arc<CpuMeter>) {
    store.limiter(|state| &mut state.bounds);
    let transfer = limits.host_call_bytes.max(limits.output_bytes);
    store.set_hostcall_fuel(usize::try_from(transfer).unwrap_or(usize::MAX));
    store.set_max_component_handles(usize::try_from(limits.handles).unwrap_or(usize::MAX));
    store.set_epoch_deadline(1);
    let meter = meter.clone();
    let (entry_ms, run_ms) = (limits.cpu_entry_ms, limits.cpu_run_ms);
    store.epoch_deadline_callback(move |mut context| {
        let over = |name, limit, used| (used >= limit).then_some((name, limit, used));
        let passed = over(LimitName::CpuEntry, entry_ms, meter.entry_ms_in_poll())
            .or_else(|| over(LimitName::CpuRun, run_ms, meter.run_ms_in_poll()));
        match passed {
            Some((name, limit, used)) => {
                let state = context.data_mut();
                let entry = state.entry.to_owned();
                Err(state.stop(RunError::Limit { entry, name, limit, used }))
            }
            // Queued behind the others: a plain yield would come back first.
            None => Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))),
        }
    });
}

/// Run one entry to its answer or its end.
pub(crate) async fn guarded<T, F>(
    guard: &mut Guard,
    store: &mut Store<RunState>,
    entry: &'static str,
    limits: &Limits,
    call: F,
) -> Result<T, RunError>
where
    T: Send,
    F: for<'a> FnOnce(&'a mut Store<RunState>, ()) -> BoxFuture<'a, wasmtime::Result<T>> + Send,
{
    store.data_mut().entry = entry;
    store.data_mut().bounds.begin_entry();
    store.set_epoch_deadline(1);
    guard.meter.begin_entry();
    let began = Instant::now();
    let answer = {
        let mut future = call(store, ());
        let metered = std::future::poll_fn(|context| {
            guard.meter.begin_poll();
            // A panic in a host function must cost one run, not the process.
            let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
            guard.meter.end_poll();
            match polled {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(answer)) => Poll::Ready(Ok(answer)),
                Err(_) => Poll::Ready(Err(RunError::Host {
                    entry: entry.to_owned(),
                    detail: "a host function panicked".to_owned(),
                })),
            }
        });
        tokio::select! {
            biased;
            () = guard.cancel.cancelled() => Err(RunError::Cancelled { entry: entry.to_owned() }),
            done = tokio::time::timeout(guard.wall_left, metered) => match done {
                Ok(answer) => answer,
                Err(_) => Err(RunError::Limit {
                    entry: entry.to_owned(),
                    name: LimitName::Wall,
                    limit: limits.wall_run_ms,
                    used: limits.wall_run_ms,
                }),
            },
        }
    };
    guard.wall_left = guard.wall_left.saturating_sub(began.elapsed());
    match answer {
        Ok(Ok(answer)) => over_run_budget(guard, entry, limits).map_or(Ok(answer), Err),
        Ok(Err(cause)) => Err(classify(&cause, store.data_mut(), entry, limits)),
        Err(why) => Err(why),
    }
}

/// Entries shorter than a tick are never looked at while they run; many of
/// them still add up.
fn over_run_budget(guard: &Guard, entry: &'static str, limits: &Limits) -> Option<RunError> {
    let used = guard.meter.run_us() / 1_000;
    (used > limits.cpu_run_ms).then(|| RunError::Limit {
        entry: entry.to_owned(),
        name: LimitName::CpuRun,
        limit: limits.cpu_run_ms,
        used,
    })
}
