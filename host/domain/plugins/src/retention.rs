//! What plugins leave that is forgotten after some days, and what of it
//! belongs to units.

use rialto_slice::{retention::Keeping, units::UnitUse};

pub(crate) const KEEPINGS: &[Keeping] = &[Keeping {
    what: "plugin-runs",
    about: "records and logs of what plugins did",
    days: Some(180),
    days_min: 1,
    forget: "DELETE FROM plugin_run WHERE workspace = $1 AND id IN (
                 SELECT p.id FROM installation i
                 JOIN plugin_run p ON p.workspace = i.workspace AND p.installation = i.id
                 WHERE i.workspace = $1 AND p.started_at < $2 LIMIT $3)",
}];

pub(crate) const UNIT_USES: &[UnitUse] = &[UnitUse {
    what: "installed plugins",
    table: "installation",
    find: "SELECT CAST(1 AS BIGINT) FROM installation WHERE workspace = $1 AND unit = $2 LIMIT 1",
}];
