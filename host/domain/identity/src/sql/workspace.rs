//! Statements of workspaces.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql, sql_dynamic};

/// A workspace as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct WorkspaceRow {
    pub(crate) id: Id,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) locale: String,
    pub(crate) zone: String,
    pub(crate) currency: String,
    pub(crate) labels: String,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
    pub(crate) stands_at: Option<i64>,
}

/// Keep a new workspace.
pub(crate) async fn workspace_insert(conn: &mut Conn, row: &WorkspaceRow) -> Result<(), StoreError> {
    sql("INSERT INTO workspace (id, slug, name, locale, zone, currency, labels, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(row.id)
    .bind(&row.slug)
    .bind(&row.name)
    .bind(&row.locale)
    .bind(&row.zone)
    .bind(&row.currency)
    .bind(&row.labels)
    .bind(row.version)
    .bind(row.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A workspace.
pub(crate) async fn workspace_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> Result<Option<WorkspaceRow>, StoreError> {
    sql("SELECT id, slug, name, locale, zone, currency, labels, version, created_at, stands_at
         FROM workspace WHERE id = $1")
    .bind(workspace)
    .fetch_optional(conn)
    .await
}

/// Change a workspace, if it still has the version of `row` less one.
pub(crate) async fn workspace_update(conn: &mut Conn, row: &WorkspaceRow) -> Result<u64, StoreError> {
    sql("UPDATE workspace SET name = $2, locale = $3, zone = $4, labels = $5, version = $6, currency = $7
         WHERE id = $1 AND version = $6 - 1")
    .bind(row.id)
    .bind(&row.name)
    .bind(&row.locale)
    .bind(&row.zone)
    .bind(&row.labels)
    .bind(row.version)
    .bind(&row.currency)
    .execute(conn)
    .await
}

/// Whether a declared question finds something counted in money.
pub(crate) async fn workspace_counts(
    conn: &mut Conn,
    find: &'static str,
    workspace: WorkspaceId,
) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = sql_dynamic(find.to_owned()).bind(workspace).fetch_optional(conn).await?;
    Ok(row.is_some())
}
