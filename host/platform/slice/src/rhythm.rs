//! Jobs that every workspace has at times of its own clock: each area declares
//! its own; identity sees that every workspace has them.

use crate::{Host, declared};

/// A job that every workspace has.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// The kind of the job.
    pub kind: &'static str,
    /// What tells it from other schedules of its kind.
    pub key: &'static str,
    /// When, by the clock of where the workspace is.
    pub cron: &'static str,
}

/// Declare what an area does again and again.
pub fn declare(host: &Host, rhythms: &'static [Rhythm]) {
    declared::add(host, rhythms);
}

/// All that the areas of this host declared.
#[must_use]
pub fn rhythms(host: &Host) -> Vec<Rhythm> {
    declared::all(host)
}
