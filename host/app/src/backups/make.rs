//! Making a backup, for the command and for the job alike. It never has the
//! master key in it, nor other backups.

use crate::archive::{self, Contents, Draft, Watch};
use anyhow::Context as _;
use jiff::Timestamp;
use rialto_kernel::Keys;
use rialto_store::{Dialect, MIGRATIONS, Store, tables_out};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders of the data folder whose files belong to what the database says.
const FOLDERS: &[&str] = &["imports"];

/// What is copied.
pub(crate) struct Source {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) data_dir: PathBuf,
    pub(crate) made_at: Timestamp,
}

/// A backup that was made.
pub(crate) struct Made {
    pub(crate) contents: Contents,
    pub(crate) bytes: u64,
    /// The file's own, in hex.
    pub(crate) sha256: String,
}

/// Make a backup beside its place, then put it there whole.
///
/// # Errors
/// When it is called off, the disk is full, or something cannot be read.
pub(crate) async fn make(from: Source, file: &Path, watch: &Watch) -> anyhow::Result<Made> {
    let draft = Draft::beside(file)?;
    let migrations = MIGRATIONS.iter().map(|migration| migration.name.to_owned()).collect();
    let mut contents = Contents::new("sqlite", migrations, &from.keys, from.made_at);
    let mut files = Vec::new();
    match from.store.dialect() {
        Dialect::Sqlite => {
            let copy = draft.0.join("database.sqlite");
            from.store.copy_to(&copy).await?;
            files.push(("database.sqlite".to_owned(), copy));
        }
        Dialect::Postgres => {
            let copied = tables_out(&from.store, &draft.0).await?;
            for table in &copied.tables {
                files.push((format!("tables/{}.copy", table.name), draft.0.join(format!("{}.copy", table.name))));
            }
            contents.database = "postgres".to_owned();
            contents.copied = Some(copied);
        }
    }
    files.extend(beside(&from.data_dir)?);
    let (file, watch) = (file.to_owned(), watch.clone());
    tokio::task::spawn_blocking(move || whole(&draft, contents, &files, &file, &watch)).await?
}

fn whole(
    draft: &Draft,
    contents: Contents,
    files: &[(String, PathBuf)],
    file: &Path,
    watch: &Watch,
) -> anyhow::Result<Made> {
    watch.awaits(files.iter().filter_map(|(_, path)| fs::metadata(path).ok()).map(|found| found.len()).sum());
    let whole = draft.0.join("whole.zip");
    let contents = archive::pack(&whole, contents, files, watch)?;
    let (bytes, sha256) = archive::digest(&whole)?;
    fs::rename(&whole, file).with_context(|| format!("{}", file.display()))?;
    Ok(Made { contents, bytes, sha256 })
}

/// Files of the data folder that go with the database. One that goes away
/// meanwhile belonged to an import that has ended.
pub(super) fn beside(data_dir: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
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
