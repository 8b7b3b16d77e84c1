//! SQL of `delivery_report`, and of sends as people look at them.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, Value, sql, sql_dynamic};

/// Keep a report; false when the same one was kept before.
#[allow(clippy::too_many_arguments, reason = "a row's columns")]
pub(crate) async fn report_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    send: Id,
    kind: &str,
    key: &str,
    now_us: i64,
    detail: &str,
) -> Result<bool, StoreError> {
    let kept = sql("INSERT INTO delivery_report (workspace, id, send, kind, key, at, detail)
                    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace, send, kind, key) DO NOTHING")
    .bind(ws)
    .bind(id)
    .bind(send)
    .bind(kind)
    .bind(key)
    .bind(conn.now_or(now_us))
    .bind(detail)
    .execute(conn)
    .await?;
    Ok(kept == 1)
}

/// A report as stored.
pub(crate) type ReportRow = (String, i64, String);

pub(crate) async fn report_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    send: Id,
    limit: u32,
) -> Result<Vec<ReportRow>, StoreError> {
    sql("SELECT kind, at, detail FROM delivery_report WHERE workspace = $1 AND send = $2 ORDER BY at, id LIMIT $3")
        .bind(ws)
        .bind(send)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// An attempt as stored: number, host, run, start, end, state, code, detail.
pub(crate) type AttemptRow = (i64, String, Option<Id>, i64, Option<i64>, String, Option<String>, Option<String>);

pub(crate) async fn attempt_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    send: Id,
    limit: u32,
) -> Result<Vec<AttemptRow>, StoreError> {
    sql("SELECT attempt, host, run, started_at, ended_at, state, code, detail FROM send_attempt
         WHERE workspace = $1 AND send = $2 ORDER BY attempt DESC LIMIT $3")
    .bind(ws)
    .bind(send)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A row of the ledger as people see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SendRow {
    pub(crate) id: Id,
    pub(crate) occurrence: Id,
    pub(crate) campaign: Option<Id>,
    pub(crate) contact: Id,
    pub(crate) channel: String,
    pub(crate) address: Option<String>,
    pub(crate) address_hash: Option<Vec<u8>>,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) attempt: i64,
    pub(crate) due_at: i64,
    pub(crate) locale: String,
    pub(crate) topic: String,
    pub(crate) content_hash: Option<Vec<u8>>,
    pub(crate) connector_version: Option<String>,
    pub(crate) provider_id: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) cost_minor: i64,
    pub(crate) created_at: i64,
    pub(crate) dispatched_at: Option<i64>,
    pub(crate) settled_at: Option<i64>,
}

const COLUMNS: &str = "id, occurrence, campaign, contact, channel, address, address_hash, state, reason, attempt, due_at, \
     locale, topic, content_hash, connector_version, provider_id, code, detail, cost_minor, created_at, dispatched_at, \
     settled_at";

pub(crate) async fn send_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<SendRow>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM send WHERE workspace = $1 AND id = $2");
    sql_dynamic(text).bind(ws).bind(id).fetch_optional(conn).await
}

/// What a list of sends is narrowed to; absent fields narrow nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct SendFilter {
    pub(crate) campaign: Option<Id>,
    pub(crate) occurrence: Option<Id>,
    pub(crate) contact: Option<Id>,
    pub(crate) state: Option<&'static str>,
    pub(crate) reason: Option<&'static str>,
}

/// Sends after an id, in the order of ids.
pub(crate) async fn send_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    filter: &SendFilter,
    after: Id,
    limit: u32,
) -> Result<Vec<SendRow>, StoreError> {
    let mut text = format!("SELECT {COLUMNS} FROM send WHERE workspace = $1 AND id > $2");
    let mut values: Vec<Value> = Vec::new();
    let wanted: [(&str, Option<Value>); 5] = [
        ("campaign", filter.campaign.map(Into::into)),
        ("occurrence", filter.occurrence.map(Into::into)),
        ("contact", filter.contact.map(Into::into)),
        ("state", filter.state.map(Into::into)),
        ("reason", filter.reason.map(Into::into)),
    ];
    for (column, value) in wanted {
        if let Some(value) = value {
            values.push(value);
            text.push_str(&format!(" AND {column} = ${}", values.len() + 2));
        }
    }
    text.push_str(&format!(" ORDER BY id LIMIT {limit}"));
    sql_dynamic(text).bind(ws).bind(after).bind_all(values).fetch_all(conn).await
}
