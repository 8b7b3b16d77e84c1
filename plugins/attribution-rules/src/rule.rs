//! The rules themselves: how one path's conversion is shared among its touches.

use rialto_sdk::Fault;
use serde::Deserialize;

const DAY_US: f64 = 86_400_000_000.0;

/// The installation's settings; see the schema in `rialto.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// Which rule.
    pub model: Model,
    /// Channel names that count as direct, for `last-non-direct`.
    pub direct: Vec<String>,
    /// For `time-decay`: after so many days a touch counts half.
    pub half_life_days: f64,
    /// For `position`: the share of the first touch.
    pub first_share: f64,
    /// For `position`: the share of the last touch.
    pub last_share: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: Model::Last,
            direct: vec!["direct".to_owned()],
            half_life_days: 7.0,
            first_share: 0.4,
            last_share: 0.4,
        }
    }
}

/// The rules there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// All to the first touch.
    First,
    /// All to the last touch.
    Last,
    /// All to the last touch that is not direct; to the last if all are.
    LastNonDirect,
    /// The same to every touch.
    Linear,
    /// A touch counts half as much for every half-life before the last one;
    /// where times are not known, for every touch after it.
    TimeDecay,
    /// Fixed shares to first and last, the rest evenly to those between; with
    /// nothing between, first and last keep their proportion.
    Position,
}

/// A rule ready to be applied: settings checked, channel names resolved.
#[derive(Debug, Clone)]
pub struct Rule {
    model: Model,
    direct: Vec<bool>,
    half_life_us: f64,
    first_share: f64,
    last_share: f64,
}

impl Rule {
    /// Check the settings against the channels of the run.
    ///
    /// # Errors
    /// `bad-settings`, naming the field and the remedy.
    pub fn new(settings: Settings, channels: &[String]) -> Result<Self, Fault> {
        let Settings { model, direct, half_life_days, first_share, last_share } = settings;
        if !(half_life_days.is_finite() && half_life_days > 0.0) {
            return Err(Fault::bad_settings("`half-life-days` must be a number above 0"));
        }
        let share = |number: f64| (0.0..=1.0).contains(&number);
        if !(share(first_share) && share(last_share)) || first_share + last_share > 1.0 + 1e-12 {
            return Err(Fault::bad_settings(
                "`first-share` and `last-share` must each be between 0 and 1, and at most 1 together",
            ));
        }
        let direct = channels.iter().map(|channel| direct.contains(channel)).collect();
        Ok(Self { model, direct, half_life_us: half_life_days * DAY_US, first_share, last_share })
    }

    /// Give each touch of a path that has a share its share; the shares sum to
    /// one. `at` is empty where times are not known. A path without touches
    /// has nobody to credit.
    pub fn share(&self, channels: &[u32], at: &[i64], give: impl FnMut(usize, f64)) {
        let Some(last) = channels.len().checked_sub(1) else { return };
        let mut give = give;
        match self.model {
            Model::First => give(0, 1.0),
            Model::Last => give(last, 1.0),
            Model::LastNonDirect => give(self.last_non_direct(channels).unwrap_or(last), 1.0),
            Model::Linear => {
                let share = 1.0 / channels.len() as f64;
                (0..=last).for_each(|touch| give(touch, share));
            }
            Model::TimeDecay => self.decay(last, at, give),
            Model::Position => self.position(last, give),
        }
    }

    fn last_non_direct(&self, channels: &[u32]) -> Option<usize> {
        channels.iter().rposition(|&channel| !self.direct.get(channel as usize).copied().unwrap_or(false))
    }

    /// Ages count from the last touch, not from the conversion: the shares are
    /// the same, and very old paths cannot vanish into rounding.
    fn decay(&self, last: usize, at: &[i64], mut give: impl FnMut(usize, f64)) {
        let weight = |touch: usize| match (at.get(touch), at.get(last)) {
            (Some(&touched), Some(&newest)) => {
                (-(newest.saturating_sub(touched).max(0) as f64) / self.half_life_us).exp2()
            }
            _ => (-((last - touch) as f64)).exp2(),
        };
        let sum: f64 = (0..=last).map(weight).sum();
        (0..=last).for_each(|touch| give(touch, weight(touch) / sum));
    }

    fn position(&self, last: usize, mut give: impl FnMut(usize, f64)) {
        let ends = self.first_share + self.last_share;
        match last {
            0 => give(0, 1.0),
            1 if ends > 0.0 => {
                give(0, self.first_share / ends);
                give(1, self.last_share / ends);
            }
            1 => (0..2).for_each(|touch| give(touch, 0.5)),
            _ => {
                let between = (1.0 - ends).max(0.0) / (last - 1) as f64;
                give(0, self.first_share);
                (1..last).for_each(|touch| give(touch, between));
                give(last, self.last_share);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(model: Model, channels: &[u32], at: &[i64]) -> Vec<f64> {
        let names = ["direct", "email", "search"].map(str::to_owned);
        let rule = Rule::new(Settings { model, ..Settings::default() }, &names).unwrap();
        let mut shares = vec![0.0; channels.len()];
        rule.share(channels, at, |touch, share| shares[touch] += share);
        shares
    }

    fn assert_close(found: &[f64], wanted: &[f64]) {
        assert_eq!(found.len(), wanted.len());
        let close = found.iter().zip(wanted).all(|(one, other)| (one - other).abs() < 1e-12);
        assert!(close, "{found:?} is not {wanted:?}");
    }

    #[test]
    fn one_touch_rules() {
        assert_close(&shares(Model::First, &[1, 2, 0], &[]), &[1.0, 0.0, 0.0]);
        assert_close(&shares(Model::Last, &[1, 2, 0], &[]), &[0.0, 0.0, 1.0]);
        assert_close(&shares(Model::LastNonDirect, &[1, 2, 0, 0], &[]), &[0.0, 1.0, 0.0, 0.0]);
        assert_close(&shares(Model::LastNonDirect, &[0, 0], &[]), &[0.0, 1.0]);
    }

    #[test]
    fn many_touch_rules() {
        assert_close(&shares(Model::Linear, &[1, 1, 2, 0], &[]), &[0.25; 4]);
        assert_close(&shares(Model::Position, &[1, 2, 1, 0], &[]), &[0.4, 0.1, 0.1, 0.4]);
        assert_close(&shares(Model::Position, &[1, 0], &[]), &[0.5, 0.5]);
        assert_close(&shares(Model::Position, &[1], &[]), &[1.0]);
    }

    #[test]
    fn decay_halves_by_touch_or_by_time() {
        assert_close(&shares(Model::TimeDecay, &[1, 2, 0], &[]), &[1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0]);
        let week = 7 * DAY_US as i64;
        assert_close(&shares(Model::TimeDecay, &[1, 2], &[0, week]), &[1.0 / 3.0, 2.0 / 3.0]);
        assert_close(&shares(Model::TimeDecay, &[1, 2], &[i64::MIN, i64::MAX]), &[0.0, 1.0]);
    }

    #[test]
    fn a_path_without_touches_credits_nobody() {
        assert!(shares(Model::Linear, &[], &[]).is_empty());
    }

    #[test]
    fn settings_that_cannot_work_name_their_field() {
        let refused = |settings: Settings| Rule::new(settings, &[]).unwrap_err().message;
        assert!(refused(Settings { half_life_days: 0.0, ..Settings::default() }).contains("half-life-days"));
        assert!(refused(Settings { first_share: 0.7, ..Settings::default() }).contains("first-share"));
        assert!(refused(Settings { last_share: f64::NAN, ..Settings::default() }).contains("last-share"));
    }
}
