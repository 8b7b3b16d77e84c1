//! The outbox consumer that brings profiles up to date: traits, tags, names,
//! addresses, and merges of a visitor with the person they turned out to be.
//!
//! A write key stands in every page's source, so nothing that comes with one
//! is proof of who somebody is: only a contact known by nothing but anonymous
//! ids is ever merged here, and an address that belongs to another contact
//! stays there.

use super::message::Call;
use crate::{
    Error,
    contact::{
        NewMerge, contact_merge,
        sql::{
            IdentityPut, TagPut, contact_root, contact_roots, identity_find, identity_list, identity_push,
            identity_rows, person_ids, tags_put,
        },
        traits::{TraitKind, TraitPut, TraitValue, trait_key, trait_keys_claim, traits_put},
    },
    error::Result,
    event::sql::messages_prune,
    limits::{KEY_BYTES_MAX, NAME_BYTES_MAX},
    normalise::{IdentityKind, bounded, normalise, short_name},
    waiting::{Waiting, wait_for},
};
use async_trait::async_trait;
use rialto_jobs::{Consumer, OutboxItem};
use rialto_kernel::{Id, Ids, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, sql};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap};

/// The name outbox rows are addressed to.
pub(super) const CONSUMER: &str = "audience.profiles";
/// What they are about.
pub(super) const TOPIC: &str = "profiles";
const SOURCE: &str = "intake";

/// What one message changes about a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Change {
    pub contact: Option<Id>,
    /// Another contact that the message's weaker identity names.
    pub also: Option<Id>,
    pub call: Call,
    pub at: i64,
    pub previous_id: Option<String>,
    pub group_id: Option<String>,
    pub traits: Map<String, Json>,
    pub locale: String,
    pub zone: String,
}

/// Brings profiles up to date.
pub(crate) struct Profiles {
    host: Host,
}

impl Profiles {
    /// The consumer of this host.
    pub(crate) fn new(host: Host) -> Self {
        Self { host }
    }
}

#[async_trait]
impl Consumer for Profiles {
    fn name(&self) -> &'static str {
        CONSUMER
    }

    async fn take(&self, item: &OutboxItem) -> Result<(), Problem> {
        let changes: Vec<Change> =
            serde_json::from_slice(&item.payload).map_err(|e| Problem::internal(format!("outbox payload: {e}")))?;
        let (workspace, written, ids) = (item.workspace, item.created_at, self.host.ids().clone());
        let now = self.host.now_us();
        self.host
            .store
            .write(workspace, "profiles", move |conn| {
                Box::pin(async move {
                    conn.see_all();
                    let present = conn.now_or(i64::MAX);
                    let (known, later): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.at <= present);
                    let later = later.into_iter().map(|change| (ids.make(), Waiting::Profile(change)));
                    wait_for(conn, workspace, later).await?;
                    changes_apply(conn, &ids, workspace, known, written).await?;
                    messages_prune(conn, workspace, now).await?;
                    Ok::<(), Error>(())
                })
            })
            .await?;
        Ok(())
    }
}

/// Apply what messages say of people, as if said when they were `written`.
pub(crate) async fn changes_apply(
    conn: &mut Conn,
    ids: &Ids,
    workspace: WorkspaceId,
    changes: Vec<Change>,
    written: i64,
) -> Result<()> {
    let at = conn.now_or(written);
    merges(conn, ids, workspace, &changes, at).await?;
    facts(conn, workspace, changes, written).await
}

/// Merge visitors with who they turned out to be.
async fn merges(conn: &mut Conn, ids: &Ids, workspace: WorkspaceId, changes: &[Change], now: i64) -> Result<()> {
    for change in changes {
        let Some(person) = change.contact else { continue };
        if let Some(visitor) = change.also {
            merge_visitor(conn, ids, workspace, person, visitor, "one message named both", now).await?;
        }
        let Some(previous) = change.previous_id.as_deref().filter(|_| change.call == Call::Alias) else { continue };
        match identity_find(conn, workspace, IdentityKind::AnonymousId, "", previous).await? {
            Some(visitor) => merge_visitor(conn, ids, workspace, person, visitor, "alias", now).await?,
            None => {
                let mut rows = identity_rows();
                let put = IdentityPut {
                    kind: IdentityKind::AnonymousId,
                    issuer: "",
                    value: previous,
                    shown: previous,
                    contact: person,
                };
                identity_push(&mut rows, workspace, SOURCE, now, &put);
                rows.execute(conn).await?;
            }
        }
    }
    Ok(())
}

