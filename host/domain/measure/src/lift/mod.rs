//! Lift: what a campaign changed. Against a hold-out where an experiment drew
//! lots; else against people who were alike before. It computes what is known
//! by the workspace's clock and says what cannot be told.

pub(crate) mod actions;
pub(crate) mod api;
pub mod coverage;
pub mod interval;
pub(crate) mod job;
pub mod matched;
pub(crate) mod people;
pub mod randomised;
pub(crate) mod say;
pub(crate) mod sql;
pub mod study;
pub mod view;

pub use actions::lift_latest;
pub use view::{Design, Group, LiftResult, LiftShown, NewLift, Sentence};

use rialto_jobs::JobHandler;
use rialto_slice::Host;
use std::sync::Arc;

/// What works on lift runs, for a runner of one's own.
#[must_use]
pub fn handler(host: &Host) -> Arc<dyn JobHandler> {
    Arc::new(job::Lift::new(host))
}
