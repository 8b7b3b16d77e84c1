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
mod fan_out;
mod mail_server;
mod model;
mod occurrence;
mod send;
mod smtp;
mod sql;
mod tracking;

pub use error::Error;
pub use fan_out::{Judged, Rules, STEP_ROWS, affordable, count, judge};
pub use mail_server::{MailServer, MailServerChange, mail_server_create, mail_server_exists};
pub use model::{
    LedgerCount, LedgerCounts, LedgerOf, NewOccurrence, Occurrence, OccurrenceState, OnUncertain, Reason, SendState,
};
pub use occurrence::{
    DISPATCH, FAN_OUT, ledger_counts, occurrence_cancel, occurrence_create, occurrence_get, occurrence_pause,
    occurrence_resume, occurrences_of,
};
pub use smtp::Security;

use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// The delivery slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
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
