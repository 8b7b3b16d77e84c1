//! Statements of role assignments.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// One role of a user, with the unit it holds in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct RoleRow {
    pub(crate) role: String,
    pub(crate) unit: Id,
    pub(crate) path: String,
    pub(crate) parent: Option<Id>,
}

/// A user's roles (at most [`crate::ROLES_PER_USER_MAX`]).
pub(crate) async fn role_list(conn: &mut Conn, workspace: WorkspaceId, user: Id) -> Result<Vec<RoleRow>, StoreError> {
    sql("SELECT r.role, r.unit, u.path, u.parent FROM role_assignment r
         JOIN unit u ON u.workspace = r.workspace AND u.id = r.unit
         WHERE r.workspace = $1 AND r.user_account = $2 ORDER BY u.path, r.role")
    .bind(workspace)
    .bind(user)
    .fetch_all(conn)
    .await
}

/// Give a user a role in a unit; giving it again changes nothing.
pub(crate) async fn role_add(
    conn: &mut Conn,
    workspace: WorkspaceId,
    user: Id,
    unit: Id,
    role: &str,
    now_us: i64,
) -> Result<u64, StoreError> {
    sql("INSERT INTO role_assignment (workspace, user_account, unit, role, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, user_account, unit, role) DO NOTHING")
    .bind(workspace)
    .bind(user)
    .bind(unit)
    .bind(role)
    .bind(now_us)
    .execute(conn)
    .await
}

/// Take a role from a user.
pub(crate) async fn role_remove(
    conn: &mut Conn,
    workspace: WorkspaceId,
    user: Id,
    unit: Id,
    role: &str,
) -> Result<u64, StoreError> {
    sql("DELETE FROM role_assignment WHERE workspace = $1 AND user_account = $2 AND unit = $3 AND role = $4")
        .bind(workspace)
        .bind(user)
        .bind(unit)
        .bind(role)
        .execute(conn)
        .await
}

/// Active admins of the whole workspace.
pub(crate) async fn role_count_admins(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT CAST(COUNT(*) AS BIGINT) FROM role_assignment r
         JOIN unit u ON u.workspace = r.workspace AND u.id = r.unit AND u.parent IS NULL
         JOIN user_account p ON p.workspace = r.workspace AND p.id = r.user_account AND p.state = 'active'
         WHERE r.workspace = $1 AND r.role = 'admin'")
    .bind(workspace)
    .fetch_one(conn)
    .await?;
    Ok(count)
}
