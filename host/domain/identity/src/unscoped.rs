//! The few texts of this area that cannot carry a workspace: they find out
//! which one a secret, a name or an address belongs to.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// Whose token a hash is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct TokenOwner {
    pub(crate) workspace: Id,
    pub(crate) id: Id,
    pub(crate) role: String,
    pub(crate) unit_path: String,
    pub(crate) unit_parent: Option<Id>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
}

/// The token with this hash.
pub(crate) async fn token_by_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<TokenOwner>, StoreError> {
    sql("SELECT t.workspace, t.id, t.role, u.path AS unit_path, u.parent AS unit_parent,
                t.expires_at, t.revoked_at
         FROM api_token t JOIN unit u ON u.workspace = t.workspace AND u.id = t.unit WHERE t.hash = $1")
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// Whose session a hash is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SessionOwner {
    pub(crate) workspace: Id,
    pub(crate) user_account: Id,
    pub(crate) locale: String,
    pub(crate) state: String,
    pub(crate) seen_at: i64,
    pub(crate) expires_at: i64,
}

/// The session with this hash.
pub(crate) async fn session_by_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<SessionOwner>, StoreError> {
    sql("SELECT s.workspace, s.user_account, p.locale, p.state, s.seen_at, s.expires_at
         FROM session s JOIN user_account p ON p.workspace = s.workspace AND p.id = s.user_account
         WHERE s.hash = $1")
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// The workspace and user an invitation is for, and when it ends.
pub(crate) async fn invitation_by_hash(conn: &mut Conn, hash: &[u8]) -> Result<Option<(Id, Id, i64)>, StoreError> {
    sql("SELECT workspace, user_account, expires_at FROM invitation WHERE hash = $1")
        .bind(hash)
        .fetch_optional(conn)
        .await
}

/// Ids and slugs of workspaces, oldest first.
pub(crate) async fn workspace_ids(conn: &mut Conn, limit: u32) -> Result<Vec<(Id, String)>, StoreError> {
    sql("SELECT id, slug FROM workspace ORDER BY id LIMIT $1").bind(limit).fetch_all(conn).await
}

/// The workspaces that stand in the past, and where.
pub(crate) async fn workspaces_standing(conn: &mut Conn) -> Result<Vec<(Id, i64)>, StoreError> {
    sql("SELECT id, stands_at FROM workspace WHERE stands_at IS NOT NULL").fetch_all(conn).await
}

/// The workspace with this slug.
pub(crate) async fn workspace_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<WorkspaceId>, StoreError> {
    let row: Option<(Id,)> = sql("SELECT id FROM workspace WHERE slug = $1").bind(slug).fetch_optional(conn).await?;
    Ok(row.map(|(id,)| WorkspaceId(id)))
}

/// Take the turn of a subject, so that attempts are counted one by one.
pub(crate) async fn sign_in_turn(conn: &mut Conn, subject: &str, now_us: i64) -> Result<(), StoreError> {
    sql("INSERT INTO sign_in_gate (subject, touched_at) VALUES ($1, $2)
         ON CONFLICT (subject) DO UPDATE SET touched_at = excluded.touched_at")
    .bind(subject)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// Failures of a subject since an instant: how many, and the oldest.
pub(crate) async fn sign_in_failures(
    conn: &mut Conn,
    subject: &str,
    since: i64,
) -> Result<(i64, Option<i64>), StoreError> {
    sql("SELECT CAST(COUNT(*) AS BIGINT), MIN(at) FROM sign_in_failure WHERE subject = $1 AND at > $2")
        .bind(subject)
        .bind(since)
        .fetch_one(conn)
        .await
}

/// Count an attempt as failed until it succeeds.
pub(crate) async fn sign_in_fail(conn: &mut Conn, subject: &str, at: i64, id: Id) -> Result<(), StoreError> {
    sql("INSERT INTO sign_in_failure (subject, at, id) VALUES ($1, $2, $3)")
        .bind(subject)
        .bind(at)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forget one attempt of a subject: it succeeded.
pub(crate) async fn sign_in_succeed(conn: &mut Conn, subject: &str, at: i64, id: Id) -> Result<(), StoreError> {
    sql("DELETE FROM sign_in_failure WHERE subject = $1 AND at = $2 AND id = $3")
        .bind(subject)
        .bind(at)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forget failures from before an instant, of all subjects.
pub(crate) async fn sign_in_purge(conn: &mut Conn, before: i64) -> Result<(), StoreError> {
    sql("DELETE FROM sign_in_failure WHERE at < $1").bind(before).execute(conn).await?;
    sql("DELETE FROM sign_in_gate WHERE touched_at < $1").bind(before).execute(conn).await?;
    Ok(())
}
