//! Markov attribution: what would be lost if a channel were not there?
//!
//! Paths are read as walks from a start over channels to *conversion* or
//! *null*. A channel's **removal effect** is the share of the conversion
//! probability that is lost when every step onto it leads to null instead. The
//! conversions observed, and their value, are shared out in proportion to the
//! removal effects.
//!
//! Order 1 ([`first`]) is an exact linear solve, without simulation. Order
//! 2 to 4 ([`higher`]) walks over tuples of the last touches. Paths without a
//! touch are left out: there is nobody to credit.

pub mod dense;
pub mod first;
pub mod higher;
pub mod table;

use rialto_sdk::{
    Attribution, Fault, OptionBag as _, Options,
    attribution::{Credits, Path, Paths},
};
use serde::Deserialize;

use first::FirstOrder;
use higher::HigherOrder;

/// The installation's settings; see the schema in `rialto.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// How many touches back the walk remembers: 1 to 4.
    pub order: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { order: 1 }
    }
}

/// What removing each channel would cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The probability that a walk converts.
    pub base: f64,
    /// For each channel, the share of `base` lost without it, from 0 to 1.
    pub removal: Vec<f64>,
    /// How many states the walk has besides start, conversion and null.
    pub states: usize,
}

/// The plugin: the walk seen so far and the totals to share out.
pub struct Markov {
    walk: Walk,
    channels: usize,
    conversions: f64,
    value: f64,
}

enum Walk {
    First(FirstOrder),
    Higher(HigherOrder),
}

impl Attribution for Markov {
    type Settings = Settings;

    fn start(settings: Settings, channels: Vec<String>) -> Result<Self, Fault> {
        let walk = match settings.order {
            1 => Walk::First(FirstOrder::new(channels.len())?),
            2..=4 => Walk::Higher(HigherOrder::new(channels.len(), settings.order)?),
            order => return Err(Fault::bad_settings(format!("`order` is {order}; it must be 1, 2, 3 or 4"))),
        };
        Ok(Self { walk, channels: channels.len(), conversions: 0.0, value: 0.0 })
    }

    fn observe(&mut self, paths: &Paths) -> Result<(), Fault> {
        match &mut self.walk {
            Walk::First(walk) => {
                for path in paths.iter().filter(walked) {
                    walk.observe(path.channels, path.conversions, path.nulls);
                    self.conversions += f64::from(path.conversions);
                    self.value += path.value;
                }
            }
            Walk::Higher(walk) => {
                for path in paths.iter().filter(walked) {
                    walk.observe(path.channels, path.conversions, path.nulls)?;
                    self.conversions += f64::from(path.conversions);
                    self.value += path.value;
                }
            }
        }
        Ok(())
    }

    fn credit(&mut self) -> Result<Credits, Fault> {
        let effects = match &self.walk {
            Walk::First(walk) => walk.effects(),
            Walk::Higher(walk) => walk.effects()?,
        };
        let sum: f64 = effects.removal.iter().sum();
        let mut credits = Credits::zero(self.channels);
        if sum <= 0.0 && self.value != 0.0 {
            return Err(Fault::invalid_input(
                "there is value but no conversion; count the conversions that brought it",
            ));
        }
        if sum > 0.0 {
            for (channel, effect) in effects.removal.iter().enumerate() {
                credits.conversions[channel] = self.conversions * (effect / sum);
                credits.value[channel] = self.value * (effect / sum);
            }
        }
        credits.options = told(&effects);
        Ok(credits)
    }
}

fn walked(path: &Path<'_>) -> bool {
    !path.channels.is_empty()
}

fn told(effects: &Effects) -> Options {
    Options::new()
        .with("conversion-rate", effects.base)
        .with("removal-effects", &effects.removal)
        .with("states", effects.states)
}

rialto_sdk::export!(attribution: Markov);
