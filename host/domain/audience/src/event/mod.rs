//! Events: what happened, at a time. The one stream that paths, segments,
//! triggers and metrics read. An event is never changed once written.

mod record;
pub(crate) mod sql;

pub use record::{NewEvent, record_events};
pub use sql::{event_list, people_written_to};

use jiff::Timestamp;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// The id.
    pub id: Uuid,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Its kind: `track`, `page`, `open`, `click`, `order` …
    pub kind: String,
    /// Its name, such as `Order Completed`.
    pub name: String,
    /// Whose; perhaps a contact that was merged away since.
    pub contact: Option<Uuid>,
    /// The marketing channel, when the event is a touch.
    pub channel: Option<String>,
    /// The campaign it belongs to.
    pub campaign: Option<Uuid>,
    /// The send it answers.
    pub send: Option<Uuid>,
    /// Who reported it.
    pub source: String,
    /// Its value in minor units.
    pub value_minor: Option<i64>,
    /// The value's currency.
    pub currency: Option<String>,
    /// Everything else that was said of it.
    #[schema(value_type = Object)]
    pub properties: serde_json::Value,
}
