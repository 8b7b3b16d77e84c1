//! The webhook connector under the real host, with a scripted endpoint.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use rialto_sdk_harness::{Fault, Harness, Script, batch};
use serde_json::{Value, json};

fn harness(script: Script) -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap().script(script)
}

fn settings(more: Value) -> Value {
    let mut settings =
        json!({"endpoint": "https://hooks.example.com/in", "signing-secret": "{{secret:signing-secret}}"});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    settings
}

const TWO: [(&str, &[&str]); 2] = [("d1", &["Hi"]), ("d2", &["你好"])];

#[test]
fn one_signed_request_a_delivery() {
    let harness = harness(Script::new().http(204, &[("X-Request-Id", "r-9")], ""));
    let outcomes =
        harness.deliver(settings(json!({"include-address": true})), batch("webhook", &["text"], &TWO)).unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.status == "accepted"));
    assert_eq!(outcomes[0].provider_id.as_deref(), Some("r-9"));
    let asked = harness.asked();
    assert_eq!(asked.calls.len(), 1, "side by side, in one call");
    for (request, (id, _)) in asked.requests().into_iter().zip(TWO) {
        assert_eq!((request.method.as_str(), request.delivery.as_deref()), ("POST", Some(id)));
        assert!(request.headers.contains(&("idempotency-key".to_owned(), id.to_owned())));
        let signing = request.signing.as_ref().unwrap();
        assert_eq!((signing.scheme.as_str(), signing.secret.as_str()), ("standard-webhooks", "signing-secret"));
        let body: Value = serde_json::from_slice(&request.body.0).unwrap();
        assert_eq!((body["id"].as_str(), body["address"].as_str()), (Some(id), Some("{{address}}")));
    }
}

#[test]
fn statuses_and_silence_mean_what_the_readme_says() {
    let status = |script: Script| {
        let harness = harness(script);
        let outcomes = harness.deliver(settings(json!({})), batch("webhook", &["text"], &TWO[..1])).unwrap();
        (outcomes[0].status.clone(), outcomes[0].fault.as_ref().and_then(|fault| fault.retry_after_ms))
    };
    assert_eq!(status(Script::new().http(429, &[("retry-after", "7")], "")), ("retry".to_owned(), Some(7_000)));
    assert_eq!(status(Script::new().http(500, &[], "")), ("retry".to_owned(), Some(60_000)));
    assert_eq!(status(Script::new().http(410, &[], "")), ("rejected".to_owned(), None));
    let silent = Script::new().http_by(|_| Err(Fault::new("timeout", "no answer in time")));
    assert_eq!(status(silent), ("uncertain".to_owned(), None));
    assert_eq!(status(Script::new()), ("retry".to_owned(), None), "denied at the door: an admin may grant it yet");
}

#[test]
fn one_request_a_batch() {
    let harness = harness(Script::new().http(200, &[], "{}"));
    let outcomes = harness.deliver(settings(json!({"mode": "batch"})), batch("webhook", &["text"], &TWO)).unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.status == "accepted"));
    let asked = harness.asked();
    let [request] = asked.requests()[..] else { panic!("one request") };
    let body: Value = serde_json::from_slice(&request.body.0).unwrap();
    assert_eq!(body["messages"][1]["parts"]["text"], "你好");
    assert_eq!(request.options, [("deliveries".to_owned(), "[\"d1\",\"d2\"]".to_owned())]);
}

#[test]
fn settings_that_cannot_work_are_a_fault() {
    let harness = harness(Script::new());
    for bad in [
        json!({"endpoint": "ftp://x"}),
        json!({"endpoint": "https://a@b.example"}),
        json!({"signing-secret": "clear"}),
        json!({"mode": "batch", "include-address": true}),
    ] {
        let error = harness.check(settings(bad.clone())).unwrap_err();
        assert_eq!(error.fault().unwrap().code, "bad-settings", "{bad}");
    }
    assert!(harness.check(settings(json!({}))).is_ok());
}
