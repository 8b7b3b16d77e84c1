//! Touches that nobody recorded but that follow from what stood where: a person
//! who shopped while a product of a campaign's offers stood in the shop's mailer
//! or on a display saw it there. The touches are events like any other, with the
//! source `derived:placements`; they are written once a campaign.
//!
//! A **display** is seen at every visit, at the moment of the order; a **mailer**
//! (and any other medium) once a person, shop and span, when the span begins or
//! the campaign does, whichever is later.

pub mod api;
pub(crate) mod job;
mod sight;
mod sql;

pub use job::exposures_derive;

/// The source of derived touches.
pub const SOURCE: &str = "derived:placements";
