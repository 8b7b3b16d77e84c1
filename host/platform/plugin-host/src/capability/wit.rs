//! The host's side of the capability interfaces: each function turns its
//! arguments into one [`HostCall`] and the one [`HostAnswer`] back. No effect
//! and no decision is made here.

use super::{
    Blob, Fault, HostAnswer, HostCall, HttpRequest, HttpResponse, LogLine, MailContent, Options, Question, Signing,
};
use crate::{
    run::RunState,
    wit::rialto::{http::http, log::log, mail::mail, query::query, state::state, types::types},
};
use wasmtime::Result;

impl RunState {
    async fn ask(&mut self, call: HostCall) -> Result<HostAnswer> {
        let entry = self.entry;
        match self.calls.call(entry, call).await {
            Ok(answer) => Ok(answer),
            Err(why) => Err(self.stop(why)),
        }
    }

    /// A backend gave the wrong kind of answer: a fault of the host or of a
    /// script, never of the plugin.
    fn mismatch(&mut self, capability: &str) -> wasmtime::Error {
        let why = crate::error::RunError::Host {
            entry: self.entry.to_owned(),
            detail: format!("the backend of `{capability}` gave another kind of answer than was asked for"),
        };
        self.stop(why)
    }

    async fn ask_unit(&mut self, call: HostCall) -> Result<Result<(), Fault>> {
        let capability = call.capability();
        match self.ask(call).await? {
            HostAnswer::Unit(answer) => Ok(answer),
            _ => Err(self.mismatch(capability)),
        }
    }
}

impl types::Host for RunState {}

impl log::Host for RunState {
    async fn write(&mut self, level: String, message: String, fields: Options) -> Result<()> {
        self.ask(HostCall::LogWrite(LogLine { level, message, fields })).await.map(|_| ())
    }
}

impl http::Host for RunState {
    async fn send_all(&mut self, requests: Vec<http::Request>) -> Result<Vec<Result<http::Response, Fault>>> {
        let count = requests.len();
        let call = HostCall::HttpSendAll { requests: requests.into_iter().map(HttpRequest::from).collect() };
        match self.ask(call).await? {
            HostAnswer::Responses(answers) if answers.len() == count => {
                Ok(answers.into_iter().map(|answer| answer.map(http::Response::from)).collect())
            }
            _ => Err(self.mismatch("http")),
        }
    }
}

impl mail::Host for RunState {
    async fn submit(&mut self, delivery: String, content: mail::Content) -> Result<Result<(), Fault>> {
        let mail::Content { subject, html, text, headers, options } = content;
        let content = MailContent { subject, html, text, headers, options };
        self.ask_unit(HostCall::MailSubmit { delivery, content }).await
    }
}

impl state::Host for RunState {
    async fn get(&mut self, key: String) -> Result<Result<Option<Vec<u8>>, Fault>> {
        match self.ask(HostCall::StateGet { key }).await? {
            HostAnswer::Value(answer) => Ok(answer.map(|value| value.map(|blob| blob.0))),
            _ => Err(self.mismatch("state")),
        }
    }

    async fn keys(&mut self, prefix: String, after: Option<String>, limit: u32) -> Result<Result<Vec<String>, Fault>> {
        match self.ask(HostCall::StateKeys { prefix, after, limit }).await? {
            HostAnswer::Keys(answer) => Ok(answer),
            _ => Err(self.mismatch("state")),
        }
    }

    async fn put(&mut self, key: String, value: Vec<u8>) -> Result<Result<(), Fault>> {
        self.ask_unit(HostCall::StatePut { key, value: Blob(value) }).await
    }

    async fn delete(&mut self, key: String) -> Result<Result<(), Fault>> {
        self.ask_unit(HostCall::StateDelete { key }).await
    }

    async fn put_now(&mut self, key: String, value: Vec<u8>) -> Result<Result<(), Fault>> {
        self.ask_unit(HostCall::StatePutNow { key, value: Blob(value) }).await
    }
}

impl query::Host for RunState {
    async fn metrics(&mut self) -> Result<Vec<query::Metric>> {
        match self.ask(HostCall::QueryMetrics).await? {
            HostAnswer::Metrics(metrics) => Ok(metrics.into_iter().map(query::Metric::from).collect()),
            _ => Err(self.mismatch("query")),
        }
    }

    async fn ask(&mut self, questions: Vec<query::Question>) -> Result<Vec<Result<query::Answer, Fault>>> {
        let count = questions.len();
        let call = HostCall::QueryAsk { questions: questions.into_iter().map(Question::from).collect() };
        match RunState::ask(self, call).await? {
            HostAnswer::Answers(answers) if answers.len() == count => {
                Ok(answers.into_iter().map(|answer| answer.map(query::Answer::from)).collect())
            }
            _ => Err(self.mismatch("query")),
        }
    }
}

impl From<http::Request> for HttpRequest {
    fn from(request: http::Request) -> Self {
        let http::Request { method, url, headers, body, delivery, signing, timeout_ms, options } = request;
        let signing = signing.map(|http::Signing { scheme, secret, options }| Signing { scheme, secret, options });
        Self { method, url, headers, body: Blob(body), delivery, signing, timeout_ms, options }
    }
}

impl From<HttpResponse> for http::Response {
    fn from(response: HttpResponse) -> Self {
        let HttpResponse { status, headers, body, options } = response;
        Self { status, headers, body: body.0, options }
    }
}

impl From<super::Metric> for query::Metric {
    fn from(metric: super::Metric) -> Self {
        let super::Metric { name, title, definition, unit, dimensions } = metric;
        Self { name, title, definition, unit, dimensions }
    }
}

impl From<query::Question> for Question {
    fn from(question: query::Question) -> Self {
        let query::Question { metric, by, where_, start, end, options } = question;
        Self { metric, by, filter: where_, start, end, options }
    }
}

impl From<super::QueryAnswer> for query::Answer {
    fn from(answer: super::QueryAnswer) -> Self {
        let super::QueryAnswer { unit, keys, values, hidden, options } = answer;
        Self { unit, keys, values, hidden, options }
    }
}
