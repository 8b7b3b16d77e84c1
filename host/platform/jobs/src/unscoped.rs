//! The texts that look over all workspaces: claims of jobs and outbox rows,
//! due schedules, lag, retention, and the hosts themselves. No other file of
//! this crate may.

use crate::instance::HostRow;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, pair, sql};

/// The due time of an outbox row that waits for a person.
pub(crate) const PARKED_DUE_AT: i64 = i64::MAX;
/// The most jobs one host runs at a time, and so the most workspaces a claim
/// has to look past.
pub(crate) const WORKERS_MAX: usize = 16;
/// Outbox rows one claim takes.
pub(crate) const OUTBOX_BATCH: u32 = 16;

/// A job this host has just leased.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Claimed {
    pub(crate) workspace: Id,
    pub(crate) id: Id,
    pub(crate) kind: String,
    pub(crate) payload: String,
    pub(crate) checkpoint: Option<String>,
    pub(crate) attempt: i64,
    pub(crate) failures: i64,
    pub(crate) failures_max: i64,
    pub(crate) crashes: i64,
    pub(crate) cancel_requested: bool,
}

/// What a claim looks for.
pub(crate) struct Wanted<'a> {
    pub(crate) owner: &'a str,
    pub(crate) now_us: i64,
    /// `,kind,kind,`: the kinds with a free place.
    pub(crate) kinds: &'a str,
    /// Workspaces to pass over, at most [`WORKERS_MAX`].
    pub(crate) passed_over: &'a [WorkspaceId],
}

/// Lease the job that is due longest, of the wanted kinds.
pub(crate) async fn job_claim_due(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    lease_until: i64,
) -> Result<Option<Claimed>, StoreError> {
    let mut statement = pair(
        "UPDATE job SET state = 'running', attempt = attempt + 1, lease_owner = $1, lease_until = $2, updated_at = $3
         WHERE (workspace, id) = (
             SELECT workspace, id FROM job
             WHERE state = 'pending' AND due_at <= $3 AND $4 LIKE '%,' || kind || ',%'
               AND workspace NOT IN ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             ORDER BY due_at, id LIMIT 1)
         RETURNING workspace, id, kind, payload, checkpoint, attempt, failures, failures_max, crashes,
                   cancel_requested",
        "UPDATE job SET state = 'running', attempt = attempt + 1, lease_owner = $1, lease_until = $2, updated_at = $3
         WHERE (workspace, id) = (
             SELECT workspace, id FROM job
             WHERE state = 'pending' AND due_at <= $3 AND $4 LIKE '%,' || kind || ',%'
               AND workspace NOT IN ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING workspace, id, kind, payload, checkpoint, attempt, failures, failures_max, crashes,
                   cancel_requested",
    )
    .bind(wanted.owner)
    .bind(lease_until)
    .bind(wanted.now_us)
    .bind(wanted.kinds);
    for slot in 0..WORKERS_MAX {
        statement = statement.bind(wanted.passed_over.get(slot).map_or(Id::max(), |workspace| workspace.0));
    }
    statement.fetch_optional(conn).await
}

/// Take over a job whose host has not renewed its lease.
pub(crate) async fn job_claim_expired(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    lease_now: i64,
    lease_until: i64,
) -> Result<Option<Claimed>, StoreError> {
    pair(
        "UPDATE job SET attempt = attempt + 1, crashes = crashes + 1, lease_owner = $1, lease_until = $2,
                        updated_at = $3
         WHERE (workspace, id) = (
             SELECT workspace, id FROM job
             WHERE state = 'running' AND lease_until < $4 AND $5 LIKE '%,' || kind || ',%'
             ORDER BY lease_until, id LIMIT 1)
         RETURNING workspace, id, kind, payload, checkpoint, attempt, failures, failures_max, crashes,
                   cancel_requested",
        "UPDATE job SET attempt = attempt + 1, crashes = crashes + 1, lease_owner = $1, lease_until = $2,
                        updated_at = $3
         WHERE (workspace, id) = (
             SELECT workspace, id FROM job
             WHERE state = 'running' AND lease_until < $4 AND $5 LIKE '%,' || kind || ',%'
             ORDER BY lease_until, id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING workspace, id, kind, payload, checkpoint, attempt, failures, failures_max, crashes,
                   cancel_requested",
    )
    .bind(wanted.owner)
    .bind(lease_until)
    .bind(wanted.now_us)
    .bind(lease_now)
    .bind(wanted.kinds)
    .fetch_optional(conn)
    .await
}

/// Whether a claim could find anything, without taking the writer's turn.
pub(crate) async fn job_waits(conn: &mut Conn, now_us: i64, lease_now: i64) -> Result<bool, StoreError> {
    let due: Option<(i64,)> = sql("SELECT due_at FROM job WHERE state = 'pending' AND due_at <= $1 LIMIT 1")
        .bind(now_us)
        .fetch_optional(conn)
        .await?;
    if due.is_some() {
        return Ok(true);
    }
    let expired: Option<(i64,)> = sql("SELECT due_at FROM job WHERE state = 'running' AND lease_until < $1 LIMIT 1")
        .bind(lease_now)
        .fetch_optional(conn)
        .await?;
    Ok(expired.is_some())
}

/// An outbox row this host has just leased.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ClaimedItem {
    pub(crate) workspace: Id,
    pub(crate) id: Id,
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) created_at: i64,
    pub(crate) attempt: i64,
    pub(crate) failures: i64,
}

