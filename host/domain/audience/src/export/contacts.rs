//! Contacts as the import of contacts reads them: identities, names, tags,
//! consents and traits, a row a person. People merged into another are part of
//! that person's row. What a person has several of shows its oldest.

use super::{Cell, EXPORT_ROWS, ExportAsk, ExportFrom, ExportKind, ExportPage};
use crate::{
    consent::ConsentState,
    contact::{
        TraitValue,
        sql::{contacts_whole, identity_list, trait_list},
    },
    error::Result,
    lists::{LIST_MAX, in_list, padded},
    normalise::IdentityKind,
    seen::REVEAL,
    segment::{compile, segment_find, snapshot_find, snapshot_members},
};
use async_trait::async_trait;
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, sql, sql_dynamic};
use rialto_web::Caller;
use std::collections::HashMap;

/// Traits a file has columns for.
const TRAITS_MAX: i64 = 400;
/// Consents a file has columns for.
const CONSENTS_MAX: i64 = 50;

const FIXED: [&str; 13] = [
    "external_id",
    "user_id",
    "member_number",
    "email",
    "phone",
    "name",
    "first_name",
    "last_name",
    "locale",
    "zone",
    "region",
    "tags",
    "source",
];
const IDENTITIES: [IdentityKind; 5] =
    [IdentityKind::External, IdentityKind::UserId, IdentityKind::Member, IdentityKind::Email, IdentityKind::Phone];

/// Takes contacts away.
#[derive(Debug, Clone, Copy)]
pub struct ContactsExport;

#[async_trait]
impl ExportKind for ContactsExport {
    fn name(&self) -> &'static str {
        "contacts"
    }

    fn about(&self) -> &'static str {
        "a person, with identities, names, tags, consents and traits; all, of a segment, or of a snapshot"
    }

    fn permission(&self) -> &'static str {
        "audience.export"
    }

    async fn header(&self, host: &Host, caller: &Caller, ask: &ExportAsk) -> Result<Vec<String>, Problem> {
        if ask.segment.is_some() && ask.snapshot.is_some() {
            return Err(Problem::invalid("snapshot", "ask for a segment or for a snapshot, not for both"));
        }
        let workspace = caller.workspace;
        let mut conn = host.store.read(workspace).await?;
        if let Some(snapshot) = ask.snapshot {
            snapshot_find(&mut conn, workspace, snapshot).await?;
        }
        let consents: Vec<(String, String)> =
            sql("SELECT DISTINCT channel, topic FROM consent WHERE workspace = $1 ORDER BY channel, topic LIMIT $2")
                .bind(workspace)
                .bind(CONSENTS_MAX)
                .fetch_all(&mut conn)
                .await?;
        let keys: Vec<(String,)> = sql("SELECT key FROM trait_key WHERE workspace = $1 ORDER BY key LIMIT $2")
            .bind(workspace)
            .bind(TRAITS_MAX)
            .fetch_all(&mut conn)
            .await?;
        let mut header: Vec<String> = FIXED.iter().map(|name| (*name).to_owned()).collect();
        header.extend(consents.iter().map(|(channel, topic)| consent_column(channel, topic)));
        header.extend(keys.iter().map(|(key,)| format!("trait:{key}")));
        Ok(header)
    }

    async fn page(&self, from: &ExportFrom, after: Option<String>) -> Result<ExportPage, Problem> {
        let workspace = from.caller.workspace;
        let after: Option<Id> = after.and_then(|text| text.parse().ok());
        let segment = match from.ask.segment {
            Some(id) => Some(segment_find(&from.host, workspace, id).await?),
            None => None,
        };
        let mut conn = from.host.store.read(workspace).await?;
        let ids = match (&segment, from.ask.snapshot) {
            (Some(segment), _) => {
                let now = from.host.now_in(workspace);
                compile(&segment.rule, workspace, now).page(&mut conn, after, EXPORT_ROWS).await?
            }
            (None, Some(snapshot)) => snapshot_members(&mut conn, workspace, snapshot, after, EXPORT_ROWS).await?,
            (None, None) => everyone(&mut conn, workspace, after).await?,
        };
        let next = (ids.len() == EXPORT_ROWS as usize).then(|| ids.last().map(Id::to_string)).flatten();
        let now = from.host.now_in(workspace);
        let mut rows = rows_of(&mut conn, workspace, &ids, &from.header, now).await?;
        if !from.caller.may(REVEAL) {
            rows.iter_mut().flatten().for_each(Cell::mask);
        }
        Ok(ExportPage { rows, next })
    }
}

fn consent_column(channel: &str, topic: &str) -> String {
    if topic == "*" { format!("consent_{channel}") } else { format!("consent_{channel}:{topic}") }
}

