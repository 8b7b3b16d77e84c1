//! Texts over `sales_channel`.

use super::{in_list, list::LIST_MAX, padded};
use crate::SalesChannel;
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, StoreError, sql, sql_dynamic};
use std::collections::HashMap;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ChannelRow {
    pub(crate) id: Id,
    pub(crate) unit: Option<Id>,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
}

impl From<ChannelRow> for SalesChannel {
    fn from(row: ChannelRow) -> Self {
        Self {
            id: row.id,
            unit: row.unit,
            code: row.code,
            name: row.name,
            kind: row.kind,
            version: row.version,
            created_at: from_micros(row.created_at),
        }
    }
}

const COLUMNS: &[&str] = &["workspace", "id", "unit", "code", "name", "kind", "version", "created_at"];

/// Insert sales channels; codes that are there already stay as they are.
pub(crate) async fn channels_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: &[ChannelRow],
) -> Result<u64, StoreError> {
    let mut insert = BulkInsert::new("sales_channel", COLUMNS, "ON CONFLICT (workspace, code) DO NOTHING");
    for row in rows {
        insert.push([
            workspace.into(),
            row.id.into(),
            row.unit.into(),
            (&row.code).into(),
            (&row.name).into(),
            (&row.kind).into(),
            row.version.into(),
            row.created_at.into(),
        ]);
    }
    insert.execute(conn).await
}

pub(crate) async fn channel_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<Option<ChannelRow>, StoreError> {
    sql("SELECT id, unit, code, name, kind, version, created_at FROM sales_channel WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await
}

pub(crate) async fn channel_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: &str,
    rows: u32,
) -> Result<Vec<ChannelRow>, StoreError> {
    sql("SELECT id, unit, code, name, kind, version, created_at FROM sales_channel
         WHERE workspace = $1 AND code > $2 ORDER BY code LIMIT $3")
    .bind(workspace)
    .bind(after)
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// Write a sales channel that is at `row.version`; answers whether it was.
pub(crate) async fn channel_update(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &ChannelRow,
) -> Result<bool, StoreError> {
    let done = sql("UPDATE sales_channel SET unit = $3, name = $4, kind = $5, version = version + 1
         WHERE workspace = $1 AND id = $2 AND version = $6")
    .bind(workspace)
    .bind(row.id)
    .bind(row.unit)
    .bind(&row.name)
    .bind(&row.kind)
    .bind(row.version)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// The ids of sales channels by code.
pub(crate) async fn channel_ids(
    conn: &mut Conn,
    workspace: WorkspaceId,
    codes: &[String],
) -> Result<HashMap<String, Id>, StoreError> {
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text =
            format!("SELECT code, id FROM sales_channel WHERE workspace = $1 AND code IN {}", in_list(2, list.len()));
        let rows: Vec<(String, Id)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}
