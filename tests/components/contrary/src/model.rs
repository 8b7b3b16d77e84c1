//! The attribution model: every touch of a path alike.

use crate::{Settings, dice};
use rialto_sdk::{
    Attribution, Fault,
    attribution::{Credits, Paths},
};

/// The model.
pub struct Linear {
    settings: Settings,
    credits: Credits,
    paths: usize,
    first: Option<u32>,
}

impl Attribution for Linear {
    type Settings = Settings;

    fn start(settings: Settings, channels: Vec<String>) -> Result<Self, Fault> {
        let odd = channels.iter().any(|name| name.chars().any(char::is_control));
        assert!(!(settings.is("attribution.bad-unicode") && odd), "channels have plain names");
        Ok(Self { settings, credits: Credits::zero(channels.len()), paths: 0, first: None })
    }

    fn observe(&mut self, paths: &Paths) -> Result<(), Fault> {
        for path in paths {
            self.paths += 1;
            if self.settings.is("attribution.empty-paths") {
                assert!(!path.channels.is_empty(), "every path has a touch");
            }
            if self.settings.is("attribution.without-times") {
                assert!(!path.at.is_empty(), "every touch has a time");
            }
            self.first = self.first.or(path.channels.first().copied());
            let touches = path.channels.len() as f64;
            for &channel in path.channels {
                self.credits.add(channel, f64::from(path.conversions) / touches, path.value / touches);
            }
        }
        match self.settings.is("attribution.million-paths") && self.paths > 50_000 {
            true => Err(Fault::internal("so many paths")),
            false => Ok(()),
        }
    }

    fn credit(&mut self) -> Result<Credits, Fault> {
        let wrong = |name: &str| self.settings.is(name);
        let (conversions, value): (f64, f64) = (self.credits.conversions.iter().sum(), self.credits.value.iter().sum());
        if wrong("attribution.no-paths") && self.paths == 0 || wrong("attribution.nulls-only") && conversions == 0.0 {
            return Err(Fault::internal("nothing to share out"));
        }
        let last = self.credits.conversions.len().saturating_sub(1);
        let mut credits = self.credits.clone();
        let mut all_to = |to: usize, share: f64| {
            for (whole, shares) in [(conversions, &mut credits.conversions), (value, &mut credits.value)] {
                shares.iter_mut().for_each(|one| *one *= 1.0 - share);
                if let Some(one) = shares.get_mut(to) {
                    *one += whole * share;
                }
            }
        };
        if wrong("attribution.one-channel") {
            all_to(0, 0.1);
        } else if wrong("attribution.unseen-channels") {
            all_to(last, 0.1);
        } else if wrong("attribution.deterministic") {
            all_to(0, (dice() % 1_000) as f64 / 1_000.0);
        } else if wrong("attribution.order-of-paths") {
            all_to(self.first.unwrap_or(0) as usize, 1.0);
        } else if wrong("attribution.conserves-credit") {
            credits.conversions.iter_mut().for_each(|one| *one *= 1.01);
        }
        Ok(credits)
    }

    fn split(&self, paths: &Paths) -> Result<Vec<f64>, Fault> {
        let weight = if self.settings.is("attribution.split") { 0.0 } else { 1.0 };
        Ok(vec![weight; paths.touches()])
    }
}