async fn merge_visitor(
    conn: &mut Conn,
    ids: &Ids,
    workspace: WorkspaceId,
    person: Id,
    visitor: Id,
    reason: &str,
    now: i64,
) -> Result<()> {
    let (Some(winner), Some(loser)) =
        (contact_root(conn, workspace, person).await?, contact_root(conn, workspace, visitor).await?)
    else {
        return Ok(());
    };
    if winner == loser || !only_anonymous(conn, workspace, loser).await? {
        return Ok(());
    }
    let merge =
        NewMerge { id: ids.make(), winner, loser, reason: reason.to_owned(), actor: CONSUMER.to_owned(), at: now };
    match contact_merge(conn, workspace, merge).await {
        Ok(_) | Err(Error::Conflict { .. } | Error::TooMany { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn only_anonymous(conn: &mut Conn, workspace: WorkspaceId, root: Id) -> Result<bool> {
    let people = person_ids(conn, workspace, root).await?;
    let identities = identity_list(conn, workspace, &people).await?;
    Ok(identities.iter().all(|identity| identity.kind == IdentityKind::AnonymousId))
}

/// What the messages of a batch say of one person.
#[derive(Default)]
struct Said {
    names: BTreeMap<&'static str, (i64, String)>,
    addresses: Vec<(IdentityKind, String, String)>,
    traits: Vec<(String, TraitValue, i64)>,
    tags: Vec<(String, i64)>,
}

/// Write down names, addresses, traits and tags.
async fn facts(conn: &mut Conn, workspace: WorkspaceId, changes: Vec<Change>, written: i64) -> Result<()> {
    let contacts: Vec<Id> = changes.iter().filter_map(|change| change.contact).collect();
    let roots = contact_roots(conn, workspace, &contacts).await?;
    let mut people: BTreeMap<Id, Said> = BTreeMap::new();
    for change in changes {
        let Some(root) = change.contact.and_then(|contact| roots.get(&contact)) else { continue };
        hear(people.entry(*root).or_default(), change);
    }
    for (contact, said) in &people {
        names_put(conn, workspace, *contact, &said.names, written).await?;
    }
    addresses_put(conn, workspace, &people, written).await?;
    facts_put(conn, workspace, people, written).await
}

fn hear(said: &mut Said, change: Change) {
    let at = change.at;
    let mut name = |column: &'static str, text: &str| {
        if let Ok(text) = bounded(column, text, NAME_BYTES_MAX)
            && !text.is_empty()
            && said.names.get(column).is_none_or(|(held, _)| *held <= at)
        {
            said.names.insert(column, (at, text));
        }
    };
    if change.call == Call::Identify {
        name("locale", &change.locale);
        name("zone", &change.zone);
    }
    if let Some(group) = change.group_id {
        said.traits.push(("group_id".to_owned(), TraitValue::Text(group), at));
    }
    for (key, value) in change.traits {
        match (key.as_str(), value) {
            ("name", Json::String(text)) => name("name", &text),
            ("firstName" | "first_name", Json::String(text)) => name("first_name", &text),
            ("lastName" | "last_name", Json::String(text)) => name("last_name", &text),
            ("locale", Json::String(text)) => name("locale", &text),
            ("timezone", Json::String(text)) => name("zone", &text),
            ("email", Json::String(text)) => address(&mut said.addresses, IdentityKind::Email, text),
            ("phone", Json::String(text)) => address(&mut said.addresses, IdentityKind::Phone, text),
            ("tags", Json::Array(tags)) => {
                let names = tags.iter().filter_map(Json::as_str);
                said.tags.extend(names.filter_map(|tag| Some((short_name("tag", tag, KEY_BYTES_MAX).ok()?, at))));
            }
            (_, Json::Object(parts)) => {
                for (part, value) in parts {
                    fact(&mut said.traits, &format!("{key}.{part}"), &value, at);
                }
            }
            (_, value) => fact(&mut said.traits, &key, &value, at),
        }
    }
}

fn address(all: &mut Vec<(IdentityKind, String, String)>, kind: IdentityKind, shown: String) {
    match normalise(kind, &shown) {
        Ok(value) => all.push((kind, value, shown)),
        Err(_) => metrics::counter!("rialto_intake_dropped_total", "what" => kind.as_str()).increment(1),
    }
}

fn fact(all: &mut Vec<(String, TraitValue, i64)>, key: &str, value: &Json, at: i64) {
    match (trait_key(key, key), TraitValue::from_json(key, value)) {
        (Ok(key), Ok(Some(value))) => all.push((key, value, at)),
        (Ok(_), Ok(None)) => {}
        _ => metrics::counter!("rialto_intake_dropped_total", "what" => "trait").increment(1),
    }
}

/// Names as of a batch: one written by a later batch stays.
async fn names_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contact: Id,
    names: &BTreeMap<&'static str, (i64, String)>,
    written: i64,
) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let text = |column: &str| names.get(column).map(|(_, text)| text.clone()).unwrap_or_default();
    sql("UPDATE contact SET
           name = CASE WHEN $3 = '' THEN name ELSE $3 END,
           first_name = CASE WHEN $4 = '' THEN first_name ELSE $4 END,
           last_name = CASE WHEN $5 = '' THEN last_name ELSE $5 END,
           locale = CASE WHEN $6 = '' THEN locale ELSE $6 END,
           zone = CASE WHEN $7 = '' THEN zone ELSE $7 END,
           version = version + 1, updated_at = $8
         WHERE workspace = $1 AND id = $2 AND updated_at <= $8")
    .bind(workspace)
    .bind(contact)
    .bind(text("name"))
    .bind(text("first_name"))
    .bind(text("last_name"))
    .bind(text("locale"))
    .bind(text("zone"))
    .bind(written)
    .execute(conn)
    .await?;
    Ok(())
}

async fn addresses_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    people: &BTreeMap<Id, Said>,
    written: i64,
) -> Result<()> {
    let mut rows = identity_rows();
    let mut all: Vec<IdentityPut<'_>> = people
        .iter()
        .flat_map(|(contact, said)| {
            said.addresses.iter().map(|(kind, value, shown)| IdentityPut {
                kind: *kind,
                issuer: "",
                value,
                shown,
                contact: *contact,
            })
        })
        .collect();
    all.sort_by(|a, b| (a.kind.as_str(), a.value).cmp(&(b.kind.as_str(), b.value)));
    for put in &all {
        identity_push(&mut rows, workspace, SOURCE, written, put);
    }
    if !rows.is_empty() {
        rows.execute(conn).await?;
    }
    Ok(())
}

async fn facts_put(conn: &mut Conn, workspace: WorkspaceId, people: BTreeMap<Id, Said>, written: i64) -> Result<()> {
    let wanted: BTreeMap<String, TraitKind> =
        people.values().flat_map(|said| &said.traits).map(|(key, value, _)| (key.clone(), value.kind())).collect();
    let kinds: HashMap<String, TraitKind> = trait_keys_claim(conn, workspace, &wanted, written).await?;
    let (mut traits, mut tags) = (Vec::new(), Vec::new());
    for (contact, said) in people {
        for (key, value, at) in said.traits {
            let kind = kinds.get(&key).copied().unwrap_or(value.kind());
            match value.coerce(kind) {
                Ok(value) => traits.push(TraitPut { contact, key, value, at }),
                Err(_) => metrics::counter!("rialto_intake_dropped_total", "what" => "trait").increment(1),
            }
        }
        tags.extend(said.tags.into_iter().map(|(name, at)| TagPut { contact, name, at, expires_at: None }));
    }
    traits_put(conn, workspace, SOURCE, traits).await?;
    tags_put(conn, workspace, SOURCE, tags).await?;
    Ok(())
}