/// Lease the rows that are due longest for one consumer.
pub(crate) async fn outbox_claim(
    conn: &mut Conn,
    consumer: &str,
    owner: &str,
    now_us: i64,
    (lease_now, lease_until): (i64, i64),
) -> Result<Vec<ClaimedItem>, StoreError> {
    pair(
        "UPDATE outbox SET attempt = attempt + 1, lease_until = $4, lease_owner = $6
         WHERE (workspace, id, consumer) IN (
             SELECT workspace, id, consumer FROM outbox
             WHERE consumer = $1 AND due_at <= $2 AND lease_until < $3 ORDER BY due_at LIMIT $5)
         RETURNING workspace, id, topic, payload, created_at, attempt, failures",
        "WITH due AS MATERIALIZED (
             SELECT workspace, id, consumer FROM outbox
             WHERE consumer = $1 AND due_at <= $2 AND lease_until < $3 ORDER BY due_at LIMIT $5
             FOR UPDATE SKIP LOCKED)
         UPDATE outbox SET attempt = outbox.attempt + 1, lease_until = $4, lease_owner = $6 FROM due
         WHERE outbox.workspace = due.workspace AND outbox.id = due.id AND outbox.consumer = due.consumer
         RETURNING outbox.workspace, outbox.id, outbox.topic, outbox.payload, outbox.created_at, outbox.attempt,
                   outbox.failures",
    )
    .bind(consumer)
    .bind(now_us)
    .bind(lease_now)
    .bind(lease_until)
    .bind(OUTBOX_BATCH)
    .bind(owner)
    .fetch_all(conn)
    .await
}

/// Whether a claim could find anything, without taking the writer's turn.
pub(crate) async fn outbox_waits(
    conn: &mut Conn,
    consumer: &str,
    now_us: i64,
    lease_now: i64,
) -> Result<bool, StoreError> {
    let row: Option<(i64,)> =
        sql("SELECT due_at FROM outbox WHERE consumer = $1 AND due_at <= $2 AND lease_until < $3 LIMIT 1")
            .bind(consumer)
            .bind(now_us)
            .bind(lease_now)
            .fetch_optional(conn)
            .await?;
    Ok(row.is_some())
}

/// When the row that one consumer should take next was written.
pub(crate) async fn outbox_oldest(conn: &mut Conn, consumer: &str) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> =
        sql("SELECT created_at FROM outbox WHERE consumer = $1 AND due_at < $2 ORDER BY due_at LIMIT 1")
            .bind(consumer)
            .bind(PARKED_DUE_AT)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(at,)| at))
}

/// A schedule whose time has come.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct DueSchedule {
    pub(crate) workspace: Id,
    pub(crate) id: Id,
    pub(crate) kind: String,
    pub(crate) payload: String,
    pub(crate) cron: String,
    pub(crate) zone: String,
    pub(crate) next_at: i64,
}

