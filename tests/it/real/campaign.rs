//! The shortest way to a campaign over HTTP, and what became of it.

use super::lab::PATIENCE;
use crate::delivery::world::{id, packed};
use rialto_testkit::TestClient;
use rialto_tests::sink::Sink;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Wait until the campaign is over; its ledger.
pub(crate) async fn finished(http: &TestClient, sink: &Sink, campaign: &str) -> Value {
    let mut moved = (Instant::now(), 0);
    loop {
        let ledger = ledger_of(http, campaign).await;
        if ledger["finished"] == true {
            return ledger;
        }
        if moved.1 != sink.taken() {
            moved = (Instant::now(), sink.taken());
        }
        assert!(moved.0.elapsed() < PATIENCE, "nothing has moved for {PATIENCE:?}: {ledger}");
        sleep(Duration::from_millis(100)).await;
    }
}

/// Wait until the sink has taken so many.
pub(crate) async fn taken(sink: &Sink, mails: u64) {
    let began = Instant::now();
    while sink.taken() < mails {
        assert!(began.elapsed() < PATIENCE, "the sink has {} of {mails}", sink.taken());
        sleep(Duration::from_millis(2)).await;
    }
}

pub(crate) async fn ledger_of(http: &TestClient, campaign: &str) -> Value {
    let (status, ledger) = http.get(&format!("/campaigns/{campaign}/ledger")).await;
    assert!(status.is_success(), "{status} {ledger}");
    ledger
}

/// Install, import, plan and launch, as anyone would over HTTP.
pub(crate) async fn campaign(http: &TestClient, sink: &Sink, recipients: u32) -> String {
    let request = http.request(reqwest::Method::POST, "/plugins").header("content-type", "application/wasm");
    let (status, package) = rialto_testkit::answer(request.body(packed("connector-email"))).await;
    assert!(status.is_success(), "{status} {package}");
    let installation = made(http, "/installations", json!({ "package": package["digest"], "name": "email" })).await;
    let (_, versions) = http.get(&format!("/installations/{installation}/versions")).await;
    let path = format!("/installations/{installation}/versions/{}/approve", id(&versions["items"][0]));
    let (status, answer) = http.post(&path, &json!({ "activate": true })).await;
    assert!(status.is_success(), "{status} {answer}");
    people(http, recipients).await;
    let address = sink.address();
    let server = json!({
        "name": "sink", "host": address.ip(), "port": address.port(), "security": "none", "connections": 8,
    });
    made(http, "/mail-servers", server).await;
    let contents = json!({ "en": { "subject": "Hello {{ first_name }}", "text": "Hello. {{ unsubscribe_url }}" } });
    let message = made(http, "/messages", json!({ "name": "M", "channel": "email", "contents": contents })).await;
    let sender = json!({ "channel": "email", "name": "Shop", "address": "news@shop.example" });
    let sender = made(http, "/senders", sender).await;
    let plan = json!({
        "name": "Crash", "rule": { "all": [] }, "topic": "offers",
        "messages": [{ "channel": "email", "message": message, "installation": installation, "sender": sender }],
    });
    let campaign = made(http, "/campaigns", plan).await;
    let (status, answer) = http.post(&format!("/campaigns/{campaign}/launch"), &json!({})).await;
    assert!(status.is_success(), "{status} {answer}");
    campaign
}

async fn made(http: &TestClient, path: &str, body: Value) -> String {
    let (status, answer) = http.post(path, &body).await;
    assert!(status.is_success(), "POST {path}: {status} {answer}");
    id(&answer)
}

/// Import the audience.
async fn people(http: &TestClient, recipients: u32) {
    let mut csv = String::from("email,first_name,consent_email:offers,consent_proof,consent_source\n");
    for number in 0..recipients {
        let _ = writeln!(csv, "p{number}@person.example,P{number},yes,test,test");
    }
    let request = http.request(reqwest::Method::POST, "/imports?kind=contacts&file_name=people.csv");
    let (status, import) = rialto_testkit::answer(request.header("content-type", "text/csv").body(csv)).await;
    assert!(status.is_success(), "{status} {import}");
    let path = format!("/imports/{}", id(&import));
    for _ in 0..600 {
        let (_, state) = http.get(&path).await;
        match state["state"].as_str() {
            Some("done" | "finished") => {
                assert_eq!(state["rows_good"].as_u64(), Some(u64::from(recipients)), "{state}");
                return;
            }
            Some("failed" | "cancelled") => panic!("{state}"),
            _ => sleep(Duration::from_millis(100)).await,
        }
    }
    panic!("the import does not end");
}
