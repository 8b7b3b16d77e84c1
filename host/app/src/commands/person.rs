//! `rialto person` and `rialto erasure`

use super::worker::Worker;
use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    keyring, open, output,
};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use rialto_audience::person::{PersonJob, certificate_verify, erasures_reapply};
use rialto_jobs::JobHandler;
use rialto_kernel::OsRandom;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use uuid::Uuid;

/// How often an export that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

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
        /// Wait until it is done, and write it to this file
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Of that file: json, or zip (a CSV file a table, a README, and the JSON)
        #[arg(long, default_value = "json", requires = "out")]
        format: String,
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
    /// Print the document of an export, or write it to a file
    Document {
        /// The export's id
        id: Uuid,
        /// Write it to this file
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Of that file: json, or zip (a CSV file a table, a README, and the JSON)
        #[arg(long, default_value = "json", requires = "out")]
        format: String,
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
            Self::Export { contact, reason, out, format, target } => {
                let client = Client::open(&target, common).await?;
                let body = json!({ "reason": reason });
                let request = client.post(&format!("/contacts/{contact}:export"), &body).await?;
                let Some(out) = out else { return output::answer(common.json, &request, asked) };
                let id: Uuid = serde_json::from_value(request["id"].clone())?;
                exported(&client, common, id).await?;
                fetch(&client, common, id, &out, &format).await
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
            Self::Document { id, out: Some(out), format, target } => {
                fetch(&Client::open(&target, common).await?, common, id, &out, &format).await
            }
            Self::Document { id, target, .. } => {
                let path = format!("/person-requests/{id}/document");
                let document = Client::open(&target, common).await?.get(&path).await?;
                output::answer(common.json, &document, |document| format!("{document:#}"))
            }
        }
    }
}

/// Wait until an export is done; a data folder that no host serves has nobody
/// else to do it.
async fn exported(client: &Client, common: &Common, id: Uuid) -> anyhow::Result<()> {
    let worker = match client {
        Client::Local { app, .. } => {
            let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(PersonJob::new(app.host.clone()))];
            Some(Worker::begin(&Settings::read(common)?, app, handlers)?)
        }
        Client::Remote { .. } => None,
    };
    let done = loop {
        let request = client.get(&format!("/person-requests/{id}")).await?;
        if request["state"] != "running" {
            break Ok(());
        }
        let job = client.get(&format!("/jobs/{}", request["job"].as_str().unwrap_or(""))).await?;
        if matches!(job["state"].as_str(), Some("dead" | "cancelled")) {
            break Err(anyhow::anyhow!("{}", job["error"].as_str().unwrap_or("the export was called off")));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    if let Some(worker) = worker {
        worker.end().await;
    }
    done
}

async fn fetch(client: &Client, common: &Common, id: Uuid, out: &Path, format: &str) -> anyhow::Result<()> {
    let format: String = url::form_urlencoded::byte_serialize(format.as_bytes()).collect();
    let bytes = client.download(&format!("/person-requests/{id}/document?format={format}"), out).await?;
    output::answer(common.json, &json!({ "id": id, "file": out, "bytes": bytes }), |_| {
        format!("{} bytes written to {}", bytes, out.display())
    })
}

impl Erasure {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        match self {
            Self::Verify { file } => verify(&settings, common, &file).await,
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

async fn verify(settings: &Settings, common: &Common, file: &Path) -> anyhow::Result<()> {
    // Signed with a key that outlives the master key: the database may have it.
    let mut keys = settings.keys(&OsRandom)?;
    if settings.sqlite_file().is_none_or(Path::exists) {
        let store = open::store(settings).await?;
        if open::migrations_missing(&store).await?.is_empty() {
            keys = keyring::ready(&store, keys).await?;
        }
        store.close().await;
    }
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let read: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let signature = read["signature"].as_str().context("the file has no `signature`")?;
    let good = certificate_verify(&keys, &read["certificate"], signature);
    output::answer(common.json, &json!({ "good": good }), |_| match good {
        true => "this host signed it, and nobody changed it".to_owned(),
        false => "not a certificate of this host, or changed since".to_owned(),
    })?;
    if good { Ok(()) } else { bail!("the certificate does not hold") }
}
