//! Whether the data folder and the database belong together. Both carry one
//! mark; where the marks differ, or the database stands elsewhere than it did,
//! this may be a copy that woke up beside its original, and the host sends
//! nothing until a person says that it is the one. It cannot tell a snapshot of
//! a whole machine from the machine itself.

use anyhow::Context as _;
use rialto_jobs::{Hold, HostRow, Instance, host_epoch, host_epoch_first, host_list, host_restored};
use rialto_kernel::{Id, Randomness};
use rialto_slice::Host;
use rialto_store::{Dialect, Store};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};
use tokio_util::sync::CancellationToken;

/// The file beside the database that carries its mark.
const MARK_FILE: &str = "database.json";

/// What a data folder knows of its database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// The mark in the database.
    epoch: String,
    /// Where the database stood: its file, or its server and number there.
    place: String,
}

/// How a data folder and its database stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody has worked on the database yet.
    New,
    /// They belong together.
    Own,
    /// They may not, for this reason.
    Doubtful(&'static str),
}

/// Look, and change nothing.
///
/// # Errors
/// When the database or the folder cannot be read.
pub(crate) async fn look(store: &Store, data_dir: &Path) -> anyhow::Result<Standing> {
    let Some(epoch) = host_epoch(store).await? else { return Ok(Standing::New) };
    let place = place(store, data_dir).await?;
    Ok(match kept(data_dir)? {
        None => Standing::Doubtful("this data folder has not worked on this database before: it may be a copy"),
        Some(mark) if mark.epoch != epoch => {
            Standing::Doubtful("the database is not the one this data folder knows: it was restored")
        }
        Some(mark) if mark.place != place => {
            Standing::Doubtful("the database stands elsewhere than it did: it may be a copy")
        }
        Some(_) => Standing::Own,
    })
}

/// Why this host may not act outside; `None` when it may. A database that was
/// never worked on is marked and becomes this folder's own.
///
/// # Errors
/// When the database or the folder cannot be read or written.
pub(crate) async fn examine(
    store: &Store,
    data_dir: &Path,
    random: &dyn Randomness,
) -> anyhow::Result<Option<&'static str>> {
    match look(store, data_dir).await? {
        Standing::Own => Ok(None),
        Standing::Doubtful(why) => Ok(Some(why)),
        Standing::New => {
            // The file first: a host that dies in between finds an unmarked database again.
            let mark = Mark { epoch: fresh(random), place: place(store, data_dir).await? };
            keep(data_dir, &mark)?;
            let epoch = host_epoch_first(store, mark.epoch.clone()).await?;
            let ours = epoch == mark.epoch;
            Ok((!ours).then_some("another host made this database its own at the same moment"))
        }
    }
}

/// Say that this database is this folder's own.
///
/// # Errors
/// When the database or the folder cannot be read or written.
pub(crate) async fn confirm(store: &Store, data_dir: &Path, random: &dyn Randomness) -> anyhow::Result<()> {
    let epoch = match host_epoch(store).await? {
        Some(epoch) => epoch,
        None => host_epoch_first(store, fresh(random)).await?,
    };
    keep(data_dir, &Mark { epoch, place: place(store, data_dir).await? })
}

/// After a restore: the database gets a mark that no folder knows, and this
/// folder forgets the one it knew, so that whoever starts here is held.
///
/// # Errors
/// When the database or the folder cannot be written.
pub(crate) async fn restored(store: &Store, data_dir: &Path, random: &dyn Randomness) -> anyhow::Result<()> {
    forget(data_dir)?;
    Ok(host_restored(store, fresh(random)).await?)
}

/// Forget the database that this folder knew.
///
/// # Errors
/// When the file cannot be removed.
pub(crate) fn forget(data_dir: &Path) -> anyhow::Result<()> {
    match fs::remove_file(mark_file(data_dir)) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause).context("the mark of the database"),
        _ => Ok(()),
    }
}

/// Say every few seconds that this host lives, until it stops or a later start
/// of its name has its place: then it answers true. While the host is held,
/// look whether it was confirmed, or whether a confirmed host works on the
/// database right now, which nobody does on a copy.
pub(crate) async fn live(instance: Instance, host: Host, stop: CancellationToken) -> bool {
    let hold = host.slot::<Hold>();
    let mut beat = tokio::time::interval(rialto_jobs::HEARTBEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = HashMap::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return false,
            _ = beat.tick() => {}
        }
        match instance.beat(hold.holds()).await {
            Ok(true) => {}
            Ok(false) => return true,
            Err(error) => tracing::warn!(%error, "the host cannot say that it lives"),
        }
        if hold.holds()
            && let Err(error) = look_again(&instance, &host, &hold, &mut seen).await
        {
            tracing::warn!(error = %format!("{error:#}"), "whether the host may send cannot be looked up");
        }
    }
}

