//! From a person's touches and conversions to paths. Pure.
//!
//! A touch belongs to exactly one path: to the first conversion at or after it,
//! if that comes within the window, else to a **null path**. A null path begins
//! with its first touch and holds those within one window of it. A conversion
//! without a touch in its window is counted apart: there is nobody to credit.
//! Touches and conversions before the run's start are only looked back at: they
//! may lead to a conversion inside it, and use up touches, but make no path.

/// A touch of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Touch {
    /// When, UTC microseconds.
    pub(crate) at: i64,
    /// Which channel, by number.
    pub(crate) channel: u32,
    /// Which campaign, by number; [`NO_CAMPAIGN`] for none.
    pub(crate) campaign: u32,
}

/// A conversion of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conversion {
    /// When, UTC microseconds.
    pub(crate) at: i64,
    /// What it is worth, minor units, not negative.
    pub(crate) value_minor: i64,
}

/// The number of no campaign.
pub(crate) const NO_CAMPAIGN: u32 = u32::MAX;
/// The most touches of one path; the earliest are left out.
pub(crate) const PATH_TOUCHES_MAX: usize = 1_000;

/// The span and the window of a run, UTC microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// From here, included.
    pub(crate) start: i64,
    /// To here, excluded.
    pub(crate) end: i64,
    /// How far back touches may earn credit.
    pub(crate) window: i64,
}

/// What comes of a person.
pub(crate) trait PathSink {
    /// Touches that led to a conversion.
    fn converted(&mut self, touches: &[Touch], conversion: Conversion);
    /// Touches that led to none by `end`.
    fn null(&mut self, touches: &[Touch], end: i64);
    /// A conversion that no touch led to.
    fn untouched(&mut self, conversion: Conversion);
}

/// Build one person's paths. Both lists are sorted by time.
pub(crate) fn build(touches: &[Touch], conversions: &[Conversion], frame: Frame, sink: &mut impl PathSink) {
    let mut rest = touches;
    for conversion in conversions {
        let (before, after) = rest.split_at(rest.partition_point(|touch| touch.at <= conversion.at));
        let earliest = conversion.at.saturating_sub(frame.window);
        let (expired, live) = before.split_at(before.partition_point(|touch| touch.at < earliest));
        nulls(expired, frame, sink);
        if conversion.at >= frame.start && conversion.at < frame.end {
            match live.is_empty() {
                true => sink.untouched(*conversion),
                false => sink.converted(latest(live), *conversion),
            }
        }
        rest = after;
    }
    nulls(rest, frame, sink);
}

fn nulls(touches: &[Touch], frame: Frame, sink: &mut impl PathSink) {
    let mut rest = touches;
    while let Some(first) = rest.first() {
        let until = first.at.saturating_add(frame.window);
        let (path, after) = rest.split_at(rest.partition_point(|touch| touch.at <= until));
        if first.at >= frame.start {
            sink.null(latest(path), until.min(frame.end));
        }
        rest = after;
    }
}

