//! The SQL of brands, topics and senders.

use crate::{
    error::{Error, Result},
    model::{Brand, Sender, Topic},
};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_store::{Conn, sql};

/// The most brands, topics or senders a list shows.
const LIST_MAX: i64 = 500;

type SenderRow = (Id, Option<Id>, String, String, String, String, i64);

fn sender((id, brand, channel, name, address, reply_to, version): SenderRow) -> Sender {
    Sender { id, brand, channel, name, address, reply_to, version }
}

/// The sender with this id.
pub(crate) async fn sender_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Sender> {
    let row: Option<SenderRow> =
        sql("SELECT id, brand, channel, name, address, reply_to, version FROM sender WHERE workspace = $1 AND id = $2")
            .bind(ws)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    row.map(sender).ok_or(Error::NotFound("sender"))
}

/// Senders, by name.
pub(crate) async fn sender_list(conn: &mut Conn, ws: WorkspaceId) -> Result<Vec<Sender>> {
    let rows: Vec<SenderRow> = sql("SELECT id, brand, channel, name, address, reply_to, version FROM sender
         WHERE workspace = $1 ORDER BY name, id LIMIT $2")
    .bind(ws)
    .bind(LIST_MAX)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(sender).collect())
}

/// The channels of all senders.
pub(crate) async fn sender_channels(conn: &mut Conn, ws: WorkspaceId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        sql("SELECT DISTINCT channel FROM sender WHERE workspace = $1 ORDER BY channel LIMIT $2")
            .bind(ws)
            .bind(LIST_MAX)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(channel,)| channel).collect())
}

/// Insert a sender, or write its new version over the one before it.
pub(crate) async fn sender_put(conn: &mut Conn, ws: WorkspaceId, s: &Sender, now_us: i64) -> Result<()> {
    let put = sql("INSERT INTO sender (workspace, id, brand, channel, name, address, reply_to, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace, id) DO UPDATE SET
           brand = excluded.brand, channel = excluded.channel, name = excluded.name, address = excluded.address,
           reply_to = excluded.reply_to, version = excluded.version
         WHERE sender.version = excluded.version - 1")
    .bind(ws)
    .bind(s.id)
    .bind(s.brand)
    .bind(&s.channel)
    .bind(&s.name)
    .bind(&s.address)
    .bind(&s.reply_to)
    .bind(s.version)
    .bind(now_us)
    .execute(conn)
    .await?;
    changed(put)
}

/// The brand with this id.
pub(crate) async fn brand_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Brand> {
    let row: Option<(Id, String, String, i64)> =
        sql("SELECT id, name, postal_address, version FROM brand WHERE workspace = $1 AND id = $2")
            .bind(ws)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    row.map(brand).ok_or(Error::NotFound("brand"))
}

fn brand((id, name, postal_address, version): (Id, String, String, i64)) -> Brand {
    Brand { id, name, postal_address, version }
}

/// Brands, by name.
pub(crate) async fn brand_list(conn: &mut Conn, ws: WorkspaceId) -> Result<Vec<Brand>> {
    let rows: Vec<(Id, String, String, i64)> =
        sql("SELECT id, name, postal_address, version FROM brand WHERE workspace = $1 ORDER BY name, id LIMIT $2")
            .bind(ws)
            .bind(LIST_MAX)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(brand).collect())
}

/// Insert a brand, or write its new version over the one before it.
pub(crate) async fn brand_put(conn: &mut Conn, ws: WorkspaceId, b: &Brand, now_us: i64) -> Result<()> {
    let put = sql(
        "INSERT INTO brand (workspace, id, name, postal_address, version, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace, id) DO UPDATE SET
           name = excluded.name, postal_address = excluded.postal_address, version = excluded.version
         WHERE brand.version = excluded.version - 1",
    )
    .bind(ws)
    .bind(b.id)
    .bind(&b.name)
    .bind(&b.postal_address)
    .bind(b.version)
    .bind(now_us)
    .execute(conn)
    .await?;
    changed(put)
}

/// Topics, by code.
pub(crate) async fn topic_list(conn: &mut Conn, ws: WorkspaceId) -> Result<Vec<Topic>> {
    let rows: Vec<(Id, String, String)> =
        sql("SELECT id, code, name FROM topic WHERE workspace = $1 ORDER BY code LIMIT $2")
            .bind(ws)
            .bind(LIST_MAX)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(id, code, name)| Topic { id, code, name }).collect())
}

/// Insert a topic.
pub(crate) async fn topic_insert(conn: &mut Conn, ws: WorkspaceId, t: &Topic, now_us: i64) -> Result<()> {
    sql("INSERT INTO topic (workspace, id, code, name, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(ws)
        .bind(t.id)
        .bind(&t.code)
        .bind(&t.name)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(())
}

fn changed(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Problem::conflict("changed", "it was changed meanwhile").into()) }
}
