//! Putting a job in the queue, inside the transaction that causes it.

use crate::JobError;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql};
use serde_json::Value;

/// Failures after which a job is a dead letter, unless it says otherwise.
pub const FAILURES_MAX: u32 = 8;

/// A job to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Which handler, such as `delivery.fan-out`.
    pub kind: &'static str,
    /// At most one job of a kind and key exists, done or not; `None` for any number.
    pub key: Option<String>,
    /// What the handler needs to know.
    pub payload: Value,
    /// Not before this instant, UTC microseconds.
    pub due_at: i64,
    /// Failures after which it is a dead letter.
    pub failures_max: u32,
}

impl NewJob {
    /// A job that is due at `now`.
    #[must_use]
    pub fn new(workspace: WorkspaceId, kind: &'static str, payload: Value, now_us: i64) -> Self {
        Self { workspace, kind, key: None, payload, due_at: now_us, failures_max: FAILURES_MAX }
    }

    /// The same job, at most once for this key.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// Queue `job` under `id`. When one of the same kind and key is there, nothing
/// is queued and the id of that one is answered.
///
/// # Errors
/// When the store fails.
pub async fn enqueue(conn: &mut Conn, id: Id, now_us: i64, job: NewJob) -> Result<Id, JobError> {
    let inserted =
        sql("INSERT INTO job (workspace, id, kind, key, payload, state, due_at, lease_until, attempt, failures,
                          failures_max, crashes, progress_done, progress_total, cancel_requested, created_at,
                          updated_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', $6, 0, 0, 0, $7, 0, 0, 0, FALSE, $8, $8)
         ON CONFLICT (workspace, kind, key) DO NOTHING")
        .bind(job.workspace)
        .bind(id)
        .bind(job.kind)
        .bind(job.key.clone())
        .bind(job.payload.to_string())
        .bind(job.due_at)
        .bind(job.failures_max)
        .bind(now_us)
        .execute(conn)
        .await?;
    if inserted == 1 {
        conn.signal_on_commit();
        return Ok(id);
    }
    let (existing,): (Id,) = sql("SELECT id FROM job WHERE workspace = $1 AND kind = $2 AND key = $3")
        .bind(job.workspace)
        .bind(job.kind)
        .bind(job.key)
        .fetch_one(conn)
        .await?;
    Ok(existing)
}
