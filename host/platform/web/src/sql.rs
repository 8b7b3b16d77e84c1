//! The texts of the idempotency table: which requests were answered, and how.

use rialto_kernel::WorkspaceId;
use rialto_store::{Conn, StoreError, sql};

/// Whose key, and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeyOf {
    pub(crate) workspace: WorkspaceId,
    pub(crate) actor: String,
    pub(crate) key: String,
}

/// What is known of a key. A status of 0 is a request that was not answered yet.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Answered {
    pub(crate) request_hash: Vec<u8>,
    pub(crate) status: i64,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Claim a key for a request; `None` when it is the caller's now, else what is
/// known of it. One from before `expired_at` is forgotten first.
pub(crate) async fn idempotency_claim(
    conn: &mut Conn,
    of: &KeyOf,
    request_hash: &[u8],
    now_us: i64,
    expired_at: i64,
) -> Result<Option<Answered>, StoreError> {
    sql("DELETE FROM idempotency WHERE workspace = $1 AND actor = $2 AND key = $3 AND created_at < $4")
        .bind(of.workspace)
        .bind(&of.actor)
        .bind(&of.key)
        .bind(expired_at)
        .execute(conn)
        .await?;
    let claimed =
        sql("INSERT INTO idempotency (workspace, actor, key, request_hash, status, content_type, body, created_at)
         VALUES ($1, $2, $3, $4, 0, NULL, $5, $6)
         ON CONFLICT (workspace, actor, key) DO NOTHING")
        .bind(of.workspace)
        .bind(&of.actor)
        .bind(&of.key)
        .bind(request_hash)
        .bind(Vec::new())
        .bind(now_us)
        .execute(conn)
        .await?;
    if claimed == 1 {
        return Ok(None);
    }
    sql("SELECT request_hash, status, content_type, body FROM idempotency
         WHERE workspace = $1 AND actor = $2 AND key = $3")
    .bind(of.workspace)
    .bind(&of.actor)
    .bind(&of.key)
    .fetch_optional(conn)
    .await
}

/// Keep the answer of a claimed key.
pub(crate) async fn idempotency_settle(
    conn: &mut Conn,
    of: &KeyOf,
    status: u16,
    content_type: Option<String>,
    body: Vec<u8>,
) -> Result<(), StoreError> {
    sql("UPDATE idempotency SET status = $4, content_type = $5, body = $6
         WHERE workspace = $1 AND actor = $2 AND key = $3")
    .bind(of.workspace)
    .bind(&of.actor)
    .bind(&of.key)
    .bind(status)
    .bind(content_type)
    .bind(body)
    .execute(conn)
    .await?;
    Ok(())
}

/// Give a claimed key free again: nothing happened.
pub(crate) async fn idempotency_release(conn: &mut Conn, of: &KeyOf) -> Result<(), StoreError> {
    sql("DELETE FROM idempotency WHERE workspace = $1 AND actor = $2 AND key = $3 AND status = 0")
        .bind(of.workspace)
        .bind(&of.actor)
        .bind(&of.key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forget a workspace's keys from before `expired_at`.
pub(crate) async fn idempotency_purge(
    conn: &mut Conn,
    workspace: WorkspaceId,
    expired_at: i64,
) -> Result<u64, StoreError> {
    sql("DELETE FROM idempotency WHERE workspace = $1 AND created_at < $2")
        .bind(workspace)
        .bind(expired_at)
        .execute(conn)
        .await
}

/// A kept answer where it stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SealedAnswer {
    pub(crate) actor: String,
    pub(crate) key: String,
    pub(crate) body: Vec<u8>,
}

/// Kept answers after this one, in the order of their keys.
pub(crate) async fn idempotency_sealed(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: &(String, String),
    limit: u32,
) -> Result<Vec<SealedAnswer>, StoreError> {
    sql("SELECT actor, key, body FROM idempotency
         WHERE workspace = $1 AND (actor > $2 OR (actor = $2 AND key > $3)) AND status <> 0
         ORDER BY actor, key LIMIT $4")
    .bind(workspace)
    .bind(&after.0)
    .bind(&after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Put an answer's new sealing in place, if nobody changed it meanwhile.
pub(crate) async fn idempotency_sealed_put(
    conn: &mut Conn,
    of: &KeyOf,
    before: &[u8],
    anew: &[u8],
) -> Result<(), StoreError> {
    sql("UPDATE idempotency SET body = $5 WHERE workspace = $1 AND actor = $2 AND key = $3 AND body = $4")
        .bind(of.workspace)
        .bind(&of.actor)
        .bind(&of.key)
        .bind(before)
        .bind(anew)
        .execute(conn)
        .await
        .map(drop)
}
