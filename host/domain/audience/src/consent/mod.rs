//! What people agreed to, with the proof; the addresses never to send to; and
//! the person's lock under which sends and opt-outs are decided. It never
//! changes a record once written.

mod gate;
mod said;
mod sql;
mod standing;
mod suppression;

pub use gate::{gate_turn, gate_turns};
pub use sql::{consent_allowed, consent_allows, consent_records, consent_set, consents_set};
pub(crate) use sql::{consent_current, consents_now, consents_put};
pub use standing::{Standing, person_held, standing_of};
pub use suppression::{Suppression, suppress, suppressed, suppressed_among, suppression_list, unsuppress};

use crate::{
    error::Result,
    limits::{KEY_BYTES_MAX, NAME_BYTES_MAX, PROOF_BYTES_MAX},
    normalise::{bounded, short_name},
};
use jiff::Timestamp;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The topic that means every topic of a channel.
pub const TOPIC_ALL: &str = "*";
/// The channel that means every channel, in suppressions.
pub const CHANNEL_ALL: &str = "*";

/// Whether somebody agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// They agreed.
    Granted,
    /// They took it back, or said no.
    Withdrawn,
}

impl ConsentState {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// From its stored form; anything but a grant is a withdrawal.
    pub(crate) fn of(text: &str) -> Self {
        if text == "granted" { Self::Granted } else { Self::Withdrawn }
    }
}

/// What holds now for one channel and topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    /// The channel, such as `email`.
    pub channel: String,
    /// The topic; `*` is every topic.
    pub topic: String,
    /// What holds.
    pub state: ConsentState,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The record that says so.
    pub record: Uuid,
}

/// One statement of consent, as it was made; never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentRecord {
    /// The id.
    pub id: Uuid,
    /// Whose.
    pub contact: Uuid,
    /// The channel.
    pub channel: String,
    /// The topic; `*` is every topic.
    pub topic: String,
    /// Given or withdrawn.
    pub state: ConsentState,
    /// Where it was said: a form, an import, an unsubscribe link.
    pub source: String,
    /// What proves it: a form's address and wording, an IP address, a file's row.
    pub proof: String,
    /// Who wrote it down.
    pub actor: String,
    /// When it was said.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A statement of consent to be recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewConsent {
    /// The id of the record.
    pub id: Uuid,
    /// Whose.
    pub contact: Uuid,
    /// The channel.
    pub channel: String,
    /// The topic; `*` is every topic.
    pub topic: String,
    /// Given or withdrawn.
    pub state: ConsentState,
    /// Where it was said.
    pub source: String,
    /// What proves it.
    pub proof: String,
    /// Who writes it down.
    pub actor: String,
    /// When it was said, UTC microseconds.
    pub at: i64,
}

impl NewConsent {
    /// The same, its texts as stored.
    ///
    /// # Errors
    /// When one is empty or too long; a grant needs a proof.
    pub fn checked(mut self) -> Result<Self> {
        self.channel = short_name("channel", &self.channel, KEY_BYTES_MAX)?;
        self.topic = short_name("topic", &self.topic, KEY_BYTES_MAX)?;
        self.source = short_name("source", &self.source, NAME_BYTES_MAX)?;
        self.proof = bounded("proof", &self.proof, PROOF_BYTES_MAX)?;
        if self.state == ConsentState::Granted && self.proof.is_empty() {
            return Err(crate::Error::field("proof", "a consent given needs its proof: where and how it was given"));
        }
        Ok(self)
    }
}
