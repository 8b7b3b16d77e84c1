//! What can be done with contacts.

use super::{
    Contact, ContactPatch, NewContact, NewIdentity, NewTag, Profile, Trait, TraitValue,
    merge::merge_list,
    sql::{self, IdentityPut, TagPut},
    traits::{TraitPut, trait_key, trait_keys_claim, traits_put},
};
use crate::{
    Error,
    consent::consent_current,
    error::Result,
    event::event_list,
    limits::{CONTACT_IDENTITIES_MAX, CONTACT_TAGS_MAX, CONTACT_TRAITS_MAX, KEY_BYTES_MAX, NAME_BYTES_MAX},
    normalise::{bounded, normalise, short_name},
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, WorkspaceId, from_micros, problem::FieldError, to_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashSet};

/// Events a profile shows.
const PROFILE_EVENTS: u32 = 20;

/// Make a contact with its identities, traits and tags.
///
/// # Errors
/// When a field is wrong, or an identity belongs to another contact.
pub async fn contact_create(host: &Host, caller: &Caller, new: NewContact) -> Result<Contact> {
    if new.identities.len() > CONTACT_IDENTITIES_MAX || new.tags.len() > CONTACT_TAGS_MAX {
        return Err(Error::TooMany { limit: "contact-identities", max: CONTACT_IDENTITIES_MAX as u64 });
    }
    let (workspace, now, id) = (caller.workspace, host.now_in(caller.workspace), host.id());
    let source = if new.source.trim().is_empty() { "api" } else { new.source.trim() };
    let mut contact = sql::contact_blank(id, &bounded("/source", source, NAME_BYTES_MAX)?, now);
    contact.unit = new.unit;
    overlay(&mut contact, patch_of(&new))?;
    if contact.name.is_empty() {
        contact.name = full_name(&contact.first_name, &contact.last_name);
    }
    host.store
        .write(workspace, "contact.create", move |conn| {
            Box::pin(async move {
                let mut rows = sql::contact_rows("");
                sql::contact_push(&mut rows, workspace, &contact);
                rows.execute(conn).await?;
                for (at, identity) in new.identities.iter().enumerate() {
                    put_identity(conn, workspace, id, identity, now, &format!("/identities/{at}")).await?;
                }
                put_traits(conn, workspace, id, new.traits, now, "/traits").await?;
                put_tags(conn, workspace, id, &new.tags, now).await?;
                Ok(contact)
            })
        })
        .await
}

fn patch_of(new: &NewContact) -> ContactPatch {
    ContactPatch {
        name: Some(new.name.clone()),
        first_name: Some(new.first_name.clone()),
        last_name: Some(new.last_name.clone()),
        locale: Some(new.locale.clone()),
        zone: Some(new.zone.clone()),
        region: Some(new.region.clone()),
        unit: new.unit,
    }
}

/// Change a contact (or who stands for it).
///
/// # Errors
/// When there is none, it was changed since, or a field is wrong.
pub async fn contact_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    expected: IfMatch,
    patch: ContactPatch,
) -> Result<Contact> {
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    host.store
        .write(workspace, "contact.patch", move |conn| {
            Box::pin(async move {
                let mut contact = standing(conn, workspace, id).await?;
                expected.check(contact.version)?;
                overlay(&mut contact, patch)?;
                contact.version += 1;
                contact.updated_at = from_micros(now);
                let mut rows = sql::contact_rows(
                    "ON CONFLICT (workspace, id) DO UPDATE SET unit = excluded.unit, name = excluded.name, \
                     first_name = excluded.first_name, last_name = excluded.last_name, locale = excluded.locale, \
                     zone = excluded.zone, region = excluded.region, version = excluded.version, \
                     updated_at = excluded.updated_at",
                );
                sql::contact_push(&mut rows, workspace, &contact);
                rows.execute(conn).await?;
                Ok(contact)
            })
        })
        .await
}

