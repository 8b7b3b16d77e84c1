//! How long to wait after a failure. Pure.

use std::time::Duration;

/// The wait after the first failure, before jitter.
const FIRST_S: u64 = 2;
/// No wait is longer than this.
const LONGEST_S: u64 = 900;

/// The wait after so many failures in a row: doubling, bounded, and spread by
/// `unit` in `[0, 1)` over half its length so that many do not return at once.
pub(crate) fn backoff(failures: u32, unit: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let whole = (FIRST_S << doublings).min(LONGEST_S);
    Duration::from_secs(whole).mul_f64(0.5 + unit.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_spread_and_end() {
        assert_eq!(backoff(1, 0.0), Duration::from_secs(1));
        assert_eq!(backoff(3, 1.0), Duration::from_secs(8));
        assert_eq!(backoff(3, 0.0), Duration::from_secs(4));
        assert_eq!(backoff(u32::MAX, 1.0), Duration::from_secs(LONGEST_S));
    }
}
