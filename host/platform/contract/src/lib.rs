//! The typed way to call a plugin: one module a kind, one function an export.
//! Each makes a guarded entry, and checks the answer before it hands it on: a
//! plugin may lie, and a lie is a [`RunError::WrongAnswer`] that ends the run.
//! Slices, command line and test harness call plugins through this crate only.
//!
//! ```text
//! let mut run = host.run(RunRequest::new(&plugin, PluginKind::Connector, ws, inst).doors(doors)).await?;
//! let outcomes = connector::deliver(&mut run, settings, batch).await;
//! let finished = run.finish().await; // writes to apply, what the host saw, the record
//! ```

mod ahead;
pub mod attribution;
mod call;
pub mod compare;
pub mod connector;
pub mod fixture;
pub mod recommender;
pub mod replay;
pub mod report;
pub mod tape;

pub use ahead::Ahead;
pub use compare::{Comparison, Costs, Verdict};
pub use fixture::Fixture;
pub use replay::{Replayed, replay, replay_grants};
pub use rialto_plugin_host::{Fault, Options, PluginKind, Run, RunError, RunRequest};
pub use tape::{Answered, Asked, Tape, TapeError};

/// The value of an option, read from its JSON text.
#[must_use]
pub fn option<T: serde::de::DeserializeOwned>(options: &Options, name: &str) -> Option<T> {
    let (_, text) = options.iter().find(|(key, _)| key == name)?;
    serde_json::from_str(text).ok()
}

/// An option of this name and value.
#[must_use]
pub fn with_option(name: &str, value: &impl serde::Serialize) -> (String, String) {
    (name.to_owned(), serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
}
