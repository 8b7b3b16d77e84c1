//! `rialto restore`

use crate::{
    archive::{self, Contents, Draft, key_mark},
    config::{Common, Settings, create_private_dir},
    open, output, standing,
};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_kernel::{Keys, OsRandom};
use rialto_store::{MIGRATIONS, tables_in};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Fill an empty data folder or database from a backup
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    file: PathBuf,
    /// The master key's file, to be copied into the data folder where it has none
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Only hold the backup against its digests
    #[arg(long)]
    check: bool,
}

impl Restore {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let spinner = output::spinner("checking the backup");
        let contents = archive::check(&self.file)?;
        spinner.finish_and_clear();
        let parts = contents.parts.len();
        let shown = json!({
            "file": self.file, "made_at": contents.made_at, "database": contents.database, "parts": contents.parts,
            "restored": !self.check,
        });
        if self.check {
            return output::answer(common.json, &shown, |_| format!("{parts} parts, each what it was"));
        }
        let settings = Settings::read(common)?;
        self.fits(&settings, &contents)?;
        create_private_dir(&settings.data_dir)?;
        let Some(_lock) = open::work_lock(&settings)? else {
            bail!("a `rialto serve` works on {}: restore into another folder", settings.data_dir.display());
        };
        self.key(&settings, &contents)?;
        let spinner = output::spinner("restoring");
        standing::forget(&settings.data_dir)?;
        match contents.database.as_str() {
            "sqlite" => sqlite(&settings, &self.file, &contents)?,
            _ => postgres(&settings, &self.file, &contents).await?,
        }
        uploads(&settings, &self.file, &contents)?;
        let store = open::store(&settings).await?;
        store.migrate().await?;
        standing::restored(&store, &settings.data_dir, &OsRandom).await?;
        store.close().await;
        spinner.finish_and_clear();
        output::answer(common.json, &shown, |_| {
            format!(
                "{parts} parts are back. A host that starts here sends nothing until you say that this is the one: \
                 `rialto host confirm`"
            )
        })
    }

    /// Whether the backup can go where it is to go, before anything is written.
    fn fits(&self, settings: &Settings, contents: &Contents) -> anyhow::Result<()> {
        let wanted = if settings.sqlite_file().is_some() { "sqlite" } else { "postgres" };
        if contents.database != wanted {
            bail!("the backup is of {} and cannot be read into {wanted}", contents.database);
        }
        if let Some(file) = settings.sqlite_file().filter(|file| file.exists()) {
            bail!("{} is there already: restore into an empty folder (--data DIR)", file.display());
        }
        let known = |name: &String| MIGRATIONS.iter().any(|migration| migration.name == name);
        if let Some(name) = contents.migrations.iter().find(|name| !known(name)) {
            bail!("the backup was made by a newer program ({}): it has `{name}`", contents.program);
        }
        if wanted == "postgres" && contents.migrations.len() != MIGRATIONS.len() {
            bail!("the backup was made by program {}: restore with that one, then upgrade", contents.program);
        }
        Ok(())
    }

    /// See that the master key is the backup's; a host that starts without one
    /// would make its own, and nothing sealed would open.
    fn key(&self, settings: &Settings, contents: &Contents) -> anyhow::Result<()> {
        let wrong = "sealed values of the backup do not open under the master key in";
        if let Some(given) = &self.key_file {
            let text = fs::read_to_string(given).with_context(|| format!("{}", given.display()))?;
            if key_mark(&Keys::from_hex(&text)?) != contents.key {
                bail!("{wrong} {}", given.display());
            }
            if !settings.key_file.exists() {
                return settings.keep_key(&Keys::from_hex(&text)?);
            }
        }
        if !settings.has_key() {
            bail!("give the master key that the backup was made under: --key-file FILE");
        }
        if key_mark(&settings.keys(&OsRandom)?) != contents.key {
            bail!("{wrong} {}", settings.key_file.display());
        }
        Ok(())
    }
}

fn sqlite(settings: &Settings, file: &Path, contents: &Contents) -> anyhow::Result<()> {
    let to = settings.sqlite_file().context("no file to restore to")?;
    let part = contents.parts.iter().find(|part| part.name == "database.sqlite");
    let draft = Draft::beside(to)?;
    let copy = draft.0.join("database.sqlite");
    archive::unpack(file, part.context("the backup has no database")?, &copy)?;
    fs::rename(&copy, to).with_context(|| format!("{}", to.display()))
}

async fn postgres(settings: &Settings, file: &Path, contents: &Contents) -> anyhow::Result<()> {
    let copied = contents.copied.as_ref().context("the backup does not say which tables it has")?;
    let store = open::store(settings).await?;
    store.migrate().await?;
    store.close().await;
    let draft = Draft::beside(&settings.data_dir.join("tables"))?;
    for part in &contents.parts {
        if let Some(name) = part.name.strip_prefix("tables/") {
            archive::unpack(file, part, &draft.0.join(name))?;
        }
    }
    tables_in(&settings.store, &draft.0, copied).await.context("the database cannot be filled")
}

/// Files of the data folder; one that is there already stays.
fn uploads(settings: &Settings, file: &Path, contents: &Contents) -> anyhow::Result<()> {
    for part in &contents.parts {
        let Some((folder, _)) = part.name.split_once('/').filter(|(folder, _)| *folder != "tables") else { continue };
        create_private_dir(&settings.data_dir.join(folder))?;
        let to = settings.data_dir.join(&part.name);
        if !to.exists() {
            archive::unpack(file, part, &to)?;
        }
    }
    Ok(())
}
