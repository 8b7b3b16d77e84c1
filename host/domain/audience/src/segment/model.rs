//! The shapes of segments.

use super::Rule;
use jiff::Timestamp;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A live rule over what is known of people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Segment {
    /// The id.
    pub id: Uuid,
    /// The unit it belongs to.
    pub unit: Option<Uuid>,
    /// Its name, one of a kind in the workspace.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The rule.
    #[schema(value_type = Object)]
    pub rule: Rule,
    /// How these people are to be approached.
    pub strategy: String,
    /// Who looks after it.
    pub owner: String,
    /// The metric by which it is judged.
    pub measure: String,
    /// Whether it is put away.
    pub archived: bool,
    /// Grows with each change; the `ETag`.
    pub version: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A segment to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSegment {
    /// Its name.
    pub name: String,
    /// The rule.
    #[schema(value_type = Object)]
    pub rule: serde_json::Value,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// How these people are to be approached.
    #[serde(default)]
    pub strategy: String,
    /// Who looks after it.
    #[serde(default)]
    pub owner: String,
    /// The metric by which it is judged.
    #[serde(default)]
    pub measure: String,
    /// The unit it belongs to.
    #[serde(default)]
    pub unit: Option<Uuid>,
}

/// What is to change about a segment; what is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SegmentPatch {
    /// Its name.
    pub name: Option<String>,
    /// The rule.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<serde_json::Value>,
    /// What it is for.
    pub description: Option<String>,
    /// How these people are to be approached.
    pub strategy: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// The metric by which it is judged.
    pub measure: Option<String>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

/// A rule, or the segment that has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleSource {
    /// This rule.
    #[schema(value_type = Object)]
    Rule(serde_json::Value),
    /// The rule of this segment.
    Segment(Uuid),
}

/// A question about a rule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewQuestion {
    /// Of whom.
    pub of: RuleSource,
    /// How many contacts to show, up to 100.
    #[serde(default = "sample_default")]
    pub sample: u32,
}

fn sample_default() -> u32 {
    10
}

/// What a rule would give now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// How many people fit.
    pub count: u64,
    /// Some of them.
    pub sample: Vec<crate::contact::Contact>,
    /// As of when.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// A question about two rules.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverlapQuestion {
    /// The one.
    pub a: RuleSource,
    /// The other.
    pub b: RuleSource,
}

/// How many people two rules share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overlap {
    /// People who fit the one.
    pub a: u64,
    /// People who fit the other.
    pub b: u64,
    /// People who fit both.
    pub both: u64,
    /// As of when.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}
