//! Email through the host's own SMTP pool.
//!
//! The plugin checks the rendered parts and hands each mail over; sender,
//! recipient, envelope and unsubscribe headers are the host's. It answers
//! `submitted`, and the host writes the true outcome when the server has spoken.

pub mod mail;
pub mod plain;

use rialto_sdk::{
    Connector, Fault, OptionBag as _, Options,
    connector::{Batch, Delivery, Description, Outcome, one_each},
    mail::{Content, submit},
};
use serde::Deserialize;

/// The installation's settings; see the schema in `rialto.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
}

/// The plugin.
pub struct Email;

impl Connector for Email {
    type Settings = Settings;

    fn describe() -> Description {
        Description::new(["email"], ["subject", "html", "text"])
    }

    fn check(settings: Settings) -> Result<Options, Fault> {
        mail::check_reply_to(settings.reply_to.as_deref())?;
        Ok(Options::new().with("sends-through", "the host's SMTP pool"))
    }

    fn deliver(settings: Settings, batch: &Batch) -> Result<Vec<Outcome>, Fault> {
        mail::check_reply_to(settings.reply_to.as_deref())?;
        Ok(one_each(batch, |delivery| hand_over(&settings, delivery)))
    }
}

/// An error here is the message's: it is rejected, with the reason.
fn hand_over(settings: &Settings, delivery: &Delivery<'_>) -> Result<Outcome, Fault> {
    let written = mail::write(delivery.part("subject"), delivery.part("html"), delivery.part("text"))?;
    let mut content = Content::text(written.subject, written.text);
    if let Some(html) = written.html {
        content = content.html(html);
    }
    if let Some(reply_to) = settings.reply_to.as_deref().filter(|text| !text.is_empty()) {
        content = content.header("Reply-To", reply_to);
    }
    match submit(delivery.id(), content) {
        Ok(()) => Ok(delivery.submitted()),
        Err(fault) if passes(&fault) => Ok(delivery.retry(fault)),
        Err(fault) => Ok(delivery.rejected(fault)),
    }
}

/// Whether trying again may help.
fn passes(fault: &Fault) -> bool {
    fault.retry_after_ms.is_some() || ["unavailable", "rate-limited", "limit"].contains(&fault.code.as_str())
}

rialto_sdk::export!(connector: Email, check, deliver);
