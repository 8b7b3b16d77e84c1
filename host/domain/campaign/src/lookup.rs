//! What a plan points at in other areas: messages, connectors, senders,
//! offers. It only reads.

use crate::error::Result;
use rialto_kernel::{Currency, Id, WorkspaceId};
use rialto_store::{Conn, placeholders, sql, sql_dynamic};

/// What a plan needs to know of a message.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct MessageHead {
    pub(crate) channel: String,
    pub(crate) version: i64,
    pub(crate) archived: bool,
    pub(crate) contents: i64,
}

/// The message with this id, with how many languages it has.
pub(crate) async fn message_head(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<MessageHead>> {
    Ok(sql("SELECT channel, version, archived,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM message_content c
                 WHERE c.workspace = m.workspace AND c.message = m.id) AS contents
         FROM message m WHERE m.workspace = $1 AND m.id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await?)
}

/// Whether an installation is switched on and has an approved version; `None`
/// when there is none with this id.
pub(crate) async fn installation_ready(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<bool>> {
    let row: Option<(bool, Option<Id>)> =
        sql("SELECT enabled, active_version FROM installation WHERE workspace = $1 AND id = $2")
            .bind(ws)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(enabled, active)| enabled && active.is_some()))
}

/// The channel of a sender; `None` when there is none with this id.
pub(crate) async fn sender_channel(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<String>> {
    let row: Option<(String,)> = sql("SELECT channel FROM sender WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(channel,)| channel))
}

/// Which of these offers there are.
pub(crate) async fn offers_known(conn: &mut Conn, ws: WorkspaceId, offers: &[Id]) -> Result<Vec<Id>> {
    if offers.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT id FROM offer WHERE workspace = $1 AND id IN ({})", placeholders(2, offers.len()));
    let rows: Vec<(Id,)> = sql_dynamic(text).bind(ws).bind_all(offers.to_vec()).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Ids of the offers with these codes.
pub(crate) async fn offer_codes(conn: &mut Conn, ws: WorkspaceId, codes: &[&str]) -> Result<Vec<(String, Id)>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let text =
        format!("SELECT code, id FROM offer WHERE workspace = $1 AND code IN ({})", placeholders(2, codes.len()));
    Ok(sql_dynamic(text).bind(ws).bind_all(codes.to_vec()).fetch_all(conn).await?)
}

/// The currency of the workspace.
pub(crate) async fn workspace_currency(conn: &mut Conn, ws: WorkspaceId) -> Result<Option<Currency>> {
    let row: Option<(String,)> =
        sql("SELECT currency FROM workspace WHERE id = $1").bind(ws).fetch_optional(conn).await?;
    Ok(row.and_then(|(code,)| code.parse().ok()))
}

/// The campaign with this code.
pub(crate) async fn campaign_by_code(conn: &mut Conn, ws: WorkspaceId, code: &str) -> Result<Option<Id>> {
    let row: Option<(Id,)> = sql("SELECT id FROM campaign WHERE workspace = $1 AND code = $2")
        .bind(ws)
        .bind(code)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Whether a snapshot holds either of two contacts.
pub(crate) async fn member_of(conn: &mut Conn, ws: WorkspaceId, snapshot: Id, contact: Id, root: Id) -> Result<bool> {
    let row: Option<(Id,)> = sql("SELECT contact FROM audience_member
         WHERE workspace = $1 AND snapshot = $2 AND contact IN ($3, $4) LIMIT 1")
    .bind(ws)
    .bind(snapshot)
    .bind(contact)
    .bind(root)
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}

/// An arm a person was put into.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ArmRow {
    pub(crate) experiment: Id,
    pub(crate) name: String,
    pub(crate) scope: String,
    pub(crate) arm: String,
    pub(crate) held_out: bool,
    pub(crate) at: i64,
}

/// The arms of a person, latest first.
pub(crate) async fn arms_of_person(conn: &mut Conn, ws: WorkspaceId, contact: Id, root: Id) -> Result<Vec<ArmRow>> {
    Ok(sql(
        "SELECT e.id AS experiment, e.name AS name, e.scope AS scope, a.name AS arm, a.held_out AS held_out, x.at AS at
         FROM experiment_assignment x
         JOIN experiment e ON e.workspace = x.workspace AND e.id = x.experiment
         JOIN experiment_arm a ON a.workspace = x.workspace AND a.experiment = x.experiment AND a.place = x.place
         WHERE x.workspace = $1 AND x.contact IN ($2, $3) ORDER BY x.at DESC, e.id LIMIT 100",
    )
    .bind(ws)
    .bind(contact)
    .bind(root)
    .fetch_all(conn)
    .await?)
}

/// Whether an offer was redeemed in a campaign.
pub(crate) async fn redeemed(conn: &mut Conn, ws: WorkspaceId, campaign: Id, offer: Id) -> Result<bool> {
    let row: Option<(Id,)> =
        sql("SELECT id FROM redemption WHERE workspace = $1 AND campaign = $2 AND offer = $3 LIMIT 1")
            .bind(ws)
            .bind(campaign)
            .bind(offer)
            .fetch_optional(conn)
            .await?;
    Ok(row.is_some())
}
