//! @TITLE@: credits every touch of a converting path alike.

use rialto_sdk::{
    Attribution, Fault, NoSettings,
    attribution::{Credits, Paths},
};

pub struct Plugin {
    credits: Credits,
}

impl Attribution for Plugin {
    type Settings = NoSettings;

    fn start(_: NoSettings, channels: Vec<String>) -> Result<Self, Fault> {
        Ok(Self { credits: Credits::zero(channels.len()) })
    }

    fn observe(&mut self, paths: &Paths) -> Result<(), Fault> {
        for path in paths {
            let touches = path.channels.len() as f64;
            for &channel in path.channels {
                self.credits.add(channel, f64::from(path.conversions) / touches, path.value / touches);
            }
        }
        Ok(())
    }

    fn credit(&mut self) -> Result<Credits, Fault> {
        Ok(self.credits.clone())
    }
}

rialto_sdk::export!(attribution: Plugin);
