//! The integration tests: one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should say so and stop")]

mod api;
mod as_of;
mod attribution;
mod audience;
mod backups;
mod compile;
mod contract;
mod delivery;
mod experiments;
mod files;
#[path = "../components/guests.rs"]
mod guests;
mod hosts;
mod intake;
mod jobs;
mod library;
mod lift;
mod measure;
mod parity;
mod person;
mod plan;
mod plugin_check;
mod plugins;
mod plugins_api;
mod plugins_rollout;
mod real;
mod real_clients;
mod recorder;
mod reports;
mod retention;
mod sales;
mod secrets;
mod seen;
mod segments;
mod source;
mod sql;
mod store;
mod tidy;
mod typescript;
mod undo;
mod walls;
mod words;
