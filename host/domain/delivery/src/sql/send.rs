//! SQL of `send`, the ledger.

use crate::model::{Reason, SendState};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{BulkInsert, Conn, StoreError, Value, placeholders, sql, sql_dynamic};
use std::{collections::HashSet, fmt::Write as _};

/// A row to be written by the fan-out.
#[derive(Debug, Clone)]
pub(crate) struct SendPut {
    pub(crate) id: Id,
    pub(crate) contact: Id,
    pub(crate) address: Option<String>,
    pub(crate) address_hash: Option<Vec<u8>>,
    pub(crate) reason: Option<Reason>,
    pub(crate) locale: String,
    /// When it is due, where that is not when the others are.
    pub(crate) due_at: Option<i64>,
}

/// What all rows of one fan-out step have in common.
#[derive(Debug, Clone)]
pub(crate) struct SendShared {
    pub(crate) occurrence: Id,
    pub(crate) campaign: Option<Id>,
    pub(crate) channel: String,
    pub(crate) topic: String,
    pub(crate) due_at: i64,
    pub(crate) now_us: i64,
    /// The policy all were judged by.
    pub(crate) policy_version: i64,
}

pub(crate) async fn send_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    shared: &SendShared,
    rows: Vec<SendPut>,
) -> Result<u64, StoreError> {
    const COLUMNS: &[&str] = &[
        "workspace",
        "id",
        "occurrence",
        "campaign",
        "contact",
        "channel",
        "address",
        "address_hash",
        "state",
        "reason",
        "attempt",
        "failures",
        "due_at",
        "lease_until",
        "locale",
        "variant",
        "topic",
        "cost_minor",
        "created_at",
        "settled_at",
        "policy_version",
    ];
    let at = conn.now_or(shared.now_us);
    let mut insert = BulkInsert::new("send", COLUMNS, "");
    for row in rows {
        let state = if row.reason.is_some() { SendState::NotSent } else { SendState::Pending };
        insert.push([
            ws.into(),
            row.id.into(),
            shared.occurrence.into(),
            shared.campaign.into(),
            row.contact.into(),
            (&shared.channel).into(),
            row.address.into(),
            row.address_hash.into(),
            state.word().into(),
            row.reason.map(Reason::word).into(),
            0_i64.into(),
            0_i64.into(),
            row.due_at.unwrap_or(shared.due_at).into(),
            0_i64.into(),
            row.locale.into(),
            "".into(),
            (&shared.topic).into(),
            0_i64.into(),
            at.into(),
            row.reason.map(|_| at).into(),
            shared.policy_version.into(),
        ]);
    }
    if insert.is_empty() { Ok(0) } else { insert.execute(conn).await }
}

/// Which of these addresses have a row in the occurrence already.
pub(crate) async fn send_addresses_taken(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    channel: &str,
    hashes: &[Vec<u8>],
) -> Result<HashSet<Vec<u8>>, StoreError> {
    let mut taken = HashSet::new();
    for chunk in hashes.chunks(500) {
        let text = format!(
            "SELECT address_hash FROM send WHERE workspace = $1 AND occurrence = $2 AND channel = $3
             AND address_hash IN ({})",
            placeholders(4, chunk.len())
        );
        let rows: Vec<(Vec<u8>,)> = sql_dynamic(text)
            .bind(ws)
            .bind(occurrence)
            .bind(channel)
            .bind_all(chunk.iter().cloned())
            .fetch_all(conn)
            .await?;
        taken.extend(rows.into_iter().map(|(hash,)| hash));
    }
    Ok(taken)
}

/// A row that is due.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Due {
    pub(crate) id: Id,
    pub(crate) contact: Id,
    pub(crate) address: Option<String>,
    pub(crate) address_hash: Option<Vec<u8>>,
    pub(crate) attempt: i64,
    pub(crate) failures: i64,
    pub(crate) cost_minor: i64,
    pub(crate) created_at: i64,
}

