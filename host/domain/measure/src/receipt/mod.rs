//! Receipts of attribution runs and reports: shown, and held against the same
//! work done again, from the recorder or from the data as they stand.

mod actions;
pub(crate) mod api;

pub use actions::{ReceiptAsked, ReceiptCheck, receipt_check};
