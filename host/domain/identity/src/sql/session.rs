//! Statements of login sessions and invitations.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A login session.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    pub(crate) workspace: WorkspaceId,
    pub(crate) hash: Vec<u8>,
    pub(crate) user: Id,
    pub(crate) user_agent: String,
    pub(crate) at: i64,
    pub(crate) expires_at: i64,
}

/// Keep a session; only the hash of its token is kept.
pub(crate) async fn session_insert(conn: &mut Conn, session: &NewSession) -> Result<(), StoreError> {
    sql("INSERT INTO session (workspace, hash, user_account, user_agent, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)")
    .bind(session.workspace)
    .bind(&session.hash[..])
    .bind(session.user)
    .bind(&session.user_agent)
    .bind(session.at)
    .bind(session.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// End one session.
pub(crate) async fn session_delete(conn: &mut Conn, workspace: WorkspaceId, hash: &[u8]) -> Result<u64, StoreError> {
    sql("DELETE FROM session WHERE workspace = $1 AND hash = $2").bind(workspace).bind(hash).execute(conn).await
}

/// End all sessions of a user.
pub(crate) async fn session_delete_all(conn: &mut Conn, workspace: WorkspaceId, user: Id) -> Result<u64, StoreError> {
    sql("DELETE FROM session WHERE workspace = $1 AND user_account = $2").bind(workspace).bind(user).execute(conn).await
}

/// Drop a user's sessions that are over, and the oldest beyond `keep`.
pub(crate) async fn session_trim(
    conn: &mut Conn,
    workspace: WorkspaceId,
    user: Id,
    now_us: i64,
    keep: u32,
) -> Result<u64, StoreError> {
    sql("DELETE FROM session WHERE workspace = $1 AND user_account = $2 AND (expires_at <= $3 OR hash NOT IN
           (SELECT hash FROM session WHERE workspace = $1 AND user_account = $2 ORDER BY created_at DESC LIMIT $4))")
    .bind(workspace)
    .bind(user)
    .bind(now_us)
    .bind(keep)
    .execute(conn)
    .await
}

/// Note that a session was used.
pub(crate) async fn session_touch(
    conn: &mut Conn,
    workspace: WorkspaceId,
    hash: &[u8],
    now_us: i64,
) -> Result<(), StoreError> {
    sql("UPDATE session SET seen_at = $3 WHERE workspace = $1 AND hash = $2")
        .bind(workspace)
        .bind(hash)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(())
}

/// Replace a user's invitations by this one.
pub(crate) async fn invitation_set(
    conn: &mut Conn,
    workspace: WorkspaceId,
    hash: &[u8],
    user: Id,
    now_us: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    invitation_delete_all(conn, workspace, user).await?;
    sql("INSERT INTO invitation (workspace, hash, user_account, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)")
    .bind(workspace)
    .bind(hash)
    .bind(user)
    .bind(now_us)
    .bind(expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Drop a user's invitations.
pub(crate) async fn invitation_delete_all(
    conn: &mut Conn,
    workspace: WorkspaceId,
    user: Id,
) -> Result<u64, StoreError> {
    sql("DELETE FROM invitation WHERE workspace = $1 AND user_account = $2")
        .bind(workspace)
        .bind(user)
        .execute(conn)
        .await
}
