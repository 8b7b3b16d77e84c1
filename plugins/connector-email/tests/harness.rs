//! The email connector under the real host, with a scripted mail pool.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use rialto_sdk_harness::{Fault, Harness, Script, batch};
use serde_json::json;

fn harness(script: Script) -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap().script(script)
}

const PARTS: &[&str] = &["subject", "html", "text"];

#[test]
fn good_mails_are_submitted_and_bad_parts_rejected() {
    let harness = harness(Script::new().mail());
    let deliveries: [(&str, &[&str]); 3] = [
        ("d1", &["Hello", "<p>Hi</p>", "Hi"]),
        ("d2", &["", "<p>Hi</p>", "Hi"]),
        ("d3", &["你好", "<p>你<br>好</p>", ""]),
    ];
    let outcomes =
        harness.deliver(json!({"reply-to": "care@example.com"}), batch("email", PARTS, &deliveries)).unwrap();
    assert_eq!(
        outcomes.iter().map(|outcome| outcome.status.as_str()).collect::<Vec<_>>(),
        ["submitted", "rejected", "submitted"]
    );
    assert_eq!(outcomes[1].fault.as_ref().unwrap().code, "bad-part");
    let asked = harness.asked();
    let mails = asked.mails();
    assert_eq!(mails.iter().map(|(delivery, _)| *delivery).collect::<Vec<_>>(), ["d1", "d3"]);
    assert_eq!(mails[1].1.text, "你\n好", "a missing plain part is drawn from the HTML");
    assert_eq!(mails[0].1.headers, [("Reply-To".to_owned(), "care@example.com".to_owned())]);
}

#[test]
fn the_pool_decides_between_later_and_never() {
    let harness = harness(Script::new().mail_by(|delivery, _| match delivery {
        "full" => Err(Fault { retry_after_ms: Some(5_000), ..Fault::new("limit", "the queue is full") }),
        _ => Err(Fault::new("invalid-input", "no")),
    }));
    let deliveries: [(&str, &[&str]); 2] = [("full", &["S", "", "T"]), ("bad", &["S", "", "T"])];
    let outcomes = harness.deliver(json!({}), batch("email", PARTS, &deliveries)).unwrap();
    assert_eq!((outcomes[0].status.as_str(), outcomes[1].status.as_str()), ("retry", "rejected"));
    assert_eq!(outcomes[0].fault.as_ref().unwrap().retry_after_ms, Some(5_000));
}

#[test]
fn it_describes_and_checks_itself() {
    let harness = harness(Script::new());
    assert_eq!(harness.describe_connector().unwrap().channels, ["email"]);
    assert!(harness.check(json!({})).is_ok());
    assert_eq!(harness.check(json!({"reply-to": "nobody"})).unwrap_err().fault().unwrap().code, "bad-settings");
    assert!(harness.asked().calls.is_empty(), "a check sends nothing");
}
