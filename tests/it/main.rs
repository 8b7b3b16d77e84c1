//! The integration tests: one binary.

mod contract;
mod jobs;
mod parity;
mod plugins;
mod store;
