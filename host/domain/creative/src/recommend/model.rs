//! Questions to a recommender and its answers. No I/O.

use jiff::Timestamp;
use rialto_audience::RuleSource;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is to be ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CandidateKind {
    /// Types of campaigns, by what came of the library's cases of each.
    CampaignType,
    /// The library's creatives and cases.
    Creative,
    /// People.
    Contact,
}

impl CandidateKind {
    /// The word for it in the contract and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CampaignType => "campaign-type",
            Self::Creative => "creative",
            Self::Contact => "contact",
        }
    }
}

/// A question to a recommender.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecommendation {
    /// What is to be ranked.
    pub kind: CandidateKind,
    /// What is to be reached: `win-back`, `launch`, `repeat` …
    pub objective: String,
    /// Which recommender; the only one if absent.
    #[serde(default)]
    pub installation: Option<Uuid>,
    /// The language of the reasons; the caller's if absent.
    #[serde(default)]
    pub locale: Option<String>,
    /// Season, theme, category, channel, audience … each a text, a number or a
    /// list of texts.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub facts: Map<String, Value>,
    /// For `contact`: of whom; everyone if absent.
    #[serde(default)]
    pub of: Option<RuleSource>,
    /// For `contact`: the offer it is for; its products' categories count.
    #[serde(default)]
    pub offer: Option<Uuid>,
    /// For `contact`: the campaign it is for; its offers' categories count, and
    /// campaigns of its type are the similar ones.
    #[serde(default)]
    pub campaign: Option<Uuid>,
    /// The moment it is asked about: nothing after it is looked at. Now if
    /// absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// An audience to be made of a ranking's best.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BestOf {
    /// The best so many.
    pub top: u32,
    /// A name for the audience.
    pub name: String,
}

/// Why a candidate stands where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RankedReason {
    /// For a program.
    pub code: String,
    /// For a person, in the language asked for.
    pub text: String,
    /// How much of the score it explains.
    pub weight: f64,
}

/// A candidate and its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RankedCandidate {
    /// Its place, from 1.
    pub place: u32,
    /// A creative's or contact's id, or a type of campaign.
    pub id: String,
    /// What people call it; empty where the caller may not see it.
    #[serde(default)]
    pub name: String,
    /// Higher is better.
    pub score: f64,
    /// Why.
    pub reasons: Vec<RankedReason>,
    /// Suggested changes: a field and what it might better be.
    pub changes: BTreeMap<String, String>,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Recommendation {
    /// The id.
    pub id: Uuid,
    /// What was ranked.
    pub kind: CandidateKind,
    /// Who ranked it.
    pub installation: Uuid,
    /// The run that did, for the installation's run log; all zeros where none
    /// could be opened.
    pub run: Uuid,
    /// Why there is no ranking, where the installation's failure policy goes on
    /// without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// The question, as the plugin was given it: objective, language, moment,
    /// facts, and how many candidates there were.
    #[schema(value_type = Object)]
    pub brief: Value,
    /// How many candidates are ranked.
    pub ranked: u32,
    /// This page of the ranking, best first.
    pub items: Vec<RankedCandidate>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Who asked.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}
