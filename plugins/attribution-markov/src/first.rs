//! Order 1: the next step depends on the touch before it. Exact.
//!
//! A walk that converts either never sees channel `c`, or reaches it and then
//! converts from it. So the conversions lost without `c` are
//! `hit(c) · convert(c)`: one factorisation answers for every channel.

use rialto_sdk::Fault;

use crate::{Effects, dense::Factored};

/// Beyond this the dense table would crowd the sandbox's memory.
pub const MAX_CHANNELS: usize = 1_000;

/// Steps counted in one dense table.
#[derive(Debug, Clone)]
pub struct FirstOrder {
    channels: usize,
    /// Row `channels` is the start; columns `channels` and `channels + 1` are
    /// conversion and null.
    steps: Vec<u64>,
}

impl FirstOrder {
    /// Nothing seen yet.
    ///
    /// # Errors
    /// `limit` when there are more than [`MAX_CHANNELS`] channels.
    pub fn new(channels: usize) -> Result<Self, Fault> {
        if channels > MAX_CHANNELS {
            return Err(Fault::new(
                "limit",
                format!("{channels} channels are more than the {MAX_CHANNELS} this model takes; group the rare ones"),
            ));
        }
        Ok(Self { channels, steps: vec![0; (channels + 1) * (channels + 2)] })
    }

    fn width(&self) -> usize {
        self.channels + 2
    }

    /// Count a path's steps.
    pub fn observe(&mut self, touches: &[u32], conversions: u32, nulls: u32) {
        let (width, weight) = (self.width(), u64::from(conversions) + u64::from(nulls));
        let mut at = self.channels;
        for &touch in touches {
            self.steps[at * width + touch as usize] += weight;
            at = touch as usize;
        }
        self.steps[at * width + self.channels] += u64::from(conversions);
        self.steps[at * width + self.channels + 1] += u64::from(nulls);
    }

    /// Solve for the removal effects.
    pub fn effects(&self) -> Effects {
        let (channels, width) = (self.channels, self.width());
        let rows = || self.steps.chunks_exact(width).take(channels);
        let weights = rows().flat_map(|row| row[..channels].iter().map(|&steps| steps as f64)).collect();
        let ends = rows().map(|row| (row[channels] + row[channels + 1]) as f64).collect();
        let converting: Vec<f64> = rows().map(|row| row[channels] as f64).collect();
        let start = &self.steps[channels * width..channels * width + channels];
        let walks: u64 = start.iter().sum();
        if walks == 0 || converting.iter().all(|&steps| steps == 0.0) {
            return Effects { base: 0.0, removal: vec![0.0; channels], states: channels };
        }
        let start: Vec<f64> = start.iter().map(|&steps| steps as f64 / walks as f64).collect();

        let factored = Factored::new(weights, ends);
        let convert = factored.solve(&converting);
        let visits = factored.solve_left(&start);
        let returns = factored.inverse_diagonal();
        let base: f64 = start.iter().zip(&convert).map(|(from, rate)| from * rate).sum();
        let removal =
            (0..channels).map(|channel| visits[channel] / returns[channel] * convert[channel] / base).collect();
        Effects { base, removal, states: channels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(channels: usize, paths: &[(&[u32], u32, u32)]) -> Effects {
        let mut walk = FirstOrder::new(channels).unwrap();
        paths.iter().for_each(|(touches, conversions, nulls)| walk.observe(touches, *conversions, *nulls));
        walk.effects()
    }

    fn assert_close(found: &[f64], wanted: &[f64]) {
        let close = found.iter().zip(wanted).all(|(one, other)| (one - other).abs() < 1e-12);
        assert!(close && found.len() == wanted.len(), "{found:?} is not {wanted:?}");
    }

    #[test]
    fn the_textbook_case() {
        let found = effects(3, &[(&[0, 1, 2], 1, 0), (&[0], 0, 1), (&[1, 2], 0, 1)]);
        assert!((found.base - 1.0 / 3.0).abs() < 1e-15);
        assert_close(&found.removal, &[0.5, 1.0, 1.0]);
    }

    #[test]
    fn loops_do_not_matter() {
        let plain = effects(2, &[(&[0, 1], 3, 0), (&[1], 0, 5)]);
        let looped = effects(2, &[(&[0, 0, 0, 1, 1], 3, 0), (&[1, 1], 0, 5)]);
        assert_close(&plain.removal, &looped.removal);
    }

    #[test]
    fn edges() {
        assert_close(&effects(2, &[(&[0, 1], 0, 4)]).removal, &[0.0, 0.0]);
        assert_close(&effects(1, &[(&[0], 2, 3)]).removal, &[1.0]);
        assert_close(&effects(3, &[(&[0], 2, 0), (&[1], 0, 9)]).removal, &[1.0, 0.0, 0.0]);
        assert_close(&effects(2, &[]).removal, &[0.0, 0.0]);
        assert_close(&effects(0, &[]).removal, &[]);
        assert_eq!(FirstOrder::new(MAX_CHANNELS + 1).unwrap_err().code, "limit");
    }
}
