//! What a run leaves in the database, in one write: its line in the run log,
//! its words and its receipt, what it was denied, its count for a canary, and
//! what its breaker shows of its version. Failing to write it never fails a run
//! that went well.

use crate::{
    Error,
    model::RunRow,
    receipt::Receipt,
    recording::{self, Written},
    rollout::{
        VersionState,
        canary::{self, Trial, Went},
        watch::{self, Seen},
    },
    sql::{self, DeniedTo},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{Outcome, PluginKind, RunError, RunRecord, capability::LogLine, recorder::DeniedCall};
use rialto_slice::Host;

/// Entries and host calls of one run whose digests are kept in its record.
const RECORD_ITEMS_MAX: usize = 100;
/// Runs kept of one installation.
const RUNS_KEPT_MAX: u32 = 10_000;
/// How often the write is tried: an admin may change the installation just
/// when a canary ends.
const TRIES: u32 = 3;

/// What a run leaves.
#[derive(Clone)]
pub(crate) struct Kept {
    run: RunRow,
    denied: Vec<DeniedCall>,
    trial: Option<(Trial, Went)>,
    seen: Option<Seen>,
    recording: Option<Written>,
    receipt: Option<Receipt>,
}

impl Kept {
    /// A run that ended. `stands` is where its version stood when it began.
    pub(crate) fn of(
        record: &RunRecord,
        version: Id,
        logs: &[LogLine],
        trial: Option<(Trial, Went)>,
        (seen, stands): (Seen, VersionState),
    ) -> Self {
        let mut kept = record.clone();
        kept.entries.truncate(RECORD_ITEMS_MAX);
        kept.calls.truncate(RECORD_ITEMS_MAX);
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let run = RunRow {
            id: record.run,
            installation: record.installation,
            installation_version: version,
            digest: record.package.to_hex(),
            kind: record.kind.as_str().to_owned(),
            started_at: record.at_us,
            outcome: outcome(record.outcome).to_owned(),
            limit_name: record.error.as_ref().and_then(RunError::limit).map(|l| l.as_str().to_owned()),
            error: record.error.as_ref().map(ToString::to_string),
            wall_us: whole(record.wall_us),
            cpu_us: whole(record.cpu_us),
            memory_peak_bytes: whole(record.memory_peak_bytes),
            host_calls: whole(record.host_calls),
            record: json(&kept),
            logs: json(&logs),
        };
        let seen = watch::matters(&seen, stands).then_some(seen);
        Self { run, denied: record.denied.clone(), trial, seen, recording: None, receipt: None }
    }

    /// With its words, where they are kept, and its receipt, where it has one.
    pub(crate) fn with(self, recording: Option<Written>, receipt: Option<Receipt>) -> Self {
        Self { recording, receipt, ..self }
    }

    /// A run whose instance did not come to be.
    #[allow(clippy::too_many_arguments, reason = "the fields of a line of the run log")]
    pub(crate) fn not_started(
        id: Id,
        version: Id,
        digest: &str,
        kind: PluginKind,
        at: i64,
        why: &Error,
        trial: Option<(Trial, Went)>,
        (seen, stands): (Seen, VersionState),
    ) -> Self {
        let limit = match why {
            Error::Run(why) => why.limit(),
            _ => None,
        };
        let record = match why {
            Error::Run(why) => json(why),
            _ => "{}".to_owned(),
        };
        let run = RunRow {
            id,
            installation: seen.installation,
            installation_version: version,
            digest: digest.to_owned(),
            kind: kind.as_str().to_owned(),
            started_at: at,
            outcome: "failed".to_owned(),
            limit_name: limit.map(|l| l.as_str().to_owned()),
            error: Some(why.to_string()),
            wall_us: 0,
            cpu_us: 0,
            memory_peak_bytes: 0,
            host_calls: 0,
            record,
            logs: "[]".to_owned(),
        };
        let seen = watch::matters(&seen, stands).then_some(seen);
        Self { run, denied: Vec::new(), trial, seen, recording: None, receipt: None }
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Failed => "failed",
        Outcome::Abandoned => "abandoned",
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|cause| format!("{{\"unreadable\":\"{cause}\"}}"))
}

/// Now and then (one run in 64, told by its id) what is too old is forgotten.
fn forgets(run: Id) -> bool {
    run.as_bytes()[15].is_multiple_of(64)
}

/// Write it. The store commits these in groups.
pub(crate) async fn keep(host: &Host, workspace: WorkspaceId, kept: Kept) {
    let (run, installation, recorded) = (kept.run.id, kept.run.installation, kept.recording.is_some());
    for tried in 1..=TRIES {
        let (host_too, kept) = (host.clone(), kept.clone());
        let written = host
            .store
            .write(workspace, "plugins.run", move |conn| {
                Box::pin(async move { write(conn, &host_too, workspace, kept).await })
            })
            .await;
        match written {
            Ok(gone) => {
                recording::remove(host, workspace, gone).await;
                break;
            }
            Err(cause) if tried == TRIES => {
                tracing::warn!(%run, %installation, %cause, "a run could not be logged");
                if recorded {
                    recording::remove(host, workspace, vec![run]).await;
                }
            }
            Err(_) => {}
        }
    }
    if forgets(run)
        && recorded
        && let Err(cause) = recording::sweep(host, workspace).await
    {
        tracing::warn!(%cause, "recordings could not be swept");
    }
}

/// Answers the recordings whose files are to go.
async fn write(
    conn: &mut rialto_store::Conn,
    host: &Host,
    workspace: WorkspaceId,
    kept: Kept,
) -> Result<Vec<Id>, Error> {
    let Kept { run, denied, trial, seen, recording, receipt } = kept;
    let to =
        DeniedTo { installation: run.installation, version: run.installation_version, run: run.id, at: host.now_us() };
    sql::run_insert(conn, workspace, run).await?;
    if let Some(receipt) = receipt {
        let ids = (to.run, receipt.subject, to.installation);
        sql::receipt_insert(conn, workspace, ids, to.at, json(&receipt)).await?;
    }
    if forgets(to.run) {
        sql::run_prune(conn, workspace, to.installation, RUNS_KEPT_MAX).await?;
    }
    for denied in &denied {
        sql::denial_count(conn, workspace, to, denied).await?;
    }
    let gone = match recording {
        Some(recording) => recording.keep(conn, workspace).await?,
        None => Vec::new(),
    };
    if let Some((trial, went)) = trial {
        canary::count(conn, host, workspace, trial, went).await?;
    }
    if let Some(seen) = seen {
        watch::look(conn, host, workspace, seen).await?;
    }
    Ok(gone)
}
