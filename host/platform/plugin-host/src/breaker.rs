//! A plugin that fails rests. One breaker per version of an installation: open
//! after five failures in a row, or a fifth of the last hundred, or too much
//! processor time for nothing, or, where that is bounded, too much of it within
//! a minute; it rests a minute, then two, up to an hour, and one probe decides
//! whether it closes.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// When a breaker opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerConfig {
    /// Failures in a row.
    pub consecutive: u32,
    /// How many runs are looked back on.
    pub window: u32,
    /// Failures in a full window, in percent.
    pub window_percent: u32,
    /// Processor time over the window, in milliseconds, that failed runs may
    /// cost.
    pub failed_cpu_ms: u64,
    /// Processor time, in milliseconds, that all runs that end within a minute
    /// may cost, whether they fail or not.
    pub cpu_ms_per_minute: u64,
    /// The first rest.
    pub rest_s: u64,
    /// The longest rest.
    pub rest_max_s: u64,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self {
            consecutive: 5,
            window: 100,
            window_percent: 20,
            failed_cpu_ms: 60_000,
            // Thirty cores for a whole minute: a bound for the host's sake. An
            // installation's own is stricter.
            cpu_ms_per_minute: 1_800_000,
            rest_s: 60,
            rest_max_s: 3_600,
        }
    }
}

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum BreakerState {
    /// Runs pass.
    Closed,
    /// Runs are turned away until then.
    Open {
        /// UTC microseconds.
        until_us: i64,
    },
    /// One run is trying.
    HalfOpen,
}

#[derive(Debug)]
pub(crate) struct Breaker {
    config: BreakerConfig,
    state: BreakerState,
    in_a_row: u32,
    recent: VecDeque<(bool, u64)>,
    /// The minute that is counted, and the processor time of it.
    minute: (i64, u64),
    rest_s: u64,
}

const MINUTE_US: i64 = 60_000_000;

impl Breaker {
    pub(crate) fn new(config: BreakerConfig) -> Self {
        let rest_s = config.rest_s;
        Self { config, state: BreakerState::Closed, in_a_row: 0, recent: VecDeque::new(), minute: (0, 0), rest_s }
    }

    /// Other terms from now on.
    pub(crate) fn set(&mut self, config: &BreakerConfig) {
        if self.config != *config {
            self.config.clone_from(config);
            self.rest_s = self.rest_s.clamp(config.rest_s, config.rest_max_s.max(config.rest_s));
        }
    }

    pub(crate) fn state(&self) -> BreakerState {
        self.state
    }

    /// The seconds it still rests, if it does.
    pub(crate) fn resting(&self, now_us: i64) -> Option<u64> {
        match self.state {
            BreakerState::Open { until_us } if now_us < until_us => {
                Some(u64::try_from(until_us - now_us).unwrap_or(0).div_ceil(1_000_000))
            }
            _ => None,
        }
    }

    /// Whether a run may pass; otherwise the seconds to wait. Passing an open
    /// breaker whose rest is over makes the run its probe.
    pub(crate) fn admit(&mut self, now_us: i64) -> Result<(), u64> {
        match self.state {
            BreakerState::Closed => Ok(()),
            BreakerState::HalfOpen => Err(1),
            BreakerState::Open { .. } => {
                if let Some(retry_after_s) = self.resting(now_us) {
                    return Err(retry_after_s);
                }
                self.state = BreakerState::HalfOpen;
                Ok(())
            }
        }
    }

    /// A probe that told nothing (nobody finished it) rests again, as long.
    pub(crate) fn abandon(&mut self, now_us: i64) {
        if self.state == BreakerState::HalfOpen {
            self.open(now_us);
        }
    }

    pub(crate) fn report(&mut self, failed: bool, cpu_us: u64, now_us: i64) {
        self.recent.push_back((failed, if failed { cpu_us } else { 0 }));
        while self.recent.len() > self.config.window as usize {
            self.recent.pop_front();
        }
        let dear = self.too_dear(cpu_us, now_us);
        if !failed {
            self.in_a_row = 0;
            if self.state == BreakerState::HalfOpen {
                self.close();
            } else if dear && self.state == BreakerState::Closed {
                self.open(now_us);
            }
            return;
        }
        self.in_a_row += 1;
        if self.state == BreakerState::HalfOpen {
            self.rest_s = (self.rest_s * 2).min(self.config.rest_max_s);
            self.open(now_us);
        } else if self.state == BreakerState::Closed && (dear || self.too_many()) {
            self.open(now_us);
        }
    }

