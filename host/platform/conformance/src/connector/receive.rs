//! `receive` under requests of every shape: anyone can post to an address.

use crate::{
    model::{Finding, HOLDS, Miss, answer_or_fault, ensure, not_applicable},
    subject::Subject,
    texts::BAD_BYTES,
    world::World,
};
use rialto_contract::connector::Inbound;

fn inbound(body: &[u8]) -> Inbound {
    Inbound {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_vec(),
        options: Vec::new(),
    }
}

/// An event as many providers send one.
const EVENT: &[u8] =
    br#"[{"event":"delivered","type":"delivered","id":"evt-1","sg_event_id":"evt-1","timestamp":1767225600,
    "delivery":"dlv-0000-7f3a9c","message_id":"dlv-0000-7f3a9c","email":"someone@example.com"}]"#;

pub(super) async fn garbage(subject: &Subject) -> Finding {
    let deep = b"[".repeat(64 * 1024);
    let bodies: [&[u8]; 7] = [b"", b"not json", b"{}", b"null", BAD_BYTES, &deep, EVENT];
    for body in bodies {
        answer_or_fault(subject.receive(&World::fine(), inbound(body)).await?)?;
    }
    let odd = Inbound { method: String::new(), path: "/../\u{0}".to_owned(), headers: Vec::new(), ..inbound(b"x") };
    answer_or_fault(subject.receive(&World::fine(), odd).await?)?;
    HOLDS
}

pub(super) async fn duplicate(subject: &Subject) -> Finding {
    let (first, second) = (keys(subject).await?, keys(subject).await?);
    if first.is_empty() {
        return Err(not_applicable("the scripted event is of a shape that it does not read"));
    }
    ensure(first == second, || "the same event has another key the second time".to_owned())?;
    HOLDS
}

async fn keys(subject: &Subject) -> Result<Vec<String>, Miss> {
    let received = answer_or_fault(subject.receive(&World::fine(), inbound(EVENT)).await?)?;
    Ok(received.map(|one| one.events.into_iter().map(|event| event.key).collect()).unwrap_or_default())
}
