//! Which ways people went: paths by the channels they led through, in order,
//! counted exactly as the paths are laid out. A channel that follows itself
//! counts once, and of a long way the last [`STEPS_MAX`] channels are told.

use super::path::Touch;
use rialto_kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{HashMap, hash_map::Entry},
};
use utoipa::ToSchema;

/// Channels of one pattern.
pub(crate) const STEPS_MAX: usize = 6;
/// The most patterns counted apart; those seen later count among the rest.
const COUNTED_MAX: usize = 200_000;
/// Patterns told: the most frequent, and the most frequent with a conversion.
const TOLD_MAX: usize = 100;
/// No further step.
const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Way {
    /// Whether more channels came before.
    longer: bool,
    steps: [u32; STEPS_MAX],
}

/// How many paths, and what they came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AttributionPathCounts)]
pub struct Counts {
    /// Paths, those without conversion included.
    pub paths: i64,
    /// Those that led to a conversion.
    pub conversions: i64,
    /// The value of the conversions, minor units of the run's currency.
    pub value_minor: i64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.paths += other.paths;
        self.conversions += other.conversions;
        self.value_minor += other.value_minor;
    }
}

/// Paths that went one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AttributionPathPattern)]
pub struct Pattern {
    /// The channels in the order of their touches; touches in a row of one channel are one.
    pub channels: Vec<String>,
    /// Whether more channels came before these.
    pub longer: bool,
    /// How many, and what they came to.
    #[serde(flatten)]
    pub counts: Counts,
}

/// The ways of a run's paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Patterns {
    /// The most frequent first.
    pub(crate) told: Vec<Pattern>,
    /// How many other ways there are.
    pub(crate) others: i64,
    /// What went those.
    pub(crate) rest: Counts,
}

/// Counts paths as they are laid out.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    seen: HashMap<Way, Counts>,
    rest: Counts,
}

impl Ways {
    /// One more path; `value_minor` where it led to a conversion.
    pub(crate) fn take(&mut self, touches: &[Touch], value_minor: Option<i64>) {
        let counts = Counts {
            paths: 1,
            conversions: i64::from(value_minor.is_some()),
            value_minor: value_minor.unwrap_or_default(),
        };
        let room = self.seen.len() < COUNTED_MAX;
        match self.seen.entry(way(touches)) {
            Entry::Occupied(mut seen) => seen.get_mut().add(counts),
            Entry::Vacant(new) if room => {
                new.insert(counts);
            }
            Entry::Vacant(_) => self.rest.add(counts),
        }
    }

    /// What they come to; `channels` by number.
    pub(crate) fn told(self, channels: &[String]) -> Patterns {
        let mut all: Vec<(Way, Counts)> = self.seen.into_iter().collect();
        all.sort_unstable_by_key(|(way, counts)| (Reverse((counts.conversions, counts.paths)), *way));
        let mut patterns = Patterns { told: Vec::new(), others: 0, rest: self.rest };
        // Those with the most conversions are told, and of all others the most frequent.
        let mut others = all.split_off(all.len().min(TOLD_MAX));
        others.sort_unstable_by_key(|(way, counts)| (Reverse(counts.paths), *way));
        for (_, counts) in others.split_off(others.len().min(TOLD_MAX)) {
            patterns.others += 1;
            patterns.rest.add(counts);
        }
        all.extend(others);
        all.sort_unstable_by_key(|(way, counts)| (Reverse((counts.paths, counts.conversions)), *way));
        patterns.told = all.into_iter().map(|(way, counts)| pattern(way, counts, channels)).collect();
        patterns
    }
}

fn way(touches: &[Touch]) -> Way {
    let mut way = Way { longer: false, steps: [NONE; STEPS_MAX] };
    let (mut at, mut last) = (STEPS_MAX, NONE);
    for touch in touches.iter().rev().filter(|touch| std::mem::replace(&mut last, touch.channel) != touch.channel) {
        if at == 0 {
            way.longer = true;
            break;
        }
        at -= 1;
        way.steps[at] = touch.channel;
    }
    way
}

fn pattern(way: Way, counts: Counts, channels: &[String]) -> Pattern {
    let known = way.steps.iter().filter(|step| **step != NONE);
    let channels = known.map(|step| channels.get(*step as usize).cloned().unwrap_or_default()).collect();
    Pattern { channels, longer: way.longer, counts }
}

/// Which ways the paths of a run went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AttributionPaths)]
pub struct PathsShown {
    /// Ways and how many went them, the most frequent first.
    pub items: Vec<Pattern>,
    /// How many other ways there are, at least.
    pub others: i64,
    /// What went those.
    pub rest: Counts,
    /// Conversions that no touch led to.
    pub untouched: i64,
    /// Their value.
    pub untouched_value: Money,
}

impl PathsShown {
    pub(crate) fn of(patterns: Patterns, untouched: i64, untouched_value_minor: i64, currency: Currency) -> Self {
        let Patterns { told, others, rest } = patterns;
        Self { items: told, others, rest, untouched, untouched_value: Money { minor: untouched_value_minor, currency } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::path::NO_CAMPAIGN;

    fn touches(channels: &[u32]) -> Vec<Touch> {
        channels.iter().map(|channel| Touch { at: 0, channel: *channel, campaign: NO_CAMPAIGN }).collect()
    }

    fn names() -> Vec<String> {
        (0..1_000).map(|at| format!("c{at}")).collect()
    }

    #[test]
    fn a_way_is_its_channels_in_order_each_once_in_a_row() {
        let mut ways = Ways::default();
        ways.take(&touches(&[0, 0, 1, 1, 0]), Some(500));
        ways.take(&touches(&[0, 1, 0]), None);
        ways.take(&touches(&[1, 0, 1, 2, 3, 4, 5, 5]), Some(7));
        ways.take(&touches(&[0, 1, 2, 3, 4, 5]), None);
        let told = ways.told(&names());
        let seen: Vec<_> = told.told.iter().map(|one| (one.channels.join(" "), one.longer, one.counts)).collect();
        let counts = |paths, conversions, value_minor| Counts { paths, conversions, value_minor };
        assert_eq!(
            seen,
            [
                ("c0 c1 c0".to_owned(), false, counts(2, 1, 500)),
                ("c0 c1 c2 c3 c4 c5".to_owned(), true, counts(1, 1, 7)),
                ("c0 c1 c2 c3 c4 c5".to_owned(), false, counts(1, 0, 0)),
            ]
        );
        assert_eq!((told.others, told.rest), (0, Counts::default()));
    }

    #[test]
    fn what_is_not_told_is_counted_and_rare_conversions_are_told() {
        let mut ways = Ways::default();
        for channel in 0..300 {
            for _ in 0..=(300 - channel) {
                ways.take(&touches(&[channel]), None);
            }
        }
        ways.take(&touches(&[299]), Some(9));
        let told = ways.told(&names());
        assert_eq!(told.told.len(), 2 * TOLD_MAX);
        assert_eq!(told.told[0].channels, ["c0"]);
        assert!(told.told.iter().any(|one| one.channels == ["c299"] && one.counts.conversions == 1));
        assert_eq!(told.others, 100);
        let sum: i64 = told.told.iter().map(|one| one.counts.paths).sum::<i64>() + told.rest.paths;
        assert_eq!(sum, (2..=301).sum::<i64>() + 1);
    }
}
