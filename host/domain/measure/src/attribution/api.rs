//! Attribution runs over HTTP.

use super::{
    actions,
    pattern::PathsShown,
    view::{NewRuns, RunShown, RunsCompared, RunsStarted},
};
use crate::query::Answer;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page, PageQuery, Problem};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query, Told};
use serde::Deserialize;

/// The most runs compared at once.
const COMPARED_MAX: usize = 12;

/// Have one or several models share the same conversions out among channels.
#[utoipa::path(post, path = "/attribution-runs", tag = "measure", summary = "Start attribution runs",
    request_body = NewRuns,
    responses((status = 202, body = RunsStarted), (status = 401), (status = 403), (status = 422)))]
pub(crate) async fn start(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewRuns>,
) -> ApiResult<impl IntoResponse> {
    caller.require("measure.write")?;
    Ok((StatusCode::ACCEPTED, Json(actions::start(&host, &caller, new).await?)))
}

/// Attribution runs, newest first.
#[utoipa::path(get, path = "/attribution-runs", tag = "measure", summary = "List attribution runs",
    params(("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<RunShown>), (status = 401), (status = 403)))]
pub(crate) async fn list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Told<Page<RunShown>>> {
    caller.require("measure.read")?;
    let limit = page.limit()?;
    let rows = actions::list(&host, caller.workspace, page.after()?, limit + 1).await?;
    Ok(Told::new(&caller, &["error"], Page::from_rows(rows, limit, |run| run.id)?))
}

/// One run with its credit by channel.
#[utoipa::path(get, path = "/attribution-runs/{id}", tag = "measure", summary = "Read an attribution run",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = RunShown), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn read(State(host): State<Host>, caller: Caller, Path(id): Path<Id>) -> ApiResult<Told<RunShown>> {
    caller.require("measure.read")?;
    Ok(Told::new(&caller, &["error"], actions::find(&host, caller.workspace, id).await?))
}

/// How to break credit down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreditQuery {
    by: Option<String>,
    of: Option<String>,
}

/// A run's credit by channel, campaign or day. It sums to the run's conversions and value.
#[utoipa::path(get, path = "/attribution-runs/{id}/credit", tag = "measure", summary = "Read a run's credit",
    params(("id" = uuid::Uuid, Path),
        ("by" = Option<String>, Query, description = "`channel` (default), `campaign` or `day`"),
        ("of" = Option<String>, Query, description = "`conversions` (default) or `value`")),
    responses((status = 200, body = Answer), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn credit(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(query): Query<CreditQuery>,
) -> ApiResult<Json<Answer>> {
    caller.require("measure.read")?;
    let value = match query.of.as_deref() {
        None | Some("conversions") => false,
        Some("value") => true,
        Some(_) => return Err(Problem::invalid("of", "use conversions or value").into()),
    };
    let by = query.by.as_deref().unwrap_or("channel");
    Ok(Json(actions::credit_by(&host, &caller, id, by, value).await?))
}

/// Which ways the run's paths went: channels in order, each once in a row, with
/// how many paths, conversions and what value.
#[utoipa::path(get, path = "/attribution-runs/{id}/paths", tag = "measure", summary = "Read the ways of a run's paths",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = PathsShown), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn paths(State(host): State<Host>, caller: Caller, Path(id): Path<Id>) -> ApiResult<Json<PathsShown>> {
    caller.require("measure.read")?;
    Ok(Json(actions::paths(&host, caller.workspace, id).await?))
}

/// Which runs to compare.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompareQuery {
    runs: String,
}

/// Several finished runs side by side: credit and share of each channel under each model.
#[utoipa::path(get, path = "/attribution-runs/compare", tag = "measure", summary = "Compare attribution runs",
    params(("runs" = String, Query, description = "Two to twelve ids with commas between")),
    responses((status = 200, body = RunsCompared), (status = 401), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn compare(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<CompareQuery>,
) -> ApiResult<Json<RunsCompared>> {
    caller.require("measure.read")?;
    let ids: Result<Vec<Id>, _> = query.runs.split(',').map(|id| id.trim().parse()).collect();
    let ids = ids.map_err(|_| Problem::invalid("runs", "give ids with commas between"))?;
    if !(2..=COMPARED_MAX).contains(&ids.len()) {
        return Err(Problem::invalid("runs", format!("give 2 to {COMPARED_MAX} runs")).into());
    }
    Ok(Json(actions::compare(&host, caller.workspace, &ids).await?))
}