/// The contact that stands for the person with this id.
pub(crate) async fn standing(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Contact> {
    let root = sql::contact_root(conn, workspace, id).await?.ok_or(Error::NotFound("contact"))?;
    sql::contact_find(conn, workspace, root).await?.ok_or(Error::NotFound("contact"))
}

fn overlay(contact: &mut Contact, patch: ContactPatch) -> Result<()> {
    if let Some(zone) = patch.zone.as_deref().filter(|zone| !zone.trim().is_empty())
        && jiff::tz::TimeZone::get(zone.trim()).is_err()
    {
        return Err(Error::field("/zone", "must be an IANA time zone such as Asia/Shanghai"));
    }
    let texts = [
        ("/name", &mut contact.name, patch.name),
        ("/first_name", &mut contact.first_name, patch.first_name),
        ("/last_name", &mut contact.last_name, patch.last_name),
        ("/locale", &mut contact.locale, patch.locale),
        ("/zone", &mut contact.zone, patch.zone),
        ("/region", &mut contact.region, patch.region),
    ];
    for (field, held, new) in texts {
        if let Some(new) = new {
            *held = bounded(field, &new, NAME_BYTES_MAX)?;
        }
    }
    if patch.unit.is_some() {
        contact.unit = patch.unit;
    }
    Ok(())
}

/// A name to show of the two names; those written in Han characters have the
/// family name first and no space.
pub(crate) fn full_name(first: &str, last: &str) -> String {
    let han = |text: &str| !text.is_empty() && text.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    if han(first) && han(last) { format!("{last}{first}") } else { format!("{first} {last}").trim().to_owned() }
}

async fn put_identity(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contact: Id,
    new: &NewIdentity,
    now: i64,
    at: &str,
) -> Result<()> {
    let value = normalise(new.kind, &new.value).map_err(|error| match error {
        Error::Field { message, .. } => Error::field(format!("{at}/value"), message),
        other => other,
    })?;
    let issuer = bounded(&format!("{at}/issuer"), &new.issuer, KEY_BYTES_MAX)?;
    let mut rows = sql::identity_rows();
    let put = IdentityPut { kind: new.kind, issuer: &issuer, value: &value, shown: new.value.trim(), contact };
    sql::identity_push(&mut rows, workspace, "api", now, &put);
    if rows.execute(conn).await? == 1 {
        return Ok(());
    }
    match sql::identity_find(conn, workspace, new.kind, &issuer, &value).await? {
        Some(owner)
            if sql::contact_root(conn, workspace, owner).await?
                == sql::contact_root(conn, workspace, contact).await? =>
        {
            Ok(())
        }
        Some(owner) => Err(Error::IdentityTaken { kind: new.kind.as_str(), contact: owner }),
        None => {
            Err(Error::Conflict { code: "try-again", detail: "the identity was just removed; try again".to_owned() })
        }
    }
}

/// Add an identity to a contact.
///
/// # Errors
/// When there is no such contact, the value is wrong, or it belongs to another.
pub async fn identity_add(host: &Host, caller: &Caller, id: Id, new: NewIdentity) -> Result<Profile> {
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    host.store
        .write(workspace, "identity.add", move |conn| {
            Box::pin(async move {
                let contact = standing(conn, workspace, id).await?;
                let people = sql::person_ids(conn, workspace, contact.id).await?;
                if sql::identity_list(conn, workspace, &people).await?.len() >= CONTACT_IDENTITIES_MAX {
                    return Err(Error::TooMany { limit: "contact-identities", max: CONTACT_IDENTITIES_MAX as u64 });
                }
                put_identity(conn, workspace, contact.id, &new, now, "").await?;
                profile(conn, workspace, contact.id, now).await
            })
        })
        .await
}

/// Remove an identity from a person.
///
/// # Errors
/// When the person has no such identity.
pub async fn identity_remove(host: &Host, caller: &Caller, id: Id, old: NewIdentity) -> Result<Profile> {
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    let value = normalise(old.kind, &old.value)?;
    let entry =
        AuditEntry::new(host, caller, "identity.remove", "contact", id).detail(serde_json::json!({"kind": old.kind}));
    host.store
        .write(workspace, "identity.remove", move |conn| {
            Box::pin(async move {
                let contact = standing(conn, workspace, id).await?;
                let people = sql::person_ids(conn, workspace, contact.id).await?;
                let owner = sql::identity_find(conn, workspace, old.kind, &old.issuer, &value).await?;
                if owner.is_none_or(|owner| !people.contains(&owner)) {
                    return Err(Error::NotFound("identity of this contact"));
                }
                sql::identity_delete(conn, workspace, old.kind, &old.issuer, &value).await?;
                audit(conn, &entry).await?;
                profile(conn, workspace, contact.id, now).await
            })
        })
        .await
}

async fn put_traits(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contact: Id,
    traits: BTreeMap<String, Json>,
    now: i64,
    at: &str,
) -> Result<()> {
    if traits.len() > CONTACT_TRAITS_MAX {
        return Err(Error::TooMany { limit: "contact-traits", max: CONTACT_TRAITS_MAX as u64 });
    }
    let mut set: Vec<(String, TraitValue)> = Vec::new();
    for (key, value) in &traits {
        let field = format!("{at}/{key}");
        let key = trait_key(&field, key)?;
        match TraitValue::from_json(&field, value)? {
            Some(value) => set.push((key, value)),
            None => sql::trait_delete(conn, workspace, contact, &key).await?,
        }
    }
    let wanted = set.iter().map(|(key, value)| (key.clone(), value.kind())).collect();
    let kinds = trait_keys_claim(conn, workspace, &wanted, now).await?;
    let mut puts = Vec::new();
    let mut errors: Vec<FieldError> = Vec::new();
    for (key, value) in set {
        let kind = kinds.get(&key).copied().unwrap_or(value.kind());
        match value.coerce(kind) {
            Ok(value) => puts.push(TraitPut { contact, key, value, at: now }),
            Err(message) => errors.push(FieldError { field: format!("{at}/{key}"), message }),
        }
    }
    if !errors.is_empty() {
        return Err(Error::Fields(errors));
    }
    traits_put(conn, workspace, "api", puts).await?;
    Ok(())
}

/// Set traits of a contact; a `null` takes one away.
///
/// # Errors
/// When there is no such contact, or a value is not of its key's kind.
pub async fn traits_patch(host: &Host, caller: &Caller, id: Id, traits: BTreeMap<String, Json>) -> Result<Profile> {
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    host.store
        .write(workspace, "traits.patch", move |conn| {
            Box::pin(async move {
                let contact = standing(conn, workspace, id).await?;
                put_traits(conn, workspace, contact.id, traits, now, "").await?;
                profile(conn, workspace, contact.id, now).await
            })
        })
        .await
}

async fn put_tags(conn: &mut Conn, workspace: WorkspaceId, contact: Id, tags: &[String], now: i64) -> Result<()> {
    let mut puts = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let name = short_name(&format!("/tags/{at}"), tag, KEY_BYTES_MAX)?;
        puts.push(TagPut { contact, name, at: now, expires_at: None });
    }
    sql::tags_put(conn, workspace, "api", puts).await?;
    Ok(())
}

