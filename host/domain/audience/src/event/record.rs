//! Writing events that the host itself, an import or another area has to tell.

use super::sql::{self, EventPut};
use crate::{
    Error,
    error::Result,
    limits::{EVENT_NAME_BYTES_MAX, KEY_BYTES_MAX, PROPERTIES_BYTES_MAX},
    normalise::short_name,
};
use rialto_kernel::{Id, Ids, Money, WorkspaceId};
use rialto_store::{Conn, WRITE_ROWS_MAX};
use std::collections::HashSet;

/// An event to be recorded.
#[derive(Debug, Clone, Default)]
pub struct NewEvent {
    /// Names the event for good: a second one with the same id is dropped for
    /// thirty days. `None` records it in any case.
    pub message_id: Option<String>,
    /// When it happened, UTC microseconds.
    pub at: i64,
    /// Its kind: `open`, `click`, `bounce`, `unsubscribe`, `order`, `track` …
    pub kind: String,
    /// Its name; the kind when empty.
    pub name: String,
    /// Whose.
    pub contact: Option<Id>,
    /// The marketing channel, when it is a touch.
    pub channel: Option<String>,
    /// The campaign.
    pub campaign: Option<Id>,
    /// The send it answers.
    pub send: Option<Id>,
    /// Who reports it, such as `delivery`.
    pub source: String,
    /// Its value.
    pub value: Option<Money>,
    /// Anything else: an object.
    pub properties: serde_json::Map<String, serde_json::Value>,
}

/// Record events (at most 1,000) in the caller's transaction; answers how many
/// were new.
///
/// # Errors
/// When there are too many, or one has no name, or too much in it.
pub async fn record_events(
    conn: &mut Conn,
    ids: &Ids,
    now: i64,
    workspace: WorkspaceId,
    new: Vec<NewEvent>,
) -> Result<u64> {
    if new.len() > WRITE_ROWS_MAX {
        return Err(Error::TooMany { limit: "events-a-write", max: WRITE_ROWS_MAX as u64 });
    }
    let message_ids: Vec<&str> = new.iter().filter_map(|event| event.message_id.as_deref()).collect();
    let mut claimed = if message_ids.is_empty() {
        HashSet::new()
    } else {
        sql::messages_claim(conn, workspace, &message_ids, now).await?
    };
    let mut rows = Vec::with_capacity(new.len());
    for event in new {
        // Taken out, so that a second one in the same list is dropped too.
        if event.message_id.as_ref().is_none_or(|id| claimed.remove(id)) {
            rows.push(row(ids, event)?);
        }
    }
    sql::events_insert(conn, workspace, now, rows).await
}

fn row(ids: &Ids, event: NewEvent) -> Result<EventPut> {
    let kind = short_name("kind", &event.kind, KEY_BYTES_MAX)?;
    let name = if event.name.trim().is_empty() { kind.clone() } else { event.name };
    let name = short_name("name", &name, EVENT_NAME_BYTES_MAX)?;
    let channel = event.channel.map(|channel| short_name("channel", &channel, KEY_BYTES_MAX)).transpose()?;
    let properties = serde_json::Value::Object(event.properties).to_string();
    if properties.len() > PROPERTIES_BYTES_MAX {
        return Err(Error::TooMany { limit: "event-properties-bytes", max: PROPERTIES_BYTES_MAX as u64 });
    }
    Ok(EventPut {
        id: ids.at(event.at),
        at: event.at,
        kind,
        name,
        contact: event.contact,
        channel,
        campaign: event.campaign,
        send: event.send,
        source: event.source,
        value_minor: event.value.map(|value| value.minor),
        currency: event.value.map(|value| value.currency.code().to_owned()),
        properties,
    })
}