fn latest(touches: &[Touch]) -> &[Touch] {
    &touches[touches.len().saturating_sub(PATH_TOUCHES_MAX)..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Default, PartialEq, Eq, Clone)]
    struct Seen {
        paths: Vec<(Vec<i64>, i64, Option<i64>)>,
        untouched: Vec<i64>,
    }

    impl PathSink for Seen {
        fn converted(&mut self, touches: &[Touch], conversion: Conversion) {
            self.paths.push((touches.iter().map(|t| t.at).collect(), conversion.at, Some(conversion.value_minor)));
        }
        fn null(&mut self, touches: &[Touch], end: i64) {
            self.paths.push((touches.iter().map(|t| t.at).collect(), end, None));
        }
        fn untouched(&mut self, conversion: Conversion) {
            self.untouched.push(conversion.at);
        }
    }

    fn built(touches: &[i64], conversions: &[i64], frame: Frame) -> Seen {
        let touches: Vec<_> = touches.iter().map(|at| Touch { at: *at, channel: 0, campaign: NO_CAMPAIGN }).collect();
        let conversions: Vec<_> = conversions.iter().map(|at| Conversion { at: *at, value_minor: *at }).collect();
        let mut seen = Seen::default();
        build(&touches, &conversions, frame, &mut seen);
        seen.paths.sort();
        seen.untouched.sort_unstable();
        seen
    }

    /// The same by looking, for each touch, at every conversion there is.
    fn naive(touches: &[i64], conversions: &[i64], frame: Frame) -> Seen {
        let mut seen = Seen::default();
        let mut own: Vec<(usize, Vec<i64>)> = Vec::new();
        let mut groups: Vec<(Option<usize>, Vec<i64>)> = Vec::new();
        for &touch in touches {
            let next = (0..conversions.len()).find(|at| conversions[*at] >= touch);
            match next {
                Some(at) if conversions[at] - touch <= frame.window => match own.iter_mut().find(|(c, _)| *c == at) {
                    Some((_, path)) => path.push(touch),
                    None => own.push((at, vec![touch])),
                },
                _ => match groups.iter_mut().rev().find(|(c, path)| *c == next && touch - path[0] <= frame.window) {
                    Some((_, path)) => path.push(touch),
                    None => groups.push((next, vec![touch])),
                },
            }
        }
        for (at, &conversion) in conversions.iter().enumerate() {
            if conversion < frame.start || conversion >= frame.end {
                continue;
            }
            match own.iter().find(|(c, _)| *c == at) {
                Some((_, path)) => seen.paths.push((path.clone(), conversion, Some(conversion))),
                None => seen.untouched.push(conversion),
            }
        }
        for (_, path) in groups.into_iter().filter(|(_, path)| path[0] >= frame.start) {
            let end = (path[0] + frame.window).min(frame.end);
            seen.paths.push((path, end, None));
        }
        seen.paths.sort();
        seen.untouched.sort_unstable();
        seen
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        case: String,
        start: i64,
        end: i64,
        window: i64,
        touches: Vec<i64>,
        conversions: Vec<i64>,
        converted: Vec<(Vec<i64>, i64)>,
        null: Vec<(Vec<i64>, i64)>,
        untouched: Vec<i64>,
    }

    #[test]
    fn paths_are_as_the_cases_say() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/cases/paths/window.json");
        let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for case in cases {
            let frame = Frame { start: case.start, end: case.end, window: case.window };
            let seen = built(&case.touches, &case.conversions, frame);
            let converted = case.converted.into_iter().map(|(path, at)| (path, at, Some(at)));
            let null = case.null.into_iter().map(|(path, end)| (path, end, None));
            let mut paths: Vec<_> = converted.chain(null).collect();
            paths.sort();
            assert_eq!(seen, Seen { paths, untouched: case.untouched }, "{}", case.case);
        }
    }

    proptest! {
        #[test]
        fn paths_are_those_of_a_naive_reading(
            mut touches in prop::collection::vec(0_i64..600, 0..40),
            mut conversions in prop::collection::vec(0_i64..600, 0..12),
            start in 0_i64..300,
            length in 1_i64..400,
            window in 1_i64..200,
        ) {
            touches.sort_unstable();
            conversions.sort_unstable();
            conversions.dedup();
            let frame = Frame { start, end: start + length, window };
            prop_assert_eq!(built(&touches, &conversions, frame), naive(&touches, &conversions, frame));
        }

        #[test]
        fn no_touch_is_in_two_paths(
            mut touches in prop::collection::btree_set(0_i64..600, 0..40),
            conversions in prop::collection::btree_set(0_i64..600, 0..12),
            window in 1_i64..200,
        ) {
            touches.retain(|at| *at < 500);
            let (touches, conversions): (Vec<_>, Vec<_>) = (touches.into_iter().collect(), conversions.into_iter().collect());
            let seen = built(&touches, &conversions, Frame { start: 0, end: 1_000, window });
            let mut used: Vec<i64> = seen.paths.iter().flat_map(|(path, ..)| path.iter().copied()).collect();
            used.sort_unstable();
            prop_assert_eq!(used, touches);
        }
    }
}
