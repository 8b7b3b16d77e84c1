//! What is not kept for ever: each area declares which of its rows are forgotten
//! after some days; identity keeps each workspace's choice and runs it daily.

use crate::{Host, declared};

/// Rows that are forgotten after some days.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// Their name in settings, such as `events`.
    pub what: &'static str,
    /// What they are, in a sentence.
    pub about: &'static str,
    /// Days they are kept where the workspace chose none; `None` is for ever.
    pub days: Option<i64>,
    /// The fewest days that may be chosen.
    pub days_min: i64,
    /// Forgets at most `$3` rows of workspace `$1` from before `$2`
    /// (microseconds) and, run again, the next ones.
    pub forget: &'static str,
}

/// Declare what an area forgets; its tables only.
pub fn declare(host: &Host, keepings: &'static [Keeping]) {
    declared::add(host, keepings);
}

/// All that the areas of this host declared.
#[must_use]
pub fn keepings(host: &Host) -> Vec<Keeping> {
    declared::all(host)
}