async fn everyone(conn: &mut Conn, workspace: WorkspaceId, after: Option<Id>) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = sql("SELECT id FROM contact
         WHERE workspace = $1 AND merged_into IS NULL AND id > $2 ORDER BY id LIMIT $3")
    .bind(workspace)
    .bind(after.unwrap_or_else(Id::nil))
    .bind(EXPORT_ROWS)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What is known of a person beyond the contact's own row.
#[derive(Default)]
struct Known {
    identities: HashMap<IdentityKind, String>,
    tags: Vec<String>,
    more: HashMap<String, Cell>,
}

async fn rows_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[Id],
    header: &[String],
    now: i64,
) -> Result<Vec<Vec<Cell>>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut root_of: HashMap<Id, Id> = ids.iter().map(|id| (*id, *id)).collect();
    root_of.extend(merged_into(conn, workspace, ids).await?);
    let all: Vec<Id> = root_of.keys().copied().collect();
    let mut known: HashMap<Id, Known> = HashMap::with_capacity(ids.len());
    let of = |id: &Id| root_of.get(id).copied().unwrap_or(*id);
    for identity in identity_list(conn, workspace, &all).await? {
        if identity.issuer.is_empty() {
            let held = &mut known.entry(of(&identity.contact)).or_default().identities;
            held.entry(identity.kind).or_insert(identity.value);
        }
    }
    // The latest comes first.
    for (contact, held) in trait_list(conn, workspace, &all).await? {
        let more = &mut known.entry(of(&contact)).or_default().more;
        more.entry(format!("trait:{}", held.key)).or_insert_with(|| cell_of(&held.value));
    }
    for (contact, name) in tags(conn, workspace, &all, now).await? {
        let held = &mut known.entry(of(&contact)).or_default().tags;
        if !held.contains(&name) {
            held.push(name);
        }
    }
    for (contact, channel, topic, state) in consents(conn, workspace, &all).await? {
        let word = if ConsentState::of(&state) == ConsentState::Granted { "yes" } else { "no" };
        let more = &mut known.entry(of(&contact)).or_default().more;
        more.entry(consent_column(&channel, &topic)).or_insert_with(|| Cell::Plain(word.to_owned()));
    }
    let contacts = contacts_whole(conn, workspace, ids).await?;
    Ok(ids
        .iter()
        .filter_map(|id| contacts.get(id))
        .map(|contact| row(contact, known.remove(&contact.id).unwrap_or_default(), header))
        .collect())
}

fn row(contact: &crate::contact::Contact, mut known: Known, header: &[String]) -> Vec<Cell> {
    let mut cells: Vec<Cell> =
        IDENTITIES.iter().map(|kind| Cell::Text(known.identities.remove(kind).unwrap_or_default())).collect();
    let names =
        [&contact.name, &contact.first_name, &contact.last_name, &contact.locale, &contact.zone, &contact.region];
    cells.extend(names.map(Cell::text));
    cells.push(Cell::Text(known.tags.join(";")));
    cells.push(Cell::text(&contact.source));
    cells.extend(
        header.iter().skip(FIXED.len()).map(|name| known.more.remove(name).unwrap_or(Cell::Plain(String::new()))),
    );
    cells
}

fn cell_of(value: &TraitValue) -> Cell {
    match value {
        TraitValue::Text(text) => Cell::text(text),
        TraitValue::Number(number) => Cell::number(number),
        TraitValue::Bool(yes) => Cell::plain(Some(yes)),
        TraitValue::Instant(at) => Cell::plain(Some(at)),
    }
}

async fn merged_into(conn: &mut Conn, workspace: WorkspaceId, roots: &[Id]) -> Result<Vec<(Id, Id)>> {
    let list = padded(roots);
    let text = format!(
        "SELECT id, merged_into FROM contact WHERE workspace = $1 AND merged_into IN {} ORDER BY id LIMIT 100000",
        in_list(2, list.len())
    );
    Ok(sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?)
}

async fn tags(conn: &mut Conn, workspace: WorkspaceId, all: &[Id], now: i64) -> Result<Vec<(Id, String)>> {
    let mut found = Vec::new();
    for chunk in all.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT contact, name FROM tag
             WHERE workspace = $1 AND (expires_at IS NULL OR expires_at > $2) AND contact IN {} ORDER BY name, contact
             LIMIT 1000000",
            in_list(3, list.len())
        );
        found.extend(sql_dynamic(text).bind(workspace).bind(now).bind_all(list).fetch_all::<(Id, String)>(conn).await?);
    }
    Ok(found)
}

/// What holds, the latest first.
async fn consents(conn: &mut Conn, workspace: WorkspaceId, all: &[Id]) -> Result<Vec<(Id, String, String, String)>> {
    let mut found = Vec::new();
    for chunk in all.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT contact, channel, topic, state FROM consent
             WHERE workspace = $1 AND contact IN {} ORDER BY at DESC, contact, channel, topic LIMIT 1000000",
            in_list(2, list.len())
        );
        let rows: Vec<(Id, String, String, String)> =
            sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}
