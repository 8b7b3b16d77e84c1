//! A person's rights: all that is known of them in one document, and erasure
//! with a signed certificate. What is held where is what the areas declare
//! ([`rialto_slice::person`]); this file knows its own tables only. It never
//! rewrites the audit log, which holds ids and no personal datum.

mod actions;
mod certificate;
mod erase;
mod export;
mod holdings;
mod job;
mod log;
mod model;
mod readable;
mod sql;

pub use actions::{erasures_reapply, person_archive, person_document, person_request_find};
pub use certificate::certificate_verify;
pub use job::PersonJob;
pub use model::{PersonRequest, RequestKind, RequestState};

pub(crate) use actions::{person_ask, person_request_list};
pub(crate) use holdings::HOLDINGS;

/// The source of a contact that was erased, as [`HOLDINGS`] writes it.
pub(crate) const ERASED: &str = "erased";
/// Rows that one step erases.
pub const ERASE_STEP_ROWS: i64 = 500;
/// Rows of one table that one step of an export reads.
const EXPORT_STEP_ROWS: i64 = 1_000;
/// Bytes of an export's document.
pub const EXPORT_BYTES_MAX: usize = 64 << 20;
/// Bytes of one stored part of a document.
const PART_BYTES: usize = 256 * 1024;
/// Days an export's document is kept.
pub const EXPORT_DAYS: i64 = 7;
/// Characters that an address or a number must have to be looked for in free text.
const VALUE_CHARS_MIN: usize = 5;
/// Bytes of a reason.
const REASON_BYTES_MAX: usize = 500;
