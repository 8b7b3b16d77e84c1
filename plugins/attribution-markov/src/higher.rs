//! Order 2 to 4: the next step depends on the last few touches.
//!
//! A state is the tuple of the last `order` touches, shorter at the beginning of
//! a path. Removing a channel sends every step onto it to null, whatever came
//! before. Conversion probabilities come from Gauss–Seidel sweeps, which rise
//! towards the solution and stop when what is left is below 1e-14 of it.

use rialto_sdk::Fault;

use crate::{Effects, table::Table};

/// Two bytes a touch, four touches a tuple.
pub const MAX_CHANNELS: usize = u16::MAX as usize - 1;
/// More distinct tuples than this would crowd the sandbox's memory.
pub const MAX_STATES: usize = 200_000;
/// A walk that has not settled after so many sweeps hardly ever ends.
const MAX_SWEEPS: usize = 20_000;
const TOLERANCE: f64 = 1e-14;

/// The end of a step that is not a channel.
const CONVERSION: u32 = u32::MAX;
const NULL: u32 = u32::MAX - 1;

/// Steps counted by (state, next touch).
#[derive(Debug, Clone)]
pub struct HigherOrder {
    channels: usize,
    mask: u64,
    /// Tuples, two bytes a touch, newest lowest, channel numbers from 1. The
    /// first state is the start: no touch yet.
    states: Table,
    steps: Table,
    weights: Vec<u64>,
    targets: Vec<u32>,
}

impl HigherOrder {
    /// Nothing seen yet.
    ///
    /// # Errors
    /// `limit` when there are more than [`MAX_CHANNELS`] channels.
    pub fn new(channels: usize, order: u32) -> Result<Self, Fault> {
        if channels > MAX_CHANNELS {
            return Err(Fault::new(
                "limit",
                format!("{channels} channels are more than the {MAX_CHANNELS} this model takes"),
            ));
        }
        let mask = u64::MAX >> (64 - 16 * order.clamp(1, 4));
        let mut states = Table::default();
        states.number(0);
        Ok(Self { channels, mask, states, steps: Table::default(), weights: Vec::new(), targets: Vec::new() })
    }

    /// Count a path's steps.
    ///
    /// # Errors
    /// `limit` when there are more than [`MAX_STATES`] distinct tuples.
    pub fn observe(&mut self, touches: &[u32], conversions: u32, nulls: u32) -> Result<(), Fault> {
        let weight = u64::from(conversions) + u64::from(nulls);
        if weight == 0 {
            return Ok(());
        }
        let mut at = 0;
        for &touch in touches {
            at = self.step(at, touch, weight);
        }
        if conversions > 0 {
            self.step(at, CONVERSION, u64::from(conversions));
        }
        if nulls > 0 {
            self.step(at, NULL, u64::from(nulls));
        }
        if self.states.len() > MAX_STATES {
            return Err(Fault::new(
                "limit",
                format!("more than {MAX_STATES} distinct tuples of touches; set a lower `order`"),
            ));
        }
        Ok(())
    }

    #[inline]
    fn step(&mut self, at: u32, next: u32, weight: u64) -> u32 {
        let (step, new) = self.steps.number(u64::from(at) << 32 | u64::from(next));
        if new {
            let target = match next {
                CONVERSION | NULL => next,
                touch => {
                    let tuple = (self.states.keys()[at as usize] << 16 | u64::from(touch + 1)) & self.mask;
                    self.states.number(tuple).0 as u32
                }
            };
            self.weights.push(0);
            self.targets.push(target);
        }
        self.weights[step] += weight;
        self.targets[step]
    }

    /// Solve for the removal effects.
    ///
    /// # Errors
    /// `internal` when the sweeps do not settle.
    pub fn effects(&self) -> Result<Effects, Fault> {
        let graph = Graph::new(self);
        let states = self.states.len() - 1;
        let mut rates = vec![0.0; self.states.len()];
        let base = graph.settle(&mut rates, None)?;
        if base <= 0.0 {
            return Ok(Effects { base: 0.0, removal: vec![0.0; self.channels], states });
        }
        let without = |channel: usize| -> Result<f64, Fault> {
            let mut rates = vec![0.0; self.states.len()];
            let left = graph.settle(&mut rates, Some(channel as u64 + 1))?;
            Ok(((base - left) / base).max(0.0))
        };
        let removal = (0..self.channels).map(without).collect::<Result<_, _>>()?;
        Ok(Effects { base, removal, states })
    }
}

/// The steps by state, without those from a state to itself.
struct Graph<'a> {
    tuples: &'a [u64],
    first: Vec<usize>,
    steps: Vec<(u32, f64)>,
    converting: Vec<f64>,
    out: Vec<f64>,
}

