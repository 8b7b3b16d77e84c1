//! Delivery: the ledger of sends, the attempts to make them, and what comes
//! back. A send is a row before it is an effect.
//!
//! A launch calls [`occurrence_create`] in its transaction. One job writes a row
//! for every member of the frozen audience; another takes the rows that are
//! due, runs them through the connector, passes each through the gate at the
//! last moment and settles it by what the other side said.
//!
//! It never decides whom a campaign is for, and a plugin never decides whom a
//! send reaches.

mod api;
mod bounce;
mod dispatch;
mod error;
mod export;
mod fan_out;
mod judge;
mod mail_server;
mod model;
mod occurrence;
mod person;
mod policy;
mod reseal;
mod rules;
mod send;
mod smtp;
mod sql;
mod tracking;
mod why;

pub use error::Error;
pub use judge::{Judged, Planned, Rules, STEP_ROWS, WaveRules, affordable, count, judge, waiting};
pub use mail_server::{MailServer, MailServerChange, mail_server_create, mail_server_exists};
pub use model::{
    LedgerCount, LedgerCounts, LedgerOf, NewOccurrence, Occurrence, OccurrenceState, OnUncertain, Reason, SendState,
    WaveContent,
};
pub use occurrence::{
    DISPATCH, FAN_OUT, ledger_counts, occurrence_cancel, occurrence_create, occurrence_get, occurrence_hold,
    occurrence_pause, occurrence_resume, occurrences_of,
};
pub use policy::{
    AutoPause, Barred, Cap, DeliveryPolicy, PolicyParts, PolicyRules, PolicySources, QuietHours, UnitPolicy,
    policy_get, policy_in, policy_put, unit_policy_delete, unit_policy_get, unit_policy_put,
};
pub use smtp::Security;
pub use why::{CapCount, ConnectorBasis, ContentBasis, SendWhy, send_why, sends_to};

use rialto_slice::{Host, Slice, units::UnitUse};
use std::sync::Arc;

/// What belongs to units.
const UNIT_USES: &[UnitUse] = &[
    UnitUse {
        what: "delivery policies",
        table: "delivery_policy_unit",
        find: "SELECT CAST(1 AS BIGINT) FROM delivery_policy_unit WHERE workspace = $1 AND unit = $2 LIMIT 1",
    },
    UnitUse {
        what: "sends",
        table: "occurrence",
        find: "SELECT CAST(1 AS BIGINT) FROM occurrence WHERE workspace = $1 AND unit = $2 LIMIT 1",
    },
];

/// What keeps a contact here when its import is taken back.
const CONTACT_USES: rialto_audience::import::NamedIn = rialto_audience::import::NamedIn {
    object: "contact",
    places: &[("send", "contact", "it is in the ledger of sends")],
};

/// The delivery slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::person::declare(host, person::HOLDINGS);
    rialto_slice::units::declare(host, UNIT_USES);
    rialto_slice::sealed::declare(host, reseal::SEALED);
    rialto_audience::export::register(host, Arc::new(export::SendsExport));
    rialto_audience::import::register_uses(host, Arc::new(CONTACT_USES));
    Slice {
        api: api::routes(),
        public: tracking::routes(),
        jobs: vec![
            Arc::new(fan_out::FanOut { host: host.clone() }),
            Arc::new(dispatch::Dispatch { host: host.clone() }),
        ],
        ..Slice::new("delivery")
    }
}
