//! The campaign report: whom it reached, how people answered, what it brought
//! in, what it cost, and which channels earned the credit.
//!
//! Every number comes from the metrics catalogue; the report computes none of
//! its own. A number that is missing or withheld is said to be, and is never
//! shown as zero.

pub mod numbers;
pub mod read;
pub mod sections;
pub mod words;

use rialto_sdk::{
    Fault, NoSettings, Report,
    report::{Description, Document},
    serde_json::json,
};
use serde::Deserialize;

use words::Language;

/// What the report is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Parameters {
    /// The campaign's id.
    pub campaign: String,
    /// The language, if not the reader's.
    #[serde(default)]
    pub locale: Option<String>,
}

/// The plugin.
pub struct CampaignReport;

impl Report for CampaignReport {
    type Settings = NoSettings;
    type Parameters = Parameters;

    fn describe(locale: &str) -> Description {
        let say = Language::of(locale);
        let schema = json!({
            "type": "object",
            "required": ["campaign"],
            "additionalProperties": false,
            "properties": {
                "campaign": {
                    "type": "string", "minLength": 1, "format": "campaign",
                    "title": say.either("Campaign", "营销活动"),
                },
                "locale": {
                    "type": "string", "enum": ["en", "zh-CN"],
                    "title": say.either("Language", "语言"),
                },
            },
        });
        Description::new(say.either("Campaign report", "营销活动报告"), schema)
    }

    fn build(_: NoSettings, locale: &str, parameters: Parameters) -> Result<Document, Fault> {
        let campaign = parameters.campaign.trim();
        if campaign.is_empty() {
            return Err(Fault::invalid_input("`campaign` is empty; give a campaign's id"));
        }
        let say = Language::of(parameters.locale.as_deref().unwrap_or(locale));
        let numbers = numbers::ask(campaign);
        if !numbers.any() {
            return Err(Fault::unavailable("the metrics catalogue answered none of the report's questions")
                .detail("campaign", campaign));
        }
        Ok(sections::write(&numbers, say))
    }
}

rialto_sdk::export!(report: CampaignReport);