pub(crate) async fn send_due(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    state: SendState,
    now_us: i64,
    limit: u32,
) -> Result<Vec<Due>, StoreError> {
    sql("SELECT id, contact, address, address_hash, attempt, failures, cost_minor, created_at FROM send
         WHERE workspace = $1 AND occurrence = $2 AND state = $3 AND due_at <= $4 ORDER BY due_at LIMIT $5")
    .bind(ws)
    .bind(occurrence)
    .bind(state.word())
    .bind(now_us)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// When the next waiting row is due.
pub(crate) async fn send_next_due(conn: &mut Conn, ws: WorkspaceId, occurrence: Id) -> Result<Option<i64>, StoreError> {
    let (due,): (Option<i64>,) = sql("SELECT CAST(MIN(due_at) AS BIGINT) FROM send
         WHERE workspace = $1 AND occurrence = $2 AND state IN ('pending', 'deferred')")
    .bind(ws)
    .bind(occurrence)
    .fetch_one(conn)
    .await?;
    Ok(due)
}

/// Take rows for their next attempt; answers how many.
pub(crate) async fn send_lease(
    conn: &mut Conn,
    ws: WorkspaceId,
    ids: &[Id],
    lease_until: i64,
) -> Result<u64, StoreError> {
    let ids = padded(ids);
    let text = format!(
        "UPDATE send SET state = 'leased', attempt = attempt + 1, lease_until = $2
         WHERE workspace = $1 AND state IN ('pending', 'deferred') AND id IN ({})",
        placeholders(3, ids.len())
    );
    sql_dynamic(text).bind(ws).bind(lease_until).bind_all(ids).execute(conn).await
}

/// Give back rows that were taken and did not leave.
pub(crate) async fn send_release(conn: &mut Conn, ws: WorkspaceId, occurrence: Id) -> Result<u64, StoreError> {
    sql("UPDATE send SET state = 'pending', lease_until = 0
         WHERE workspace = $1 AND occurrence = $2 AND state = 'leased'")
    .bind(ws)
    .bind(occurrence)
    .execute(conn)
    .await
}

/// What rows become as they go on their way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Dispatching {
    pub(crate) attempt: i64,
    pub(crate) cost_minor: i64,
    pub(crate) connector_version: String,
    pub(crate) policy_version: i64,
}

/// Commit that attempt n of these rows (with the hash of what each is told)
/// may let bytes go; answers how many were still leased for it.
pub(crate) async fn send_dispatching(
    conn: &mut Conn,
    ws: WorkspaceId,
    now_us: i64,
    to: &Dispatching,
    rows: &[(Id, Vec<u8>)],
) -> Result<u64, StoreError> {
    let mut rows = rows.to_vec();
    if let Some(last) = rows.last().cloned() {
        rows.resize(rows.len().next_power_of_two(), last);
    }
    let count = rows.len();
    let mut hashes = String::new();
    for at in 0..count {
        let _ = write!(hashes, " WHEN ${} THEN ${}", 7 + at, 7 + count + at);
    }
    let text = format!(
        "UPDATE send SET state = 'dispatching', dispatched_at = $3, cost_minor = $4, connector_version = $5,
                         policy_version = $6, content_hash = CASE id{hashes} END
         WHERE workspace = $1 AND attempt = $2 AND state = 'leased' AND id IN ({})",
        placeholders(7, count)
    );
    let (ids, hashes): (Vec<Id>, Vec<Vec<u8>>) = rows.into_iter().unzip();
    sql_dynamic(text)
        .bind(ws)
        .bind(to.attempt)
        .bind(conn.now_or(now_us))
        .bind(to.cost_minor)
        .bind(&to.connector_version)
        .bind(to.policy_version)
        .bind_all(ids)
        .bind_all(hashes)
        .execute(conn)
        .await
}

/// What rows become, from one state and attempt; equal ones go in one statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Turn {
    pub(crate) from: SendState,
    pub(crate) attempt: i64,
    pub(crate) to: SendState,
    pub(crate) reason: Option<Reason>,
    pub(crate) code: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) provider_id: Option<String>,
    /// When it is due again; `None` leaves it.
    pub(crate) due_at: Option<i64>,
    pub(crate) failures: i64,
}

/// Turn rows; answers how many were in the state and attempt they turn from.
pub(crate) async fn send_turn(
    conn: &mut Conn,
    ws: WorkspaceId,
    now_us: i64,
    turn: &Turn,
    ids: &[Id],
) -> Result<u64, StoreError> {
    let ids = padded(ids);
    let text = format!(
        "UPDATE send SET state = $4, reason = $5, code = $6, detail = $7, provider_id = COALESCE($8, provider_id),
                         due_at = COALESCE($9, due_at), failures = failures + $10, settled_at = $11, lease_until = 0
         WHERE workspace = $1 AND state = $2 AND attempt = $3 AND id IN ({})",
        placeholders(12, ids.len())
    );
    let settled_at = turn.to.terminal().then_some(conn.now_or(now_us));
    sql_dynamic(text)
        .bind(ws)
        .bind(turn.from.word())
        .bind(turn.attempt)
        .bind(turn.to.word())
        .bind(turn.reason.map(Reason::word))
        .bind(turn.code.clone())
        .bind(turn.detail.clone())
        .bind(turn.provider_id.clone())
        .bind(turn.due_at)
        .bind(turn.failures)
        .bind(settled_at)
        .bind_all(ids)
        .execute(conn)
        .await
}

/// A row that a host left on its way.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Left {
    pub(crate) id: Id,
    pub(crate) contact: Id,
    pub(crate) address_hash: Option<Vec<u8>>,
    pub(crate) attempt: i64,
    pub(crate) failures: i64,
    pub(crate) cost_minor: i64,
    pub(crate) created_at: i64,
    pub(crate) dispatched_at: Option<i64>,
}

