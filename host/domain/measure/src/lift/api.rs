//! Lift runs over HTTP.

use super::{
    actions,
    view::{LiftShown, NewLift},
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query, Told};
use serde::Deserialize;
use utoipa::IntoParams;

/// Compute what a campaign changed: against its hold-out, where its experiment
/// has one; else against people who were alike before. The answer holds the
/// ratio as it stands, the same ratio before, the matched change with its
/// interval, the balance, and the sentence that follows in English and 简体中文.
#[utoipa::path(post, path = "/lift-runs", tag = "measure", summary = "Start a lift run",
    request_body = NewLift,
    responses((status = 202, body = LiftShown), (status = 401), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn start(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewLift>,
) -> ApiResult<impl IntoResponse> {
    caller.require("measure.write")?;
    Ok((StatusCode::ACCEPTED, Json(actions::start(&host, &caller, new).await?)))
}

/// Which lift runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LiftQuery {
    /// Only those of this campaign.
    #[param(value_type = Option<uuid::Uuid>)]
    campaign: Option<Id>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Lift runs, newest first.
#[utoipa::path(get, path = "/lift-runs", tag = "measure", summary = "List lift runs", params(LiftQuery),
    responses((status = 200, body = Page<LiftShown>), (status = 401), (status = 403)))]
pub(crate) async fn list(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<LiftQuery>,
) -> ApiResult<Told<Page<LiftShown>>> {
    caller.require("measure.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let rows = actions::list(&host, caller.workspace, query.campaign, page.after()?, limit + 1).await?;
    Ok(Told::new(&caller, &["error"], Page::from_rows(rows, limit, |run| run.id)?))
}

/// One lift run with what it found.
#[utoipa::path(get, path = "/lift-runs/{id}", tag = "measure", summary = "Read a lift run",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = LiftShown), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn read(State(host): State<Host>, caller: Caller, Path(id): Path<Id>) -> ApiResult<Told<LiftShown>> {
    caller.require("measure.read")?;
    Ok(Told::new(&caller, &["error"], actions::find(&host, caller.workspace, id).await?))
}