async fn look_again(instance: &Instance, host: &Host, hold: &Hold, seen: &mut HashMap<Id, i64>) -> anyhow::Result<()> {
    if joins(instance, &host_list(&host.store).await?, seen) {
        confirm(&host.store, &host.data_dir, host.random.as_ref()).await?;
    }
    if examine(&host.store, &host.data_dir, host.random.as_ref()).await?.is_none() {
        hold.lift();
        tracing::info!("the host may send");
    }
    Ok(())
}

/// Whether another host, itself confirmed, was seen alive twice.
fn joins(instance: &Instance, hosts: &[HostRow], seen: &mut HashMap<Id, i64>) -> bool {
    let mut joins = false;
    for row in hosts.iter().filter(|row| !row.held && !instance.is(row)) {
        let before = seen.insert(row.instance, row.heartbeat_at);
        joins |= before.is_some_and(|before| row.heartbeat_at > before);
    }
    joins
}

/// Where the database stands.
async fn place(store: &Store, data_dir: &Path) -> anyhow::Result<String> {
    match store.dialect() {
        Dialect::Postgres => Ok(store.cluster().await?),
        Dialect::Sqlite => Ok(inode(&data_dir.join("rialto.db"))?),
    }
}

/// A copy of a file is another inode, wherever it has one.
#[cfg(unix)]
fn inode(file: &Path) -> std::io::Result<String> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(format!("inode {}", fs::metadata(file)?.ino()))
}

#[cfg(not(unix))]
fn inode(_file: &Path) -> std::io::Result<String> {
    Ok("file".to_owned())
}

fn fresh(random: &dyn Randomness) -> String {
    let mut bytes = [0_u8; 16];
    random.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mark_file(data_dir: &Path) -> PathBuf {
    data_dir.join(MARK_FILE)
}

fn kept(data_dir: &Path) -> anyhow::Result<Option<Mark>> {
    let path = mark_file(data_dir);
    match fs::read_to_string(&path) {
        // A file that is cut short knows nothing: as if it were not there.
        Ok(text) => Ok(serde_json::from_str(&text).ok()),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause).with_context(|| format!("the mark in {}", path.display())),
    }
}

fn keep(data_dir: &Path, mark: &Mark) -> anyhow::Result<()> {
    let path = mark_file(data_dir);
    let draft = data_dir.join(format!("{MARK_FILE}.draft"));
    let write = || {
        let mut file = fs::File::create(&draft)?;
        file.write_all(serde_json::to_string(mark)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path)
    };
    write().with_context(|| format!("the mark in {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::SeededRandom;
    use rialto_store::StoreOptions;

    async fn open(folder: &Path) -> Store {
        Store::open(&StoreOptions::Sqlite { path: folder.join("rialto.db") }).await.unwrap()
    }

    #[tokio::test]
    async fn a_copy_is_held_until_it_is_confirmed() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let random = SeededRandom::new(1);
        let store = open(one.path()).await;
        assert_eq!(examine(&store, one.path(), &random).await.unwrap(), None, "a new database is one's own");
        assert_eq!(examine(&store, one.path(), &random).await.unwrap(), None, "and stays so");
        store.copy_to(&two.path().join("rialto.db")).await.unwrap();
        let copy = open(two.path()).await;
        assert!(examine(&copy, two.path(), &random).await.unwrap().unwrap().contains("not worked on"));
        // The whole folder, file beside it and all.
        fs::copy(mark_file(one.path()), mark_file(two.path())).unwrap();
        assert!(examine(&copy, two.path(), &random).await.unwrap().unwrap().contains("elsewhere"));
        confirm(&copy, two.path(), &random).await.unwrap();
        assert_eq!(examine(&copy, two.path(), &random).await.unwrap(), None);
        fs::write(mark_file(two.path()), "{\"epoch\":").unwrap();
        assert!(examine(&copy, two.path(), &random).await.unwrap().is_some(), "a torn file proves nothing");
    }
}
