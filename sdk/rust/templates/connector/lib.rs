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
        let to = |id| Request::post(&settings.endpoint).header("idempotency-key", id).delivery(id);
        let requests = batch.iter().map(|one| to(one.id()).body(one.part("text").unwrap_or("")));
        let answers = http::send_all(requests.collect());
        Ok(batch.iter().zip(answers).map(|(delivery, answer)| match answer {
            Ok(response) if response.is_success() => delivery.accepted(),
            Ok(response) => {
                let wait_ms = response.retry_after_ms().unwrap_or(60_000);
                delivery.retry(Fault::unavailable(format!("it answered {}", response.status)).retry_after_ms(wait_ms))
            }
            Err(fault) => delivery.uncertain(fault),
        }).collect())
    }
}

rialto_sdk::export!(connector: Plugin, deliver);
