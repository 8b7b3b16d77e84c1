//! Write Rialto plugins in Rust.
//!
//! A plugin implements one trait (a [`Connector`], an [`Attribution`] model, a
//! [`Recommender`] or a [`Report`]) and names it, together with the optional
//! abilities it has, in [`export!`]:
//!
//! ```
//! use rialto_sdk::{Attribution, Fault, NoSettings, attribution::{Credits, Paths}};
//!
//! struct LastTouch { credits: Credits }
//!
//! impl Attribution for LastTouch {
//!     type Settings = NoSettings;
//!
//!     fn start(_: NoSettings, channels: Vec<String>) -> Result<Self, Fault> {
//!         Ok(Self { credits: Credits::zero(channels.len()) })
//!     }
//!
//!     fn observe(&mut self, paths: &Paths) -> Result<(), Fault> {
//!         for path in paths {
//!             if let Some(&last) = path.channels.last() {
//!                 self.credits.add(last, f64::from(path.conversions), path.value);
//!             }
//!         }
//!         Ok(())
//!     }
//!
//!     fn credit(&mut self) -> Result<Credits, Fault> {
//!         Ok(self.credits.clone())
//!     }
//! }
//!
//! rialto_sdk::export!(attribution: LastTouch);
//! ```
//!
//! What the host lends a plugin lives in modules: [`log`], [`http`], [`mail`],
//! [`state`] and [`query`]. Using one makes the component import it, and an
//! import is a permission that an admin has to approve.
//!
//! This crate never reads a clock, a file, an environment variable or a random
//! number on its own, and never panics on what the host hands over.

#[doc(hidden)]
pub mod bindings;

pub mod attribution;
pub mod connector;
mod export;
mod fault;
pub mod http;
pub mod log;
pub mod mail;
mod options;
pub mod query;
pub mod recommender;
pub mod report;
mod settings;
pub mod state;

pub use attribution::Attribution;
pub use connector::Connector;
pub use fault::Fault;
pub use options::{OptionBag, Options};
pub use recommender::Recommender;
pub use report::Report;
pub use settings::{NoSettings, Secret};

#[doc(hidden)]
pub use rialto_sdk_split as split_bindings;
#[doc(hidden)]
pub use serde_json;

/// This SDK's version. [`export!`] stamps it into the custom section
/// `rialto:sdk` of every plugin, where a host reads it before running anything.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The bytes of that section: language and version.
#[doc(hidden)]
pub const SDK_STAMP: &[u8; STAMP.len()] = match STAMP.as_bytes().first_chunk() {
    Some(bytes) => bytes,
    None => panic!("a text is as long as itself"),
};

const STAMP: &str = concat!("rust ", env!("CARGO_PKG_VERSION"));
