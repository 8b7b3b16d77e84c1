//! Statements of how long things are kept, and those that the areas declared.

use rialto_kernel::WorkspaceId;
use rialto_store::{Conn, StoreError, sql, sql_dynamic};

/// What a workspace chose: name and days, where none is for ever.
pub(crate) async fn retention_chosen(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> Result<Vec<(String, Option<i64>)>, StoreError> {
    sql("SELECT what, days FROM retention WHERE workspace = $1 ORDER BY what LIMIT 100")
        .bind(workspace)
        .fetch_all(conn)
        .await
}

/// Keep a choice.
pub(crate) async fn retention_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    what: &str,
    days: Option<i64>,
    actor: &str,
    now: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO retention (workspace, what, days, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, what) DO UPDATE SET days = excluded.days, updated_by = excluded.updated_by,
                                                     updated_at = excluded.updated_at")
    .bind(workspace)
    .bind(what)
    .bind(days)
    .bind(actor)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forget rows by a declared text; how many.
pub(crate) async fn retention_forget(
    conn: &mut Conn,
    forget: &'static str,
    workspace: WorkspaceId,
    before: i64,
    rows: i64,
) -> Result<u64, StoreError> {
    sql_dynamic(forget.to_owned()).bind(workspace).bind(before).bind(rows).execute(conn).await
}

/// Forget sessions that ended before an instant.
pub(crate) const SESSIONS_FORGET: &str = "DELETE FROM session WHERE workspace = $1 AND hash IN (
     SELECT hash FROM session WHERE workspace = $1 AND expires_at < $2 LIMIT $3)";

/// Whether a declared table has a row of this unit.
pub(crate) async fn unit_used(
    conn: &mut Conn,
    find: &'static str,
    workspace: WorkspaceId,
    unit: rialto_kernel::Id,
) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = sql_dynamic(find.to_owned()).bind(workspace).bind(unit).fetch_optional(conn).await?;
    Ok(row.is_some())
}
