//! `rialto backup`

use crate::{
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Copy the embedded database while it is in use
#[derive(Debug, Args)]
pub struct Backup {
    /// The copy; must not exist yet
    file: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        let Some(source) = settings.sqlite_file() else {
            bail!("this host works on PostgreSQL: use pg_dump, and keep the master key beside the dump");
        };
        if !source.exists() {
            bail!("there is no database at {}", source.display());
        }
        if self.file.exists() {
            bail!("{} exists already: name a new file", self.file.display());
        }
        let store = open::store(&settings).await?;
        let spinner = output::spinner("copying the database");
        store.copy_to(&self.file).await?;
        spinner.finish_and_clear();
        store.close().await;
        let bytes = std::fs::metadata(&self.file).context("the copy")?.len();
        let shown = json!({ "file": self.file, "bytes": bytes, "key_file": settings.key_file });
        output::answer(common.json, &shown, |_| {
            let key = settings.key_file.display();
            format!(
                "{} ({bytes} bytes). Keep {key} with it: sealed values open only under that key",
                self.file.display()
            )
        })
    }
}
