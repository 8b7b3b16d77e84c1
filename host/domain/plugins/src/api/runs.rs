//! The run log and the health of an installation.

use super::view::{RunDetail, RunView};
use crate::{
    Error,
    actions::{
        self,
        health::{Health, RUNS_MAX},
        scope,
    },
    sql,
};
use axum::extract::State;
use rialto_kernel::{Page, PageQuery, Problem};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, Query, Told};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which runs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunQuery {
    /// `succeeded`, `failed` or `abandoned`; any if absent.
    outcome: Option<String>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

async fn seen(host: &Host, caller: &Caller, id: Uuid) -> Result<Conn, Error> {
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::installation(&mut conn, caller.workspace, id).await?;
    scope::require(&mut conn, caller, row.unit, "plugins.read").await?;
    Ok(conn)
}

#[utoipa::path(
    get, path = "/installations/{id}/runs", tag = "plugins", operation_id = "plugin_run_list",
    summary = "List an installation's runs, newest first",
    params(("id" = Uuid, Path), RunQuery),
    responses((status = 200, body = Page<RunView>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn run_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<RunQuery>,
) -> ApiResult<Told<Page<RunView>>> {
    let outcome = query.outcome.unwrap_or_default();
    if !matches!(outcome.as_str(), "" | "succeeded" | "failed" | "abandoned") {
        return Err(Problem::invalid("outcome", "must be succeeded, failed or abandoned").into());
    }
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let after = page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max()));
    let mut conn = seen(&host, &caller, id).await?;
    let rows = sql::run_list(&mut conn, caller.workspace, id, &outcome, after, limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| (row.started_at, row.id))?;
    Ok(Told::new(&caller, &["error"], page.map(RunView::from)))
}

#[utoipa::path(
    get, path = "/installations/{id}/runs/{run}", tag = "plugins", operation_id = "plugin_run_get",
    summary = "Look at one run: record and log lines",
    params(("id" = Uuid, Path), ("run" = Uuid, Path)),
    responses((status = 200, body = RunDetail), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn run_get(
    State(host): State<Host>,
    caller: Caller,
    Path((id, run)): Path<(Uuid, Uuid)>,
) -> ApiResult<Told<RunDetail>> {
    let mut conn = seen(&host, &caller, id).await?;
    let row = sql::run_find(&mut conn, caller.workspace, id, run).await?.ok_or(Error::Unknown("run"))?;
    Ok(Told::new(&caller, &["error"], RunDetail::of(row)?))
}

#[utoipa::path(
    get, path = "/installations/{id}/health", tag = "plugins", operation_id = "installation_health",
    summary = "How an installation fares over its newest 1,000 runs, version by version",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Health), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn installation_health(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Health>> {
    let mut conn = seen(&host, &caller, id).await?;
    let row = actions::installation(&mut conn, caller.workspace, id).await?;
    Ok(Json(actions::health::health(&host, &mut conn, caller.workspace, &row, RUNS_MAX).await?))
}
