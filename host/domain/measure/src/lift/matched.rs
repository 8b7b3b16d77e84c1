//! The comparison for a campaign without a hold-out: people it wrote to against
//! people like them that it did not, within strata of what both did before.
//!
//! Strata are coarsened exact matching (Iacus, King, Porro 2012, Political
//! Analysis 20:1–24) on the value and the number of orders in the periods
//! before: value is cut at the quantiles of the treated, each cut in two by how
//! often. Within a stratum, the change from a mean period before to the
//! campaign's is taken, the treated's less the others': the conditional
//! difference-in-differences of Heckman, Ichimura and Todd 1997 (REStud
//! 64:605–654). Weights are the treated's, so the effect is on those written
//! to. The variance is the strata's own, degrees of freedom by Satterthwaite.
//! It presumes that whoever is alike in the periods before would have moved
//! alike during the campaign; nothing here can prove that.

use super::{
    interval::{Interval, Moments, around, ratio, satterthwaite},
    study::{Person, Study},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most cuts of the value before.
const CUTS_MAX: usize = 20;
/// Treated people that a cut should have at least.
const TREATED_A_CUT: usize = 25;
/// People of each side that a stratum needs: two give a variance.
const SIDE_MIN: f64 = 2.0;

/// What a matched comparison found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftMatched)]
pub struct Matched {
    /// The change of value a person, relative to what would have been; absent
    /// when that is not above zero.
    pub change: Option<Interval>,
    /// The change of value a person, minor units.
    pub value_minor: Interval,
    /// The change of the rate of people who converted.
    pub rate: Interval,
    /// People written to.
    pub treated: u64,
    /// Those of them with others like them.
    pub treated_matched: u64,
    /// Others like them.
    pub others_matched: u64,
    /// Strata compared.
    pub strata: u64,
    /// How alike the two sides were before: standardised mean differences.
    pub balance: Vec<Balance>,
}

/// How alike two sides are in one thing, in standard deviations (Stuart 2010,
/// Statistical Science 25:1–21). Below 0.1 is customarily taken for alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftBalance)]
pub struct Balance {
    /// What: `value-before`, `times-before`, by period; 1 is the nearest.
    pub of: String,
    /// As they are.
    pub raw: f64,
    /// Once matched.
    pub matched: f64,
}

/// Who is compared with whom.
#[derive(Debug)]
struct Strata {
    /// The stratum of each person; `None` for those without anyone alike.
    of: Vec<Option<u32>>,
    count: u64,
}

/// Compare; nothing when no stratum has both sides.
#[must_use]
pub fn matched(study: &Study) -> Option<Matched> {
    let strata = strata(study);
    if strata.count == 0 {
        return None;
    }
    let value = effect(study, &strata, |p| p.during.value, |p| study.prior_value(p));
    let rate = effect(study, &strata, Person::converted, |p| study.prior_rate(p));
    let matched = |treated: bool| {
        let both = study.people.iter().zip(&strata.of);
        both.filter(|(person, stratum)| person.treated == treated && stratum.is_some()).count() as u64
    };
    Some(Matched {
        change: value.relative(),
        value_minor: around(value.effect(), value.error(), value.degrees()),
        rate: around(rate.effect(), rate.error(), rate.degrees()),
        treated: study.side(true).count() as u64,
        treated_matched: matched(true),
        others_matched: matched(false),
        strata: strata.count,
        balance: balance(study, &strata),
    })
}

/// Cut the value before at the treated's quantiles, each cut in two by how often.
fn strata(study: &Study) -> Strata {
    let mut known: Vec<f64> = study.side(true).map(|p| study.prior_value(p)).filter(|value| *value > 0.0).collect();
    known.sort_unstable_by(f64::total_cmp);
    let cuts = (known.len() / TREATED_A_CUT).clamp(1, CUTS_MAX);
    let edges: Vec<f64> = (1..cuts).filter_map(|n| known.get(n * known.len() / cuts).copied()).collect();
    let cut = |person: &Person| match study.prior_value(person) {
        value if value > 0.0 => 1 + edges.partition_point(|edge| *edge <= value),
        _ => 0,
    };
    let mut often: Vec<Vec<f64>> = vec![Vec::new(); edges.len() + 2];
    for person in study.side(true) {
        if let Some(cut) = often.get_mut(cut(person)) {
            cut.push(study.prior_times(person));
        }
    }
    let middles: Vec<f64> = often.into_iter().map(middle).collect();
    let key = |person: &Person| {
        let cut = cut(person);
        let half = middles.get(cut).is_some_and(|middle| study.prior_times(person) > *middle);
        (cut * 2 + usize::from(half)) as u32
    };
    let keys: Vec<u32> = study.people.iter().map(key).collect();
    let mut sides: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for (person, key) in study.people.iter().zip(&keys) {
        let (treated, others) = sides.entry(*key).or_default();
        *(if person.treated { treated } else { others }) += 1.0;
    }
    sides.retain(|_, (treated, others)| *treated >= SIDE_MIN && *others >= SIDE_MIN);
    let of = keys.into_iter().map(|key| sides.contains_key(&key).then_some(key)).collect();
    Strata { of, count: sides.len() as u64 }
}

fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

/// An effect on the treated, and the two means it is between.
#[derive(Debug, Clone, Default)]
struct Effect {
    /// The treated's mean outcome.
    treated: f64,
    of_treated: f64,
    /// What it would have been.
    otherwise: f64,
    of_otherwise: f64,
    parts: Vec<(f64, f64)>,
}

impl Effect {
    fn effect(&self) -> f64 {
        self.treated - self.otherwise
    }

    fn error(&self) -> f64 {
        (self.of_treated + self.of_otherwise).sqrt()
    }

    fn degrees(&self) -> f64 {
        satterthwaite(&self.parts)
    }

    fn relative(&self) -> Option<Interval> {
        ratio((self.treated, self.of_treated), (self.otherwise, self.of_otherwise), self.degrees())
    }
}

/// One stratum's sides: how far each person's outcome is from what was before.
#[derive(Debug, Default)]
struct Sides {
    treated: Moments,
    others: Moments,
    outcome: Moments,
}

fn effect(study: &Study, strata: &Strata, after: impl Fn(&Person) -> f64, before: impl Fn(&Person) -> f64) -> Effect {
    let mut sides: BTreeMap<u32, Sides> = BTreeMap::new();
    for (person, stratum) in study.people.iter().zip(&strata.of) {
        let Some(stratum) = stratum else { continue };
        let side = sides.entry(*stratum).or_default();
        let moved = after(person) - before(person);
        if person.treated {
            side.treated.add(moved);
            side.outcome.add(after(person));
        } else {
            side.others.add(moved);
        }
    }
    let people: f64 = sides.values().map(|side| side.treated.count).sum();
    let mut found = Effect::default();
    for side in sides.values() {
        let share = side.treated.count / people;
        found.treated += share * side.outcome.mean;
        found.otherwise += share * (side.outcome.mean - side.treated.mean + side.others.mean);
        let (of_treated, of_others) = (share * share * side.treated.of_mean(), share * share * side.others.of_mean());
        found.of_treated += of_treated;
        found.of_otherwise += of_others;
        found.parts.push((of_treated, side.treated.count - 1.0));
        found.parts.push((of_others, side.others.count - 1.0));
    }
    found
}

fn balance(study: &Study, strata: &Strata) -> Vec<Balance> {
    let mut rows = Vec::new();
    for period in 0..study.periods {
        let did = move |person: &Person| person.before.get(period).copied().unwrap_or_default();
        rows.push(difference(study, strata, format!("value-before-{}", period + 1), |p| did(p).value));
        rows.push(difference(study, strata, format!("times-before-{}", period + 1), |p| did(p).times));
    }
    rows
}

fn difference(study: &Study, strata: &Strata, of: String, number: impl Fn(&Person) -> f64) -> Balance {
    let (treated, others) = (study.moments(true, &number), study.moments(false, &number));
    let spread = f64::midpoint(treated.variance(), others.variance()).sqrt();
    let standard = |off: f64| if spread > 0.0 { off / spread } else { 0.0 };
    let mut sides: BTreeMap<u32, (Moments, Moments)> = BTreeMap::new();
    for (person, stratum) in study.people.iter().zip(&strata.of) {
        if let Some(stratum) = stratum {
            let (treated, others) = sides.entry(*stratum).or_default();
            (if person.treated { treated } else { others }).add(number(person));
        }
    }
    let people: f64 = sides.values().map(|(treated, _)| treated.count).sum();
    let off: f64 = sides.values().map(|(t, o)| t.count / people.max(1.0) * (t.mean - o.mean)).sum();
    Balance { of, raw: standard(treated.mean - others.mean), matched: standard(off) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lift::study::Did;

    fn person(treated: bool, before: f64, during: f64) -> Person {
        let did = |value: f64| Did { times: f64::from(u8::from(value > 0.0)), value };
        Person { treated, during: did(during), before: [did(before), Did::default()] }
    }

    /// By hand: two strata (nothing before, something before); the treated spent
    /// 10 more in both, and there are more of them in the second.
    #[test]
    fn the_effect_is_that_on_the_treated() {
        let mut people = Vec::new();
        for (before, treated, others) in [(0.0, 4, 12), (100.0, 12, 4)] {
            people.extend((0..treated).map(|n| person(true, before, before + 10.0 + f64::from(n % 2))));
            people.extend((0..others).map(|n| person(false, before, before + f64::from(n % 2))));
        }
        let study = Study { periods: 1, people };
        let found = matched(&study).unwrap();
        assert!((found.value_minor.estimate - 10.0).abs() < 1e-9, "{found:?}");
        assert!(found.value_minor.side() == 1 && found.treated_matched == 16 && found.strata == 2);
        let row = &found.balance[0];
        assert!(row.raw > 1.0 && row.matched.abs() < 1e-9, "{row:?}");
    }

    #[test]
    fn nobody_alike_is_no_comparison() {
        let people = vec![person(true, 100.0, 1.0), person(true, 100.0, 2.0), person(false, 0.0, 1.0)];
        assert!(matched(&Study { periods: 1, people }).is_none());
    }

    #[test]
    fn those_without_anyone_alike_are_left_out_and_counted() {
        let mut people: Vec<Person> = (0..10).map(|n| person(n % 2 == 0, 0.0, f64::from(n))).collect();
        people.extend([person(true, 900.0, 5_000.0), person(true, 901.0, 5_000.0)]);
        let found = matched(&Study { periods: 1, people }).unwrap();
        assert_eq!((found.treated, found.treated_matched, found.others_matched), (7, 5, 5));
        assert!(found.value_minor.estimate.abs() < 10.0);
    }
}