    pub(crate) fn close(&mut self) {
        *self = Self::new(self.config.clone());
    }

    fn open(&mut self, now_us: i64) {
        let rest_us = i64::try_from(self.rest_s.saturating_mul(1_000_000)).unwrap_or(i64::MAX);
        self.state = BreakerState::Open { until_us: now_us.saturating_add(rest_us) };
    }

    /// Count a run's cost to its minute; whether the minute is over its bound.
    fn too_dear(&mut self, cpu_us: u64, now_us: i64) -> bool {
        let minute = now_us.div_euclid(MINUTE_US);
        if self.minute.0 != minute {
            self.minute = (minute, 0);
        }
        self.minute.1 = self.minute.1.saturating_add(cpu_us);
        self.minute.1 / 1_000 >= self.config.cpu_ms_per_minute
    }

    fn too_many(&self) -> bool {
        let failures = self.recent.iter().filter(|(failed, _)| *failed).count() as u64;
        let cost_ms = self.recent.iter().map(|(_, cpu)| cpu).sum::<u64>() / 1_000;
        let full = self.recent.len() >= self.config.window as usize;
        self.in_a_row >= self.config.consecutive
            || full && failures * 100 >= u64::from(self.config.window_percent) * self.recent.len() as u64
            || cost_ms >= self.config.failed_cpu_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn five_in_a_row_open_it_and_a_good_probe_closes_it() {
        let mut breaker = Breaker::new(BreakerConfig::default());
        for _ in 0..4 {
            breaker.report(true, 0, 0);
        }
        assert_eq!(breaker.admit(0), Ok(()));
        breaker.report(true, 0, 0);
        assert_eq!(breaker.admit(0), Err(60));
        assert_eq!(breaker.admit(59 * SECOND), Err(1));
        assert_eq!(breaker.admit(60 * SECOND), Ok(()));
        assert_eq!(breaker.admit(60 * SECOND), Err(1), "one probe at a time");
        breaker.report(false, 0, 61 * SECOND);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn the_rest_doubles_up_to_an_hour() {
        let mut breaker = Breaker::new(BreakerConfig::default());
        let mut now = 0;
        for _ in 0..5 {
            breaker.report(true, 0, now);
        }
        for rest in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
            assert_eq!(breaker.admit(now), Err(rest));
            now += i64::try_from(rest).unwrap() * SECOND;
            assert_eq!(breaker.admit(now), Ok(()));
            breaker.report(true, 0, now);
        }
    }

    #[test]
    fn a_fifth_of_a_hundred_and_a_high_cost_open_it_too() {
        let mut breaker = Breaker::new(BreakerConfig::default());
        for at in 0..100 {
            breaker.report(at % 5 == 4, 0, 0);
        }
        assert!(matches!(breaker.state(), BreakerState::Open { .. }));
        let mut breaker = Breaker::new(BreakerConfig::default());
        breaker.report(true, 60_000_000, 0);
        assert!(matches!(breaker.state(), BreakerState::Open { .. }));
    }

    #[test]
    fn a_plugin_that_is_dear_rests_though_it_never_fails() {
        let config = BreakerConfig { cpu_ms_per_minute: 1_000, ..BreakerConfig::default() };
        let mut breaker = Breaker::new(config.clone());
        breaker.report(false, 999_000, 0);
        assert_eq!(breaker.state(), BreakerState::Closed);
        breaker.report(false, 999_000, MINUTE_US);
        assert_eq!(breaker.state(), BreakerState::Closed, "each minute is counted for itself");
        breaker.report(false, 1_000, MINUTE_US);
        assert_eq!(breaker.admit(MINUTE_US), Err(60));
        assert_eq!(breaker.admit(2 * MINUTE_US), Ok(()), "a probe, once it has rested");
        breaker.report(false, 1_000, 2 * MINUTE_US);
        assert_eq!(breaker.state(), BreakerState::Closed);
        breaker.set(&BreakerConfig { cpu_ms_per_minute: 1, ..config });
        breaker.report(false, 1_000, 3 * MINUTE_US);
        assert!(matches!(breaker.state(), BreakerState::Open { .. }), "stricter terms hold from the next run on");
    }
}
