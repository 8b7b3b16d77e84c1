//! Texts over one workspace's jobs, schedules and outbox rows.

use crate::{JobError, JobFilter, NewSchedule, ParkedItem, model::JobRow, unscoped::PARKED_DUE_AT};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// How a run is written down, fenced by its attempt.
pub(crate) struct Settled<'a> {
    pub(crate) state: &'static str,
    pub(crate) due_at: i64,
    pub(crate) failures: i64,
    pub(crate) result: Option<String>,
    pub(crate) error: Option<&'a str>,
    pub(crate) finished_at: Option<i64>,
}

pub(crate) async fn job_settle(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    attempt: i64,
    now_us: i64,
    settled: &Settled<'_>,
) -> Result<bool, StoreError> {
    let written =
        sql("UPDATE job SET state = $4, due_at = $5, failures = $6, result = $7, error = $8, finished_at = $9,
                        updated_at = $10, lease_until = 0, lease_owner = NULL, crashes = 0
         WHERE workspace = $1 AND id = $2 AND attempt = $3 AND state = 'running'")
        .bind(workspace)
        .bind(id)
        .bind(attempt)
        .bind(settled.state)
        .bind(settled.due_at)
        .bind(settled.failures)
        .bind(settled.result.clone())
        .bind(settled.error.map(str::to_owned))
        .bind(settled.finished_at)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(written == 1)
}

/// Prolong a lease; answers whether a cancel was requested, or nothing when
/// the run was fenced.
pub(crate) async fn job_renew(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    attempt: i64,
    lease_until: i64,
) -> Result<Option<bool>, StoreError> {
    let row: Option<(bool,)> =
        sql("UPDATE job SET lease_until = $4 WHERE workspace = $1 AND id = $2 AND attempt = $3 AND state = 'running'
         RETURNING cancel_requested")
        .bind(workspace)
        .bind(id)
        .bind(attempt)
        .bind(lease_until)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(cancel,)| cancel))
}

