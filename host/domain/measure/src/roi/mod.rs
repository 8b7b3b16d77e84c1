//! A campaign's plan held against what happened: its goals, and its return on
//! investment with the difference taken apart into what cost and what revenue
//! did to it.

pub mod actions;
pub mod api;
pub mod goals;
mod sentence;
pub mod split;

pub use actions::{RoiAnswer, RoiPart, roi_of};
pub use goals::{GoalStatus, goals_of};
