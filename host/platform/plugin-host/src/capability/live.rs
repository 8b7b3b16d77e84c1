//! The backend with effects. Each capability checks its grant again, asks its
//! door, and keeps what the host itself saw.

use super::{
    Backend, Blob, Doors, Fault, Harvest, HostAnswer, HostCall, HttpRequest, LogLine, MailContent, QueryAnswer,
    state::StateView,
};
use crate::{
    egress::{Egress, EgressRun, Policy, Sent},
    error::RunError,
    grants::Grants,
    limits::Limits,
    recorder::DeliverySeen,
};
use async_trait::async_trait;
use std::{collections::BTreeMap, sync::Arc};

/// How much of a response is kept for a delivery whose outcome is in doubt.
const BODY_HEAD_CHARS: usize = 500;

pub(crate) struct LiveBackend {
    grants: Arc<Grants>,
    doors: Doors,
    http: EgressRun,
    state: Option<StateView>,
    seen: BTreeMap<String, DeliverySeen>,
}

impl LiveBackend {
    pub(crate) fn new(egress: Arc<Egress>, grants: Arc<Grants>, doors: Doors, limits: &Limits) -> Self {
        let state = doors.state.clone().map(|door| StateView::new(door, grants.state_bytes));
        let policy = Policy::of_grants(&grants, limits);
        Self { http: EgressRun::new(egress, policy, doors.clone()), grants, doors, state, seen: BTreeMap::new() }
    }

    async fn send_all(&mut self, requests: &[HttpRequest]) -> Vec<Result<super::HttpResponse, Fault>> {
        let answers = self.http.send_all(requests).await;
        requests
            .iter()
            .zip(answers)
            .map(|(request, sent)| {
                self.note(request, &sent);
                sent.answer
            })
            .collect()
    }

    fn note(&mut self, request: &HttpRequest, sent: &Sent) {
        let body = sent.answer.as_ref().map_or(&[][..], |r| &r.body.0);
        let body_head: String = String::from_utf8_lossy(body).chars().take(BODY_HEAD_CHARS).collect();
        for delivery in request.deliveries().unwrap_or_default() {
            let seen = self.seen_of(&delivery);
            seen.dispatched |= sent.dispatched;
            seen.reached |= sent.dispatched && sent.reached;
            seen.status = sent.answer.as_ref().ok().map(|r| r.status);
            seen.fault = sent.answer.as_ref().err().cloned();
            seen.body_head.clone_from(&body_head);
        }
    }

    fn seen_of(&mut self, delivery: &str) -> &mut DeliverySeen {
        self.seen
            .entry(delivery.to_owned())
            .or_insert_with(|| DeliverySeen { delivery: delivery.to_owned(), ..DeliverySeen::default() })
    }

    async fn submit(&mut self, delivery: &str, content: &MailContent) -> Result<(), Fault> {
        let door = self.doors.mail.clone().filter(|_| self.grants.mail);
        let door = door.ok_or_else(|| Fault::denied("mail is not granted in this run"))?;
        door.submit(delivery, content).await?;
        self.seen_of(delivery).mail_submitted = true;
        Ok(())
    }

    fn state(&mut self) -> Result<&mut StateView, Fault> {
        let granted = self.grants.state_bytes > 0;
        self.state.as_mut().filter(|_| granted).ok_or_else(|| Fault::denied("state is not granted in this run"))
    }

    async fn ask(&self, questions: &[super::Question]) -> Vec<Result<QueryAnswer, Fault>> {
        let Some(door) = self.doors.query.as_ref().filter(|_| self.grants.query) else {
            let denied = Fault::denied("query is not granted in this run");
            return questions.iter().map(|_| Err(denied.clone())).collect();
        };
        let mut answers = door.ask(questions).await;
        answers.resize(questions.len(), Err(Fault::new("internal", "the catalogue left a question unanswered")));
        answers.into_iter().map(|answer| answer.and_then(only_finite)).collect()
    }
}

/// A recording is JSON, and JSON has no NaN: what is not a number is hidden.
fn only_finite(mut answer: QueryAnswer) -> Result<QueryAnswer, Fault> {
    if answer.values.len() != answer.hidden.len() {
        return Err(Fault::new("internal", "the catalogue gave columns of different lengths"));
    }
    for (value, hidden) in answer.values.iter_mut().zip(&mut answer.hidden) {
        if !value.is_finite() || *hidden {
            (*value, *hidden) = (0.0, true);
        }
    }
    Ok(answer)
}

#[async_trait]
impl Backend for LiveBackend {
    async fn answer(&mut self, call: &HostCall) -> Result<HostAnswer, RunError> {
        Ok(match call {
            HostCall::LogWrite(_) => HostAnswer::Done,
            HostCall::HttpSendAll { requests } => HostAnswer::Responses(self.send_all(requests).await),
            HostCall::MailSubmit { delivery, content } => HostAnswer::Unit(self.submit(delivery, content).await),
            HostCall::StateGet { key } => HostAnswer::Value(match self.state() {
                Ok(state) => state.get(key).await.map(|value| value.map(Blob)),
                Err(fault) => Err(fault),
            }),
            HostCall::StateKeys { prefix, after, limit } => HostAnswer::Keys(match self.state() {
                Ok(state) => state.keys(prefix, after.as_deref(), *limit).await,
                Err(fault) => Err(fault),
            }),
            HostCall::StatePut { key, value } => HostAnswer::Unit(match self.state() {
                Ok(state) => state.put(key, Some(value.0.clone())).await,
                Err(fault) => Err(fault),
            }),
            HostCall::StateDelete { key } => HostAnswer::Unit(match self.state() {
                Ok(state) => state.put(key, None).await,
                Err(fault) => Err(fault),
            }),
            HostCall::StatePutNow { key, value } => HostAnswer::Unit(match self.state() {
                Ok(state) => state.put_now(key, value.0.clone()).await,
                Err(fault) => Err(fault),
            }),
            HostCall::QueryMetrics => HostAnswer::Metrics(match &self.doors.query {
                Some(door) if self.grants.query => door.metrics().await,
                _ => Vec::new(),
            }),
            HostCall::QueryAsk { questions } => HostAnswer::Answers(self.ask(questions).await),
        })
    }

    fn redact(&self, line: &mut LogLine) {
        line.message = self.http.redact(&line.message);
        for (_, value) in &mut line.fields {
            *value = self.http.redact(value);
        }
    }

    fn finish(&mut self) -> Result<Harvest, RunError> {
        Ok(Harvest {
            state: self.state.as_mut().map(StateView::take_writes).unwrap_or_default(),
            deliveries: std::mem::take(&mut self.seen).into_values().collect(),
        })
    }
}
