//! Build, pack and test Rialto plugins.
//!
//! In a plain `#[test]`, [`Harness::build`] compiles the plugin and runs it
//! under the same host that production uses, with the same limits, checks and
//! virtual WASI; only the outside world is a script.
//!
//! ```no_run
//! use rialto_sdk_harness::{Harness, paths_file};
//!
//! let harness = Harness::build(env!("CARGO_MANIFEST_DIR"))?;
//! let paths = paths_file::parse("path;conv;value;null\na > b;1;9.5;0\n".as_bytes())?;
//! let credits = harness.attribution(serde_json::json!({"model": "last"}), &paths)?;
//! assert_eq!(credits.of("b"), Some((1.0, 9.5)));
//! # Ok::<(), rialto_sdk_harness::Error>(())
//! ```
//!
//! The command line uses the same code: [`build`] and [`package`] behind
//! `rialto plugin build | pack`, [`templates`] behind `rialto plugin new`, and
//! [`paths_file`] behind `rialto attribution run`.

pub mod build;
pub mod contract;
mod error;
#[cfg(feature = "host")]
mod harness;
pub mod language;
pub mod package;
pub mod paths_file;
#[cfg(feature = "host")]
mod script;
pub mod templates;

pub use error::Error;
#[cfg(feature = "host")]
pub use harness::{ChannelCredits, Harness, batch, fixture};
#[cfg(feature = "host")]
pub use script::{Asked, Script};

#[cfg(feature = "host")]
pub use rialto_conformance::{CheckResult, Conformance, Verdict};
#[cfg(feature = "host")]
pub use rialto_contract::{Comparison, Fixture, Verdict as ReplayVerdict, attribution, connector, recommender, report};
#[cfg(feature = "host")]
pub use rialto_plugin_host::{
    Fault, Grants, HostGrant, Inspection,
    capability::{HttpRequest, HttpResponse, LogLine, MailContent, Question},
};
