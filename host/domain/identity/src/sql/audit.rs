//! Statements of the audit log.

use crate::audit::AuditRow;
use rialto_kernel::WorkspaceId;
use rialto_store::{Conn, StoreError, sql};

/// The next number of a workspace's chain and the hash before it. Holds the
/// chain until the transaction ends.
pub(crate) async fn audit_next(conn: &mut Conn, workspace: WorkspaceId) -> Result<(i64, Vec<u8>), StoreError> {
    sql("INSERT INTO audit_head (workspace, number, hash) VALUES ($1, 1, $2)
         ON CONFLICT (workspace) DO UPDATE SET number = audit_head.number + 1
         RETURNING number, hash")
    .bind(workspace)
    .bind(Vec::new())
    .fetch_one(conn)
    .await
}

/// Add a row and move the end of the chain to it.
pub(crate) async fn audit_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &AuditRow,
    hash: &[u8],
) -> Result<(), StoreError> {
    sql("INSERT INTO audit_log (workspace, number, id, at, actor, action, object, object_id, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .bind(workspace)
    .bind(row.number)
    .bind(row.id)
    .bind(row.at)
    .bind(&row.actor)
    .bind(&row.action)
    .bind(&row.object)
    .bind(&row.object_id)
    .bind(&row.detail)
    .bind(hash)
    .execute(conn)
    .await?;
    sql("UPDATE audit_head SET hash = $2 WHERE workspace = $1").bind(workspace).bind(hash).execute(conn).await?;
    Ok(())
}

/// The end of a workspace's chain.
pub(crate) async fn audit_head(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    sql("SELECT number, hash FROM audit_head WHERE workspace = $1").bind(workspace).fetch_optional(conn).await
}

/// Every row of a workspace, oldest first.
pub(crate) async fn audit_each(
    conn: &mut Conn,
    workspace: WorkspaceId,
    each: impl FnMut(AuditRow) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    sql("SELECT number, id, at, actor, action, object, object_id, detail, hash FROM audit_log
         WHERE workspace = $1 ORDER BY number")
    .bind(workspace)
    .for_each(conn, each)
    .await
}

/// Which rows of the log are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuditFilter {
    pub(crate) actor: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) object_id: Option<String>,
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

/// Rows before `before`, newest first.
pub(crate) async fn audit_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &AuditFilter,
    before: i64,
    limit: u32,
) -> Result<Vec<AuditRow>, StoreError> {
    sql("SELECT number, id, at, actor, action, object, object_id, detail, hash FROM audit_log
         WHERE workspace = $1 AND number < $2
           AND (CAST($3 AS TEXT) IS NULL OR actor = $3)
           AND (CAST($4 AS TEXT) IS NULL OR action = $4)
           AND (CAST($5 AS TEXT) IS NULL OR object = $5)
           AND (CAST($6 AS TEXT) IS NULL OR object_id = $6)
           AND (CAST($7 AS BIGINT) IS NULL OR at >= $7)
           AND (CAST($8 AS BIGINT) IS NULL OR at < $8)
         ORDER BY number DESC LIMIT $9")
    .bind(workspace)
    .bind(before)
    .bind(filter.actor.clone())
    .bind(filter.action.clone())
    .bind(filter.object.clone())
    .bind(filter.object_id.clone())
    .bind(filter.from)
    .bind(filter.to)
    .bind(limit)
    .fetch_all(conn)
    .await
}
