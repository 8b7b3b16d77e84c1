//! Statements of API tokens.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A token, without its secret.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct TokenRow {
    pub(crate) id: Id,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) hint: String,
    pub(crate) role: String,
    pub(crate) unit: Id,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) last_used_at: Option<i64>,
}

/// Keep a new token; only the hash of its secret is kept.
pub(crate) async fn token_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &TokenRow,
    hash: &[u8],
) -> Result<(), StoreError> {
    sql("INSERT INTO api_token (workspace, id, kind, name, hint, hash, role, unit, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
    .bind(workspace)
    .bind(row.id)
    .bind(&row.kind)
    .bind(&row.name)
    .bind(&row.hint)
    .bind(hash)
    .bind(&row.role)
    .bind(row.unit)
    .bind(&row.created_by)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// One token.
pub(crate) async fn token_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<Option<TokenRow>, StoreError> {
    sql("SELECT id, kind, name, hint, role, unit, created_by, created_at, expires_at, revoked_at, last_used_at
         FROM api_token WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Tokens older than `before`, newest first.
pub(crate) async fn token_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<TokenRow>, StoreError> {
    sql("SELECT id, kind, name, hint, role, unit, created_by, created_at, expires_at, revoked_at, last_used_at
         FROM api_token WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
    .bind(workspace)
    .bind(before.unwrap_or(Id::max()))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Tokens that are neither revoked nor expired.
pub(crate) async fn token_count_live(conn: &mut Conn, workspace: WorkspaceId, now_us: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT CAST(COUNT(*) AS BIGINT) FROM api_token
         WHERE workspace = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)")
    .bind(workspace)
    .bind(now_us)
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// End a token's life; the row stays for the record.
pub(crate) async fn token_revoke(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    now_us: i64,
) -> Result<u64, StoreError> {
    sql("UPDATE api_token SET revoked_at = $3 WHERE workspace = $1 AND id = $2 AND revoked_at IS NULL")
        .bind(workspace)
        .bind(id)
        .bind(now_us)
        .execute(conn)
        .await
}

/// Note that a token was used.
pub(crate) async fn token_touch(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    now_us: i64,
) -> Result<(), StoreError> {
    sql("UPDATE api_token SET last_used_at = $3 WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(())
}
