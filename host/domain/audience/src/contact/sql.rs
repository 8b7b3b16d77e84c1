//! Statements about contacts, identities and tags.

use super::model::{Contact, ContactRow, Identity, Tag, Trait};
use super::traits::TraitValue;
use crate::{
    error::Result,
    limits::{CLUSTER_CONTACTS_MAX, CONTACT_IDENTITIES_MAX, CONTACT_TAGS_MAX, CONTACT_TRAITS_MAX},
    lists::{LIST_MAX, in_list, padded},
    normalise::IdentityKind,
};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, containing, sql, sql_dynamic};
use std::collections::HashMap;

/// The contact with this id, merged away or not.
///
/// # Errors
/// When the store fails.
pub async fn contact_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<Contact>> {
    let row: Option<ContactRow> =
        sql("SELECT id, unit, name, first_name, last_name, locale, zone, region, source, merged_into, version,
                created_at, updated_at
         FROM contact WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(Contact::from))
}

/// These contacts, by id; those that do not exist are left out.
pub(crate) async fn contacts_whole(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[Id],
) -> Result<HashMap<Id, Contact>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT id, unit, name, first_name, last_name, locale, zone, region, source, merged_into, version,
                    created_at, updated_at
             FROM contact WHERE workspace = $1 AND id IN {}",
            in_list(2, list.len())
        );
        let rows: Vec<ContactRow> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|row| (row.id, Contact::from(row))));
    }
    Ok(found)
}

/// The contact that stands for this person: itself, or who it was merged into.
/// `None` when there is no such contact.
///
/// # Errors
/// When the store fails.
pub async fn contact_root(conn: &mut Conn, workspace: WorkspaceId, contact: Id) -> Result<Option<Id>> {
    let row: Option<(Id,)> = sql("SELECT COALESCE(merged_into, id) FROM contact WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(contact)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Who stands for each of these contacts; those that do not exist are left out.
///
/// # Errors
/// When the store fails.
pub async fn contact_roots(conn: &mut Conn, workspace: WorkspaceId, contacts: &[Id]) -> Result<HashMap<Id, Id>> {
    let mut roots = HashMap::with_capacity(contacts.len());
    for chunk in contacts.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT id, COALESCE(merged_into, id) FROM contact WHERE workspace = $1 AND id IN {}",
            in_list(2, list.len())
        );
        let rows: Vec<(Id, Id)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        roots.extend(rows);
    }
    Ok(roots)
}

/// Every contact that is this person: the root first, then those merged into it.
///
/// # Errors
/// When the store fails.
pub async fn person_ids(conn: &mut Conn, workspace: WorkspaceId, root: Id) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = sql("SELECT id FROM contact WHERE workspace = $1 AND merged_into = $2 ORDER BY id LIMIT $3")
        .bind(workspace)
        .bind(root)
        .bind(CLUSTER_CONTACTS_MAX as i64)
        .fetch_all(conn)
        .await?;
    Ok(std::iter::once(root).chain(rows.into_iter().map(|(id,)| id)).collect())
}

/// Who has this identity, as it was given (perhaps merged away since).
///
/// # Errors
/// When the store fails.
pub async fn identity_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: IdentityKind,
    issuer: &str,
    value: &str,
) -> Result<Option<Id>> {
    let row: Option<(Id,)> =
        sql("SELECT contact FROM identity WHERE workspace = $1 AND kind = $2 AND issuer = $3 AND value = $4")
            .bind(workspace)
            .bind(kind.as_str())
            .bind(issuer)
            .bind(value)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(id,)| id))
}

/// Who has each of these identities of one kind and issuer; those nobody has
/// are left out.
///
/// # Errors
/// When the store fails.
pub async fn identity_map(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: IdentityKind,
    issuer: &str,
    values: &[String],
) -> Result<HashMap<String, Id>> {
    let mut found = HashMap::with_capacity(values.len());
    for chunk in values.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT value, contact FROM identity WHERE workspace = $1 AND kind = $2 AND issuer = $3 AND value IN {}",
            in_list(4, list.len())
        );
        let query = sql_dynamic(text).bind(workspace).bind(kind.as_str()).bind(issuer).bind_all(list);
        let rows: Vec<(String, Id)> = query.fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The rows of an insert into `contact`.
pub(crate) fn contact_rows(conflict: &'static str) -> BulkInsert {
    const COLUMNS: &[&str] = &[
        "workspace",
        "id",
        "unit",
        "name",
        "first_name",
        "last_name",
        "locale",
        "zone",
        "region",
        "source",
        "merged_into",
        "version",
        "created_at",
        "updated_at",
    ];
    BulkInsert::new("contact", COLUMNS, conflict)
}

