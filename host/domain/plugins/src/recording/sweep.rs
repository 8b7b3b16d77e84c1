//! What is past its days goes, and so do files that no row opens any more:
//! what an erasure, the ring or a kill has left.

use super::{RECORDING_DAYS_MAX, file, oldest, remove};
use crate::{Error, sql};
use async_trait::async_trait;
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_slice::{Host, rhythm::Rhythm};
use serde_json::json;

/// Rows that one step forgets.
const STEP_ROWS: u32 = 500;
/// A file is younger than its row for as long as its run may still be at work.
const FILE_GRACE_US: i64 = 3_600_000_000;

/// Recordings are swept hourly.
pub(crate) const RHYTHMS: &[Rhythm] = &[Rhythm { kind: RecordingsJob::KIND, key: "hourly", cron: "41 * * * *" }];

/// Sweeps the recordings of a workspace.
pub(crate) struct RecordingsJob {
    host: Host,
}

impl RecordingsJob {
    /// The kind of its jobs.
    pub(crate) const KIND: &'static str = "plugins.recordings";

    pub(crate) fn new(host: &Host) -> Self {
        Self { host: host.clone() }
    }
}

#[async_trait]
impl JobHandler for RecordingsJob {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let (rows, files) = sweep(&self.host, job.workspace).await.map_err(Problem::from)?;
        Ok(Step::Done(json!({ "rows": rows, "files": files, "days": RECORDING_DAYS_MAX })))
    }
}

/// Sweep; answers how many rows and how many stray files went.
pub(crate) async fn sweep(host: &Host, workspace: WorkspaceId) -> Result<(usize, usize), Error> {
    let (before, mut rows) = (oldest(host), 0);
    loop {
        let gone = host
            .store
            .write(workspace, "plugins.recordings-sweep", move |conn| {
                Box::pin(async move {
                    let old = sql::recording_before(conn, workspace, before, STEP_ROWS).await?;
                    for run in &old {
                        sql::recording_delete(conn, workspace, *run).await?;
                    }
                    Ok::<_, Error>(old)
                })
            })
            .await?;
        rows += gone.len();
        let last = gone.len() < STEP_ROWS as usize;
        remove(host, workspace, gone).await;
        if last {
            break;
        }
    }
    Ok((rows, stray(host, workspace).await?))
}

/// Files without a row.
async fn stray(host: &Host, workspace: WorkspaceId) -> Result<usize, Error> {
    let data_dir = host.data_dir.clone();
    let listed = tokio::task::spawn_blocking(move || file::list(&data_dir, workspace)).await;
    let files = match listed {
        Ok(Ok(files)) => files,
        Ok(Err(cause)) => return Err(Error::Recording(cause.to_string())),
        Err(cause) => return Err(Error::Recording(cause.to_string())),
    };
    let mut stray = Vec::new();
    {
        let mut conn = host.store.read(workspace).await?;
        for (run, path) in files {
            let is_draft = path.extension().is_none_or(|ending| ending != file::WHOLE);
            let old = host.now_us() - made_at(run) > FILE_GRACE_US;
            if old && (is_draft || sql::recording_find(&mut conn, workspace, run).await?.is_none()) {
                stray.push(path);
            }
        }
    }
    let count = stray.len();
    let removed = tokio::task::spawn_blocking(move || stray.iter().try_for_each(|path| file::remove(path)));
    match removed.await {
        Ok(Ok(())) => Ok(count),
        Ok(Err(cause)) => Err(Error::Recording(cause.to_string())),
        Err(cause) => Err(Error::Recording(cause.to_string())),
    }
}

/// When an id was made: ids hold it (RFC 9562, version 7).
fn made_at(id: Id) -> i64 {
    let [a, b, c, d, e, f, ..] = *id.as_bytes();
    i64::from_be_bytes([0, 0, a, b, c, d, e, f]).saturating_mul(1_000)
}
