//! `rialto person` and `rialto erasure`

use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use rialto_audience::person::{certificate_verify, erasures_reapply};
use rialto_kernel::OsRandom;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A person's rights: export and erasure
#[derive(Debug, Subcommand)]
pub enum Person {
    /// Gather all that is known of a person into one document
    Export {
        /// The contact's id
        contact: Uuid,
        /// Why; no personal datum
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        target: Target,
    },
    /// Erase a person, and all who were merged into them, for good
    Erase {
        /// The contact's id
        contact: Uuid,
        /// The contact's id once more
        #[arg(long)]
        confirm: Uuid,
        /// Why; no personal datum
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        target: Target,
    },
    /// Show an export or an erasure, with its certificate
    Show {
        /// Its id
        id: Uuid,
        #[command(flatten)]
        target: Target,
    },
    /// Print the document of an export
    Document {
        /// The export's id
        id: Uuid,
        #[command(flatten)]
        target: Target,
    },
}

/// Certificates of erasures, and erasures after a restore
#[derive(Debug, Subcommand)]
pub enum Erasure {
    /// Check that this host signed a certificate and nobody changed it
    Verify {
        /// A JSON file with `certificate` and `signature`, as the API answers them
        file: PathBuf,
    },
    /// Erase again whom this data folder's log says was erased, after an older backup was restored
    Reapply,
}

impl Person {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let asked = |answer: &Value| {
            let text = |name: &str| answer[name].as_str().unwrap_or("").to_owned();
            format!("{}  {}  {}; a running host works on it", text("id"), text("kind"), text("state"))
        };
        match self {
            Self::Export { contact, reason, target } => {
                let client = Client::open(&target, common).await?;
                let body = json!({ "reason": reason });
                output::answer(common.json, &client.post(&format!("/contacts/{contact}:export"), &body).await?, asked)
            }
            Self::Erase { contact, confirm, reason, target } => {
                let client = Client::open(&target, common).await?;
                let body = json!({ "confirm": confirm, "reason": reason });
                output::answer(common.json, &client.post(&format!("/contacts/{contact}:erase"), &body).await?, asked)
            }
            Self::Show { id, target } => {
                let shown = Client::open(&target, common).await?.get(&format!("/person-requests/{id}")).await?;
                output::answer(common.json, &shown, |shown| format!("{shown:#}"))
            }
            Self::Document { id, target } => {
                let path = format!("/person-requests/{id}/document");
                let document = Client::open(&target, common).await?.get(&path).await?;
                output::answer(common.json, &document, |document| format!("{document:#}"))
            }
        }
    }
}

impl Erasure {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        match self {
            Self::Verify { file } => verify(&settings, common, &file),
            Self::Reapply => {
                let app = open::app(&settings).await?;
                let queued = erasures_reapply(&app.host).await?;
                app.host.store.close().await;
                output::answer(common.json, &json!({ "queued": queued }), |_| match queued {
                    0 => "the database knows of every erasure".to_owned(),
                    some => format!("{some} erasures are queued; a running host works on them"),
                })
            }
        }
    }
}

fn verify(settings: &Settings, common: &Common, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let read: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let signature = read["signature"].as_str().context("the file has no `signature`")?;
    let good = certificate_verify(&settings.keys(&OsRandom)?, &read["certificate"], signature);
    output::answer(common.json, &json!({ "good": good }), |_| match good {
        true => "this host signed it, and nobody changed it".to_owned(),
        false => "not a certificate of this host, or changed since".to_owned(),
    })?;
    if good { Ok(()) } else { bail!("the certificate does not hold") }
}
