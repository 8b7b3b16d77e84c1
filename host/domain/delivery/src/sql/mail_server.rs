//! SQL of `mail_server`.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A mail server as stored; the password and the key are sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct MailServerRow {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) host: String,
    pub(crate) port: i64,
    pub(crate) security: String,
    pub(crate) username: String,
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) connections: i64,
    pub(crate) rate_per_second: Option<i64>,
    pub(crate) bounce_domain: String,
    pub(crate) dkim_domain: String,
    pub(crate) dkim_selector: String,
    pub(crate) dkim_key: Option<Vec<u8>>,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
}

pub(crate) async fn mail_server_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
) -> Result<Option<MailServerRow>, StoreError> {
    sql("SELECT id, name, host, port, security, username, password, connections, rate_per_second, bounce_domain,
                dkim_domain, dkim_selector, dkim_key, version, created_at
         FROM mail_server WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// In the order they were made: the first is the workspace's usual one.
pub(crate) async fn mail_server_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    after: Id,
    limit: u32,
) -> Result<Vec<MailServerRow>, StoreError> {
    sql("SELECT id, name, host, port, security, username, password, connections, rate_per_second, bounce_domain,
                dkim_domain, dkim_selector, dkim_key, version, created_at
         FROM mail_server WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3")
    .bind(ws)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub(crate) async fn mail_server_insert(conn: &mut Conn, ws: WorkspaceId, row: MailServerRow) -> Result<(), StoreError> {
    sql("INSERT INTO mail_server (workspace, id, name, host, port, security, username, password, connections,
                                  rate_per_second, bounce_domain, version, created_at, dkim_domain, dkim_selector,
                                  dkim_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)")
    .bind(ws)
    .bind(row.id)
    .bind(row.name)
    .bind(row.host)
    .bind(row.port)
    .bind(row.security)
    .bind(row.username)
    .bind(row.password)
    .bind(row.connections)
    .bind(row.rate_per_second)
    .bind(row.bounce_domain)
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.dkim_domain)
    .bind(row.dkim_selector)
    .bind(row.dkim_key)
    .execute(conn)
    .await
    .map(drop)
}

/// Write a server anew if it still has the version before `row.version`.
pub(crate) async fn mail_server_update(
    conn: &mut Conn,
    ws: WorkspaceId,
    row: MailServerRow,
) -> Result<bool, StoreError> {
    let updated =
        sql("UPDATE mail_server SET name = $3, host = $4, port = $5, security = $6, username = $7, password = $8,
                              connections = $9, rate_per_second = $10, bounce_domain = $11, version = $12,
                              dkim_domain = $14, dkim_selector = $15, dkim_key = $16
                       WHERE workspace = $1 AND id = $2 AND version = $13")
        .bind(ws)
        .bind(row.id)
        .bind(row.name)
        .bind(row.host)
        .bind(row.port)
        .bind(row.security)
        .bind(row.username)
        .bind(row.password)
        .bind(row.connections)
        .bind(row.rate_per_second)
        .bind(row.bounce_domain)
        .bind(row.version)
        .bind(row.version - 1)
        .bind(row.dkim_domain)
        .bind(row.dkim_selector)
        .bind(row.dkim_key)
        .execute(conn)
        .await?;
    Ok(updated == 1)
}

pub(crate) async fn mail_server_delete(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<bool, StoreError> {
    let gone = sql("DELETE FROM mail_server WHERE workspace = $1 AND id = $2").bind(ws).bind(id).execute(conn).await?;
    Ok(gone == 1)
}

/// Whether an occurrence that is not over sends through it.
pub(crate) async fn mail_server_in_use(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<bool, StoreError> {
    let row: Option<(Id,)> = sql("SELECT id FROM occurrence
         WHERE workspace = $1 AND mail_server = $2 AND state IN ('running', 'paused') LIMIT 1")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}
