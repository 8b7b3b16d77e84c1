//! `/delivery-policy` and `/units/{id}/delivery-policy`.

use crate::policy::{self as act, DeliveryPolicy, PolicyParts, PolicyRules, UnitPolicy};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, etag};

#[utoipa::path(
    get, path = "/delivery-policy", tag = "delivery", operation_id = "delivery_policy_get",
    summary = "How often and when people may be written to",
    responses((status = 200, body = DeliveryPolicy)),
)]
pub(crate) async fn policy_read(State(host): State<Host>, caller: Caller) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere("delivery.read")?;
    let policy = act::policy_get(&host, caller.workspace).await?;
    Ok((etag(policy.version), Json(policy)))
}

#[utoipa::path(
    put, path = "/delivery-policy", tag = "delivery", operation_id = "delivery_policy_put",
    summary = "Set caps, quiet hours, barred regions and when a campaign is held by itself",
    description = "What is left out has its usual value. A change holds from the next decision on; sends on their way stay.",
    request_body = PolicyRules,
    responses(
        (status = 200, body = DeliveryPolicy), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn policy_write(
    State(host): State<Host>,
    caller: Caller,
    expected: IfMatch,
    Json(rules): Json<PolicyRules>,
) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere("delivery.admin")?;
    let policy = act::policy_put(&host, &caller, expected, rules).await?;
    Ok((etag(policy.version), Json(policy)))
}

#[utoipa::path(
    get, path = "/units/{id}/delivery-policy", tag = "delivery", operation_id = "unit_policy_get",
    params(("id" = uuid::Uuid, Path)),
    summary = "What a unit sets of the delivery policy, what holds for its campaigns, and where each part comes from",
    responses((status = 200, body = UnitPolicy), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn unit_policy_read(
    State(host): State<Host>,
    caller: Caller,
    Path(unit): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let policy = act::unit_policy_get(&host, &caller, unit).await?;
    Ok((etag(policy.version), Json(policy)))
}

#[utoipa::path(
    put, path = "/units/{id}/delivery-policy", tag = "delivery", operation_id = "unit_policy_put",
    params(("id" = uuid::Uuid, Path)),
    summary = "Set parts of the delivery policy for a unit and what is under it",
    description = "What is left out is as it is above the unit; a part is set whole, and `null` for quiet hours or an empty list means none. A change holds from the next decision on, for running campaigns too.",
    request_body = PolicyParts,
    responses(
        (status = 200, body = UnitPolicy), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn unit_policy_write(
    State(host): State<Host>,
    caller: Caller,
    Path(unit): Path<Id>,
    expected: IfMatch,
    Json(own): Json<PolicyParts>,
) -> ApiResult<impl IntoResponse> {
    let policy = act::unit_policy_put(&host, &caller, unit, expected, own).await?;
    Ok((etag(policy.version), Json(policy)))
}

#[utoipa::path(
    delete, path = "/units/{id}/delivery-policy", tag = "delivery", operation_id = "unit_policy_delete",
    params(("id" = uuid::Uuid, Path)),
    summary = "Take away what a unit sets of the delivery policy: what is above it holds again",
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument)),
)]
pub(crate) async fn unit_policy_remove(
    State(host): State<Host>,
    caller: Caller,
    Path(unit): Path<Id>,
    expected: IfMatch,
) -> ApiResult<StatusCode> {
    act::unit_policy_delete(&host, &caller, unit, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
