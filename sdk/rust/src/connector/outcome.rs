//! What became of a delivery.

use serde::Serialize;

use crate::{Fault, OptionBag as _};

use super::Batch;

pub use crate::bindings::deliver::exports::rialto::connector::deliver::Outcome;

/// The words a host knows; any other is read as `uncertain`.
pub mod status {
    /// The other side took it.
    pub const ACCEPTED: &str = "accepted";
    /// The host's mail pool will say.
    pub const SUBMITTED: &str = "submitted";
    /// Nothing happened, try later.
    pub const RETRY: &str = "retry";
    /// It never will be delivered.
    pub const REJECTED: &str = "rejected";
    /// Nobody knows.
    pub const UNCERTAIN: &str = "uncertain";
}

impl Outcome {
    /// Say what the other side calls it.
    pub fn provider_id(mut self, id: impl Into<String>) -> Self {
        self.provider_id = Some(id.into());
        self
    }

    /// Say more, for those who know the name.
    pub fn option(mut self, name: &str, value: impl Serialize) -> Self {
        self.options = self.options.with(name, value);
        self
    }
}

/// Answer every delivery of a batch by the same rule; an error becomes
/// `rejected` with its fault.
pub fn one_each(
    batch: &Batch,
    mut deliver: impl FnMut(&super::Delivery<'_>) -> Result<Outcome, Fault>,
) -> Vec<Outcome> {
    batch.iter().map(|delivery| deliver(&delivery).unwrap_or_else(|fault| delivery.rejected(fault))).collect()
}
