//! The Rialto host: composes every slice into one router and one runner, reads
//! the settings, and is the command line. It holds no rule of marketing.

mod archive;
mod backups;
mod client;
pub mod commands;
pub mod compose;
pub mod config;
mod console;
mod health;
mod host_api;
pub mod keyring;
mod open;
mod output;
mod standing;
pub mod words;

pub use compose::{App, compose};
pub use health::Health;
