//! Statements about events.

use super::Event;
use crate::{
    error::{Error, Result},
    limits::{EVENT_SEEN_DAYS, EVENT_SEEN_PRUNE_ROWS},
    lists::{LIST_MAX, in_list, padded},
};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, EVENT_AT_END, EVENT_AT_MIN, StoreError, sql, sql_dynamic};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Claims in one statement.
const CLAIMS_MAX: usize = 1_000;

/// Claim these message ids; answers those that nobody had claimed.
pub(crate) async fn messages_claim(
    conn: &mut Conn,
    workspace: WorkspaceId,
    message_ids: &[&str],
    now: i64,
) -> Result<HashSet<String>> {
    // In one order everywhere, so that two batches never wait for each other.
    let mut sorted: Vec<&str> = message_ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut claimed = HashSet::with_capacity(sorted.len());
    for chunk in sorted.chunks(CLAIMS_MAX) {
        let mut text = String::from("INSERT INTO event_seen (workspace, at, message_id) VALUES ");
        for at in 0..chunk.len() {
            let _ = write!(text, "{}($1, $2, ${})", if at == 0 { "" } else { ", " }, at + 3);
        }
        text.push_str(" ON CONFLICT DO NOTHING RETURNING message_id");
        let query = sql_dynamic(text).bind(workspace).bind(now).bind_all(chunk.iter().copied());
        let rows: Vec<(String,)> = query.fetch_all(conn).await?;
        claimed.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(claimed)
}

/// Forget some of the message ids that are older than the window.
pub(crate) async fn messages_prune(conn: &mut Conn, workspace: WorkspaceId, now: i64) -> Result<u64> {
    Ok(sql("DELETE FROM event_seen WHERE workspace = $1 AND message_id IN
         (SELECT message_id FROM event_seen WHERE workspace = $1 AND at < $2 ORDER BY at LIMIT $3)")
    .bind(workspace)
    .bind(now - EVENT_SEEN_DAYS * 86_400_000_000)
    .bind(EVENT_SEEN_PRUNE_ROWS)
    .execute(conn)
    .await?)
}

/// An event's row.
#[derive(Debug, Clone)]
pub(crate) struct EventPut {
    pub id: Id,
    pub at: i64,
    pub kind: String,
    pub name: String,
    pub contact: Option<Id>,
    pub channel: Option<String>,
    pub campaign: Option<Id>,
    pub send: Option<Id>,
    pub source: String,
    pub value_minor: Option<i64>,
    pub currency: Option<String>,
    pub properties: String,
}

/// Insert events.
pub(crate) async fn events_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    now: i64,
    events: Vec<EventPut>,
) -> Result<u64> {
    const COLUMNS: &[&str] = &[
        "workspace",
        "at",
        "id",
        "kind",
        "name",
        "contact",
        "channel",
        "campaign",
        "send",
        "source",
        "value_minor",
        "currency",
        "properties",
        "received_at",
    ];
    if events.iter().any(|event| !(EVENT_AT_MIN..EVENT_AT_END).contains(&event.at)) {
        return Err(Error::field("at", "must be from 1990 on and before 2100"));
    }
    conn.event_months(events.iter().map(|event| event.at)).await?;
    let mut rows = BulkInsert::new("event", COLUMNS, "");
    for e in events {
        rows.push([
            workspace.into(),
            e.at.into(),
            e.id.into(),
            e.kind.into(),
            e.name.into(),
            e.contact.into(),
            e.channel.into(),
            e.campaign.into(),
            e.send.into(),
            e.source.into(),
            e.value_minor.into(),
            e.currency.into(),
            e.properties.into(),
            now.into(),
        ]);
    }
    if rows.is_empty() { Ok(0) } else { Ok(rows.execute(conn).await?) }
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Id,
    at: i64,
    kind: String,
    name: String,
    contact: Option<Id>,
    channel: Option<String>,
    campaign: Option<Id>,
    send: Option<Id>,
    source: String,
    value_minor: Option<i64>,
    currency: Option<String>,
    properties: String,
}

/// The events of these contacts, which are one person, latest first, before
/// the key (time, id).
///
/// # Errors
/// When the store fails.
pub async fn event_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    people: &[Id],
    before: (i64, Id),
    limit: u32,
) -> Result<Vec<Event>> {
    let list = padded(&people[..people.len().min(LIST_MAX)]);
    let text = format!(
        "SELECT id, at, kind, name, contact, channel, campaign, send, source, value_minor, currency, properties
         FROM event
         WHERE workspace = $1 AND at <= $2 AND (at < $2 OR id < $3) AND contact IN {}
         ORDER BY at DESC, id DESC LIMIT {limit}",
        in_list(4, list.len())
    );
    let query = sql_dynamic(text).bind(workspace).bind(before.0).bind(before.1).bind_all(list);
    let rows: Vec<Row> = query.fetch_all(conn).await?;
    Ok(rows.into_iter().map(Event::from).collect())
}

/// Everyone a campaign wrote to by an instant (microseconds), merged contacts
/// as their winner, in the order of their ids. To have been near a placement is
/// not to be written to.
pub async fn people_written_to(
    conn: &mut Conn,
    workspace: WorkspaceId,
    campaign: Id,
    until: i64,
) -> Result<Vec<Id>, StoreError> {
    let rows: Vec<(Id,)> = sql("SELECT DISTINCT COALESCE(c.merged_into, c.id) AS person FROM event e
         JOIN contact c ON c.workspace = e.workspace AND c.id = e.contact
         WHERE e.workspace = $1 AND e.campaign = $2 AND e.at <= $3 AND e.kind IN ('send', 'touch')
           AND e.name <> 'placement-seen'
         ORDER BY person")
    .bind(workspace)
    .bind(campaign)
    .bind(until)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            at: from_micros(row.at),
            kind: row.kind,
            name: row.name,
            contact: row.contact,
            channel: row.channel,
            campaign: row.campaign,
            send: row.send,
            source: row.source,
            value_minor: row.value_minor,
            currency: row.currency,
            properties: serde_json::from_str(&row.properties).unwrap_or_default(),
        }
    }
}
