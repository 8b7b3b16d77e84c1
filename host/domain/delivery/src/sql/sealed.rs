//! Sealed values of mail servers in the order of their ids, to be sealed anew.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// What a mail server holds sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SealedServer {
    pub(crate) id: Id,
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) dkim_key: Option<Vec<u8>>,
}

/// Mail servers after this one.
pub(crate) async fn sealed_servers(
    conn: &mut Conn,
    ws: WorkspaceId,
    after: Id,
    limit: u32,
) -> Result<Vec<SealedServer>, StoreError> {
    sql("SELECT id, password, dkim_key FROM mail_server WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(ws)
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Put a password's new sealing in place, if nobody changed it meanwhile.
pub(crate) async fn sealed_password_put(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    before: &[u8],
    anew: &[u8],
) -> Result<(), StoreError> {
    sql("UPDATE mail_server SET password = $4 WHERE workspace = $1 AND id = $2 AND password = $3")
        .bind(ws)
        .bind(id)
        .bind(before)
        .bind(anew)
        .execute(conn)
        .await
        .map(drop)
}

/// The same for a signing key.
pub(crate) async fn sealed_dkim_put(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    before: &[u8],
    anew: &[u8],
) -> Result<(), StoreError> {
    sql("UPDATE mail_server SET dkim_key = $4 WHERE workspace = $1 AND id = $2 AND dkim_key = $3")
        .bind(ws)
        .bind(id)
        .bind(before)
        .bind(anew)
        .execute(conn)
        .await
        .map(drop)
}
