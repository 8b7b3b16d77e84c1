//! Launching and watching over HTTP.

use crate::{
    actions, follow_up,
    launch::{Turn, campaign_launch as launch, campaign_turn},
    model::{Campaign, CampaignState, FollowUp, Preflight},
    preflight::{self, Asked, PreflightRun},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rialto_delivery::LedgerCounts;
use rialto_kernel::{Id, Problem};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Look, Path, ProblemDocument, Query, Stopping, Told, etag, watch};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// How a campaign stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignLedger {
    /// Its state.
    state: CampaignState,
    /// Its ledger in numbers.
    #[serde(flatten)]
    counts: LedgerCounts,
}

/// How to count.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PreflightAsk {
    /// By a job, however small the audience is.
    background: bool,
}

#[utoipa::path(
    post, path = "/campaigns/{id}/preflight", tag = "campaign", operation_id = "campaign_preflight",
    params(("id" = uuid::Uuid, Path), PreflightAsk),
    summary = "Count what a launch would do, by the code that decides at launch",
    description = "Up to 20,000 people times channels are counted at once. More are counted by a job, which this queues: read it by GET. While one counts the same version of the plan, that one is answered.",
    responses(
        (status = 200, body = Preflight), (status = 202, body = PreflightRun, description = "a job counts it"),
        (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn campaign_preflight(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(ask): Query<PreflightAsk>,
) -> ApiResult<Response> {
    Ok(match preflight::campaign_preflight(&host, &caller, id, ask.background).await? {
        Asked::Now(counted) => Json(counted).into_response(),
        Asked::Later(run) => (StatusCode::ACCEPTED, Json(run)).into_response(),
    })
}

#[utoipa::path(
    get, path = "/campaigns/{id}/preflight", tag = "campaign", operation_id = "campaign_preflight_get",
    params(("id" = uuid::Uuid, Path)),
    summary = "The last preflight that a job counts or has counted: how far it is, and what it found",
    responses((status = 200, body = PreflightRun), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn preflight_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<Told<PreflightRun>> {
    Ok(Told::new(&caller, &["error"], preflight::preflight_get(&host, &caller, id).await?))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/launch", tag = "campaign", operation_id = "campaign_launch",
    params(("id" = uuid::Uuid, Path)),
    summary = "Freeze the audience and let the sends begin",
    responses(
        (status = 200, body = Campaign), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument, description = "each thing in the way is named; nothing has left"),
    ),
)]
pub(crate) async fn campaign_launch(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    expected: IfMatch,
) -> ApiResult<impl IntoResponse> {
    let campaign = launch(&host, &caller, id, expected).await?;
    Ok((etag(campaign.version), Json(campaign)))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/pause", tag = "campaign", operation_id = "campaign_pause", params(("id" = uuid::Uuid, Path)),
    summary = "Hold a running campaign",
    responses((status = 200, body = Campaign), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn campaign_pause(host: State<Host>, caller: Caller, id: Path<Id>) -> ApiResult<impl IntoResponse> {
    turn(host, caller, id, Turn::Pause).await
}

#[utoipa::path(
    post, path = "/campaigns/{id}/resume", tag = "campaign", operation_id = "campaign_resume", params(("id" = uuid::Uuid, Path)),
    summary = "Let a paused campaign go on",
    responses((status = 200, body = Campaign), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn campaign_resume(host: State<Host>, caller: Caller, id: Path<Id>) -> ApiResult<impl IntoResponse> {
    turn(host, caller, id, Turn::Resume).await
}

#[utoipa::path(
    post, path = "/campaigns/{id}/cancel", tag = "campaign", operation_id = "campaign_cancel", params(("id" = uuid::Uuid, Path)),
    summary = "Stop a campaign for good; what has not left is not sent",
    responses((status = 200, body = Campaign), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn campaign_cancel(host: State<Host>, caller: Caller, id: Path<Id>) -> ApiResult<impl IntoResponse> {
    turn(host, caller, id, Turn::Cancel).await
}

async fn turn(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    turn: Turn,
) -> ApiResult<impl IntoResponse> {
    let campaign = campaign_turn(&host, &caller, id, turn).await?;
    Ok((etag(campaign.version), Json(campaign)))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/follow-up", tag = "campaign", operation_id = "campaign_follow_up",
    params(("id" = uuid::Uuid, Path)), request_body = FollowUp,
    summary = "Plan another for those it missed",
    description = "A draft with the same messages, topic and offers and what is left of the budget, for those who were not reached on any channel. Whom it is for is counted anew at its launch.",
    responses(
        (status = 201, body = Campaign), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "it has no ledger: a draft, or one that ran elsewhere"),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn campaign_follow_up(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(wish): Json<FollowUp>,
) -> ApiResult<impl IntoResponse> {
    let campaign = follow_up::follow_up(&host, &caller, id, wish).await?;
    Ok((StatusCode::CREATED, etag(campaign.version), Json(campaign)))
}

#[utoipa::path(
    get, path = "/campaigns/{id}/ledger", tag = "campaign", operation_id = "campaign_ledger", params(("id" = uuid::Uuid, Path)),
    summary = "The ledger in numbers, by state and reason; they sum to the audience",
    responses((status = 200, body = CampaignLedger), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn campaign_ledger(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<Json<CampaignLedger>> {
    let (state, counts) = actions::campaign_ledger(&host, &caller, id).await?;
    Ok(Json(CampaignLedger { state, counts }))
}

#[utoipa::path(
    get, path = "/campaigns/{id}/events", tag = "campaign", operation_id = "campaign_events", params(("id" = uuid::Uuid, Path)),
    summary = "The same numbers as they change (server-sent events)",
    responses((status = 200, content_type = "text/event-stream", body = CampaignLedger), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn campaign_events(
    State(host): State<Host>,
    caller: Caller,
    stopping: Stopping,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    // Refuse before the stream begins.
    actions::campaign_ledger(&host, &caller, id).await?;
    Ok(watch(stopping, Duration::from_secs(1), move || {
        let (host, caller) = (host.clone(), caller.clone());
        async move {
            let (state, counts) = actions::campaign_ledger(&host, &caller, id).await.map_err(Problem::from)?;
            let over = !matches!(state, CampaignState::Draft | CampaignState::Running | CampaignState::Paused);
            Ok::<_, Problem>(Look { value: CampaignLedger { state, counts }, over })
        }
    }))
}
