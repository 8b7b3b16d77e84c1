//! `rialto backup`

use crate::{
    archive::{self, Contents, Draft},
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_kernel::{OsRandom, SystemClock, from_micros};
use rialto_store::{MIGRATIONS, tables_out};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders of the data folder whose files belong to what the database says.
const FOLDERS: &[&str] = &["imports"];

/// Copy everything into one file, as of one moment, while it is in use
#[derive(Debug, Args)]
pub struct Backup {
    /// The backup; must not exist yet
    file: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let settings = Settings::read(common)?;
        if self.file.exists() {
            bail!("{} exists already: name a new file", self.file.display());
        }
        if let Some(source) = settings.sqlite_file().filter(|source| !source.exists()) {
            bail!("there is no database at {}", source.display());
        }
        let spinner = output::spinner("copying");
        let contents = back_up(&settings, &self.file).await?;
        spinner.finish_and_clear();
        let bytes = fs::metadata(&self.file).context("the backup")?.len();
        let shown = json!({
            "file": self.file, "bytes": bytes, "key_file": settings.key_file, "parts": contents.parts,
            "database": contents.database, "made_at": contents.made_at,
        });
        output::answer(common.json, &shown, |_| {
            let (file, key) = (self.file.display(), settings.key_file.display());
            format!("{file} ({bytes} bytes). Keep {key} apart from it: sealed values open only under that key")
        })
    }
}

/// Make the backup beside its place, then put it there whole.
async fn back_up(settings: &Settings, file: &Path) -> anyhow::Result<Contents> {
    let keys = settings.keys(&OsRandom)?;
    let store = open::store(settings).await?;
    if !open::migrations_missing(&store).await?.is_empty() {
        bail!("the schema is not up to date: run `rialto migrate`");
    }
    let draft = Draft::beside(file)?;
    let made_at = from_micros(rialto_kernel::Clock::now_us(&SystemClock));
    let migrations = MIGRATIONS.iter().map(|migration| migration.name.to_owned()).collect();
    let mut contents = Contents::new("sqlite", migrations, &keys, made_at);
    let mut files = Vec::new();
    if settings.sqlite_file().is_some() {
        let copy = draft.0.join("database.sqlite");
        store.copy_to(&copy).await?;
        files.push(("database.sqlite".to_owned(), copy));
    } else {
        let copied = tables_out(&settings.store, &draft.0).await?;
        for table in &copied.tables {
            files.push((format!("tables/{}.copy", table.name), draft.0.join(format!("{}.copy", table.name))));
        }
        contents.database = "postgres".to_owned();
        contents.copied = Some(copied);
    }
    store.close().await;
    files.extend(beside(&settings.data_dir)?);
    let whole = draft.0.join("whole.zip");
    let listed: Vec<(String, &Path)> = files.iter().map(|(name, path)| (name.clone(), path.as_path())).collect();
    let packed = archive::pack(&whole, contents, &listed)?;
    fs::rename(&whole, file).with_context(|| format!("{}", file.display()))?;
    Ok(packed)
}

/// Files of the data folder that go with the database. One that goes away
/// meanwhile belonged to an import that has ended.
fn beside(data_dir: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let Ok(entries) = fs::read_dir(data_dir.join(folder)) else { continue };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                found.push((format!("{folder}/{}", entry.file_name().to_string_lossy()), entry.path()));
            }
        }
    }
    Ok(found)
}
