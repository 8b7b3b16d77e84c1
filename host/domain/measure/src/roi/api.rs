//! Goals and return on investment over HTTP.

use super::{GoalStatus, RoiAnswer, goals_of, roi_of};
use axum::extract::State;
use rialto_campaign::campaign_get;
use rialto_kernel::{Id, Problem};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, Query, Told};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How conversions are counted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Conversions {
    /// The conversion definition, by id or code; the only one if absent.
    conversion: Option<String>,
}

/// The goals of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoalList {
    /// Each with what is expected, so far and left.
    items: Vec<GoalStatus>,
}

/// Each goal against the catalogue: expected, so far, left.
#[utoipa::path(get, path = "/campaigns/{id}/goals", tag = "measure", summary = "Goals against what happened",
    operation_id = "campaign_goals", params(("id" = uuid::Uuid, Path), Conversions),
    responses((status = 200, body = GoalList), (status = 404, body = ProblemDocument)))]
pub(crate) async fn goals(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(how): Query<Conversions>,
) -> ApiResult<Told<GoalList>> {
    caller.require("measure.read")?;
    let campaign = campaign_get(&host, &caller, id).await.map_err(Problem::from)?;
    let items = goals_of(&host, caller.workspace, caller.locale, &campaign, how.conversion.as_deref()).await;
    Ok(Told::new(&caller, &["why"], GoalList { items }))
}

/// Plan against actual, the difference split into cost and revenue, the revenue
/// into volume, rate and price, in one sentence.
#[utoipa::path(get, path = "/campaigns/{id}/roi", tag = "measure", summary = "Return on investment against plan",
    operation_id = "campaign_roi", params(("id" = uuid::Uuid, Path), Conversions),
    responses(
        (status = 200, body = RoiAnswer), (status = 404, body = ProblemDocument),
        (status = 422, body = ProblemDocument, description = "no dated rate for an amount, or no such conversion definition"),
    ))]
pub(crate) async fn roi(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(how): Query<Conversions>,
) -> ApiResult<Json<RoiAnswer>> {
    caller.require("measure.read")?;
    let campaign = campaign_get(&host, &caller, id).await.map_err(Problem::from)?;
    Ok(Json(roi_of(&host, caller.workspace, caller.locale, &campaign, how.conversion.as_deref()).await?))
}
