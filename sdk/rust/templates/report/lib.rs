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

    fn describe(locale: &str) -> Description {
        let title = if locale == "zh-CN" { "发送报告" } else { "@TITLE@" };
        Description::new(title, r#"{"type":"object","required":["campaign"],"properties":{"campaign":{"type":"string"}}}"#)
    }

    fn build(_: NoSettings, locale: &str, parameters: Parameters) -> Result<Document, Fault> {
        let say = |english, chinese| if locale == "zh-CN" { chinese } else { english };
        let mut document = Document::new(say("@TITLE@", "发送报告"));
        let question = Question::metric("sends").only("campaign", parameters.campaign);
        match query::ask(&[question]).into_iter().next().transpose()?.and_then(|answer| answer.number()) {
            Some(sends) => document.figure("sends", say("Sends", "发送数"), "count", sends),
            None => document.callout("warning", say("There is no number of sends.", "没有可显示的发送数。")),
        };
        Ok(document)
    }
}

rialto_sdk::export!(report: Plugin);