/// Set a tag on a contact.
///
/// # Errors
/// When there is no such contact, or the name is wrong.
pub async fn tag_add(host: &Host, caller: &Caller, id: Id, new: NewTag) -> Result<Profile> {
    let (workspace, now, source) = (caller.workspace, host.now_in(caller.workspace), caller.actor.to_string());
    let name = short_name("/name", &new.name, KEY_BYTES_MAX)?;
    host.store
        .write(workspace, "tag.add", move |conn| {
            Box::pin(async move {
                let contact = standing(conn, workspace, id).await?.id;
                let put = TagPut { contact, name, at: now, expires_at: new.expires_at.map(to_micros) };
                sql::tags_put(conn, workspace, &source, vec![put]).await?;
                profile(conn, workspace, contact, now).await
            })
        })
        .await
}

/// Take a tag off a person.
///
/// # Errors
/// When there is no such contact, or it has no such tag.
pub async fn tag_remove(host: &Host, caller: &Caller, id: Id, name: String) -> Result<Profile> {
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    host.store
        .write(workspace, "tag.remove", move |conn| {
            Box::pin(async move {
                let contact = standing(conn, workspace, id).await?.id;
                let mut gone = 0;
                for member in sql::person_ids(conn, workspace, contact).await? {
                    gone += sql::tag_delete(conn, workspace, member, &name).await?;
                }
                if gone == 0 {
                    return Err(Error::NotFound("tag on this contact"));
                }
                profile(conn, workspace, contact, now).await
            })
        })
        .await
}

/// All that is known of a person.
///
/// # Errors
/// When there is no such contact.
pub async fn contact_profile(host: &Host, workspace: WorkspaceId, id: Id) -> Result<Profile> {
    let mut conn = host.store.read(workspace).await?;
    profile(&mut conn, workspace, id, host.now_in(workspace)).await
}

async fn profile(conn: &mut Conn, workspace: WorkspaceId, id: Id, now: i64) -> Result<Profile> {
    let contact = standing(conn, workspace, id).await?;
    let people = sql::person_ids(conn, workspace, contact.id).await?;
    let mut keys = HashSet::new();
    let traits = sql::trait_list(conn, workspace, &people).await?;
    let mut traits: Vec<Trait> =
        traits.into_iter().map(|(_, held)| held).filter(|held| keys.insert(held.key.clone())).collect();
    traits.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Profile {
        identities: sql::identity_list(conn, workspace, &people).await?,
        traits,
        tags: sql::tag_list(conn, workspace, &people, now).await?,
        consents: consent_current(conn, workspace, &people).await?,
        events: event_list(conn, workspace, &people, (i64::MAX, Id::max()), PROFILE_EVENTS).await?,
        merges: merge_list(conn, workspace, &people).await?,
        merged: people.into_iter().filter(|member| *member != contact.id).collect(),
        contact,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_put_together_as_they_are_written() {
        assert_eq!(super::full_name("Ann", "Lee"), "Ann Lee");
        assert_eq!(super::full_name("雷", "李"), "李雷");
        assert_eq!(super::full_name("", "Lee"), "Lee");
    }
}
