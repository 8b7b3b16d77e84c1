//! The SQL of this area, by table.

mod conformance;
mod installation;
mod package;
mod receipt;
mod recording;
mod rollout;
mod run;
mod sealed;
mod state;
mod supply;
pub(crate) mod token;

pub(crate) use conformance::*;
pub(crate) use installation::*;
pub use installation::{installation_find, installations_of_kind, version_described};
pub(crate) use package::*;
pub(crate) use receipt::*;
pub(crate) use recording::*;
pub(crate) use rollout::*;
pub(crate) use run::*;
pub(crate) use sealed::*;
pub(crate) use state::*;
pub(crate) use supply::*;
pub(crate) use token::*;
