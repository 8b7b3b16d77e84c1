//! What one person may choose and what becomes of their choice. A link opens
//! one person's choices and nothing else of them; a box that was left as it was
//! says nothing, so that a page that stood open for a week takes nothing back.

use super::{Named, routes::event};
use crate::{
    Error,
    fan_out::problem,
    sql::{self, SendBrief, SendRow},
};
use rialto_audience::{
    ConsentState, NewConsent, Standing, TOPIC_ALL, consents_set, gate_turn, person_held, record_events, standing_of,
    suppressed,
};
use rialto_creative::{Topic, brand_find, sender_channels, sender_find, topics_of};
use rialto_identity::workspace_name;
use rialto_kernel::{Id, Problem, WorkspaceId, mask::masked};
use rialto_slice::Host;
use rialto_store::{Conn, WRITE_ROWS_MAX};
use std::collections::{BTreeMap, BTreeSet};

/// Choices that an event names; further ones are counted.
const NAMED_MAX: usize = 100;
/// Where choices are said.
const SOURCE: &str = "preference-centre";

/// All that the page shows.
#[derive(Debug, Clone)]
pub(crate) struct Choices {
    /// The person's language, as a BCP 47 tag; empty when not known.
    pub(crate) locale: String,
    /// Whose messages these are.
    pub(crate) from: String,
    /// The address the link was sent to, masked; empty when not known.
    pub(crate) address: String,
    /// Whether nothing goes to that address, whatever is chosen.
    pub(crate) stopped: bool,
    pub(crate) channels: Vec<Offered>,
}

/// The topics of one channel.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    pub(crate) channel: String,
    pub(crate) topics: Vec<Choice>,
}

/// One box.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The topic as consents name it; `*` is whatever has no box of its own.
    pub(crate) topic: String,
    /// What people read.
    pub(crate) name: String,
    /// Whether it is agreed to now.
    pub(crate) holds: bool,
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Nothing more, by no channel.
    Leave,
    /// These boxes as they are now.
    Save(Vec<Tick>),
}

/// One box as it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) channel: String,
    pub(crate) topic: String,
    /// As the page showed it.
    pub(crate) was: bool,
    /// As the person left it.
    pub(crate) on: bool,
}

impl Wish {
    /// Read a form; `None` when it asks for nothing that this page offers.
    pub(crate) fn read(fields: &[(String, String)]) -> Option<Self> {
        let all = |name: &'static str| fields.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str());
        match all("do").next()? {
            "leave" => Some(Self::Leave),
            "save" => {
                let on: BTreeSet<&str> = all("on").collect();
                let tick = |value: &str| {
                    let (was, named) = value.split_once(':')?;
                    let (channel, topic) = named.split_once(':')?;
                    let on = on.contains(named);
                    Some(Tick { channel: channel.to_owned(), topic: topic.to_owned(), was: was == "1", on })
                };
                all("was").map(tick).collect::<Option<_>>().map(Self::Save)
            }
            _ => None,
        }
    }
}

/// What this link lets somebody choose; `None` where nothing is held.
///
/// # Errors
/// When the store fails.
pub(crate) async fn choices(host: &Host, named: Named) -> Result<Option<Choices>, Error> {
    let ws = named.workspace;
    let mut conn = host.store.read(ws).await?;
    let conn = &mut conn;
    let Some(send) = sql::send_find(conn, ws, named.send).await? else { return Ok(None) };
    let Some(standing) = standing_of(conn, ws, send.contact).await.map_err(problem)? else { return Ok(None) };
    let stopped = match &send.address_hash {
        Some(hash) => suppressed(conn, ws, &send.channel, hash).await.map_err(problem)?,
        None => false,
    };
    Ok(Some(Choices {
        from: from(conn, ws, &send).await?,
        address: send.address.as_deref().map(masked).unwrap_or_default(),
        stopped,
        channels: offered(conn, ws, (&send.channel, &send.topic), &standing).await?,
        locale: standing.locale,
    }))
}

/// The brand that the message spoke for, or else the workspace.
async fn from(conn: &mut Conn, ws: WorkspaceId, send: &SendRow) -> Result<String, Error> {
    let occurrence = sql::occurrence_find(conn, ws, send.occurrence).await?;
    if let Some(sender) = occurrence.and_then(|occurrence| occurrence.sender)
        && let Ok(sender) = sender_find(conn, ws, sender).await
        && let Some(brand) = sender.brand
        && let Ok(brand) = brand_find(conn, ws, brand).await
    {
        return Ok(brand.name);
    }
    workspace_name(conn, ws).await.map_err(problem)
}

