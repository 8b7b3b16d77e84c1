//! What the audience forgets after some days, and what of it belongs to units.

use rialto_slice::{retention::Keeping, units::UnitUse};

pub(crate) const KEEPINGS: &[Keeping] = &[
    Keeping {
        what: "events",
        about: "what happened: opens, clicks, visits, purchases as events",
        days: None,
        days_min: 30,
        forget: "DELETE FROM event WHERE workspace = $1 AND (at, id) IN (
                     SELECT at, id FROM event WHERE workspace = $1 AND at < $2 ORDER BY at, id LIMIT $3)",
    },
    Keeping {
        what: "import-errors",
        about: "bad rows of files that were read in",
        days: Some(90),
        days_min: 1,
        forget: "DELETE FROM import_error WHERE workspace = $1 AND (import, row, field) IN (
                     SELECT e.import, e.row, e.field FROM import i
                     JOIN import_error e ON e.workspace = i.workspace AND e.import = i.id
                     WHERE i.workspace = $1 AND i.created_at < $2 LIMIT $3)",
    },
    Keeping {
        what: "person-documents",
        about: "documents of exports of a person",
        days: Some(crate::person::EXPORT_DAYS),
        days_min: 1,
        forget: "DELETE FROM person_document WHERE workspace = $1 AND (request, part) IN (
                     SELECT d.request, d.part FROM person_request r
                     JOIN person_document d ON d.workspace = r.workspace AND d.request = r.id
                     WHERE r.workspace = $1 AND r.created_at < $2 LIMIT $3)",
    },
];

pub(crate) const UNIT_USES: &[UnitUse] = &[
    UnitUse {
        what: "contacts",
        table: "contact",
        find: "SELECT CAST(1 AS BIGINT) FROM contact WHERE workspace = $1 AND unit = $2 LIMIT 1",
    },
    UnitUse {
        what: "segments",
        table: "segment",
        find: "SELECT CAST(1 AS BIGINT) FROM segment WHERE workspace = $1 AND unit = $2 LIMIT 1",
    },
];
