//! Runs kept word for word: those that failed, and a sample of those that did
//! not. A ring for each version, bounded in bytes and in days. That one cannot
//! be kept never fails the run it was of.

mod file;
mod sweep;
mod whose;

pub(crate) use sweep::{RHYTHMS, RecordingsJob, sweep};
pub(crate) use whose::Whose;

use crate::{
    Error, secrets,
    sql::{self, RecordingRow},
    token,
};
use rialto_contract::{
    Tape,
    fixture::{Fixture, Head, rewrite},
};
use rialto_kernel::{Id, Keys, Problem, Purpose, WorkspaceId, from_micros};
use rialto_plugin_host::{EngineMark, Outcome, PluginKind, Redactor, RunRecord, egress::oauth2::Account};
use rialto_slice::Host;
use rialto_store::Conn;

/// The most bytes kept of the runs of one version of an installation.
pub const RECORDINGS_BYTES_MAX: i64 = 64 << 20;
/// The most runs kept of one version.
const RECORDINGS_MAX: i64 = 2_000;
/// The longest that one is kept.
pub const RECORDING_DAYS_MAX: i64 = 7;
/// As many go at once when room is made.
const ROOM_STEP: u32 = 200;
const DAY_US: i64 = 86_400_000_000;

/// A recording that is written and not yet in the index.
#[derive(Clone)]
pub(crate) struct Written {
    row: RecordingRow,
    contacts: Vec<Id>,
}

