//! A plugin of every kind that does right, or wrong in the one way that its
//! setting `wrong` names: the name of the check it is to fail. It proves that
//! each check can fail, and that what does right passes them all.

mod connector;
mod model;
mod ranking;
mod report;

use rialto_sdk::Fault;
use serde::Deserialize;
use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher as _, Hasher as _},
};

/// The settings of all kinds.
#[derive(Debug, Clone)]
pub struct Settings {
    endpoint: String,
    wrong: String,
}

impl Settings {
    /// Whether this is the check to be failed.
    fn is(&self, check: &str) -> bool {
        self.wrong == check
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = serde_json::Value::deserialize(deserializer)?;
        let wrong = all["wrong"].as_str().unwrap_or("").to_owned();
        let endpoint = all["endpoint"].as_str().filter(|text| text.starts_with("https://"));
        assert!(endpoint.is_some() || !wrong.ends_with(".bad-settings"), "it trusts its settings");
        let endpoint = endpoint.ok_or_else(|| serde::de::Error::custom("`endpoint` must be an address"))?;
        Ok(Self { endpoint: endpoint.to_owned(), wrong })
    }
}

/// A number that differs from run to run.
fn dice() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn internal() -> Fault {
    Fault::internal("it cannot")
}

rialto_sdk::export!(connector: connector::Messenger, check, deliver, collect, receive);
rialto_sdk::export!(attribution: model::Linear, split);
rialto_sdk::export!(recommender: ranking::ByResults, learn);
rialto_sdk::export!(report: report::Daily);
