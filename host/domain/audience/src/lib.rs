//! Contacts and who they are, what they agreed to, what happened, and
//! segments. It knows nothing of campaigns and never sends anything.
//!
//! What other areas use: [`consent`] (gate, consent, suppressions),
//! [`contact::addressees`], [`event::record_events`], [`segment`] (rules and
//! snapshots) and [`import`] (one reader for every area's files).

mod api;
pub mod consent;
pub mod contact;
mod error;
pub mod event;
pub mod experiment;
pub mod export;
pub mod import;
mod intake;
pub mod limits;
mod lists;
pub mod normalise;
pub mod person;
mod retention;
mod seen;
pub mod segment;
mod waiting;

pub use consent::{
    ConsentRecord, ConsentState, NewConsent, Standing, TOPIC_ALL, consent_allowed, consent_allows, consent_records,
    consent_set, consents_set, gate_turn, gate_turns, person_held, standing_of, suppress, suppressed, suppressed_among,
};
pub use contact::{
    Addressee, NewContact, NewIdentity, addressees, contact_create, contact_root, contact_roots, identity_map,
};
pub use error::Error;
pub use event::{NewEvent, people_written_to, record_events};
pub use normalise::{IdentityKind, normalise, normalise_address};
pub use seen::{REVEAL, address_seen, consents_seen, json_seen, text_seen};
pub use segment::{
    NewSnapshot, Rule, RuleSource, Snapshot, people_of, segment_known, snapshot_begin, snapshot_create, snapshot_fill,
    snapshot_find, snapshot_members, snapshot_of,
};

use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// This area as a slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::person::declare(host, person::HOLDINGS);
    rialto_slice::retention::declare(host, retention::KEEPINGS);
    rialto_slice::units::declare(host, retention::UNIT_USES);
    import::register(host, Arc::new(import::ContactsImport));
    import::register(host, Arc::new(import::EventsImport));
    export::register(host, Arc::new(export::ContactsExport));
    Slice {
        api: api::routes(),
        public: intake::routes(),
        consumers: vec![Arc::new(intake::Profiles::new(host.clone())), Arc::new(waiting::Apply::new(host.clone()))],
        jobs: vec![
            Arc::new(import::ImportJob::new(host.clone())),
            Arc::new(import::UndoJob::new(host.clone())),
            Arc::new(segment::SnapshotJob::new(host.clone())),
            Arc::new(person::PersonJob::new(host.clone())),
        ],
        ..Slice::new("audience")
    }
}
