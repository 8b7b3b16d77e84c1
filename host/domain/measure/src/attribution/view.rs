//! What is asked of attribution runs and what is shown of them.

use jiff::Timestamp;
use rialto_kernel::{Id, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Attribution runs to be made over the same paths.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAttributionRuns)]
pub struct NewRuns {
    /// What counts as a conversion: an id or a code.
    pub conversion: String,
    /// Conversions of this campaign only, and touches of it or of none.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub campaign: Option<Id>,
    /// Conversions from this instant, included.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Conversions to this instant, excluded.
    #[schema(value_type = String)]
    pub end: Timestamp,
    /// Touches of these channels only; all if empty.
    #[serde(default)]
    pub channels: Vec<String>,
    /// The models, 1 to 12.
    pub models: Vec<NewModel>,
}

/// A model to be run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttributionModel)]
pub struct NewModel {
    /// An installation of kind attribution.
    #[schema(value_type = uuid::Uuid)]
    pub installation: Id,
    /// Settings that differ from the installation's.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// What the run is called; the setting `model`, or the installation's name, if absent.
    #[serde(default)]
    pub label: Option<String>,
}

/// An attribution run.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AttributionRun)]
pub struct RunShown {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub id: Id,
    /// What its model is called.
    pub model: String,
    /// The installation that ran.
    #[schema(value_type = uuid::Uuid)]
    pub installation: Id,
    /// The version of it that ran.
    #[schema(value_type = uuid::Uuid)]
    pub installation_version: Id,
    /// The settings it was given.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
    /// What counted as a conversion.
    #[schema(value_type = uuid::Uuid)]
    pub conversion: Id,
    /// The campaign it was limited to.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub campaign: Option<Id>,
    /// From when.
    pub start: String,
    /// To when.
    pub end: String,
    /// `waiting`, `running`, `finished` or `failed`.
    pub state: String,
    /// The job that makes it; runs over the same paths share it.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub job: Option<Id>,
    /// How many paths, those without conversion included.
    pub paths: i64,
    /// How many touches on them.
    pub touches: i64,
    /// Conversions that a touch led to; the credit sums to them.
    pub conversions: i64,
    /// Their value.
    pub value: Money,
    /// Conversions that no touch led to: nobody is credited.
    pub untouched: i64,
    /// Their value.
    pub untouched_value: Money,
    /// Whether credit can be followed to campaigns and days.
    pub drillable: bool,
    /// Credit by channel, the largest first.
    pub channels: Vec<ChannelShown>,
    /// SHA-256 of component, settings, input and output.
    #[schema(value_type = Object)]
    pub digests: serde_json::Value,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Who asked for it.
    pub created_by: String,
    /// When.
    pub created_at: String,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// What one channel earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = AttributionChannel)]
pub struct ChannelShown {
    /// Its name.
    pub channel: String,
    /// Conversions credited, as the model said.
    pub conversions: f64,
    /// The same in whole millionths, summing exactly to the run's.
    pub conversions_micro: i64,
    /// Its share of the run's conversions.
    pub share: f64,
    /// Value credited, in minor units, summing exactly to the run's.
    pub value_minor: i64,
    /// Its share of the run's value.
    pub value_share: f64,
    /// Its touches, on all paths.
    pub touches: i64,
    /// Different people on whose paths to conversion it was credited.
    pub people: i64,
}

/// Runs that were asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AttributionRunsStarted)]
pub struct RunsStarted {
    /// The job that makes them all.
    #[schema(value_type = uuid::Uuid)]
    pub job: Id,
    /// One a model, in order.
    pub runs: Vec<RunShown>,
}

/// Runs side by side.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AttributionRunsCompared)]
pub struct RunsCompared {
    /// The runs, in the order asked.
    pub runs: Vec<RunHead>,
    /// Whether all read the very same paths, so that differences are the models'.
    pub same_paths: bool,
    /// A row a channel.
    pub channels: Vec<ChannelCompared>,
}

/// One of the runs compared.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AttributionRunHead)]
pub struct RunHead {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub id: Id,
    /// What its model is called.
    pub model: String,
    /// The conversions it shares out.
    pub conversions: i64,
    /// Their value.
    pub value: Money,
}

/// One channel under every run.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AttributionChannelCompared)]
pub struct ChannelCompared {
    /// Its name.
    pub channel: String,
    /// Conversions credited, one a run.
    pub conversions: Vec<f64>,
    /// Its share of conversions, one a run.
    pub shares: Vec<f64>,
    /// Value credited in minor units, one a run.
    pub value_minor: Vec<i64>,
    /// The largest share less the smallest: how far the models disagree.
    pub spread: f64,
}
