//! What the endpoint receives. The shape is part of the product: fields are
//! only ever added.

use std::collections::BTreeMap;

use rialto_sdk::{
    connector::{Batch, Delivery},
    http::ADDRESS,
};
use serde::Serialize;

/// The body of a request.
#[derive(Debug, Serialize)]
pub struct Payload<'a> {
    /// `message` or `message.batch`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The medium the campaign asked for.
    pub channel: &'a str,
    /// The topic that people consented to.
    pub topic: &'a str,
    /// One message, in mode `delivery`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message<'a>>,
    /// All messages, in mode `batch`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message<'a>>,
}

/// One message to one person.
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    /// The delivery: the same over retries.
    pub id: &'a str,
    /// Filled in by the host at the egress door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<&'static str>,
    /// The rendered message, part by part.
    pub parts: BTreeMap<&'a str, &'a str>,
    /// The personal data that the grants allow.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contact: BTreeMap<&'a str, &'a str>,
}

/// The body for one delivery.
pub fn message<'a>(batch: &'a Batch, delivery: &Delivery<'a>, address: bool) -> Payload<'a> {
    let message = Message { address: address.then_some(ADDRESS), ..one(delivery) };
    Payload { kind: "message", message: Some(message), messages: Vec::new(), ..empty(batch) }
}

/// The body for a whole batch.
pub fn batch<'a>(batch: &'a Batch, deliveries: &[Delivery<'a>]) -> Payload<'a> {
    Payload { kind: "message.batch", messages: deliveries.iter().map(one).collect(), ..empty(batch) }
}

fn empty(batch: &Batch) -> Payload<'_> {
    Payload { kind: "message", channel: batch.channel(), topic: batch.topic(), message: None, messages: Vec::new() }
}

fn one<'a>(delivery: &Delivery<'a>) -> Message<'a> {
    Message {
        id: delivery.id(),
        address: None,
        parts: delivery.parts().collect(),
        contact: delivery.columns().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_sdk::connector::Columns;

    fn two() -> Batch {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Batch::check(Columns {
            channel: "webhook".to_owned(),
            topic: "news".to_owned(),
            ids: texts(&["d1", "d2"]),
            part_names: texts(&["text"]),
            parts: texts(&["Hi", "你好"]),
            column_names: texts(&["profile.first-name"]),
            columns: texts(&["Ada", ""]),
            ..Columns::default()
        })
        .unwrap()
    }

    #[test]
    fn one_message() {
        let all = two();
        let first = all.iter().next().unwrap();
        assert_eq!(
            serde_json::to_value(message(&all, &first, true)).unwrap(),
            serde_json::json!({
                "type": "message", "channel": "webhook", "topic": "news", "id": "d1", "address": "{{address}}",
                "parts": {"text": "Hi"}, "contact": {"profile.first-name": "Ada"},
            })
        );
    }

    #[test]
    fn a_batch() {
        let all = two();
        let deliveries: Vec<_> = all.iter().collect();
        assert_eq!(
            serde_json::to_value(batch(&all, &deliveries)).unwrap(),
            serde_json::json!({
                "type": "message.batch", "channel": "webhook", "topic": "news", "messages": [
                    {"id": "d1", "parts": {"text": "Hi"}, "contact": {"profile.first-name": "Ada"}},
                    {"id": "d2", "parts": {"text": "你好"}},
                ],
            })
        );
    }
}
