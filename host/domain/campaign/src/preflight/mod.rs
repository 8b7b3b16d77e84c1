//! What a launch would do, before it does it. The people are judged by the very
//! code that writes the ledger, so the numbers here are those of the launch. A
//! small audience is counted at once; a large one by a job. It changes nothing
//! but the row that keeps what the job found.

mod actions;
mod blockers;
mod count;
mod job;
mod model;
mod sql;

pub use actions::{campaign_preflight, preflight_get};
pub(crate) use blockers::blockers;
pub(crate) use count::{audience, budgets};
pub use job::{KIND as PREFLIGHT, handler as preflight_handler};
pub use model::{Asked, PreflightRun, PreflightState};
