//! Tokens that the host got for accounts, sealed, and who is getting the next.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A token as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct TokenRow {
    /// The setting it is for.
    pub(crate) name: String,
    /// Empty before the first.
    pub(crate) sealed: Vec<u8>,
    /// From when on another is got.
    pub(crate) renew_at: i64,
    /// Until when it holds.
    pub(crate) expires_at: i64,
    /// When it was got.
    pub(crate) updated_at: i64,
}

/// The tokens of an installation.
pub(crate) async fn token_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<TokenRow>, StoreError> {
    sql("SELECT name, sealed, renew_at, expires_at, updated_at FROM installation_token
         WHERE workspace = $1 AND installation = $2 ORDER BY name LIMIT 100")
    .bind(workspace)
    .bind(installation)
    .fetch_all(conn)
    .await
}

/// Claim the right to get the next token until `until_us`; answers whether it
/// was free.
pub(crate) async fn token_claim(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    name: &str,
    claim: Id,
    now_us: i64,
    until_us: i64,
) -> Result<bool, StoreError> {
    let rows = sql("INSERT INTO installation_token (workspace, installation, name, sealed, renew_at, expires_at,
                                         lease_of, lease_until, updated_at)
         VALUES ($1, $2, $3, $4, 0, 0, $5, $6, 0)
         ON CONFLICT (workspace, installation, name)
         DO UPDATE SET lease_of = excluded.lease_of, lease_until = excluded.lease_until
         WHERE installation_token.lease_until < $7")
    .bind(workspace)
    .bind(installation)
    .bind(name)
    .bind(Vec::<u8>::new())
    .bind(claim)
    .bind(until_us)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(rows == 1)
}

/// Keep what the claim got, and give the claim free.
pub(crate) async fn token_settle(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    claim: Id,
    token: &TokenRow,
) -> Result<(), StoreError> {
    sql("UPDATE installation_token SET sealed = $5, renew_at = $6, expires_at = $7, updated_at = $8, lease_until = 0
         WHERE workspace = $1 AND installation = $2 AND name = $3 AND lease_of = $4")
    .bind(workspace)
    .bind(installation)
    .bind(&token.name)
    .bind(claim)
    .bind(token.sealed.as_slice())
    .bind(token.renew_at)
    .bind(token.expires_at)
    .bind(token.updated_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Give a claim free with nothing got.
pub(crate) async fn token_release(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    name: &str,
    claim: Id,
) -> Result<(), StoreError> {
    sql("UPDATE installation_token SET lease_until = 0
         WHERE workspace = $1 AND installation = $2 AND name = $3 AND lease_of = $4")
    .bind(workspace)
    .bind(installation)
    .bind(name)
    .bind(claim)
    .execute(conn)
    .await?;
    Ok(())
}

/// A token that a server refused is not used again, if it was got before
/// `before_us`.
pub(crate) async fn token_spoil(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    name: &str,
    before_us: i64,
) -> Result<(), StoreError> {
    sql("UPDATE installation_token SET renew_at = 0, expires_at = 0
         WHERE workspace = $1 AND installation = $2 AND name = $3 AND updated_at < $4")
    .bind(workspace)
    .bind(installation)
    .bind(name)
    .bind(before_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forget a token.
pub(crate) async fn token_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    name: &str,
) -> Result<(), StoreError> {
    sql("DELETE FROM installation_token WHERE workspace = $1 AND installation = $2 AND name = $3")
        .bind(workspace)
        .bind(installation)
        .bind(name)
        .execute(conn)
        .await?;
    Ok(())
}
