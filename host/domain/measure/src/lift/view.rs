//! The shapes of lift runs, as asked for and as shown.

use super::{matched::Matched, randomised::Randomised};
use jiff::Timestamp;
use rialto_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is to be held against what.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLift {
    /// The campaign; its own experiment, if it has one, decides the design.
    #[serde(default)]
    pub campaign: Option<Uuid>,
    /// Or an experiment, such as a workspace-wide hold-out.
    #[serde(default)]
    pub experiment: Option<Uuid>,
    /// A conversion definition's code or id; all orders if absent.
    #[serde(default)]
    pub conversion: Option<String>,
    /// From when; the campaign's or the experiment's begin if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start: Option<Timestamp>,
    /// Until when; the campaign's or the experiment's end if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub end: Option<Timestamp>,
}

/// How people came to be on one side or the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LiftDesign)]
pub enum Design {
    /// By lot: an experiment held some out.
    Randomised,
    /// By whoever chose the audience: people are matched on what they did before.
    #[default]
    Matched,
}

/// One side in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftGroup)]
pub struct Group {
    /// `treated`, and `held_out` or `others`.
    pub group: String,
    /// People.
    pub people: u64,
    /// People who converted during the window.
    pub converted: u64,
    /// The share of people who did.
    pub rate: f64,
    /// What they spent during it, minor units.
    pub value_minor: i64,
    /// A person.
    pub value_per_person_minor: f64,
    /// A person, in the equally long time before; absent where it is not known.
    pub before_per_person_minor: Option<f64>,
}

/// The treated's value a person over the others', nothing taken into account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftNaive)]
pub struct Naive {
    /// During the window.
    pub ratio: Option<f64>,
    /// In the equally long time before.
    pub ratio_before: Option<f64>,
}

/// What follows, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftSentence)]
pub struct Sentence {
    /// English.
    pub en: String,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

/// A method that was used, and where it is described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftMethod)]
pub struct Method {
    /// What it is for.
    pub of: String,
    /// Where it is described.
    pub source: String,
}

/// What a lift run found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiftResult {
    /// How people came to be on one side or the other.
    pub design: Design,
    /// The currency of every value.
    pub currency: String,
    /// The level of every interval.
    pub level: f64,
    /// Equally long periods before the window that are known.
    pub periods_before: u64,
    /// Whether the whole window has passed.
    pub complete: bool,
    /// Both sides.
    pub groups: Vec<Group>,
    /// The ratios as they stand.
    pub naive: Naive,
    /// For a randomised design.
    pub randomised: Option<Randomised>,
    /// For a matched one; absent when nobody is alike.
    pub matched: Option<Matched>,
    /// What follows.
    pub sentence: Sentence,
    /// The methods.
    pub methods: Vec<Method>,
}

/// A lift run.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LiftRun)]
pub struct LiftShown {
    /// The id.
    #[schema(value_type = Uuid)]
    pub id: Id,
    /// The campaign.
    #[schema(value_type = Option<Uuid>)]
    pub campaign: Option<Id>,
    /// The experiment.
    #[schema(value_type = Option<Uuid>)]
    pub experiment: Option<Id>,
    /// The conversion definition; all orders if absent.
    #[schema(value_type = Option<Uuid>)]
    pub conversion: Option<Id>,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Timestamp,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// `waiting`, `running`, `finished` or `failed`.
    pub state: String,
    /// The job that works on it.
    #[schema(value_type = Option<Uuid>)]
    pub job: Option<Id>,
    /// What it found, once finished.
    pub result: Option<LiftResult>,
    /// Why it failed.
    pub error: Option<String>,
    /// Who asked.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}