/// Write a run down. `None` where that cannot be: the run is none the worse.
pub(crate) async fn write(
    host: &Host,
    workspace: WorkspaceId,
    record: &RunRecord,
    version: Id,
    tape: Tape,
    whose: Whose,
) -> Option<Written> {
    let (run, kind) = (record.run, record.kind);
    match written(host, workspace, record, version, tape, whose).await {
        Ok(written) => {
            count("kept");
            Some(written)
        }
        Err(cause) => {
            tracing::warn!(%run, %kind, %cause, "a run could not be kept word for word");
            count("lost");
            None
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("rialto_plugin_recordings_total", "outcome" => outcome).increment(1);
}

async fn written(
    host: &Host,
    workspace: WorkspaceId,
    record: &RunRecord,
    version: Id,
    mut tape: Tape,
    whose: Whose,
) -> Result<Written, Error> {
    let redactor = redactor(host, workspace, record.installation).await?;
    let mut data_key = [0_u8; 32];
    host.random.fill(&mut data_key);
    let (run, context) = (record.run, context(workspace, record.run));
    let sealed = host.keys.seal(Purpose::Recording, &context, &data_key, host.random.as_ref())?;
    let (keys, random) = (Keys::new(data_key), host.random.clone());
    let (about, contacts) = whose.told(&tape);
    let path = file::path(&host.data_dir, workspace, run);
    let bytes = tokio::task::spawn_blocking(move || {
        if !redactor.is_empty() {
            rewrite(&mut tape, &redactor)?;
        }
        let packed = zstd::bulk::compress(&tape.to_bytes()?, 3).map_err(|cause| Error::Recording(cause.to_string()))?;
        let body = keys.seal(Purpose::Recording, &context, &packed, random.as_ref())?;
        file::write(&path, &body).map_err(|cause| Error::Recording(cause.to_string()))?;
        Ok::<_, Error>(body.len())
    })
    .await
    .map_err(|cause| Error::Recording(cause.to_string()))??;
    let row = RecordingRow {
        run,
        installation: record.installation,
        installation_version: version,
        kind: record.kind.as_str().to_owned(),
        at: host.now_us(),
        outcome: if record.outcome == Outcome::Succeeded { "succeeded" } else { "failed" }.to_owned(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        about: about.to_owned(),
        sealed,
    };
    Ok(Written { row, contacts })
}

/// Takes the secrets of an installation out of what is written down.
async fn redactor(host: &Host, workspace: WorkspaceId, installation: Id) -> Result<Redactor, Error> {
    let mut conn = host.store.read(workspace).await?;
    let mut redactor = Redactor::default();
    for secret in secrets::open_all(host, &mut conn, workspace, installation).await?.values() {
        redactor.learn(secret.expose());
        // An account is one secret of several parts.
        if let Ok(account) = serde_json::from_slice::<Account>(secret.expose()) {
            account.secrets().iter().for_each(|part| redactor.learn(part.expose()));
        }
    }
    drop(conn);
    let tokens = token::known(host, workspace, installation).await;
    for token in tokens.map_err(|cause| Error::Recording(cause.message))? {
        redactor.learn(token.expose());
    }
    Ok(redactor)
}

/// What ties a recording to its run.
pub(crate) fn context(workspace: WorkspaceId, run: Id) -> Vec<u8> {
    Keys::context(workspace, run, "recording")
}

impl Written {
    /// Put it into the index and make room in the ring; answers whose files are
    /// to go. Part of a write.
    pub(crate) async fn keep(self, conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Id>, Error> {
        let version = self.row.installation_version;
        sql::recording_insert(conn, workspace, self.row, &self.contacts).await?;
        let (mut count, mut bytes) = sql::recording_sum(conn, workspace, version).await?;
        let mut gone = Vec::new();
        if count <= RECORDINGS_MAX && bytes <= RECORDINGS_BYTES_MAX {
            return Ok(gone);
        }
        for (run, size) in sql::recording_oldest(conn, workspace, version, ROOM_STEP).await? {
            if count <= RECORDINGS_MAX && bytes <= RECORDINGS_BYTES_MAX {
                break;
            }
            sql::recording_delete(conn, workspace, run).await?;
            gone.push(run);
            (count, bytes) = (count - 1, bytes - size);
        }
        Ok(gone)
    }
}

/// Remove files whose rows are gone. One that stays is found by a sweep, and
/// opens for nobody meanwhile.
pub(crate) async fn remove(host: &Host, workspace: WorkspaceId, runs: Vec<Id>) {
    if runs.is_empty() {
        return;
    }
    let data_dir = host.data_dir.clone();
    let removed = tokio::task::spawn_blocking(move || {
        for run in runs {
            if let Err(cause) = file::remove(&file::path(&data_dir, workspace, run)) {
                tracing::warn!(%run, %cause, "the file of a recording stays");
            }
        }
    });
    let _ = removed.await;
}

/// A recorded run's row, if it is kept still.
pub(crate) async fn find(
    host: &Host,
    conn: &mut Conn,
    workspace: WorkspaceId,
    run: Id,
) -> Result<Option<RecordingRow>, Error> {
    let row = sql::recording_find(conn, workspace, run).await?;
    Ok(row.filter(|row| row.at >= oldest(host)))
}

/// What is older is not kept, whether or not a sweep has come by.
pub(crate) fn oldest(host: &Host) -> i64 {
    host.now_us() - RECORDING_DAYS_MAX * DAY_US
}

/// A recorded run, word for word.
pub(crate) async fn read(host: &Host, workspace: WorkspaceId, row: &RecordingRow) -> Result<Tape, Error> {
    let context = context(workspace, row.run);
    let opened = host.keys.open(Purpose::Recording, &context, &row.sealed).map_err(|_| Error::RecordingChanged)?;
    let data_key: [u8; 32] = opened.as_slice().try_into().map_err(|_| Error::RecordingChanged)?;
    let path = file::path(&host.data_dir, workspace, row.run);
    let read = tokio::task::spawn_blocking(move || {
        let body = file::read(&path).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => Error::RecordingElsewhere,
            _ => Error::Recording(cause.to_string()),
        })?;
        let keys = Keys::new(data_key);
        let packed = keys.open(Purpose::Recording, &context, &body).map_err(|_| Error::RecordingChanged)?;
        let bytes = zstd::bulk::decompress(&packed, rialto_contract::tape::TAPE_BYTES_MAX)
            .map_err(|_| Error::RecordingChanged)?;
        Ok(Tape::from_bytes(&bytes)?)
    });
    read.await.map_err(|cause| Error::Recording(cause.to_string()))?
}

/// What a fixture of a run says of it.
pub(crate) struct Named<'a> {
    pub(crate) plugin: &'a str,
    pub(crate) version: &'a str,
    pub(crate) package: &'a str,
    pub(crate) engine: EngineMark,
}

/// A recorded run as a file for an author: nobody is in it.
pub(crate) fn fixture(
    host: &Host,
    workspace: WorkspaceId,
    row: &RecordingRow,
    tape: Tape,
    named: &Named<'_>,
) -> Result<Fixture, Error> {
    let name = |value: &str| {
        let mac = host.keys.mac(Purpose::Pseudonym, &[b"fixture", workspace.0.as_bytes(), value.as_bytes()]);
        mac.first_chunk().copied().unwrap_or_default()
    };
    let kind: PluginKind = row.kind.parse().map_err(|cause: String| Error::Other(Problem::internal(cause)))?;
    let head = Head {
        plugin: named.plugin.to_owned(),
        version: named.version.to_owned(),
        package: named.package.to_owned(),
        kind,
        run: row.run.to_string(),
        recorded_at: from_micros(row.at).to_string(),
        engine: named.engine.clone(),
    };
    Ok(Fixture { head, tape }.redacted(&name)?)
}
