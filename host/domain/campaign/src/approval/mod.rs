//! Approval of plans: which version of a plan somebody asked for, who approved
//! or refused it, and whether what stands now is still what was approved.
//!
//! A version is a hash over the plan's sections (goals, budget, audience,
//! messages, offers, schedule). A later change voids the approval by itself:
//! the hash is another one, and the sections that differ are told.

pub(crate) mod actions;
pub(crate) mod api;
mod model;
mod snapshot;
pub(crate) mod sql;

pub use actions::{APPROVE, launch_allowed, plan_get, settings_get};
pub use model::{Approval, Decision, NewApproval, PlanSettings, PlanSettingsChange, PlanState};
