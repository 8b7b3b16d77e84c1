//! Webhook: POSTs messages as JSON to an endpoint of yours.
//!
//! The host signs every request after the Standard Webhooks scheme, so the key
//! never enters the plugin. Requests of a batch go out side by side.

pub mod answer;
pub mod payload;

use rialto_sdk::{
    Connector, Fault, OptionBag as _, Options, Secret,
    connector::{Batch, Delivery, Description, Outcome},
    http::{self, Request, Response, Signing},
};
use serde::Deserialize;

/// The installation's settings; see the schema in `rialto.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Settings {
    /// Where to POST.
    pub endpoint: String,
    /// The key that the host signs with.
    pub signing_secret: Secret,
    /// One request a delivery, or one a batch.
    #[serde(default)]
    pub mode: Mode,
    /// Put the person's address into the payload, filled in at the egress door.
    #[serde(default)]
    pub include_address: bool,
    /// Wait at most so long for an answer.
    #[serde(default = "ten_seconds")]
    pub timeout_ms: u32,
}

/// How messages are grouped into requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// One request a delivery.
    #[default]
    Delivery,
    /// One request a batch.
    Batch,
}

fn ten_seconds() -> u32 {
    10_000
}

/// The plugin.
pub struct Webhook;

impl Connector for Webhook {
    type Settings = Settings;

    fn describe() -> Description {
        Description::new(["webhook"], ["subject", "html", "text", "body"])
    }

    fn check(settings: Settings) -> Result<Options, Fault> {
        settings.check()?;
        Ok(Options::new().with("endpoint", &settings.endpoint).with("signature", "standard-webhooks"))
    }

    fn deliver(settings: Settings, batch: &Batch) -> Result<Vec<Outcome>, Fault> {
        settings.check()?;
        let deliveries: Vec<_> = batch.iter().collect();
        match settings.mode {
            Mode::Delivery => one_request_each(&settings, batch, &deliveries),
            Mode::Batch => one_request(&settings, batch, &deliveries),
        }
    }
}

impl Settings {
    /// Check what a schema cannot say.
    ///
    /// # Errors
    /// `bad-settings`, naming the field and the remedy.
    pub fn check(&self) -> Result<(), Fault> {
        let host = self.endpoint.strip_prefix("https://").or_else(|| self.endpoint.strip_prefix("http://"));
        let host = host.map(|rest| rest.split(['/', '?']).next().unwrap_or(""));
        if host.is_none_or(|host| host.is_empty() || host.contains('@')) || self.endpoint.contains(['#', ' ']) {
            return Err(Fault::bad_settings(
                "`endpoint` must be an address such as https://example.com/hook, without user name and fragment",
            ));
        }
        if self.mode == Mode::Batch && self.include_address {
            return Err(Fault::bad_settings(
                "`include-address` works with one request a delivery only; set `mode` to `delivery`",
            ));
        }
        Ok(())
    }

    fn request(&self, id: &str, body: &payload::Payload<'_>) -> Result<Request, Fault> {
        let request = Request::post(&self.endpoint)
            .header("idempotency-key", id)
            .json(body)?
            .delivery(id)
            .sign(Signing::new("standard-webhooks", &self.signing_secret).option("id", id))
            .timeout_ms(self.timeout_ms);
        Ok(request)
    }
}

fn one_request_each(settings: &Settings, batch: &Batch, deliveries: &[Delivery<'_>]) -> Result<Vec<Outcome>, Fault> {
    let requests: Vec<Request> = deliveries
        .iter()
        .map(|delivery| settings.request(delivery.id(), &payload::message(batch, delivery, settings.include_address)))
        .collect::<Result<_, _>>()?;
    let mut answers = http::send_all(requests).into_iter();
    Ok(deliveries.iter().map(|delivery| answer::outcome(delivery, &answered(answers.next()))).collect())
}

fn one_request(settings: &Settings, batch: &Batch, deliveries: &[Delivery<'_>]) -> Result<Vec<Outcome>, Fault> {
    let Some(first) = deliveries.first() else { return Ok(Vec::new()) };
    let ids: Vec<&str> = deliveries.iter().map(Delivery::id).collect();
    let request = settings.request(first.id(), &payload::batch(batch, deliveries))?;
    let answer = request.deliveries(&ids).send();
    Ok(deliveries.iter().map(|delivery| answer::outcome(delivery, &answer)).collect())
}

fn answered(answer: Option<Result<Response, Fault>>) -> Result<Response, Fault> {
    answer.unwrap_or_else(|| Err(Fault::internal("the host gave no answer to a request")))
}

rialto_sdk::export!(connector: Webhook, check, deliver);
