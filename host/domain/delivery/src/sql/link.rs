//! SQL of `tracking_link`, and of sends as links and bounces see them.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{BulkInsert, Conn, StoreError, sql};

/// Whom a link or a bounce speaks of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SendBrief {
    pub(crate) id: Id,
    pub(crate) occurrence: Id,
    pub(crate) campaign: Option<Id>,
    pub(crate) contact: Id,
    pub(crate) channel: String,
    pub(crate) topic: String,
    pub(crate) address_hash: Option<Vec<u8>>,
    pub(crate) state: String,
    pub(crate) attempt: i64,
}

pub(crate) async fn send_brief(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<SendBrief>, StoreError> {
    sql("SELECT id, occurrence, campaign, contact, channel, topic, address_hash, state, attempt FROM send
         WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub(crate) async fn link_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    number: i64,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT url FROM tracking_link WHERE workspace = $1 AND occurrence = $2 AND number = $3")
            .bind(ws)
            .bind(occurrence)
            .bind(number)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(url,)| url))
}

pub(crate) async fn link_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    limit: u32,
) -> Result<Vec<(i64, String)>, StoreError> {
    sql("SELECT number, url FROM tracking_link WHERE workspace = $1 AND occurrence = $2 ORDER BY number LIMIT $3")
        .bind(ws)
        .bind(occurrence)
        .bind(limit)
        .fetch_all(conn)
        .await
}

pub(crate) async fn link_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
    links: Vec<(i64, String)>,
) -> Result<(), StoreError> {
    let mut rows = BulkInsert::new("tracking_link", &["workspace", "occurrence", "number", "url"], "");
    for (number, url) in links {
        rows.push([ws.into(), occurrence.into(), number.into(), url.into()]);
    }
    if rows.is_empty() { Ok(()) } else { rows.execute(conn).await.map(drop) }
}
