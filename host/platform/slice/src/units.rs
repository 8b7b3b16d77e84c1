//! What belongs to a unit: each area declares its tables that name one, so that
//! a unit which something belongs to is not deleted. A test fails when a table
//! names a unit and nobody declares it.

use crate::{Host, declared};

/// A table whose rows belong to a unit.
#[derive(Debug, Clone, Copy)]
pub struct UnitUse {
    /// What people call its rows, such as `campaigns`.
    pub what: &'static str,
    /// The table.
    pub table: &'static str,
    /// One row of a unit: `$1` the workspace, `$2` the unit; selects one number.
    pub find: &'static str,
}

/// Declare tables of an area.
pub fn declare(host: &Host, uses: &'static [UnitUse]) {
    declared::add(host, uses);
}

/// All that the areas of this host declared.
#[must_use]
pub fn uses(host: &Host) -> Vec<UnitUse> {
    declared::all(host)
}