pub(crate) async fn job_cancel_requested(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<bool, StoreError> {
    let row: Option<(bool,)> = sql("SELECT cancel_requested FROM job WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some_and(|(cancel,)| cancel))
}

pub(crate) async fn job_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &JobFilter,
    before: Id,
    rows: u32,
) -> Result<Vec<JobRow>, StoreError> {
    sql("SELECT id, kind, key, payload, state, due_at, attempt, failures, failures_max, progress_done,
                progress_total, result, error, cancel_requested, created_at, finished_at
         FROM job
         WHERE workspace = $1 AND id < $2 AND ($3 = '' OR state = $3) AND ($4 = '' OR kind = $4)
         ORDER BY id DESC LIMIT $5")
    .bind(workspace)
    .bind(before)
    .bind(filter.state.map_or("", |state| state.word()))
    .bind(filter.kind.clone().unwrap_or_default())
    .bind(rows)
    .fetch_all(conn)
    .await
}

pub(crate) async fn job_row(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<JobRow>, StoreError> {
    sql("SELECT id, kind, key, payload, state, due_at, attempt, failures, failures_max, progress_done,
                progress_total, result, error, cancel_requested, created_at, finished_at
         FROM job WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub(crate) async fn job_progress_row(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<Option<(String, i64, i64)>, StoreError> {
    sql("SELECT state, progress_done, progress_total FROM job WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Call off a job that waits.
pub(crate) async fn job_cancel_pending(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    now_us: i64,
) -> Result<bool, StoreError> {
    let done = sql("UPDATE job SET state = 'cancelled', cancel_requested = TRUE, finished_at = $3, updated_at = $3
         WHERE workspace = $1 AND id = $2 AND state = 'pending'")
    .bind(workspace)
    .bind(id)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// Ask a running job to stop.
pub(crate) async fn job_cancel_running(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    now_us: i64,
) -> Result<bool, StoreError> {
    let asked = sql("UPDATE job SET cancel_requested = TRUE, updated_at = $3
         WHERE workspace = $1 AND id = $2 AND state = 'running'")
    .bind(workspace)
    .bind(id)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(asked == 1)
}

/// Queue a dead or cancelled job again; its checkpoint stays.
pub(crate) async fn job_revive(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    now_us: i64,
) -> Result<bool, StoreError> {
    let revived =
        sql("UPDATE job SET state = 'pending', due_at = $3, failures = 0, crashes = 0, cancel_requested = FALSE,
                        finished_at = NULL, updated_at = $3
         WHERE workspace = $1 AND id = $2 AND state IN ('dead', 'cancelled')")
        .bind(workspace)
        .bind(id)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(revived == 1)
}

pub(crate) async fn schedule_upsert(
    conn: &mut Conn,
    id: Id,
    now_us: i64,
    next_at: i64,
    new: &NewSchedule,
) -> Result<Id, JobError> {
    sql("INSERT INTO schedule (workspace, id, kind, key, payload, cron, zone, next_at, enabled, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (workspace, kind, key) DO UPDATE SET payload = excluded.payload, cron = excluded.cron,
             zone = excluded.zone, enabled = excluded.enabled,
             next_at = CASE WHEN schedule.cron = excluded.cron AND schedule.zone = excluded.zone
                                 AND schedule.enabled AND excluded.enabled
                            THEN schedule.next_at ELSE excluded.next_at END")
    .bind(new.workspace)
    .bind(id)
    .bind(new.kind)
    .bind(&new.key)
    .bind(new.payload.to_string())
    .bind(&new.cron)
    .bind(&new.zone)
    .bind(next_at)
    .bind(new.enabled)
    .bind(now_us)
    .execute(conn)
    .await?;
    let (id,): (Id,) = sql("SELECT id FROM schedule WHERE workspace = $1 AND kind = $2 AND key = $3")
        .bind(new.workspace)
        .bind(new.kind)
        .bind(&new.key)
        .fetch_one(conn)
        .await?;
    Ok(id)
}

/// Whether this very schedule is kept already.
pub(crate) async fn schedule_kept(conn: &mut Conn, new: &NewSchedule) -> Result<bool, StoreError> {
    let kept: Option<(i64,)> =
        sql("SELECT CAST(1 AS BIGINT) FROM schedule WHERE workspace = $1 AND kind = $2 AND key = $3
             AND payload = $4 AND cron = $5 AND zone = $6 AND enabled = $7")
        .bind(new.workspace)
        .bind(new.kind)
        .bind(&new.key)
        .bind(new.payload.to_string())
        .bind(&new.cron)
        .bind(&new.zone)
        .bind(new.enabled)
        .fetch_optional(conn)
        .await?;
    Ok(kept.is_some())
}

/// Move a schedule on from `fired_at`; answers whether this host was the one.
pub(crate) async fn schedule_advance(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    fired_at: i64,
    next_at: i64,
) -> Result<bool, StoreError> {
    let moved = sql("UPDATE schedule SET last_at = $3, next_at = $4
         WHERE workspace = $1 AND id = $2 AND next_at = $3 AND enabled = TRUE")
    .bind(workspace)
    .bind(id)
    .bind(fired_at)
    .bind(next_at)
    .execute(conn)
    .await?;
    Ok(moved == 1)
}

/// A schedule whose cron or zone no longer reads fires no more until it is set again.
pub(crate) async fn schedule_disable(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<(), StoreError> {
    sql("UPDATE schedule SET enabled = FALSE WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ScheduleRow {
    pub(crate) id: Id,
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) payload: String,
    pub(crate) cron: String,
    pub(crate) zone: String,
    pub(crate) next_at: i64,
    pub(crate) last_at: Option<i64>,
    pub(crate) enabled: bool,
}

pub(crate) async fn schedule_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: Id,
    rows: u32,
) -> Result<Vec<ScheduleRow>, StoreError> {
    sql("SELECT id, kind, key, payload, cron, zone, next_at, last_at, enabled
         FROM schedule WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3")
    .bind(workspace)
    .bind(after)
    .bind(rows)
    .fetch_all(conn)
    .await
}

pub(crate) async fn schedule_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: &str,
    key: &str,
) -> Result<bool, StoreError> {
    let gone = sql("DELETE FROM schedule WHERE workspace = $1 AND kind = $2 AND key = $3")
        .bind(workspace)
        .bind(kind)
        .bind(key)
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

pub(crate) async fn outbox_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    consumer: &str,
    attempt: i64,
) -> Result<bool, StoreError> {
    let gone = sql("DELETE FROM outbox WHERE workspace = $1 AND id = $2 AND consumer = $3 AND attempt = $4")
        .bind(workspace)
        .bind(id)
        .bind(consumer)
        .bind(attempt)
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// Hand an outbox row back: later, or parked.
pub(crate) async fn outbox_put_back(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    consumer: &str,
    attempt: i64,
    (due_at, failures, error): (i64, i64, Option<&str>),
) -> Result<bool, StoreError> {
    let kept = sql("UPDATE outbox SET due_at = $5, failures = $6, error = $7, lease_until = 0
         WHERE workspace = $1 AND id = $2 AND consumer = $3 AND attempt = $4")
    .bind(workspace)
    .bind(id)
    .bind(consumer)
    .bind(attempt)
    .bind(due_at)
    .bind(failures)
    .bind(error.map(str::to_owned))
    .execute(conn)
    .await?;
    Ok(kept == 1)
}

pub(crate) async fn outbox_renew(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    consumer: &str,
    attempt: i64,
    lease_until: i64,
) -> Result<(), StoreError> {
    sql("UPDATE outbox SET lease_until = $5 WHERE workspace = $1 AND id = $2 AND consumer = $3 AND attempt = $4")
        .bind(workspace)
        .bind(id)
        .bind(consumer)
        .bind(attempt)
        .bind(lease_until)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn outbox_parked_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: Id,
    rows: u32,
) -> Result<Vec<ParkedItem>, StoreError> {
    let rows: Vec<(Id, String, String, i64, Option<String>, i64)> =
        sql("SELECT id, consumer, topic, failures, error, created_at
         FROM outbox WHERE workspace = $1 AND due_at = $2 AND id > $3 ORDER BY id, consumer LIMIT $4")
        .bind(workspace)
        .bind(PARKED_DUE_AT)
        .bind(after)
        .bind(rows)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, consumer, topic, failures, error, created_at)| ParkedItem {
            id,
            consumer,
            topic,
            failures,
            error,
            created_at,
        })
        .collect())
}

pub(crate) async fn outbox_unpark(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    consumer: &str,
    now_us: i64,
) -> Result<bool, StoreError> {
    let back = sql("UPDATE outbox SET due_at = $4, failures = 0
         WHERE workspace = $1 AND id = $2 AND consumer = $3 AND due_at = $5")
    .bind(workspace)
    .bind(id)
    .bind(consumer)
    .bind(now_us)
    .bind(PARKED_DUE_AT)
    .execute(conn)
    .await?;
    Ok(back == 1)
}
