//! @TITLE@: ranks candidates by how often they converted before.

use rialto_sdk::{
    Fault, NoSettings, Recommender,
    recommender::{Brief, Candidates, Ranked, best_first},
};

pub struct Plugin;

impl Recommender for Plugin {
    type Settings = NoSettings;

    fn recommend(_: NoSettings, brief: &Brief, candidates: &Candidates) -> Result<Vec<Ranked>, Fault> {
        let rated = candidates.iter().filter_map(|candidate| {
            let (sends, conversions) = (candidate.number("past-sends")?, candidate.number("past-conversions")?);
            let rate = conversions / sends;
            let text = match brief.is_chinese() {
                true => format!("过往发送 {sends} 次，转化 {conversions} 次。"),
                false => format!("Converted {conversions} of {sends} sends."),
            };
            (sends > 0.0).then(|| candidate.ranked(rate).because("past-conversions", text, rate))
        });
        Ok(best_first(rated.collect()))
    }
}

rialto_sdk::export!(recommender: Plugin);
