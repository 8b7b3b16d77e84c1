//! The state of an installation as a run sees it: a snapshot taken at the
//! run's first look, and writes that apply later by compare-and-set. It never
//! lets one installation see another's keys.

use crate::{Error, sql};
use async_trait::async_trait;
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{Fault, LimitName, StateDoor, StateEntry, StateUsage, StateWrite};
use rialto_slice::Host;
use rialto_store::Conn;
use std::{collections::BTreeMap, ops::Bound};
use tokio::sync::{Mutex, OnceCell};

/// The most keys an installation keeps.
pub const STATE_KEYS_MAX: u64 = 10_000;
/// The most bytes of keys and values an installation keeps, whatever was
/// granted: a run holds them in memory.
pub const STATE_BYTES_MAX: u64 = 8 * 1024 * 1024;

type Snapshot = BTreeMap<String, StateEntry>;

/// The state door of one run.
pub(crate) struct KeptState {
    host: Host,
    workspace: WorkspaceId,
    installation: Id,
    bytes_max: u64,
    snapshot: OnceCell<Mutex<Snapshot>>,
}

impl KeptState {
    pub(crate) fn new(host: &Host, workspace: WorkspaceId, installation: Id, granted_bytes: u64) -> Self {
        Self {
            host: host.clone(),
            workspace,
            installation,
            bytes_max: granted_bytes.min(STATE_BYTES_MAX),
            snapshot: OnceCell::new(),
        }
    }

    async fn snapshot(&self) -> Result<&Mutex<Snapshot>, Fault> {
        self.snapshot.get_or_try_init(|| self.load()).await
    }

    async fn load(&self) -> Result<Mutex<Snapshot>, Fault> {
        let mut conn = self.host.store.read(self.workspace).await.map_err(away)?;
        let rows = sql::state_all(&mut conn, self.workspace, self.installation).await.map_err(away)?;
        let entries = rows.into_iter().map(|(key, value, version)| (key, StateEntry { value, version: seen(version) }));
        Ok(Mutex::new(entries.collect()))
    }

    async fn write_now(&self, key: &str, value: &[u8]) -> Result<i64, Error> {
        let (workspace, installation) = (self.workspace, self.installation);
        let (key, value) = (key.to_owned(), value.to_vec());
        let (now_us, bytes_max) = (self.host.now_us(), self.bytes_max);
        self.host
            .store
            .write(workspace, "plugins.put-now", move |conn| {
                Box::pin(async move {
                    let version = put_now(conn, workspace, installation, &key, &value, now_us).await?;
                    check_quota(conn, workspace, installation, bytes_max).await?;
                    Ok(version)
                })
            })
            .await
    }
}

#[async_trait]
impl StateDoor for KeptState {
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, Fault> {
        Ok(self.snapshot().await?.lock().await.get(key).cloned())
    }

    async fn keys(&self, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Fault> {
        let snapshot = self.snapshot().await?.lock().await;
        let from = after.filter(|a| *a >= prefix).unwrap_or(prefix);
        let keys = snapshot
            .range::<str, _>((Bound::Included(from), Bound::Unbounded))
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(prefix))
            .filter(|key| after.is_none_or(|a| key.as_str() > a));
        Ok(keys.take(limit as usize).cloned().collect())
    }

    async fn usage(&self) -> Result<StateUsage, Fault> {
        let snapshot = self.snapshot().await?.lock().await;
        let bytes = snapshot.iter().map(|(key, entry)| (key.len() + entry.value.len()) as u64).sum();
        Ok(StateUsage { keys: snapshot.len() as u64, bytes })
    }

