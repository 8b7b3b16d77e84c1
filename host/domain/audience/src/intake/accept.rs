//! The one transaction of a request: claims, contacts, events and the outbox.
//! What changes a profile (traits, merges) is left to the consumer.

use super::{
    message::{Call, Message},
    profiles::{CONSUMER, Change, TOPIC},
};
use crate::{
    Error,
    contact::resolve::{OnTwo, Resolved, Resolving, Wanted, is_race, known_from, resolve},
    error::Result,
    event::sql::{EventPut, events_insert, messages_claim},
    normalise::IdentityKind,
};
use rialto_jobs::{OutboxItem, outbox_push};
use rialto_kernel::{Ids, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use std::{collections::HashSet, sync::Arc};

/// Times a request is done again after two hosts made the same contact.
const RACES_MAX: usize = 5;
/// Where these events come from.
const SOURCE: &str = "intake";

/// What became of a request's messages.
#[derive(Debug)]
pub(super) struct Accepted {
    pub stored: u64,
    pub duplicates: u64,
    /// What is left for the consumer, if anything.
    pub left: Option<OutboxItem>,
}

/// Keep messages; when this answers, they are on disk.
pub(super) async fn accept(host: &Host, workspace: WorkspaceId, messages: Vec<Message>, now: i64) -> Result<Accepted> {
    let messages = Arc::new(messages);
    let mut races = 0;
    loop {
        let (ids, held) = (host.ids().clone(), Arc::clone(&messages));
        let done = host
            .store
            .write(workspace, "intake", move |conn| {
                Box::pin(async move { write(conn, &ids, workspace, &held, now).await })
            })
            .await;
        match done {
            Err(error) if is_race(&error) && races < RACES_MAX => races += 1,
            other => return other,
        }
    }
}

async fn write(conn: &mut Conn, ids: &Ids, workspace: WorkspaceId, messages: &[Message], now: i64) -> Result<Accepted> {
    let fresh = fresh(conn, workspace, messages, now).await?;
    let duplicates = (messages.len() - fresh.len()) as u64;
    let people: Vec<Vec<Wanted>> = fresh.iter().map(|message| wanted(message)).collect();
    conn.see_all();
    let known_at = fresh.iter().map(|message| message.at).max().unwrap_or(now);
    let how = Resolving { workspace, ids, now, known_at, source: SOURCE, on_two: OnTwo::Surest };
    let found = resolve(conn, how, &people).await?;
    let seen = found.iter().zip(&fresh).map(|(one, message)| (one.and_then(Resolved::contact), message.at));
    known_from(conn, workspace, seen).await?;
    let mut changes = Vec::new();
    let mut rows = Vec::with_capacity(fresh.len());
    for (message, resolved) in fresh.iter().zip(found) {
        rows.push(row(ids, message, resolved));
        changes.extend(change(message, resolved));
    }
    let stored = events_insert(conn, workspace, now, rows).await?;
    let left = leave(conn, ids, workspace, now, &changes).await?;
    Ok(Accepted { stored, duplicates, left })
}

/// The messages nobody has delivered before.
async fn fresh<'a>(
    conn: &mut Conn,
    workspace: WorkspaceId,
    messages: &'a [Message],
    now: i64,
) -> Result<Vec<&'a Message>> {
    let claims: Vec<&str> = messages.iter().filter_map(|message| message.message_id.as_deref()).collect();
    let mut claimed =
        if claims.is_empty() { HashSet::new() } else { messages_claim(conn, workspace, &claims, now).await? };
    let fresh = messages.iter().filter(|message| message.message_id.as_ref().is_none_or(|id| claimed.remove(id)));
    Ok(fresh.collect())
}

fn wanted(message: &Message) -> Vec<Wanted> {
    let identity = |kind, value: &Option<String>| {
        value.as_ref().map(|value| Wanted { kind, value: value.clone(), shown: value.clone() })
    };
    [identity(IdentityKind::UserId, &message.user_id), identity(IdentityKind::AnonymousId, &message.anonymous_id)]
        .into_iter()
        .flatten()
        .collect()
}

fn row(ids: &Ids, message: &Message, resolved: Option<Resolved>) -> EventPut {
    EventPut {
        id: ids.at(message.at),
        at: message.at,
        kind: message.call.name().to_owned(),
        name: message.name.clone(),
        contact: resolved.and_then(Resolved::contact),
        channel: message.channel.clone(),
        campaign: message.campaign,
        send: None,
        source: SOURCE.to_owned(),
        value_minor: message.value.map(|value| value.minor),
        currency: message.value.map(|value| value.currency.code().to_owned()),
        properties: message.properties.clone(),
    }
}

/// What a message changes about its person beyond being one more event.
fn change(message: &Message, resolved: Option<Resolved>) -> Option<Change> {
    let also = match resolved {
        Some(Resolved::Both(_, other)) => Some(other),
        _ => None,
    };
    let tells = matches!(message.call, Call::Identify | Call::Group | Call::Alias);
    (tells || also.is_some()).then(|| Change {
        contact: resolved.and_then(Resolved::contact),
        also,
        call: message.call,
        at: message.at,
        previous_id: message.previous_id.clone(),
        group_id: message.group_id.clone(),
        traits: if message.call == Call::Identify { message.traits.clone() } else { serde_json::Map::new() },
        locale: message.locale.clone(),
        zone: message.zone.clone(),
    })
}

async fn leave(
    conn: &mut Conn,
    ids: &Ids,
    workspace: WorkspaceId,
    now: i64,
    changes: &[Change],
) -> Result<Option<OutboxItem>> {
    if changes.is_empty() {
        return Ok(None);
    }
    let payload = serde_json::to_vec(changes).map_err(|e| Error::Refused(Problem::internal(e.to_string())))?;
    let id = ids.make();
    outbox_push(conn, workspace, id, now, TOPIC, &payload, &[CONSUMER]).await?;
    Ok(Some(OutboxItem { workspace, id, topic: TOPIC.to_owned(), payload, created_at: now }))
}
