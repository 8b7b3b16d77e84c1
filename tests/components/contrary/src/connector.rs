//! The connector: one request a delivery.

use crate::{Settings, dice, internal};
use rialto_sdk::{
    Connector, Fault, Options,
    connector::{Batch, Delivery, Description, Event, Inbound, Observation, Outcome, Page, Received},
    http::{self, Request, Response},
};
use serde_json::{Value, json};

/// The connector.
pub struct Messenger;

impl Connector for Messenger {
    type Settings = Settings;

    fn describe() -> Description {
        Description::new(["sms"], ["text"])
    }

    fn check(settings: Settings) -> Result<Options, Fault> {
        if settings.is("connector.check-sends-nothing") {
            Request::post(&settings.endpoint).delivery("dlv-0000-7f3a9c").send()?;
        }
        Ok(Options::new())
    }

    fn deliver(settings: Settings, batch: &Batch) -> Result<Vec<Outcome>, Fault> {
        if settings.is("connector.empty-batch") && batch.is_empty() {
            Request::post(&settings.endpoint).send()?;
        }
        assert!(!(settings.is("connector.huge-batch") && batch.len() > 50), "so many");
        let requests: Vec<Request> = batch.iter().map(|one| request(&settings, &one)).collect::<Result<_, _>>()?;
        if settings.is("connector.deliver") {
            http::send_all(requests.clone());
        }
        let answers = http::send_all(requests);
        let mut outcomes: Vec<Outcome> =
            batch.iter().zip(&answers).map(|(one, answer)| outcome(&settings, &one, answer)).collect();
        if settings.is("connector.partial-failure")
            && let Some(first) = outcomes.first().map(|one| one.status.clone())
        {
            outcomes.iter_mut().for_each(|one| one.status.clone_from(&first));
        }
        Ok(outcomes)
    }

    fn collect(settings: Settings, _source: &str, _cursor: Option<&str>) -> Result<Page, Fault> {
        let answer = Request::get(&settings.endpoint).send()?;
        let wrong = |name: &str| settings.is(name);
        let key = if wrong("connector.collect-duplicate") { dice().to_string() } else { "o-1".to_owned() };
        let one = Observation { key, at: 0, kind: "seen".to_owned(), fields: Options::new() };
        let read = answer.is_success() && answer.json::<Value>().is_ok();
        if read || wrong("connector.collect-not-json") && answer.is_success() {
            return Ok(Page { observations: vec![one], cursor: Some("cursor-2".to_owned()), more: false });
        }
        if wrong("connector.collect-server-error") {
            return Ok(Page { observations: Vec::new(), cursor: Some("cursor-2".to_owned()), more: false });
        }
        Err(Fault::unavailable("the source cannot be read"))
    }

    fn receive(settings: Settings, inbound: &Inbound) -> Result<Received, Fault> {
        if settings.is("connector.receive-garbage") {
            assert!(std::str::from_utf8(&inbound.body).is_ok(), "everybody sends UTF-8");
        }
        let read: Value = serde_json::from_slice(&inbound.body).map_err(|_| Fault::invalid_input("no JSON"))?;
        let events = read.as_array().into_iter().flatten().filter_map(|event| {
            let key = event["id"].as_str()?.to_owned();
            let key = if settings.is("connector.receive-duplicate") { dice().to_string() } else { key };
            let kind = event["event"].as_str()?.to_owned();
            Some(Event { kind, at: 0, delivery: None, key, fields: Options::new() })
        });
        Ok(Received { status: 200, headers: Vec::new(), body: Vec::new(), events: events.collect() })
    }
}

fn request(settings: &Settings, one: &Delivery<'_>) -> Result<Request, Fault> {
    let text = one.part("text").unwrap_or("");
    assert!(!(settings.is("connector.bad-unicode") && text.contains('\0')), "nobody writes that");
    let id = if settings.is("connector.duplicate") { "some" } else { one.id() };
    Ok(Request::post(&settings.endpoint).json(&json!({ "id": id, "text": text }))?.delivery(one.id()))
}

fn outcome(settings: &Settings, one: &Delivery<'_>, answer: &Result<Response, Fault>) -> Outcome {
    let wrong = |name: &str| settings.is(name);
    match answer {
        Ok(answer) if answer.is_success() => match answer.json::<Value>() {
            Err(_) if wrong("connector.not-json") => one.retry(internal()),
            _ => one.accepted(),
        },
        Ok(answer) if answer.status == 302 && wrong("connector.redirect") => one.accepted(),
        Ok(answer) if answer.status == 429 && wrong("connector.rate-limit") => one.retry(internal()),
        Ok(answer) if answer.status == 429 => {
            one.retry(Fault::unavailable("busy").retry_after_ms(answer.retry_after_ms().unwrap_or(60_000)))
        }
        Ok(answer) if answer.status >= 500 && !wrong("connector.server-error") => one.retry(internal()),
        Ok(_) => one.rejected(internal()),
        Err(fault) if fault.code == "denied" && wrong("connector.denied") => one.accepted(),
        Err(fault) if fault.message.contains("too long") && wrong("connector.time-out") => one.accepted(),
        Err(fault) if fault.message.contains("broke off") && wrong("connector.cut-connection") => {
            one.rejected(fault.clone())
        }
        Err(fault) => one.uncertain(fault.clone()),
    }
}