    async fn put_now(&self, key: &str, value: &[u8]) -> Result<u64, Fault> {
        let version = self.write_now(key, value).await.map_err(|error| match error {
            Error::Quota { limit: "state-keys", value } => Fault::limit(LimitName::StateKeys, value),
            Error::Quota { value, .. } => Fault::limit(LimitName::StateBytes, value),
            Error::StateConflict(key) => Fault::new("conflict", format!("another run is changing `{key}`")),
            other => away(other),
        })?;
        let entry = StateEntry { value: value.to_vec(), version: seen(version) };
        self.snapshot().await?.lock().await.insert(key.to_owned(), entry);
        Ok(seen(version))
    }
}

/// What a finished run wants kept. Apply it in the transaction that writes
/// the run's outcome, so that both happen or neither does.
#[derive(Debug, Clone)]
pub struct StateWrites {
    workspace: WorkspaceId,
    installation: Id,
    writes: Vec<StateWrite>,
    bytes_max: u64,
    now_us: i64,
}

impl StateWrites {
    pub(crate) fn new(
        workspace: WorkspaceId,
        installation: Id,
        writes: Vec<StateWrite>,
        granted_bytes: u64,
        now_us: i64,
    ) -> Self {
        Self { workspace, installation, writes, bytes_max: granted_bytes.min(STATE_BYTES_MAX), now_us }
    }

    /// Whether there is nothing to apply.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Apply all of them by compare-and-set, inside the caller's transaction.
    ///
    /// # Errors
    /// [`Error::StateConflict`] when another run changed a key meanwhile and
    /// [`Error::Quota`] when it would be too much: roll back, the run's
    /// answer no longer stands.
    pub async fn apply(&self, conn: &mut Conn) -> Result<(), Error> {
        if self.writes.is_empty() {
            return Ok(());
        }
        for write in &self.writes {
            if !self.apply_one(conn, write).await? {
                return Err(Error::StateConflict(write.key.clone()));
            }
        }
        check_quota(conn, self.workspace, self.installation, self.bytes_max).await
    }

    async fn apply_one(&self, conn: &mut Conn, write: &StateWrite) -> Result<bool, Error> {
        let (workspace, installation, key) = (self.workspace, self.installation, write.key.as_str());
        let done = match (&write.value, write.expected) {
            (Some(value), None) => sql::state_insert(conn, workspace, installation, key, value, self.now_us).await?,
            (Some(value), Some(expected)) => {
                let expected = stored(expected);
                let version = self.now_us.max(expected + 1);
                sql::state_replace(conn, workspace, installation, key, value, expected, version).await?
            }
            (None, Some(expected)) => sql::state_delete(conn, workspace, installation, key, stored(expected)).await?,
            (None, None) => true,
        };
        Ok(done)
    }
}

async fn put_now(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    key: &str,
    value: &[u8],
    now_us: i64,
) -> Result<i64, Error> {
    let done = match sql::state_version(conn, workspace, installation, key).await? {
        None => sql::state_insert(conn, workspace, installation, key, value, now_us).await?.then_some(now_us),
        Some(before) => {
            let version = now_us.max(before + 1);
            let replaced = sql::state_replace(conn, workspace, installation, key, value, before, version).await?;
            replaced.then_some(version)
        }
    };
    done.ok_or_else(|| Error::StateConflict(key.to_owned()))
}

async fn check_quota(conn: &mut Conn, workspace: WorkspaceId, installation: Id, bytes_max: u64) -> Result<(), Error> {
    let (keys, bytes) = sql::state_usage(conn, workspace, installation).await?;
    if seen(keys) > STATE_KEYS_MAX {
        return Err(Error::Quota { limit: "state-keys", value: STATE_KEYS_MAX });
    }
    if seen(bytes) > bytes_max {
        return Err(Error::Quota { limit: "state-bytes", value: bytes_max });
    }
    Ok(())
}

/// A version as the plugin host counts it; ours never are negative.
fn seen(version: i64) -> u64 {
    u64::try_from(version).unwrap_or(0)
}

fn stored(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX - 1)
}

fn away(cause: impl std::fmt::Display) -> Fault {
    tracing::warn!(%cause, "plugin state unavailable");
    Fault::unavailable("the state store does not answer; try again")
}