/// Add a contact's row.
pub(crate) fn contact_push(rows: &mut BulkInsert, workspace: WorkspaceId, contact: &Contact) {
    rows.push([
        workspace.into(),
        contact.id.into(),
        contact.unit.into(),
        (&contact.name).into(),
        (&contact.first_name).into(),
        (&contact.last_name).into(),
        (&contact.locale).into(),
        (&contact.zone).into(),
        (&contact.region).into(),
        (&contact.source).into(),
        contact.merged_into.into(),
        contact.version.into(),
        contact.created_at.into(),
        contact.updated_at.into(),
    ]);
}

/// A contact of whom nothing is known yet.
pub(crate) fn contact_blank(id: Id, source: &str, now: i64) -> Contact {
    Contact {
        id,
        unit: None,
        name: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        locale: String::new(),
        zone: String::new(),
        region: String::new(),
        source: source.to_owned(),
        merged_into: None,
        version: 1,
        created_at: from_micros(now),
        updated_at: from_micros(now),
    }
}

/// The rows of an insert into `identity`; one that is taken is skipped.
pub(crate) fn identity_rows() -> BulkInsert {
    const COLUMNS: &[&str] = &["workspace", "kind", "issuer", "value", "contact", "shown", "source", "created_at"];
    BulkInsert::new("identity", COLUMNS, "ON CONFLICT DO NOTHING")
}

/// One identity's row.
#[derive(Debug, Clone)]
pub(crate) struct IdentityPut<'a> {
    pub kind: IdentityKind,
    pub issuer: &'a str,
    pub value: &'a str,
    pub shown: &'a str,
    pub contact: Id,
}

/// Add an identity's row.
pub(crate) fn identity_push(
    rows: &mut BulkInsert,
    workspace: WorkspaceId,
    source: &str,
    now: i64,
    put: &IdentityPut<'_>,
) {
    rows.push([
        workspace.into(),
        put.kind.as_str().into(),
        put.issuer.into(),
        put.value.into(),
        put.contact.into(),
        put.shown.into(),
        source.into(),
        now.into(),
    ]);
}

/// The identities of these contacts, oldest first.
pub(crate) async fn identity_list(conn: &mut Conn, workspace: WorkspaceId, contacts: &[Id]) -> Result<Vec<Identity>> {
    type Row = (Id, String, String, String, String, String, i64);
    let mut all = Vec::new();
    for chunk in contacts.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT contact, kind, issuer, value, shown, source, created_at FROM identity
             WHERE workspace = $1 AND contact IN {} ORDER BY created_at, kind, issuer, value LIMIT {}",
            in_list(2, list.len()),
            CONTACT_IDENTITIES_MAX * LIST_MAX
        );
        let rows: Vec<Row> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        all.extend(rows.into_iter().filter_map(|(contact, kind, issuer, value, shown, source, at)| {
            let kind = kind.parse().ok()?;
            Some(Identity { kind, issuer, value, shown, source, contact, created_at: from_micros(at) })
        }));
    }
    Ok(all)
}

/// The traits of these contacts, with whose they are, latest first.
pub(crate) async fn trait_list(conn: &mut Conn, workspace: WorkspaceId, contacts: &[Id]) -> Result<Vec<(Id, Trait)>> {
    type Row = (Id, String, String, Option<String>, Option<f64>, String, i64);
    let mut all = Vec::new();
    for chunk in contacts.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT contact, key, kind, text, number, source, at FROM trait
             WHERE workspace = $1 AND contact IN {} ORDER BY at DESC, key LIMIT {}",
            in_list(2, list.len()),
            CONTACT_TRAITS_MAX * LIST_MAX
        );
        let rows: Vec<Row> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        all.extend(rows.into_iter().map(|(contact, key, kind, text, number, source, at)| {
            (contact, Trait { key, value: TraitValue::from_columns(&kind, text, number), source, at: from_micros(at) })
        }));
    }
    Ok(all)
}

