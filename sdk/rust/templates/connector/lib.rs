//! @TITLE@: carries messages to an endpoint, one request a delivery.

use rialto_sdk::{
    Connector, Fault,
    connector::{Batch, Description, Outcome},
    http::{self, Request},
};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Settings {
    endpoint: String,
}

pub struct Plugin;

impl Connector for Plugin {
    type Settings = Settings;

    fn describe() -> Description {
        Description::new(["@NAME@"], ["text"])
    }

    fn deliver(settings: Settings, batch: &Batch) -> Result<Vec<Outcome>, Fault> {
        let text = |name| Request::post(&settings.endpoint).body(name);
        let requests = batch.iter().map(|one| text(one.part("text").unwrap_or("")).delivery(one.id()));
        let answers = http::send_all(requests.collect());
        Ok(batch.iter().zip(answers).map(|(delivery, answer)| match answer {
            Ok(response) if response.is_success() => delivery.accepted(),
            Ok(response) => delivery.retry(Fault::unavailable(format!("it answered {}", response.status))),
            Err(fault) => delivery.uncertain(fault),
        }).collect())
    }
}

rialto_sdk::export!(connector: Plugin, deliver);
