//! What a message needs to know of the people it goes to, in bulk. It decides
//! nothing about whether they may be written to.

use super::{TraitValue, sql};
use crate::{
    error::Result,
    lists::{LIST_MAX, in_list, padded},
    normalise::IdentityKind,
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql_dynamic};
use std::collections::{BTreeMap, HashMap};

/// One person as a message sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct Addressee {
    /// The contact asked for.
    pub contact: Id,
    /// The contact that stands for the person (differs after a merge).
    pub root: Id,
    /// The address for the channel, in its one spelling; `None` when there is none.
    pub address: Option<String>,
    /// The language, as a BCP 47 tag; empty when not known.
    pub locale: String,
    /// The IANA zone; empty when not known.
    pub zone: String,
    /// Where they are, as ISO 3166 says it; empty when not known.
    pub region: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// The name to show.
    pub name: String,
    /// Traits by key.
    pub traits: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Id,
    root: Id,
    locale: String,
    zone: String,
    region: String,
    first_name: String,
    last_name: String,
    name: String,
}

/// The people behind these contacts (at most 1,000 at a time), in the order
/// asked for; a contact that does not exist is left out. Of several addresses
/// the one given first stands.
///
/// # Errors
/// When the store fails.
pub async fn addressees(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contacts: &[Id],
    channel: &str,
) -> Result<Vec<Addressee>> {
    let rows = person_rows(conn, workspace, contacts).await?;
    let roots: Vec<Id> = rows.values().map(|row| row.root).collect();
    let members = members(conn, workspace, &roots).await?;
    let everyone: Vec<Id> = members.keys().copied().collect();
    let addresses = addresses(conn, workspace, channel, &everyone, &members).await?;
    let traits = traits(conn, workspace, &everyone, &members).await?;
    let people = contacts.iter().filter_map(|id| rows.get(id));
    Ok(people
        .map(|row| Addressee {
            contact: row.id,
            root: row.root,
            address: addresses.get(&row.root).cloned(),
            locale: row.locale.clone(),
            zone: row.zone.clone(),
            region: row.region.clone(),
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            name: row.name.clone(),
            traits: traits.get(&row.root).cloned().unwrap_or_default(),
        })
        .collect())
}

/// The row of each contact's root, by the contact asked for.
async fn person_rows(conn: &mut Conn, workspace: WorkspaceId, contacts: &[Id]) -> Result<HashMap<Id, Row>> {
    let mut found = HashMap::with_capacity(contacts.len());
    for chunk in contacts.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT c.id AS id, r.id AS root, r.locale AS locale, r.zone AS zone, r.region AS region,
                    r.first_name AS first_name,
                    r.last_name AS last_name, r.name AS name
             FROM contact c
             JOIN contact r ON r.workspace = c.workspace AND r.id = CASE WHEN c.merged_into IS NULL THEN c.id ELSE c.merged_into END
             WHERE c.workspace = $1 AND c.id IN {}",
            in_list(2, list.len())
        );
        let rows: Vec<Row> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// Every contact that is one of these persons, with its root.
async fn members(conn: &mut Conn, workspace: WorkspaceId, roots: &[Id]) -> Result<HashMap<Id, Id>> {
    let mut all: HashMap<Id, Id> = roots.iter().map(|root| (*root, *root)).collect();
    for chunk in roots.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT id, merged_into FROM contact
             WHERE workspace = $1 AND merged_into IS NOT NULL AND merged_into IN {}",
            in_list(2, list.len())
        );
        let rows: Vec<(Id, Id)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        all.extend(rows);
    }
    Ok(all)
}

/// The address of each person: the root's own first, then the oldest.
async fn addresses(
    conn: &mut Conn,
    workspace: WorkspaceId,
    channel: &str,
    everyone: &[Id],
    members: &HashMap<Id, Id>,
) -> Result<HashMap<Id, String>> {
    let Some(kind) = IdentityKind::of_channel(channel) else { return Ok(HashMap::new()) };
    let mut best: HashMap<Id, (bool, i64, String)> = HashMap::new();
    for chunk in everyone.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT contact, value, created_at FROM identity WHERE workspace = $1 AND kind = $2 AND contact IN {}",
            in_list(3, list.len())
        );
        let query = sql_dynamic(text).bind(workspace).bind(kind.as_str()).bind_all(list);
        let rows: Vec<(Id, String, i64)> = query.fetch_all(conn).await?;
        for (contact, value, at) in rows {
            let Some(root) = members.get(&contact) else { continue };
            let rank = (contact != *root, at, value);
            match best.get(root) {
                Some(held) if *held <= rank => {}
                _ => drop(best.insert(*root, rank)),
            }
        }
    }
    Ok(best.into_iter().map(|(root, (_, _, value))| (root, value)).collect())
}

/// The traits of each person; where two contacts have the same key, the latest.
async fn traits(
    conn: &mut Conn,
    workspace: WorkspaceId,
    everyone: &[Id],
    members: &HashMap<Id, Id>,
) -> Result<HashMap<Id, BTreeMap<String, serde_json::Value>>> {
    let mut all: HashMap<Id, BTreeMap<String, serde_json::Value>> = HashMap::new();
    for (contact, held) in sql::trait_list(conn, workspace, everyone).await? {
        let Some(root) = members.get(&contact) else { continue };
        let value = TraitValue::to_json(&held.value);
        // Latest first: what is there already is newer.
        all.entry(*root).or_default().entry(held.key).or_insert(value);
    }
    Ok(all)
}
