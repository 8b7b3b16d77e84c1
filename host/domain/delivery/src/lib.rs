//! Delivery: the ledger of sends, the attempts to make them, and what comes
//! back. A send is a row before it is an effect.
//!
//! It never decides whom a campaign is for, and a plugin never decides whom a
//! send reaches.

mod error;
mod model;
mod occurrence;
mod sql;

pub use error::Error;
pub use model::{
    LedgerCount, LedgerCounts, LedgerOf, NewOccurrence, Occurrence, OccurrenceState, OnUncertain, Reason, SendState,
};
pub use occurrence::{
    DISPATCH, FAN_OUT, ledger_counts, occurrence_cancel, occurrence_create, occurrence_get, occurrence_pause,
    occurrence_resume, occurrences_of,
};

use rialto_slice::{Host, Slice};

/// The delivery slice.
#[must_use]
pub fn slice(_host: &Host) -> Slice {
    Slice::new("delivery")
}
