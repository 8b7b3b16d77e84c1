//! `rialto backup`

use crate::{
    backups::{self, Source},
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_kernel::{Clock as _, OsRandom, SystemClock, from_micros};
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};

/// How often a running host is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Copy everything into one file, as of one moment, while it is in use
#[derive(Debug, Args)]
pub struct Backup {
    /// The backup; must not exist yet
    file: PathBuf,
    #[command(flatten)]
    target: Target,
}

impl Backup {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        if self.file.exists() {
            bail!("{} exists already: name a new file", self.file.display());
        }
        if self.target.server.is_some() {
            return self.by_host(common).await;
        }
        let settings = Settings::read(common)?;
        if let Some(source) = settings.sqlite_file().filter(|source| !source.exists()) {
            bail!("there is no database at {}", source.display());
        }
        let spinner = output::spinner("copying");
        let store = open::store(&settings).await?;
        if !open::migrations_missing(&store).await?.is_empty() {
            bail!("the schema is not up to date: run `rialto migrate`");
        }
        let source = Source {
            store: store.clone(),
            keys: settings.keys(&OsRandom)?,
            data_dir: settings.data_dir.clone(),
            made_at: from_micros(SystemClock.now_us()),
        };
        let made = backups::make(source, &self.file, &backups::Watch::default()).await?;
        store.close().await;
        spinner.finish_and_clear();
        let shown = json!({
            "file": self.file, "bytes": made.bytes, "sha256": made.sha256, "key_file": settings.key_file,
            "parts": made.contents.parts, "database": made.contents.database, "made_at": made.contents.made_at,
        });
        output::answer(common.json, &shown, |_| {
            let (file, key, bytes) = (self.file.display(), settings.key_file.display(), made.bytes);
            format!("{file} ({bytes} bytes). Keep {key} apart from it: sealed values open only under that key")
        })
    }

    /// Have a running host make it, and fetch it.
    async fn by_host(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let mut backup = client.post("/backups", &json!({})).await?;
        let id = backup["id"].as_str().context("the host does not name the backup")?.to_owned();
        let spinner = output::spinner("copying");
        while matches!(backup["state"].as_str(), Some("pending" | "running")) {
            tokio::time::sleep(ASK_EVERY).await;
            backup = client.get(&format!("/backups/{id}")).await?;
        }
        if backup["state"] != "done" {
            let why = backup["problem"].as_str().unwrap_or("the host could not make the backup").to_owned();
            bail!("{why}");
        }
        let bytes = client.download(&format!("/backups/{id}/file"), &self.file).await?;
        let file = self.file.clone();
        let (_, sha256) = tokio::task::spawn_blocking(move || backups::digest(&file)).await??;
        spinner.finish_and_clear();
        if backup["sha256"] != Value::String(sha256) {
            bail!("{} is not what the host made: fetch it again", self.file.display());
        }
        let mut shown = backup.clone();
        shown["file"] = json!(self.file);
        output::answer(common.json, &shown, |_| {
            let file = self.file.display();
            format!(
                "{file} ({bytes} bytes). Keep the host's master key apart from it: sealed values open only under that key"
            )
        })
    }
}
