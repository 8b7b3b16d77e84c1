//! `/delivery-policy`.

use crate::policy::{self as act, DeliveryPolicy, PolicyRules};
use axum::{extract::State, response::IntoResponse};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, ProblemDocument, etag};

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
