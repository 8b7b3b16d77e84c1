//! The budget of a campaign: lines with what is planned and committed. What was
//! actually spent is never typed here: it is the `spend` rows and the cost of
//! sends as the ledger keeps it, matched to the lines.

pub(crate) mod actions;
pub(crate) mod api;
mod csv;
mod model;
pub(crate) mod sql;
mod status;

pub use actions::{budget_get, line_create, line_delete, line_page, line_patch};
pub use model::{
    Budget, BudgetLine, BudgetLinePatch, BudgetTotals, BudgetWarning, LineKind, LineStatus, NewBudgetLine, Unplanned,
};
pub use status::budget_of;

/// Lines of one campaign.
pub const LINES_MAX: usize = 200;
/// The largest amount of one line, in minor units.
pub const LINE_MINOR_MAX: i64 = 1_000_000_000_000_000;
