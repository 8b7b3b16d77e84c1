//! @TITLE@: one metric of a campaign, or the word that it is missing.

use rialto_sdk::{
    Fault, NoSettings, Report,
    query::{self, Question},
    report::{Description, Document},
};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Parameters {
    campaign: String,
}

pub struct Plugin;

impl Report for Plugin {
    type Settings = NoSettings;
    type Parameters = Parameters;

    fn describe(_locale: &str) -> Description {
        Description::new("@TITLE@", r#"{"type":"object","required":["campaign"],"properties":{"campaign":{"type":"string"}}}"#)
    }

    fn build(_: NoSettings, _locale: &str, parameters: Parameters) -> Result<Document, Fault> {
        let mut document = Document::new("@TITLE@");
        let question = Question::metric("sends").only("campaign", parameters.campaign);
        for answer in query::ask(&[question]) {
            let answer = answer?;
            match answer.number() {
                Some(sends) => document.figure("sends", "Sends", &answer.unit, sends),
                None => document.callout("warning", "There is no number of sends."),
            };
        }
        Ok(document)
    }
}

rialto_sdk::export!(report: Plugin);
