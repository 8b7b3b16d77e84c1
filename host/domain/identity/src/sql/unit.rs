//! Statements of the tree of units. A subtree is one range of paths.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A unit as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct UnitRow {
    pub(crate) id: Id,
    pub(crate) parent: Option<Id>,
    pub(crate) kind: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
}

/// Keep a new unit.
pub(crate) async fn unit_insert(conn: &mut Conn, workspace: WorkspaceId, row: &UnitRow) -> Result<(), StoreError> {
    sql("INSERT INTO unit (workspace, id, parent, kind, code, name, path, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(workspace)
    .bind(row.id)
    .bind(row.parent)
    .bind(&row.kind)
    .bind(&row.code)
    .bind(&row.name)
    .bind(&row.path)
    .bind(row.version)
    .bind(row.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A unit.
pub(crate) async fn unit_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<UnitRow>, StoreError> {
    sql("SELECT id, parent, kind, code, name, path, version, created_at FROM unit
         WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The root of the tree.
pub(crate) async fn unit_root(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<UnitRow>, StoreError> {
    sql("SELECT id, parent, kind, code, name, path, version, created_at FROM unit
         WHERE workspace = $1 AND parent IS NULL")
    .bind(workspace)
    .fetch_optional(conn)
    .await
}

/// Units of a subtree in the order of the tree, after a path.
pub(crate) async fn unit_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    under: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<UnitRow>, StoreError> {
    sql("SELECT id, parent, kind, code, name, path, version, created_at FROM unit
         WHERE workspace = $1 AND path >= $2 AND path < $3 AND path > $4 ORDER BY path LIMIT $5")
    .bind(workspace)
    .bind(under)
    .bind(end_of(under))
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// How many units there are in a subtree.
pub(crate) async fn unit_count(conn: &mut Conn, workspace: WorkspaceId, under: &str) -> Result<i64, StoreError> {
    let (count,): (i64,) =
        sql("SELECT CAST(COUNT(*) AS BIGINT) FROM unit WHERE workspace = $1 AND path >= $2 AND path < $3")
            .bind(workspace)
            .bind(under)
            .bind(end_of(under))
            .fetch_one(conn)
            .await?;
    Ok(count)
}

/// Length of the longest path of a subtree.
pub(crate) async fn unit_longest(conn: &mut Conn, workspace: WorkspaceId, under: &str) -> Result<i64, StoreError> {
    let (length,): (Option<i64>,) =
        sql("SELECT CAST(MAX(length(path)) AS BIGINT) FROM unit WHERE workspace = $1 AND path >= $2 AND path < $3")
            .bind(workspace)
            .bind(under)
            .bind(end_of(under))
            .fetch_one(conn)
            .await?;
    Ok(length.unwrap_or(0))
}

/// Change a unit, if it still has the version of `row` less one.
pub(crate) async fn unit_update(conn: &mut Conn, workspace: WorkspaceId, row: &UnitRow) -> Result<u64, StoreError> {
    sql("UPDATE unit SET parent = $3, kind = $4, code = $5, name = $6, version = $7
         WHERE workspace = $1 AND id = $2 AND version = $7 - 1")
    .bind(workspace)
    .bind(row.id)
    .bind(row.parent)
    .bind(&row.kind)
    .bind(&row.code)
    .bind(&row.name)
    .bind(row.version)
    .execute(conn)
    .await
}

/// Give a subtree's paths another beginning.
pub(crate) async fn unit_rebase(
    conn: &mut Conn,
    workspace: WorkspaceId,
    from: &str,
    to: &str,
) -> Result<u64, StoreError> {
    let rest_at = i64::try_from(from.len()).unwrap_or(i64::MAX) + 1;
    sql("UPDATE unit SET path = $4 || substr(path, CAST($5 AS INTEGER))
         WHERE workspace = $1 AND path >= $2 AND path < $3")
    .bind(workspace)
    .bind(from)
    .bind(end_of(from))
    .bind(to)
    .bind(rest_at)
    .execute(conn)
    .await
}

/// Remove a unit.
pub(crate) async fn unit_delete(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<u64, StoreError> {
    sql("DELETE FROM unit WHERE workspace = $1 AND id = $2").bind(workspace).bind(id).execute(conn).await
}

/// How many roles and live tokens hold in exactly this unit.
pub(crate) async fn unit_in_use(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<(i64, i64), StoreError> {
    sql("SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM role_assignment WHERE workspace = $1 AND unit = $2),
                (SELECT CAST(COUNT(*) AS BIGINT) FROM api_token WHERE workspace = $1 AND unit = $2)")
    .bind(workspace)
    .bind(id)
    .fetch_one(conn)
    .await
}

/// The path after every path that begins with this one. Paths are ASCII and
/// end with a slash; `0` follows the slash.
fn end_of(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(stem) => format!("{stem}0"),
        None => "\u{7f}".to_owned(),
    }
}
