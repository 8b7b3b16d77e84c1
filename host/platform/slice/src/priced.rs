//! What is counted in the workspace's currency once it is there: each area
//! declares it, so that a workspace which counts already keeps its currency.

use crate::{Host, declared};

/// Rows that are counted in money.
#[derive(Debug, Clone, Copy)]
pub struct Priced {
    /// What people call them, such as `orders`.
    pub what: &'static str,
    /// One of them: `$1` the workspace; selects one number.
    pub find: &'static str,
}

/// Declare what an area counts.
pub fn declare(host: &Host, priced: &'static [Priced]) {
    declared::add(host, priced);
}

/// All that the areas of this host declared.
#[must_use]
pub fn priced(host: &Host) -> Vec<Priced> {
    declared::all(host)
}
