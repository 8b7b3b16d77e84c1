//! First, last, last non-direct, linear, time decay and position: the models
//! that share each conversion out by rule, one path at a time.
//!
//! The rules are in [`rule`], free of the contract. Never looks at paths
//! together, and never at paths that did not convert.

pub mod rule;

use rialto_sdk::{
    Attribution, Fault,
    attribution::{Credits, Paths},
};

use rule::Rule;
pub use rule::Settings;

/// The plugin: a rule and what it has credited so far.
pub struct Rules {
    rule: Rule,
    credits: Credits,
}

impl Attribution for Rules {
    type Settings = Settings;

    fn start(settings: Settings, channels: Vec<String>) -> Result<Self, Fault> {
        let credits = Credits::zero(channels.len());
        Ok(Self { rule: Rule::new(settings, &channels)?, credits })
    }

    fn observe(&mut self, paths: &Paths) -> Result<(), Fault> {
        let credits = &mut self.credits;
        for path in paths.iter().filter(|path| path.conversions > 0 || path.value != 0.0) {
            let conversions = f64::from(path.conversions);
            self.rule.share(path.channels, path.at, |touch, share| {
                credits.add(path.channels[touch], conversions * share, path.value * share);
            });
        }
        Ok(())
    }

    fn credit(&mut self) -> Result<Credits, Fault> {
        Ok(self.credits.clone())
    }

    fn split(&self, paths: &Paths) -> Result<Vec<f64>, Fault> {
        let mut weights = vec![0.0; paths.touches()];
        let mut first = 0;
        for path in paths {
            let conversions = f64::from(path.conversions);
            if path.conversions > 0 {
                self.rule.share(path.channels, path.at, |touch, share| {
                    weights[first + touch] = conversions * share;
                });
            }
            first += path.channels.len();
        }
        Ok(weights)
    }
}

rialto_sdk::export!(attribution: Rules, split);
