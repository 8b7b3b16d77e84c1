//! The SQL of messages.

use crate::{
    compile::Parts,
    error::{Error, Result},
    model::Message,
};
use rialto_kernel::{Id, WorkspaceId, from_micros, to_micros};
use rialto_store::{BulkInsert, Conn, containing, sql};
use std::collections::BTreeMap;

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: Id,
    unit: Option<Id>,
    creative: Option<Id>,
    name: String,
    channel: String,
    archived: bool,
    version: i64,
    created_by: String,
    updated_at: i64,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.id,
            unit: row.unit,
            creative: row.creative,
            name: row.name,
            channel: row.channel,
            archived: row.archived,
            contents: BTreeMap::new(),
            version: row.version,
            created_by: row.created_by,
            updated_at: from_micros(row.updated_at),
        }
    }
}

/// The message with this id and all its content.
pub(crate) async fn message_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Message> {
    let row: Option<MessageRow> =
        sql("SELECT id, unit, creative, name, channel, archived, version, created_by, updated_at
         FROM message WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    let mut message = Message::from(row.ok_or(Error::NotFound("message"))?);
    message.contents = contents(conn, ws, id).await?;
    Ok(message)
}

async fn contents(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<BTreeMap<String, Parts>> {
    let rows: Vec<(String, String)> =
        sql("SELECT locale, parts FROM message_content WHERE workspace = $1 AND message = $2 ORDER BY locale")
            .bind(ws)
            .bind(id)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|(locale, parts)| {
            Ok((locale, serde_json::from_str(&parts).map_err(|_| Error::Stored("message content"))?))
        })
        .collect()
}

/// Messages, newest first, without content, whose name holds a text.
pub(crate) async fn message_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    search: &str,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Message>> {
    let rows: Vec<MessageRow> =
        sql("SELECT id, unit, creative, name, channel, archived, version, created_by, updated_at
         FROM message WHERE workspace = $1 AND id < $2 AND ($3 = '' OR LOWER(name) LIKE $3 ESCAPE '!')
         ORDER BY id DESC LIMIT $4")
        .bind(ws)
        .bind(before.unwrap_or_else(Id::max))
        .bind(containing(search))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(Message::from).collect())
}

/// Insert a message, or write its new version over the one before it.
pub(crate) async fn message_put(conn: &mut Conn, ws: WorkspaceId, m: &Message, created_at: i64) -> Result<()> {
    let put = sql(
        "INSERT INTO message (workspace, id, unit, creative, name, channel, archived, version, created_by, created_at,
                              updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (workspace, id) DO UPDATE SET
           name = excluded.name, archived = excluded.archived, version = excluded.version,
           updated_at = excluded.updated_at
         WHERE message.version = excluded.version - 1",
    )
    .bind(ws)
    .bind(m.id)
    .bind(m.unit)
    .bind(m.creative)
    .bind(&m.name)
    .bind(&m.channel)
    .bind(m.archived)
    .bind(m.version)
    .bind(&m.created_by)
    .bind(created_at)
    .bind(to_micros(m.updated_at))
    .execute(conn)
    .await?;
    if put != 1 {
        return Err(rialto_kernel::Problem::conflict("changed", "it was changed meanwhile").into());
    }
    sql("DELETE FROM message_content WHERE workspace = $1 AND message = $2").bind(ws).bind(m.id).execute(conn).await?;
    let columns = &["workspace", "message", "locale", "parts", "updated_at"];
    let mut rows = BulkInsert::new("message_content", columns, "");
    for (locale, parts) in &m.contents {
        let parts = serde_json::to_string(parts).map_err(|_| Error::Stored("message content"))?;
        rows.push([ws.into(), m.id.into(), locale.into(), parts.into(), to_micros(m.updated_at).into()]);
    }
    rows.execute(conn).await?;
    Ok(())
}

/// The language of a workspace.
pub(crate) async fn workspace_locale(conn: &mut Conn, ws: WorkspaceId) -> Result<String> {
    let row: Option<(String,)> =
        sql("SELECT locale FROM workspace WHERE id = $1").bind(ws).fetch_optional(conn).await?;
    Ok(row.map_or_else(|| "en".to_owned(), |(locale,)| locale))
}
