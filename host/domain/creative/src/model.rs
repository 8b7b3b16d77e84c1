//! The nouns of messages: brand, topic, sender, message. No I/O.

use crate::compile::Parts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A brand: the name and the postal address its messages carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brand {
    /// The id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The postal address that mails must show.
    pub postal_address: String,
    /// Its version, for `If-Match`.
    pub version: i64,
}

/// A brand to be made, or all of one anew.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandInput {
    /// Its name.
    pub name: String,
    /// The postal address that mails must show.
    #[serde(default)]
    pub postal_address: String,
}

/// A topic people agree to, such as `offers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Topic {
    /// The id.
    pub id: Uuid,
    /// Its short name, used in consents and campaigns.
    pub code: String,
    /// What people read.
    pub name: String,
}

/// A topic to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicInput {
    /// Its short name.
    pub code: String,
    /// What people read.
    pub name: String,
}

/// A channel account that messages come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sender {
    /// The id.
    pub id: Uuid,
    /// The brand it speaks for.
    pub brand: Option<Uuid>,
    /// `email`, `sms` …
    pub channel: String,
    /// The name people see.
    pub name: String,
    /// The address it sends from.
    pub address: String,
    /// Where answers go; empty: to the address.
    pub reply_to: String,
    /// Its version, for `If-Match`.
    pub version: i64,
}

/// A sender to be made, or all of one anew.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SenderInput {
    /// The brand it speaks for.
    #[serde(default)]
    pub brand: Option<Uuid>,
    /// `email`, `sms` …
    pub channel: String,
    /// The name people see.
    pub name: String,
    /// The address it sends from.
    pub address: String,
    /// Where answers go.
    #[serde(default)]
    pub reply_to: String,
}

/// A message: content for one channel in one or more languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// The id.
    pub id: Uuid,
    /// The unit it belongs to.
    pub unit: Option<Uuid>,
    /// The creative it was made from.
    pub creative: Option<Uuid>,
    /// What people call it.
    pub name: String,
    /// `email`, `sms` …
    pub channel: String,
    /// Whether it is put away.
    pub archived: bool,
    /// Parts by language.
    pub contents: BTreeMap<String, Parts>,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Who made it.
    pub created_by: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A message to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// What people call it.
    pub name: String,
    /// `email`, `sms` …
    pub channel: String,
    /// The unit it belongs to; the whole workspace if absent.
    #[serde(default)]
    pub unit: Option<Uuid>,
    /// The creative it was made from.
    #[serde(default)]
    pub creative: Option<Uuid>,
    /// Parts by language: `{"en": {"subject": …, "mjml": …}}`.
    #[serde(default)]
    pub contents: BTreeMap<String, Parts>,
}

/// A change to a message: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessagePatch {
    /// Another name.
    pub name: Option<String>,
    /// Put away, or back.
    pub archived: Option<bool>,
    /// All content anew.
    pub contents: Option<BTreeMap<String, Parts>>,
}

/// For whom to preview a message.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MessagePreviewQuestion)]
pub struct PreviewQuestion {
    /// In this language; the contact's if absent.
    #[serde(default)]
    pub locale: Option<String>,
    /// As this contact would get it.
    #[serde(default)]
    pub contact: Option<Uuid>,
    /// Or with these values.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub values: serde_json::Map<String, serde_json::Value>,
    /// With this content instead of what is kept, while it is being written.
    #[serde(default)]
    pub contents: Option<BTreeMap<String, Parts>>,
}

/// A message as one person would see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessagePreview {
    /// The language it is in.
    pub locale: String,
    /// Its parts by name.
    pub parts: Parts,
    /// What is missing or wanting: names without a value, no unsubscribe link.
    pub warnings: Vec<String>,
}