/// Every topic by every channel that the person can be reached by and the
/// workspace writes by; and the link's own channel and topic in any case.
async fn offered(
    conn: &mut Conn,
    ws: WorkspaceId,
    (own_channel, own_topic): (&str, &str),
    standing: &Standing,
) -> Result<Vec<Offered>, Error> {
    let mut topics = topics_of(conn, ws).await.map_err(problem)?;
    if !topics.iter().any(|topic| topic.code == own_topic) {
        topics.push(Topic { id: Id::nil(), code: own_topic.to_owned(), name: own_topic.to_owned() });
    }
    let known = sender_channels(conn, ws).await.map_err(problem)?;
    let said = standing.channels().into_iter().map(str::to_owned);
    let mut channels: BTreeSet<String> =
        known.into_iter().chain(said).filter(|channel| standing.has_address(channel)).collect();
    channels.remove(own_channel);
    let offered = |channel: String| {
        let choice = |topic: &Topic| Choice {
            holds: standing.allows(&channel, &topic.code),
            topic: topic.code.clone(),
            name: topic.name.clone(),
        };
        let topics = topics.iter().map(choice).collect();
        Offered { channel, topics }
    };
    Ok(std::iter::once(own_channel.to_owned()).chain(channels).map(offered).collect())
}

/// Who chooses, and in what words they were asked.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) named: Named,
    pub(crate) wish: Wish,
    /// What the page said, by channel and topic; `*` by no channel is the button that leaves everything.
    pub(crate) wording: BTreeMap<(String, String), String>,
    pub(crate) agent: String,
}

/// Keep what somebody chose: statements where something changes and one event,
/// all or nothing, under the person's lock. Answers how many statements that
/// were; `None` where nothing is held.
///
/// # Errors
/// When the store fails.
pub(crate) async fn change(host: &Host, said: Said) -> Result<Option<usize>, Error> {
    let (worker, ws) = (host.clone(), said.named.workspace);
    host.store
        .write(ws, "delivery.preferences", move |conn| Box::pin(async move { within(conn, &worker, ws, &said).await }))
        .await
}

async fn within(conn: &mut Conn, host: &Host, ws: WorkspaceId, said: &Said) -> Result<Option<usize>, Error> {
    let Some(send) = sql::send_brief(conn, ws, said.named.send).await? else { return Ok(None) };
    // The lock is a row: nobody of whom nothing is held gets one.
    if !person_held(conn, ws, send.contact).await.map_err(problem)? {
        return Ok(None);
    }
    gate_turn(conn, ws, send.contact).await.map_err(problem)?;
    let Some(before) = standing_of(conn, ws, send.contact).await.map_err(problem)? else { return Ok(None) };
    let offered = offered(conn, ws, (&send.channel, &send.topic), &before).await?;
    let changes = match &said.wish {
        Wish::Leave => leaving(&before, &offered, send.contact),
        Wish::Save(ticks) => saving(&before, &offered, ticks, send.contact),
    };
    let count: usize = changes.iter().map(|change| change.contacts.len()).sum();
    if count > WRITE_ROWS_MAX {
        return Err(Problem::too_large("statements", WRITE_ROWS_MAX as u64).into());
    }
    if count > 0 {
        let now_us = conn.now_or(host.now_us());
        let statements = changes.iter().flat_map(|change| change.statements(host, &send, said, now_us)).collect();
        consents_set(conn, ws, statements).await.map_err(problem)?;
        let after = standing_of(conn, ws, send.contact).await.map_err(problem)?;
        let holds = |standing: &Standing| standing.allows(&send.channel, &send.topic);
        let left = holds(&before) && !after.as_ref().is_some_and(holds);
        tell(conn, host, ws, &send, (&said.wish, &changes, left)).await?;
    }
    Ok(Some(count))
}

/// One thing that is said anew.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    channel: String,
    topic: String,
    state: ConsentState,
    /// For whom it has to be written down.
    contacts: BTreeSet<Id>,
}

