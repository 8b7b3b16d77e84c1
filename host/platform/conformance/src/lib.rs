//! What a plugin of each kind must bear before anybody trusts it: one suite a
//! kind, run in the sandbox against a scripted other side. The host runs it on
//! every upload, `rialto plugin test` at the author's desk: the same checks,
//! the same bounds. Nothing here reaches the outside, and nothing a plugin
//! answers is believed.
//!
//! ```text
//! let subject = Subject::new(&host, &plugin, Id::nil());
//! let results = suite::run(&subject, &Effort::default(), |done, all, result| …).await;
//! ```
//!
//! To add a check: a function in its kind's file → its line in that file's
//! `CHECKS` → a way to fail it in `tests/components/contrary` → the Chinese of
//! what it proves. A check without a guest that fails it fails a test.

mod attribution;
pub mod bench;
mod connector;
mod example;
mod model;
mod recommender;
mod report;
mod subject;
pub mod suite;
mod texts;
mod world;

pub use example::example;
pub use model::{CheckResult, Conformance, Cost, Verdict};
pub use subject::{Subject, stand_in_grants};
pub use suite::{CHECKS, Check, Effort, SUITE_VERSION};