pub(crate) async fn send_dispatching_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    limit: u32,
) -> Result<Vec<Left>, StoreError> {
    sql("SELECT id, contact, address_hash, attempt, failures, cost_minor, created_at, dispatched_at FROM send
         WHERE workspace = $1 AND occurrence = $2 AND state = 'dispatching' ORDER BY id LIMIT $3")
    .bind(ws)
    .bind(occurrence)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Mark up to `limit` waiting rows of an occurrence that is over; answers how many.
pub(crate) async fn send_sweep(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    reason: Reason,
    now_us: i64,
    limit: u32,
) -> Result<u64, StoreError> {
    sql("UPDATE send SET state = 'not_sent', reason = $3, settled_at = $4, lease_until = 0
         WHERE workspace = $1 AND id IN
           (SELECT id FROM send WHERE workspace = $1 AND occurrence = $2 AND state IN ('pending', 'deferred') LIMIT $5)")
    .bind(ws)
    .bind(occurrence)
    .bind(reason.word())
    .bind(now_us)
    .bind(limit)
    .execute(conn)
    .await
}

/// One try at a delivery, as it ended.
#[derive(Debug, Clone)]
pub(crate) struct AttemptPut {
    pub(crate) send: Id,
    pub(crate) attempt: i64,
    pub(crate) run: Option<Id>,
    pub(crate) started_at: i64,
    pub(crate) state: SendState,
    pub(crate) code: Option<String>,
    pub(crate) detail: Option<String>,
}

pub(crate) async fn attempt_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    host: &str,
    now_us: i64,
    rows: Vec<AttemptPut>,
) -> Result<(), StoreError> {
    const COLUMNS: &[&str] =
        &["workspace", "send", "attempt", "host", "run", "started_at", "ended_at", "state", "code", "detail"];
    let mut insert = BulkInsert::new("send_attempt", COLUMNS, "ON CONFLICT (workspace, send, attempt) DO NOTHING");
    for row in rows {
        insert.push([
            ws.into(),
            row.send.into(),
            row.attempt.into(),
            host.into(),
            row.run.into(),
            row.started_at.into(),
            now_us.into(),
            row.state.word().into(),
            row.code.into(),
            row.detail.into(),
        ]);
    }
    if insert.is_empty() { Ok(()) } else { insert.execute(conn).await.map(drop) }
}

/// Rows of an occurrence by state.
pub(crate) async fn send_count_states(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
) -> Result<Vec<(String, i64)>, StoreError> {
    sql("SELECT state, CAST(COUNT(*) AS BIGINT) FROM send WHERE workspace = $1 AND occurrence = $2
         GROUP BY state ORDER BY state LIMIT 100")
    .bind(ws)
    .bind(occurrence)
    .fetch_all(conn)
    .await
}

/// Rows of an occurrence that were not sent, by reason.
pub(crate) async fn send_count_reasons(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
) -> Result<Vec<(Option<String>, i64)>, StoreError> {
    sql("SELECT reason, CAST(COUNT(*) AS BIGINT) FROM send
         WHERE workspace = $1 AND occurrence = $2 AND state = 'not_sent' GROUP BY reason ORDER BY reason LIMIT 100")
    .bind(ws)
    .bind(occurrence)
    .fetch_all(conn)
    .await
}

/// Whether a row is not yet terminal.
pub(crate) async fn send_any_live(conn: &mut Conn, ws: WorkspaceId, occurrence: Id) -> Result<bool, StoreError> {
    let row: Option<(Id,)> = sql("SELECT id FROM send WHERE workspace = $1 AND occurrence = $2
                                  AND state IN ('pending', 'leased', 'dispatching', 'deferred') LIMIT 1")
    .bind(ws)
    .bind(occurrence)
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}

/// An id list filled up to a power of two, so that few statement texts exist.
fn padded(ids: &[Id]) -> Vec<Value> {
    let mut list: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}
