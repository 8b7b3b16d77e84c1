//! Experiments: people are put into arms by a keyed hash, once, so that what a
//! campaign earned can be held against those who were not written to. It never
//! sends, and never judges an outcome: `measure` does.
//!
//! For a launch: [`would_hold_out`] counts before, [`hold_out`] decides and
//! writes the assignments, both by the same arithmetic. A workspace-wide
//! experiment holds its people out of every campaign during its period.

mod actions;
mod assign;
mod model;
pub mod probability;
pub(crate) mod sql;

pub use actions::{experiment_archive, experiment_create, experiment_get, experiment_unusable};
pub use assign::{Assigned, arms_of, assign, hold_out, would_hold_out};
pub use model::{Arm, ArmCount, Balance, Experiment, ExperimentScope, ExperimentState, ExperimentView, NewExperiment};
pub use sql::experiment_find;
