//! Answers from a recording, and only to what was recorded: capability, order
//! and canonical request must match. There is no way from here to the outside.

use super::{
    Backend, Blob, Harvest, HostAnswer, HostCall, HttpRequest, RecordedCall,
    difference::{FieldDifference, differences},
};
use crate::error::RunError;
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::collections::VecDeque;

pub(crate) struct ReplayBackend {
    left: VecDeque<RecordedCall>,
    at: u64,
}

impl ReplayBackend {
    pub(crate) fn new(calls: Vec<RecordedCall>) -> Self {
        Self { left: calls.into(), at: 0 }
    }
}

#[async_trait]
impl Backend for ReplayBackend {
    async fn answer(&mut self, call: &HostCall) -> Result<HostAnswer, RunError> {
        let at = self.at;
        self.at += 1;
        let diverged = |detail, differences| Err(RunError::Diverged { at, detail, differences });
        let Some(recorded) = self.left.pop_front() else {
            let now = FieldDifference::of("capability", None, Some(call.capability()));
            return diverged("more host calls than were recorded".to_owned(), vec![now]);
        };
        if recorded.call == *call {
            return Ok(recorded.answer);
        }
        let (was, is) = (recorded.call.capability(), call.capability());
        if was != is {
            let differs = vec![FieldDifference::of("capability", Some(was), Some(is))];
            return diverged(format!("asked for `{is}` where `{was}` was recorded"), differs);
        }
        let (before, now) = (canonical(&recorded.call), canonical(call));
        if before == now {
            return Ok(recorded.answer);
        }
        let differs = differences(&before, &now);
        let first = differs.first().map(|d| format!(" ({d})")).unwrap_or_default();
        diverged(format!("another `{is}` request than recorded{first}"), differs)
    }

    /// The recording must not go on when the run has stopped asking.
    fn finish(&mut self) -> Result<Harvest, RunError> {
        let Some(next) = self.left.front() else { return Ok(Harvest::default()) };
        let differences = vec![FieldDifference::of("capability", Some(next.call.capability()), None)];
        let detail = format!("{} recorded host calls were not made", self.left.len());
        Err(RunError::Diverged { at: self.at, detail, differences })
    }
}

/// A call as it counts: names of headers in lower case and both they and the
/// options in order, addresses as a client would send them, bodies that are
/// JSON as what they say.
pub(crate) fn canonical(call: &HostCall) -> Value {
    match call {
        HostCall::HttpSendAll { requests } => json!({ "requests": requests.iter().map(request).collect::<Vec<_>>() }),
        HostCall::StatePut { key, value } => json!({ "do": "put", "key": key, "value": body(value) }),
        HostCall::StatePutNow { key, value } => json!({ "do": "put-now", "key": key, "value": body(value) }),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

fn request(request: &HttpRequest) -> Value {
    let url = url::Url::parse(&request.url).map_or_else(|_| request.url.clone(), String::from);
    let mut headers: Vec<(String, &String)> =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    headers.sort();
    let mut by_name: Map<String, Value> = Map::new();
    for (name, value) in headers {
        match by_name.get_mut(&name) {
            Some(Value::String(known)) => *known = format!("{known}, {value}"),
            _ => {
                by_name.insert(name, Value::String(value.clone()));
            }
        }
    }
    json!({
        "method": request.method.to_ascii_uppercase(), "url": url, "headers": by_name, "body": body(&request.body),
        "delivery": request.delivery, "timeout_ms": request.timeout_ms, "options": options(&request.options),
        "signing": request.signing.as_ref().map(|signing| json!({
            "scheme": signing.scheme, "secret": signing.secret, "options": options(&signing.options),
        })),
    })
}

fn options(options: &super::Options) -> Value {
    let mut sorted = options.clone();
    sorted.sort();
    sorted.into_iter().map(|(name, text)| (name, serde_json::from_str(&text).unwrap_or(Value::String(text)))).collect()
}

/// A body by what it says: JSON, text, or bytes.
fn body(body: &Blob) -> Value {
    if let Ok(document) = serde_json::from_slice::<Value>(&body.0)
        && (document.is_object() || document.is_array())
    {
        return sorted(document);
    }
    match std::str::from_utf8(&body.0) {
        Ok(text) => Value::String(text.to_owned()),
        Err(_) => json!({ "base64": body }),
    }
}

/// Objects compare by what they hold, not by its order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<(String, Value)> = map.into_iter().map(|(name, one)| (name, sorted(one))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(url: &str, header: (&str, &str), body: &str) -> HostCall {
        HostCall::HttpSendAll {
            requests: vec![HttpRequest {
                method: "POST".into(),
                url: url.into(),
                headers: vec![(header.0.into(), header.1.into())],
                body: Blob(body.as_bytes().to_vec()),
                delivery: Some("d1".into()),
                signing: None,
                timeout_ms: None,
                options: vec![],
            }],
        }
    }

    async fn ask(recorded: HostCall, now: HostCall) -> Result<HostAnswer, RunError> {
        let calls = vec![RecordedCall { call: recorded, answer: HostAnswer::Responses(vec![]) }];
        ReplayBackend::new(calls).answer(&now).await
    }

    #[tokio::test]
    async fn the_same_request_written_otherwise_is_the_same() {
        let recorded = post("https://a.example/x", ("Accept", "*/*"), r#"{"a":1,"b":[{"c":2,"d":3}]}"#);
        let now = post("https://a.example:443/x", ("accept", "*/*"), r#"{ "b": [{"d":3,"c":2}], "a": 1 }"#);
        assert_eq!(ask(recorded, now).await, Ok(HostAnswer::Responses(vec![])));
    }

    #[tokio::test]
    async fn another_request_is_told_field_by_field() {
        let recorded = post("https://a.example/x", ("accept", "*/*"), r#"{"to":"{{address}}","n":1}"#);
        let now = post("https://a.example/y", ("accept", "*/*"), r#"{"to":"{{address}}","n":2}"#);
        let Err(RunError::Diverged { at: 0, differences, .. }) = ask(recorded.clone(), now).await else { panic!() };
        let fields: Vec<_> = differences.iter().map(|d| d.field.as_str()).collect();
        assert_eq!(fields, ["requests[0].url", "requests[0].body.n"]);
        let get = HostCall::StateGet { key: "k".into() };
        let Err(RunError::Diverged { differences, .. }) = ask(recorded, get).await else { panic!() };
        assert_eq!(differences[0].to_string(), "capability: http was recorded, now state");
    }

    #[tokio::test]
    async fn a_run_that_stops_asking_is_told_what_it_left_out() {
        let call = HostCall::StateGet { key: "k".into() };
        let mut backend = ReplayBackend::new(vec![RecordedCall { call, answer: HostAnswer::Value(Ok(None)) }]);
        let Err(RunError::Diverged { at: 0, detail, .. }) = backend.finish() else { panic!() };
        assert_eq!(detail, "1 recorded host calls were not made");
    }
}
