//! Sealed values in the order of their keys, to be sealed anew.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A sealed value where it stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SealedRow {
    pub(crate) installation: Id,
    pub(crate) name: String,
    pub(crate) sealed: Vec<u8>,
}

/// Secrets after this one.
pub(crate) async fn sealed_secrets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: &(Id, String),
    limit: u32,
) -> Result<Vec<SealedRow>, StoreError> {
    sql("SELECT installation, name, sealed FROM installation_secret
         WHERE workspace = $1 AND (installation > $2 OR (installation = $2 AND name > $3))
         ORDER BY installation, name LIMIT $4")
    .bind(workspace)
    .bind(after.0)
    .bind(&after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Tokens after this one.
pub(crate) async fn sealed_tokens(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: &(Id, String),
    limit: u32,
) -> Result<Vec<SealedRow>, StoreError> {
    sql("SELECT installation, name, sealed FROM installation_token
         WHERE workspace = $1 AND (installation > $2 OR (installation = $2 AND name > $3))
         ORDER BY installation, name LIMIT $4")
    .bind(workspace)
    .bind(after.0)
    .bind(&after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Put a secret's new sealing in place, if nobody changed it meanwhile.
pub(crate) async fn sealed_secret_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &SealedRow,
    anew: &[u8],
) -> Result<(), StoreError> {
    sql("UPDATE installation_secret SET sealed = $5
         WHERE workspace = $1 AND installation = $2 AND name = $3 AND sealed = $4")
    .bind(workspace)
    .bind(row.installation)
    .bind(&row.name)
    .bind(row.sealed.as_slice())
    .bind(anew)
    .execute(conn)
    .await?;
    Ok(())
}

/// The same for a token.
pub(crate) async fn sealed_token_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &SealedRow,
    anew: &[u8],
) -> Result<(), StoreError> {
    sql("UPDATE installation_token SET sealed = $5
         WHERE workspace = $1 AND installation = $2 AND name = $3 AND sealed = $4")
    .bind(workspace)
    .bind(row.installation)
    .bind(&row.name)
    .bind(row.sealed.as_slice())
    .bind(anew)
    .execute(conn)
    .await?;
    Ok(())
}

/// The sealed keys of recorded runs after this one.
pub(crate) async fn sealed_recordings(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: Id,
    limit: u32,
) -> Result<Vec<(Id, Vec<u8>)>, StoreError> {
    sql("SELECT run, sealed FROM plugin_recording WHERE workspace = $1 AND run > $2 ORDER BY run LIMIT $3")
        .bind(workspace)
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// The same for the key of a recorded run: what it was, and what it is to be.
pub(crate) async fn sealed_recording_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    run: Id,
    (before, anew): (&[u8], &[u8]),
) -> Result<(), StoreError> {
    sql("UPDATE plugin_recording SET sealed = $4 WHERE workspace = $1 AND run = $2 AND sealed = $3")
        .bind(workspace)
        .bind(run)
        .bind(before)
        .bind(anew)
        .execute(conn)
        .await?;
    Ok(())
}
