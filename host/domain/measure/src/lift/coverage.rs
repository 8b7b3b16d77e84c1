//! How often the intervals hold the truth: worlds are drawn in which the effect
//! is known, and each world's interval is held against it. It says what the
//! methods do where their presumptions hold, and what heavy tails cost; it
//! proves nothing about a campaign whose audience was chosen by something
//! else than what people did before.

use super::{
    matched::matched,
    randomised::randomised,
    study::{Did, PERIODS_MAX, Person, Study},
    view::Design,
};
use rialto_kernel::{Randomness, SeededRandom};
use serde::{Deserialize, Serialize};

/// A world that people are drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// Its name in the table.
    pub name: &'static str,
    /// How people come to be written to.
    pub design: Design,
    /// People.
    pub people: usize,
    /// What the campaign does to spend: 0.1 is ten per cent more.
    pub effect: f64,
    /// How strongly spend before decides who is written to, in logits a standard deviation.
    pub confounding: f64,
    /// How much one person's spend varies between periods, on the logarithm's scale.
    pub noise: f64,
    /// How much people differ, on the logarithm's scale.
    pub spread: f64,
}

/// What came of a world's interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageRow {
    /// The world.
    pub world: String,
    /// `randomised` or `matched`.
    pub design: Design,
    /// Which interval: `value` a person (relative to what would have been), or `rate`.
    pub of: String,
    /// The true effect.
    pub truth: f64,
    /// How often the interval is meant to hold it.
    pub nominal: f64,
    /// How often it did.
    pub achieved: f64,
    /// The mean estimate less the truth.
    pub bias: f64,
    /// The mean width of the interval.
    pub width: f64,
    /// Worlds drawn that gave an interval.
    pub replications: u64,
}

/// The worlds of the table.
#[must_use]
pub fn worlds() -> Vec<World> {
    let plain = World {
        name: "no effect",
        design: Design::Randomised,
        people: 2_500,
        effect: 0.0,
        confounding: 0.0,
        noise: 0.6,
        spread: 0.8,
    };
    let chosen = World { design: Design::Matched, confounding: 1.0, ..plain };
    vec![
        plain,
        World { name: "effect of 10 %", effect: 0.1, ..plain },
        World { name: "no effect, heavy tails", noise: 1.2, spread: 1.0, ..plain },
        World { name: "no effect, chosen by lot", confounding: 0.0, ..chosen },
        World { name: "no effect, chosen by spend before", ..chosen },
        World { name: "effect of 10 %, chosen by spend before", effect: 0.1, ..chosen },
        World { name: "no effect, strongly chosen by spend before", confounding: 2.0, ..chosen },
        World { name: "no effect, heavy tails, chosen by spend before", noise: 1.2, spread: 1.0, ..chosen },
    ]
}

/// Draw each world so often, from a seed, and count.
#[must_use]
pub fn table(worlds: &[World], replications: u64, seed: u64) -> Vec<CoverageRow> {
    worlds.iter().zip(0_u64..).flat_map(|(world, n)| rows(*world, replications, seed.wrapping_add(n))).collect()
}

#[derive(Debug, Default)]
struct Tally {
    held: u64,
    all: u64,
    off: f64,
    width: f64,
}

fn rows(world: World, replications: u64, seed: u64) -> Vec<CoverageRow> {
    let mut draw = Draw::new(seed);
    let (mut value, mut rate) = (Tally::default(), Tally::default());
    for _ in 0..replications {
        let study = study(world, &mut draw);
        let (change, of_rate) = match world.design {
            Design::Randomised => randomised(&study).map_or((None, None), |r| (r.change, Some(r.rate))),
            Design::Matched => matched(&study).map_or((None, None), |m| (m.change, Some(m.rate))),
        };
        // The effect is on how much, never on whether.
        for (tally, interval, truth) in [(&mut value, change, world.effect), (&mut rate, of_rate, 0.0)] {
            let Some(interval) = interval else { continue };
            tally.all += 1;
            tally.held += u64::from(interval.low <= truth && truth <= interval.high);
            tally.off += interval.estimate - truth;
            tally.width += interval.high - interval.low;
        }
    }
    let row = |of: &str, tally: Tally, truth: f64| {
        let all = tally.all.max(1) as f64;
        CoverageRow {
            world: world.name.to_owned(),
            design: world.design,
            of: of.to_owned(),
            truth,
            nominal: super::interval::LEVEL,
            achieved: tally.held as f64 / all,
            bias: tally.off / all,
            width: tally.width / all,
            replications: tally.all,
        }
    };
    vec![row("value", value, world.effect), row("rate", rate, 0.0)]
}

/// One drawn world.
fn study(world: World, draw: &mut Draw) -> Study {
    let mut people: Vec<Person> = (0..world.people)
        .map(|_| {
            let level = world.spread * draw.normal();
            let before = std::array::from_fn::<_, PERIODS_MAX, _>(|_| period(world, level, draw));
            Person { treated: false, during: period(world, level, draw), before }
        })
        .collect();
    let logs: Vec<f64> = people.iter().map(|p| p.before.iter().map(|d| d.value).sum::<f64>().ln_1p()).collect();
    let moments = super::interval::Moments::of(logs.iter().copied());
    for (person, log) in people.iter_mut().zip(logs) {
        let away = (log - moments.mean) / moments.variance().sqrt();
        let share = 1.0 / (1.0 + (1.0 - world.confounding * away).exp());
        person.treated = draw.unit() < share;
        if person.treated {
            person.during.value *= 1.0 + world.effect;
        }
    }
    Study { periods: PERIODS_MAX, people }
}

fn period(world: World, level: f64, draw: &mut Draw) -> Did {
    let active = draw.unit() < 1.0 / (1.0 + (-1.5 - level).exp());
    let value = (4.0 + level + world.noise * draw.normal()).exp() * 100.0;
    if active { Did { times: (1.0 + level.exp() * 2.0).floor(), value } } else { Did::default() }
}

/// A fast generator, seeded through the one door (xoshiro256++, Blackman and
/// Vigna 2021, ACM TOMS 47:36).
#[derive(Debug)]
struct Draw {
    state: [u64; 4],
}

impl Draw {
    fn new(seed: u64) -> Self {
        let random = SeededRandom::new(seed);
        let state = std::array::from_fn(|_| {
            let mut bytes = [0_u8; 8];
            random.fill(&mut bytes);
            u64::from_le_bytes(bytes)
        });
        Self { state }
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let answer = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        answer
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// A standard normal number (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 draws of each world. A true coverage of 95 % gives less than 90 %
    /// once in about 500 such rows (binomial), so a failure is a mistake; heavy
    /// tails are known to cost a little, as a mean of few is not yet normal.
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let all: Vec<World> = worlds().into_iter().map(|world| World { people: 800, ..world }).collect();
        for row in table(&all, 200, 20_170_101) {
            let least = if row.world.contains("heavy") || row.world.contains("strongly") { 0.87 } else { 0.9 };
            assert!(row.replications == 200 && row.achieved >= least, "{row:?}");
        }
    }

    #[test]
    fn a_seed_decides_everything() {
        let some = &worlds()[..1];
        assert_eq!(table(some, 3, 7), table(some, 3, 7));
        assert_ne!(table(some, 3, 7), table(some, 3, 8));
    }
}
