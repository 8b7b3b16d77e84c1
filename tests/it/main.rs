//! The integration tests: one binary.

mod api;
mod attribution;
mod audience;
mod contract;
mod delivery;
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
