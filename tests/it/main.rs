//! The integration tests: one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should say so and stop")]

mod api;
mod as_of;
mod attribution;
mod audience;
mod contract;
mod delivery;
#[path = "../components/guests.rs"]
mod guests;
mod intake;
mod jobs;
mod kills;
mod library;
mod measure;
mod parity;
mod plugins;
mod plugins_api;
mod real_clients;
mod reports;
mod sales;
mod segments;
mod source;
mod sql;
mod store;
mod tidy;