impl<'a> Graph<'a> {
    fn new(walk: &'a HigherOrder) -> Self {
        let states = walk.states.len();
        let mut graph = Self {
            tuples: walk.states.keys(),
            first: vec![0; states + 1],
            steps: Vec::new(),
            converting: vec![0.0; states],
            out: vec![0.0; states],
        };
        let from = |key: u64| (key >> 32) as usize;
        let inner = |step: usize| {
            let target = walk.targets[step];
            (target < NULL && target as usize != from(walk.steps.keys()[step])).then_some(target)
        };
        for (step, &key) in walk.steps.keys().iter().enumerate() {
            let weight = walk.weights[step] as f64;
            match (inner(step), walk.targets[step]) {
                (Some(_), _) => graph.first[from(key) + 1] += 1,
                (None, CONVERSION) => graph.converting[from(key)] += weight,
                (None, NULL) => {}
                (None, _) => continue,
            }
            graph.out[from(key)] += weight;
        }
        (0..states).for_each(|state| graph.first[state + 1] += graph.first[state]);
        let mut next = graph.first.clone();
        graph.steps = vec![(0, 0.0); graph.first[states]];
        for (step, &key) in walk.steps.keys().iter().enumerate() {
            if let Some(target) = inner(step) {
                graph.steps[next[from(key)]] = (target, walk.weights[step] as f64);
                next[from(key)] += 1;
            }
        }
        graph
    }

    /// Sweep until the rates stand still; answer with the start's rate.
    fn settle(&self, rates: &mut [f64], removed: Option<u64>) -> Result<f64, Fault> {
        let mut before = f64::INFINITY;
        for _ in 0..MAX_SWEEPS {
            let (change, largest) = self.sweep(rates, removed);
            let slowing = (change / before).min(1.0 - 1e-9);
            let left = change * slowing / (1.0 - slowing);
            if change == 0.0 || left <= TOLERANCE * largest && before.is_finite() {
                return Ok(rates.first().copied().unwrap_or(0.0));
            }
            before = change;
        }
        Err(Fault::internal(format!("the walk did not settle within {MAX_SWEEPS} sweeps; set a lower `order`")))
    }

    /// One pass over all states, the deepest first; the largest change and rate.
    fn sweep(&self, rates: &mut [f64], removed: Option<u64>) -> (f64, f64) {
        let (mut change, mut largest) = (0.0_f64, 0.0_f64);
        for state in (0..rates.len()).rev() {
            if self.out[state] <= 0.0 || removed == Some(self.tuples[state] & 0xffff) {
                continue;
            }
            let steps = &self.steps[self.first[state]..self.first[state + 1]];
            let reached: f64 = steps.iter().map(|&(target, weight)| weight * rates[target as usize]).sum();
            let rate = (self.converting[state] + reached) / self.out[state];
            change = change.max((rate - rates[state]).abs());
            largest = largest.max(rate);
            rates[state] = rate;
        }
        (change, largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::first::FirstOrder;

    type Case = (Vec<u32>, u32, u32);

    /// Reproducible paths without any library: a small multiplicative generator.
    fn paths(count: usize, channels: u64) -> Vec<Case> {
        let mut seed = 7_u64;
        let mut draw = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        (0..count)
            .map(|_| {
                let touches = (0..=draw(6)).map(|_| draw(channels) as u32).collect();
                (touches, u32::from(draw(9) == 0), 1)
            })
            .collect()
    }

    fn higher(order: u32, channels: usize, paths: &[Case]) -> Effects {
        let mut walk = HigherOrder::new(channels, order).unwrap();
        for (touches, conversions, nulls) in paths {
            walk.observe(touches, *conversions, *nulls).unwrap();
        }
        walk.effects().unwrap()
    }

    #[test]
    fn order_one_agrees_with_the_exact_solve() {
        let paths = paths(3_000, 8);
        let mut exact = FirstOrder::new(8).unwrap();
        paths.iter().for_each(|(touches, conversions, nulls)| exact.observe(touches, *conversions, *nulls));
        let (exact, swept) = (exact.effects(), higher(1, 8, &paths));
        assert!((exact.base - swept.base).abs() < 1e-12);
        for (one, other) in exact.removal.iter().zip(&swept.removal) {
            assert!((one - other).abs() < 1e-11, "{one} is not {other}");
        }
    }

    #[test]
    fn with_memory_longer_than_any_path_removal_counts_paths() {
        let paths = vec![(vec![0, 1], 1, 1), (vec![1, 0], 2, 0), (vec![2], 1, 3)];
        let found = higher(4, 3, &paths);
        assert!((found.base - 0.5).abs() < 1e-15);
        assert_eq!(found.removal.iter().map(|e| (e * 4.0).round() / 4.0).collect::<Vec<_>>(), vec![0.75, 0.75, 0.25]);
    }

    #[test]
    fn edges() {
        assert_eq!(higher(2, 2, &[]).removal, vec![0.0, 0.0]);
        assert_eq!(higher(2, 1, &[(vec![0, 0, 0], 1, 0)]).removal, vec![1.0]);
        assert_eq!(higher(3, 2, &[(vec![0, 1], 0, 5)]).removal, vec![0.0, 0.0]);
    }
}
