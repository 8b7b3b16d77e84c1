//! The integration tests: one binary.

mod jobs;
mod parity;
mod store;
