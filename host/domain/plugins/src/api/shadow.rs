//! Shadow runs over HTTP.

use crate::actions::shadow::{self as act, Report, SHADOW_RUNS_DEFAULT, SHADOW_RUNS_MAX, SHADOW_RUNS_MIN};
use axum::{body::Bytes, extract::State};
use rialto_kernel::Problem;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, parse_json};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How much to replay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ShadowAsked)]
pub(crate) struct ShadowAsked {
    /// How many of the last recorded runs, 1 to 100; 20 if absent.
    runs: Option<u32>,
}

#[utoipa::path(
    post, path = "/installations/{id}/versions/{version}/shadow", tag = "plugins", operation_id = "version_shadow",
    summary = "Replay the last recorded runs of the serving version on this one, with no effects",
    description = "Answers and costs are compared by what they mean; a run that diverges says at which host call. The \
                   version has to be approved; where anything differs, it serves or tries only with \
                   `accept_differences`.",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)), request_body = ShadowAsked,
    responses((status = 200, body = Report), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn version_shadow(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
    body: Bytes,
) -> ApiResult<Json<Report>> {
    let asked: ShadowAsked = if body.is_empty() { ShadowAsked::default() } else { parse_json(&body)? };
    let runs = asked.runs.unwrap_or(SHADOW_RUNS_DEFAULT);
    if !(SHADOW_RUNS_MIN..=SHADOW_RUNS_MAX).contains(&runs) {
        let message = format!("must be {SHADOW_RUNS_MIN} to {SHADOW_RUNS_MAX}, not {runs}");
        return Err(Problem::invalid("runs", message).into());
    }
    Ok(Json(act::shadow(&host, &caller, id, version, runs).await?))
}

#[utoipa::path(
    get, path = "/installations/{id}/versions/{version}/shadow", tag = "plugins", operation_id = "version_shadow_report",
    summary = "What the last shadow run of a version showed",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses((status = 200, body = Report), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn version_shadow_report(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
) -> ApiResult<Json<Report>> {
    Ok(Json(act::report(&host, &caller, id, version).await?))
}
