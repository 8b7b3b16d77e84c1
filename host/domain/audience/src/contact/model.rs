//! The shapes of a contact and of what is known about one.

use super::TraitValue;
use crate::{consent::Consent, event::Event, normalise::IdentityKind};
use jiff::Timestamp;
use rialto_kernel::from_micros;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person we may address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// The id.
    pub id: Uuid,
    /// The unit the contact belongs to, if one.
    pub unit: Option<Uuid>,
    /// The name to show.
    pub name: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// The language, as a BCP 47 tag; empty when not known.
    pub locale: String,
    /// The IANA time zone; empty when not known.
    pub zone: String,
    /// The region; empty when not known.
    pub region: String,
    /// Where the contact came from.
    pub source: String,
    /// The contact this one was merged into: read that one.
    pub merged_into: Option<Uuid>,
    /// Grows with each change; the `ETag`.
    pub version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ContactRow {
    pub id: Uuid,
    pub unit: Option<Uuid>,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub locale: String,
    pub zone: String,
    pub region: String,
    pub source: String,
    pub merged_into: Option<Uuid>,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self {
            id: row.id,
            unit: row.unit,
            name: row.name,
            first_name: row.first_name,
            last_name: row.last_name,
            locale: row.locale,
            zone: row.zone,
            region: row.region,
            source: row.source,
            merged_into: row.merged_into,
            version: row.version,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
        }
    }
}

/// A contact to be made.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewContact {
    /// The name to show; made of the two names when empty.
    pub name: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// The language, as a BCP 47 tag.
    pub locale: String,
    /// The IANA time zone.
    pub zone: String,
    /// The region.
    pub region: String,
    /// Where the contact comes from; `api` when empty.
    pub source: String,
    /// The unit it belongs to.
    pub unit: Option<Uuid>,
    /// What names the contact; none may belong to another.
    pub identities: Vec<NewIdentity>,
    /// Typed facts: texts, numbers, yes or no, RFC 3339 instants.
    #[schema(value_type = Object)]
    pub traits: BTreeMap<String, serde_json::Value>,
    /// Tags.
    pub tags: Vec<String>,
}

/// What is to change about a contact; what is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContactPatch {
    /// The name to show.
    pub name: Option<String>,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The language, as a BCP 47 tag.
    pub locale: Option<String>,
    /// The IANA time zone.
    pub zone: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The unit it belongs to.
    pub unit: Option<Uuid>,
}

/// One of a contact's names in some system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Identity {
    /// Its kind.
    pub kind: IdentityKind,
    /// Who gives such ids out; empty where there is one giver.
    pub issuer: String,
    /// The one spelling.
    pub value: String,
    /// As it was given.
    pub shown: String,
    /// Where it came from.
    pub source: String,
    /// The contact it was given to (of several that are one person).
    pub contact: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// An identity to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdentity {
    /// Its kind.
    pub kind: IdentityKind,
    /// Who gives such ids out.
    #[serde(default)]
    pub issuer: String,
    /// The value, in any usual spelling.
    pub value: String,
}

/// A typed fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trait {
    /// Its key.
    pub key: String,
    /// Its value: a text, a number, yes or no, or an RFC 3339 instant.
    #[schema(value_type = Object)]
    pub value: TraitValue,
    /// Where it came from.
    pub source: String,
    /// As of when.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A tag on a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Who or what set it.
    pub source: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it ceases to hold.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// A tag to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// Its name.
    pub name: String,
    /// When it ceases to hold; never when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// Two contacts found to be one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactMerge {
    /// The id of the merge, to undo it by.
    pub id: Uuid,
    /// Who stays.
    pub winner: Uuid,
    /// Who points at the winner.
    pub loser: Uuid,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it was undone.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub undone_at: Option<Timestamp>,
}

/// All that is known of one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// The contact that stays.
    pub contact: Contact,
    /// The contacts that are the same person and point at it.
    pub merged: Vec<Uuid>,
    /// Every identity of the person.
    pub identities: Vec<Identity>,
    /// Every trait; where two contacts have the same key, the latest.
    pub traits: Vec<Trait>,
    /// Tags that hold now.
    pub tags: Vec<Tag>,
    /// What the person agreed to or withdrew.
    pub consents: Vec<Consent>,
    /// The latest events.
    pub events: Vec<Event>,
    /// Merges this person came of.
    pub merges: Vec<ContactMerge>,
}