pub(crate) async fn schedules_due(conn: &mut Conn, now_us: i64, rows: u32) -> Result<Vec<DueSchedule>, StoreError> {
    sql("SELECT workspace, id, kind, payload, cron, zone, next_at
         FROM schedule WHERE enabled = TRUE AND next_at <= $1 ORDER BY next_at LIMIT $2")
    .bind(now_us)
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// Forget jobs that ended long ago; answers how many.
pub(crate) async fn jobs_forget(conn: &mut Conn, before_us: i64, rows: u32) -> Result<u64, StoreError> {
    sql("DELETE FROM job WHERE (workspace, id) IN (
             SELECT workspace, id FROM job
             WHERE state IN ('done', 'cancelled') AND due_at < $1 AND finished_at < $1 LIMIT $2)")
    .bind(before_us)
    .bind(rows)
    .execute(conn)
    .await
}

/// Rows of one host's leases looked at when it starts again; what is beyond
/// that runs out by time.
const TAKE_BACK_MAX: u32 = 1_000;
/// Hosts shown.
const HOSTS_MAX: u32 = 100;
/// The key of the one row that marks the database.
const EPOCH_KEY: &str = "database";

/// Enter a start of a host; answers the start it replaces.
pub(crate) async fn host_begin(
    conn: &mut Conn,
    name: &str,
    instance: Id,
    held: bool,
    now: i64,
) -> Result<Option<Id>, StoreError> {
    let (before,): (Option<Id>,) =
        sql("INSERT INTO host_instance (name, instance, previous, held, started_at, heartbeat_at)
         VALUES ($1, $2, NULL, $3, $4, $4)
         ON CONFLICT (name) DO UPDATE SET previous = host_instance.instance, instance = excluded.instance,
             held = excluded.held, started_at = excluded.started_at, heartbeat_at = excluded.heartbeat_at
         RETURNING previous")
        .bind(name)
        .bind(instance)
        .bind(held)
        .bind(now)
        .fetch_one(conn)
        .await?;
    Ok(before)
}

/// Say that a start lives; false when it is not the present one of its name.
pub(crate) async fn host_beat(
    conn: &mut Conn,
    name: &str,
    instance: Id,
    held: bool,
    now: i64,
) -> Result<bool, StoreError> {
    let rows = sql("UPDATE host_instance SET heartbeat_at = $3, held = $4 WHERE name = $1 AND instance = $2")
        .bind(name)
        .bind(instance)
        .bind(now)
        .bind(held)
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

pub(crate) async fn host_end(conn: &mut Conn, name: &str, instance: Id) -> Result<(), StoreError> {
    sql("DELETE FROM host_instance WHERE name = $1 AND instance = $2")
        .bind(name)
        .bind(instance)
        .execute(conn)
        .await
        .map(drop)
}

pub(crate) async fn host_list(conn: &mut Conn) -> Result<Vec<HostRow>, StoreError> {
    sql("SELECT name, instance, held, started_at, heartbeat_at FROM host_instance
         ORDER BY heartbeat_at DESC, name LIMIT $1")
    .bind(HOSTS_MAX)
    .fetch_all(conn)
    .await
}

/// End the leases of an owner (of anybody, where it is empty): the attempt
/// moves on, so that whoever held one can write nothing more under it.
pub(crate) async fn jobs_take_back(conn: &mut Conn, owner: &str) -> Result<u64, StoreError> {
    sql("UPDATE job SET attempt = attempt + 1, lease_until = 0
         WHERE state = 'running' AND ($1 = '' OR lease_owner = $1)")
    .bind(owner)
    .execute(conn)
    .await
}

/// The same of outbox rows.
pub(crate) async fn outbox_take_back(conn: &mut Conn, owner: &str) -> Result<u64, StoreError> {
    sql("UPDATE outbox SET attempt = attempt + 1, lease_until = 0
         WHERE (workspace, id, consumer) IN (
             SELECT workspace, id, consumer FROM outbox
             WHERE lease_until > 0 AND ($1 = '' OR lease_owner = $1) LIMIT $2)")
    .bind(owner)
    .bind(TAKE_BACK_MAX)
    .execute(conn)
    .await
}

pub(crate) async fn epoch_find(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT epoch FROM host_epoch WHERE key = $1").bind(EPOCH_KEY).fetch_optional(conn).await?;
    Ok(row.map(|(epoch,)| epoch))
}

pub(crate) async fn epoch_insert(conn: &mut Conn, epoch: &str, now: i64) -> Result<(), StoreError> {
    sql("INSERT INTO host_epoch (key, epoch, at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING")
        .bind(EPOCH_KEY)
        .bind(epoch)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
}

pub(crate) async fn epoch_put(conn: &mut Conn, epoch: &str, now: i64) -> Result<(), StoreError> {
    sql("UPDATE host_epoch SET epoch = $2, at = $3 WHERE key = $1")
        .bind(EPOCH_KEY)
        .bind(epoch)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
}

pub(crate) async fn hosts_forget(conn: &mut Conn) -> Result<(), StoreError> {
    sql("DELETE FROM host_instance").execute(conn).await.map(drop)
}

/// Jobs of these kinds (`,kind,kind,`) that are due and in nobody's hands.
pub(crate) async fn jobs_due_count(
    conn: &mut Conn,
    kinds: &str,
    now_us: i64,
    lease_now: i64,
) -> Result<i64, StoreError> {
    let (pending,): (i64,) = sql("SELECT CAST(COUNT(*) AS BIGINT) FROM job
         WHERE state = 'pending' AND due_at <= $1 AND $2 LIKE '%,' || kind || ',%'")
    .bind(now_us)
    .bind(kinds)
    .fetch_one(conn)
    .await?;
    let (left,): (i64,) = sql("SELECT CAST(COUNT(*) AS BIGINT) FROM job
         WHERE state = 'running' AND lease_until < $1 AND $2 LIKE '%,' || kind || ',%'")
    .bind(lease_now)
    .bind(kinds)
    .fetch_one(conn)
    .await?;
    Ok(pending + left)
}
