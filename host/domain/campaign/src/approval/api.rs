//! Approval over HTTP.

use super::{Approval, Decision, NewApproval, PlanSettings, PlanSettingsChange, PlanState, actions};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, etag};

#[utoipa::path(
    get, path = "/campaigns/{id}/plan", tag = "campaign", operation_id = "plan_get", params(("id" = uuid::Uuid, Path)),
    summary = "The plan as it stands, its version, and whether it is approved",
    responses((status = 200, body = PlanState), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn plan_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<Json<PlanState>> {
    Ok(Json(actions::plan_get(&host, &caller, id).await?))
}

#[utoipa::path(
    get, path = "/campaigns/{id}/approvals", tag = "campaign", operation_id = "approval_list",
    params(("id" = uuid::Uuid, Path), PageQuery),
    summary = "Approvals that were asked for, newest first",
    responses((status = 200, body = Page<Approval>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn approval_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Approval>>> {
    Ok(Json(actions::approval_page(&host, &caller, id, &page).await?))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/approvals", tag = "campaign", operation_id = "approval_request",
    params(("id" = uuid::Uuid, Path)),
    summary = "Ask for the plan as it stands to be approved",
    request_body = NewApproval,
    responses((status = 201, body = Approval), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn approval_request(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(new): Json<NewApproval>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(actions::approval_request(&host, &caller, id, new).await?)))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/approvals/{approval}/decide", tag = "campaign", operation_id = "approval_decide",
    params(("id" = uuid::Uuid, Path), ("approval" = uuid::Uuid, Path)),
    summary = "Approve or refuse",
    request_body = Decision,
    responses(
        (status = 200, body = Approval), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "decided already, changed since, or asked for by the same person"),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn approval_decide(
    State(host): State<Host>,
    caller: Caller,
    Path(place): Path<(Id, Id)>,
    Json(decision): Json<Decision>,
) -> ApiResult<Json<Approval>> {
    Ok(Json(actions::approval_decide(&host, &caller, place, decision).await?))
}

#[utoipa::path(
    get, path = "/plan-settings", tag = "campaign", operation_id = "plan_settings_get",
    summary = "How plans are approved in this workspace",
    responses((status = 200, body = PlanSettings)),
)]
pub(crate) async fn settings_get(State(host): State<Host>, caller: Caller) -> ApiResult<impl IntoResponse> {
    let settings = actions::settings_get(&host, &caller).await?;
    Ok((etag(settings.version), Json(settings)))
}

#[utoipa::path(
    put, path = "/plan-settings", tag = "campaign", operation_id = "plan_settings_put",
    summary = "Set how plans are approved from now on",
    request_body = PlanSettingsChange,
    responses((status = 200, body = PlanSettings), (status = 403, body = ProblemDocument), (status = 412, body = ProblemDocument)),
)]
pub(crate) async fn settings_put(
    State(host): State<Host>,
    caller: Caller,
    expected: IfMatch,
    Json(change): Json<PlanSettingsChange>,
) -> ApiResult<impl IntoResponse> {
    let settings = actions::settings_change(&host, &caller, expected, change).await?;
    Ok((etag(settings.version), Json(settings)))
}