impl Change {
    fn new(channel: &str, topic: &str, on: bool, contacts: BTreeSet<Id>) -> Self {
        let state = if on { ConsentState::Granted } else { ConsentState::Withdrawn };
        Self { channel: channel.to_owned(), topic: topic.to_owned(), state, contacts }
    }

    fn statements(&self, host: &Host, send: &SendBrief, said: &Said, now_us: i64) -> Vec<NewConsent> {
        let asked = match said.wish {
            Wish::Leave => (String::new(), TOPIC_ALL.to_owned()),
            Wish::Save(_) => (self.channel.clone(), self.topic.clone()),
        };
        let proof = serde_json::json!({
            "send": send.id, "way": SOURCE, "wording": said.wording.get(&asked), "user_agent": said.agent,
        });
        let statement = |contact: &Id| NewConsent {
            id: host.id(),
            contact: *contact,
            channel: self.channel.clone(),
            topic: self.topic.clone(),
            state: self.state,
            source: SOURCE.to_owned(),
            proof: proof.to_string(),
            actor: "contact".to_owned(),
            // What is said of everything else must not outdo the boxes beside it.
            at: if self.topic == TOPIC_ALL && matches!(said.wish, Wish::Save(_)) { now_us - 1 } else { now_us },
        };
        self.contacts.iter().map(statement).collect()
    }
}

fn leaving(standing: &Standing, offered: &[Offered], own: Id) -> Vec<Change> {
    let shown = offered.iter().map(|offered| offered.channel.as_str());
    let channels: BTreeSet<&str> = shown.chain(standing.channels()).collect();
    let change = |channel: &str| Change::new(channel, TOPIC_ALL, false, standing.to_leave(channel, own));
    channels.into_iter().map(change).collect()
}

fn saving(standing: &Standing, offered: &[Offered], ticks: &[Tick], own: Id) -> Vec<Change> {
    let mut changes = Vec::new();
    for Offered { channel, topics } in offered {
        let turned = |choice: &Choice| {
            let mine = |tick: &&Tick| tick.channel == *channel && tick.topic == choice.topic && tick.was != tick.on;
            ticks.iter().find(mine).map(|tick| tick.on).filter(|on| *on != choice.holds)
        };
        let rest = topics.iter().find(|choice| choice.topic == TOPIC_ALL).and_then(turned);
        if let Some(on) = rest {
            changes.push(Change::new(channel, TOPIC_ALL, on, standing.speakers(channel, own)));
        }
        for choice in topics.iter().filter(|choice| choice.topic != TOPIC_ALL) {
            let on = turned(choice).unwrap_or(choice.holds);
            let contacts = match rest {
                // What is said of everything else would turn this box too.
                Some(all) if all != on || on != choice.holds => standing.speakers(channel, own),
                None if on && !choice.holds => standing.to_grant(channel, &choice.topic, own),
                None if !on && choice.holds => standing.to_withdraw(channel, &choice.topic),
                _ => continue,
            };
            changes.push(Change::new(channel, &choice.topic, on, contacts));
        }
    }
    changes
}

/// Say in the stream what was chosen. Who left what this send was about has
/// unsubscribed; anything else is no touch of a channel.
async fn tell(
    conn: &mut Conn,
    host: &Host,
    ws: WorkspaceId,
    send: &SendBrief,
    (wish, changes, left): (&Wish, &[Change], bool),
) -> Result<(), Error> {
    let now_us = host.now_us();
    let mut event = event(send, if left { "unsubscribe" } else { "preferences" }, conn.now_or(now_us));
    if !left {
        event.channel = None;
    }
    let named = |state: ConsentState| -> Vec<String> {
        let all = changes.iter().filter(|change| change.state == state && !change.contacts.is_empty());
        all.take(NAMED_MAX).map(|change| format!("{}:{}", change.channel, change.topic)).collect()
    };
    event.properties.insert("way".to_owned(), SOURCE.into());
    event.properties.insert("everything".to_owned(), (*wish == Wish::Leave).into());
    event.properties.insert("granted".to_owned(), named(ConsentState::Granted).into());
    event.properties.insert("withdrawn".to_owned(), named(ConsentState::Withdrawn).into());
    event.properties.insert("changes".to_owned(), changes.len().into());
    record_events(conn, host.ids(), now_us, ws, vec![event]).await.map_err(problem)?;
    Ok(())
}