/// The tags of these contacts that hold at `now`.
pub(crate) async fn tag_list(conn: &mut Conn, workspace: WorkspaceId, contacts: &[Id], now: i64) -> Result<Vec<Tag>> {
    let list = padded(&contacts[..contacts.len().min(LIST_MAX)]);
    let text = format!(
        "SELECT name, source, at, expires_at FROM tag
         WHERE workspace = $1 AND (expires_at IS NULL OR expires_at > $2) AND contact IN {}
         ORDER BY name, at DESC LIMIT {}",
        in_list(3, list.len()),
        CONTACT_TAGS_MAX * 4
    );
    let query = sql_dynamic(text).bind(workspace).bind(now).bind_all(list);
    let rows: Vec<(String, String, i64, Option<i64>)> = query.fetch_all(conn).await?;
    let mut tags: Vec<Tag> = rows
        .into_iter()
        .map(|(name, source, at, expires)| Tag {
            name,
            source,
            at: from_micros(at),
            expires_at: expires.map(from_micros),
        })
        .collect();
    tags.dedup_by(|later, first| later.name == first.name);
    Ok(tags)
}

/// A tag to be set on a contact.
#[derive(Debug, Clone)]
pub(crate) struct TagPut {
    pub contact: Id,
    pub name: String,
    pub at: i64,
    pub expires_at: Option<i64>,
}

/// Set tags; one that is set already gets the new expiry and source.
pub(crate) async fn tags_put(conn: &mut Conn, workspace: WorkspaceId, source: &str, puts: Vec<TagPut>) -> Result<u64> {
    let mut last: HashMap<(Id, String), TagPut> = HashMap::new();
    for put in puts {
        last.insert((put.contact, put.name.clone()), put);
    }
    let mut rows = BulkInsert::new(
        "tag",
        &["workspace", "contact", "name", "source", "at", "expires_at"],
        "ON CONFLICT (workspace, contact, name) DO UPDATE SET source = excluded.source, at = excluded.at, \
         expires_at = excluded.expires_at WHERE excluded.at >= tag.at",
    );
    let mut puts: Vec<TagPut> = last.into_values().collect();
    puts.sort_by(|a, b| (a.contact, &a.name).cmp(&(b.contact, &b.name)));
    for put in puts {
        rows.push([
            workspace.into(),
            put.contact.into(),
            put.name.into(),
            source.into(),
            put.at.into(),
            put.expires_at.into(),
        ]);
    }
    if rows.is_empty() { Ok(0) } else { Ok(rows.execute(conn).await?) }
}

/// Take an identity away.
pub(crate) async fn identity_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: IdentityKind,
    issuer: &str,
    value: &str,
) -> Result<u64> {
    Ok(sql("DELETE FROM identity WHERE workspace = $1 AND kind = $2 AND issuer = $3 AND value = $4")
        .bind(workspace)
        .bind(kind.as_str())
        .bind(issuer)
        .bind(value)
        .execute(conn)
        .await?)
}

/// Take a trait away.
pub(crate) async fn trait_delete(conn: &mut Conn, workspace: WorkspaceId, contact: Id, key: &str) -> Result<()> {
    sql("DELETE FROM trait WHERE workspace = $1 AND contact = $2 AND key = $3")
        .bind(workspace)
        .bind(contact)
        .bind(key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Take a tag off a contact.
pub(crate) async fn tag_delete(conn: &mut Conn, workspace: WorkspaceId, contact: Id, name: &str) -> Result<u64> {
    Ok(sql("DELETE FROM tag WHERE workspace = $1 AND contact = $2 AND name = $3")
        .bind(workspace)
        .bind(contact)
        .bind(name)
        .execute(conn)
        .await?)
}

/// Contacts that are nobody else, in the order of their ids, after one, whose
/// name has a part.
pub(crate) async fn contact_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    name_part: Option<&str>,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<Contact>> {
    let rows: Vec<ContactRow> =
        sql("SELECT id, unit, name, first_name, last_name, locale, zone, region, source, merged_into, version,
                created_at, updated_at
         FROM contact
         WHERE workspace = $1 AND merged_into IS NULL AND id > $2 AND ($3 = '' OR LOWER(name) LIKE $3 ESCAPE '!')
         ORDER BY id LIMIT $4")
        .bind(workspace)
        .bind(after.unwrap_or_else(Id::nil))
        .bind(containing(name_part.unwrap_or_default()))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(Contact::from).collect())
}

/// Who has an identity with this value, of any kind or of one.
pub(crate) async fn identity_owners(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: IdentityKind,
    value: &str,
    limit: u32,
) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = sql("SELECT DISTINCT COALESCE(c.merged_into, c.id) FROM identity i
         JOIN contact c ON c.workspace = i.workspace AND c.id = i.contact
         WHERE i.workspace = $1 AND i.kind = $2 AND i.value = $3 LIMIT $4")
    .bind(workspace)
    .bind(kind.as_str())
    .bind(value)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
