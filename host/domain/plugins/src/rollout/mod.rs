//! How a version comes to serve and stops serving: its states, the policy of
//! its installation, canaries with their judgement, and what its breaker has
//! to do with it. Every move of a version goes through [`steps::go`], which
//! writes it down; nothing here runs a plugin.
//!
//! Shadow runs (`actions/shadow.rs`) replay recorded runs on a candidate, and
//! call [`shadow_begins`] and [`shadow_ends`] inside their own writes. The verdict
//! stays with the version, and [`gate`] asks for a person where it differs.

pub(crate) mod canary;
mod judge;
mod policy;
mod shadow;
mod state;
pub(crate) mod steps;
pub(crate) mod watch;

pub use judge::{Figures, Verdict};
pub use policy::{BreakerTerms, CanaryTerms, Failure, Held, RolloutPolicy, Updates};
pub use shadow::{ShadowVerdict, gate, shadow_begins, shadow_ends};
pub use state::VersionState;
