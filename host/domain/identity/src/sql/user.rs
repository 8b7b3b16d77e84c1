//! Statements of users.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A user as stored, without the password's hash.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct UserRow {
    pub(crate) id: Id,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) locale: String,
    pub(crate) state: String,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
}

/// Keep a new user.
pub(crate) async fn user_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &UserRow,
    password_hash: &str,
) -> Result<(), StoreError> {
    sql("INSERT INTO user_account (workspace, id, email, name, locale, password_hash, state, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(workspace)
    .bind(row.id)
    .bind(&row.email)
    .bind(&row.name)
    .bind(&row.locale)
    .bind(password_hash)
    .bind(&row.state)
    .bind(row.version)
    .bind(row.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A user.
pub(crate) async fn user_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<UserRow>, StoreError> {
    sql("SELECT id, email, name, locale, state, version, created_at FROM user_account
         WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The id, state and password's hash of the user with this address.
pub(crate) async fn user_credentials(
    conn: &mut Conn,
    workspace: WorkspaceId,
    email: &str,
) -> Result<Option<(Id, String, String)>, StoreError> {
    sql("SELECT id, state, password_hash FROM user_account WHERE workspace = $1 AND email = $2")
        .bind(workspace)
        .bind(email)
        .fetch_optional(conn)
        .await
}

/// The password's hash of a user.
pub(crate) async fn user_password(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql("SELECT password_hash FROM user_account WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(hash,)| hash))
}

/// Users after an address, in its order.
pub(crate) async fn user_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: &str,
    limit: u32,
) -> Result<Vec<UserRow>, StoreError> {
    sql("SELECT id, email, name, locale, state, version, created_at FROM user_account
         WHERE workspace = $1 AND email > $2 ORDER BY email LIMIT $3")
    .bind(workspace)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// How many users there are.
pub(crate) async fn user_count(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT CAST(COUNT(*) AS BIGINT) FROM user_account WHERE workspace = $1")
        .bind(workspace)
        .fetch_one(conn)
        .await?;
    Ok(count)
}

/// Change a user, if it still has the version of `row` less one.
pub(crate) async fn user_update(conn: &mut Conn, workspace: WorkspaceId, row: &UserRow) -> Result<u64, StoreError> {
    sql("UPDATE user_account SET name = $3, locale = $4, state = $5, version = $6
         WHERE workspace = $1 AND id = $2 AND version = $6 - 1")
    .bind(workspace)
    .bind(row.id)
    .bind(&row.name)
    .bind(&row.locale)
    .bind(&row.state)
    .bind(row.version)
    .execute(conn)
    .await
}

/// Set a user's password, which makes an invited user an active one.
pub(crate) async fn user_set_password(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    password_hash: &str,
) -> Result<u64, StoreError> {
    sql("UPDATE user_account SET password_hash = $3, version = version + 1,
                state = CASE WHEN state = 'invited' THEN 'active' ELSE state END
         WHERE workspace = $1 AND id = $2 AND state <> 'disabled'")
    .bind(workspace)
    .bind(id)
    .bind(password_hash)
    .execute(conn)
    .await
}
