//! What a lift is computed from: people, treated or not, with what they did
//! during the campaign and in the equally long periods before. Pure.

use super::interval::Moments;

/// The most periods before the campaign that a comparison looks at.
pub const PERIODS_MAX: usize = 2;

/// What a person did in one period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Did {
    /// Orders, or conversions.
    pub times: f64,
    /// What they were worth, minor units.
    pub value: f64,
}

/// One person of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Person {
    /// Whether the campaign wrote to them, or was to by their arm.
    pub treated: bool,
    /// During the campaign.
    pub during: Did,
    /// In the periods before, the nearest first; only the study's `periods` count.
    pub before: [Did; PERIODS_MAX],
}

impl Person {
    /// 1 if they converted during the campaign.
    #[must_use]
    pub fn converted(&self) -> f64 {
        f64::from(u8::from(self.during.times > 0.0))
    }
}

/// Everybody of a comparison.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Study {
    /// How many equally long periods before the campaign are known.
    pub periods: usize,
    /// The people.
    pub people: Vec<Person>,
}

impl Study {
    /// Those of one side.
    pub fn side(&self, treated: bool) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |person| person.treated == treated)
    }

    /// A number's moments over one side.
    #[must_use]
    pub fn moments(&self, treated: bool, of: impl Fn(&Person) -> f64) -> Moments {
        Moments::of(self.side(treated).map(of))
    }

    /// What a person spent in a mean period before the campaign.
    #[must_use]
    pub fn prior_value(&self, person: &Person) -> f64 {
        self.prior(person, |did| did.value)
    }

    /// How often a person did it in a mean period before.
    #[must_use]
    pub fn prior_times(&self, person: &Person) -> f64 {
        self.prior(person, |did| did.times)
    }

    /// In how many of the periods before a person converted, as a share.
    #[must_use]
    pub fn prior_rate(&self, person: &Person) -> f64 {
        self.prior(person, |did| f64::from(u8::from(did.times > 0.0)))
    }

    fn prior(&self, person: &Person, of: impl Fn(&Did) -> f64) -> f64 {
        let known = person.before.iter().take(self.periods);
        known.map(of).sum::<f64>() / self.periods.max(1) as f64
    }
}
