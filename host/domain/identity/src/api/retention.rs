//! `/retention`

use crate::{RetentionRule, retention_list, retention_set};
use axum::extract::State;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long everything is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionRules {
    /// One of each kind of thing.
    items: Vec<RetentionRule>,
}

/// How long one kind of thing is to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionChosen {
    /// Days; null is for ever.
    days: Option<i64>,
}

/// How long everything is kept
#[utoipa::path(get, path = "/retention", tag = "identity", responses((status = 200, body = RetentionRules)))]
pub(crate) async fn retention_read(State(host): State<Host>, caller: Caller) -> ApiResult<Json<RetentionRules>> {
    Ok(Json(RetentionRules { items: retention_list(&host, &caller).await? }))
}

/// Choose how long one kind of thing is kept
///
/// What is older goes every night, for good; the audit log says how much.
#[utoipa::path(
    put, path = "/retention/{what}", tag = "identity", params(("what" = String, Path)),
    request_body = RetentionChosen,
    responses((status = 200, body = RetentionRule), (status = 404, description = "no such kind"),
              (status = 422, description = "days out of bounds")),
)]
pub(crate) async fn retention_choose(
    State(host): State<Host>,
    caller: Caller,
    Path(what): Path<String>,
    Json(chosen): Json<RetentionChosen>,
) -> ApiResult<Json<RetentionRule>> {
    Ok(Json(retention_set(&host, &caller, &what, chosen.days).await?))
}
