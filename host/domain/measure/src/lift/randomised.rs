//! The comparison for a campaign with a hold-out: everybody who was to be
//! written to against everybody who was held out, whether or not the message
//! arrived (intention to treat). Pure.

use super::{
    interval::{Interval, newcombe, relative, welch},
    study::{Person, Study},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a randomised comparison found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftRandomised)]
pub struct Randomised {
    /// The rate of people who converted, the treated's less the held-out's.
    pub rate: Interval,
    /// The value a person, minor units, the treated's less the held-out's.
    pub value_minor: Interval,
    /// The treated's value a person over the held-out's, less one; absent when
    /// one of them is not above zero.
    pub change: Option<Interval>,
}

/// Compare; nothing when a side has fewer than two people.
#[must_use]
pub fn randomised(study: &Study) -> Option<Randomised> {
    let value = |treated: bool| study.moments(treated, |person| person.during.value);
    let (held, treated) = (value(false), value(true));
    if held.count < 2.0 || treated.count < 2.0 {
        return None;
    }
    let hits = |treated: bool| study.side(treated).map(Person::converted).sum::<f64>();
    Some(Randomised {
        rate: newcombe((hits(false), held.count), (hits(true), treated.count)),
        value_minor: welch(&held, &treated),
        change: relative(&held, &treated),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lift::study::Did;

    #[test]
    fn an_empty_arm_is_no_comparison() {
        let one = |treated: bool, times: f64| Person {
            treated,
            during: Did { times, value: times * 100.0 },
            ..Person::default()
        };
        let study = |held: usize| Study {
            periods: 0,
            people: (0..50).map(|n| one(true, f64::from(n % 2))).chain((0..held).map(|_| one(false, 0.0))).collect(),
        };
        assert!(randomised(&study(0)).is_none() && randomised(&study(1)).is_none());
        let found = randomised(&study(50)).unwrap();
        assert!((found.rate.estimate - 0.5).abs() < 1e-12 && found.rate.side() == 1);
        assert!(found.change.is_none(), "nothing to be relative to");
    }
}
