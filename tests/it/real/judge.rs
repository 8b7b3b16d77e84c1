//! The ledger held against what the sink has really taken.

use rialto_testkit::TestClient;
use rialto_tests::sink::Sink;
use serde_json::Value;
use std::collections::HashMap;

/// What became of a campaign's people.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) accepted: u64,
    pub(crate) uncertain: u64,
    /// Accepted in the ledger, and never taken.
    pub(crate) missed: Vec<String>,
    /// Taken more than once.
    pub(crate) twice: Vec<String>,
    /// In neither state, or unknown to the ledger.
    pub(crate) strange: Vec<String>,
    pub(crate) sums_equal: bool,
}

impl Verdict {
    /// Everyone once, or in doubt and marked so.
    pub(crate) fn hold(&self) {
        assert!(
            self.missed.is_empty() && self.twice.is_empty() && self.strange.is_empty() && self.sums_equal,
            "{self:?}"
        );
    }
}

pub(crate) async fn judge(http: &TestClient, sink: &Sink, campaign: &str, people: u32, ledger: &Value) -> Verdict {
    let sum: i64 = ledger["rows"].as_array().unwrap().iter().map(|row| row["count"].as_i64().unwrap()).sum();
    let states = states(http, campaign).await;
    let counts = sink.counts();
    let mut verdict = Verdict {
        sums_equal: sum == i64::from(people)
            && ledger["audience"].as_i64() == Some(i64::from(people))
            && states.len() == people as usize,
        ..Verdict::default()
    };
    for (address, state) in &states {
        let count = counts.get(address).copied().unwrap_or(0);
        match state.as_str() {
            "accepted" => {
                verdict.accepted += 1;
                if count == 0 {
                    verdict.missed.push(address.clone());
                }
            }
            "uncertain" => verdict.uncertain += 1,
            other => verdict.strange.push(format!("{address}: {other}")),
        }
        if count > 1 {
            verdict.twice.push(format!("{address}: {count}, {state}"));
        }
    }
    verdict.strange.extend(counts.keys().filter(|address| !states.contains_key(*address)).cloned());
    verdict
}

/// Every row of the ledger: address and state.
async fn states(http: &TestClient, campaign: &str) -> HashMap<String, String> {
    let (mut states, mut cursor) = (HashMap::new(), String::new());
    loop {
        let (status, page) = http.get(&format!("/sends?campaign={campaign}&limit=500{cursor}")).await;
        assert!(status.is_success(), "{status} {page}");
        for send in page["items"].as_array().unwrap() {
            states.insert(send["address"].as_str().unwrap().to_owned(), send["state"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return states,
        }
    }
}
