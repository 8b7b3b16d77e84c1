//! Experiments over HTTP.

use crate::experiment::{
    Experiment, ExperimentState, ExperimentView, NewExperiment, experiment_archive, experiment_create, experiment_get,
    sql,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

const READ: &str = "audience.read";
const WRITE: &str = "audience.write";

/// Which experiments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExperimentQuery {
    /// Those that are put away instead of the open ones.
    #[serde(default)]
    archived: bool,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// List experiments, newest first
#[utoipa::path(
    get, path = "/experiments", tag = "experiments", params(ExperimentQuery),
    responses((status = 200, body = Page<Experiment>)),
)]
pub(crate) async fn experiment_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<ExperimentQuery>,
) -> ApiResult<Json<Page<Experiment>>> {
    caller.require(READ)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let state = if query.archived { ExperimentState::Archived } else { ExperimentState::Open };
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::experiment_list(&mut conn, caller.workspace, state, before, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |experiment| experiment.id)?))
}

/// Make an experiment
///
/// Shares are basis points and sum to 10,000. Scope `campaign`: name it as a
/// campaign's `experiment`; the arm with `held_out` is not written to. Scope
/// `workspace`: its held-out arm is not written to by any campaign from
/// `starts_at` to `ends_at`. Arms never change once made.
#[utoipa::path(
    post, path = "/experiments", tag = "experiments", request_body = NewExperiment,
    responses(
        (status = 201, body = Experiment),
        (status = 409, description = "the name is taken, or another workspace-wide one is in force then"),
        (status = 422, description = "shares do not sum to 10,000, or an arm would stay empty"),
    ),
)]
pub(crate) async fn experiment_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewExperiment>,
) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere(WRITE)?;
    let experiment = experiment_create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(experiment.version), Json(experiment)))
}

/// Read an experiment: its arms, the people in each, and whether the split is
/// what the shares promise
#[utoipa::path(
    get, path = "/experiments/{id}", tag = "experiments", params(("id" = Uuid, Path)),
    responses((status = 200, body = ExperimentView)),
)]
pub(crate) async fn experiment_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require(READ)?;
    let view = experiment_get(&host, caller.workspace, id).await?;
    Ok((etag(view.experiment.version), Json(view)))
}

/// Put an experiment away
#[utoipa::path(
    post, path = "/experiments/{id}/archive", tag = "experiments", params(("id" = Uuid, Path)),
    responses((status = 200, body = Experiment), (status = 412, description = "it was changed since you read it")),
)]
pub(crate) async fn experiment_close(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    expected: IfMatch,
) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere(WRITE)?;
    let experiment = experiment_archive(&host, &caller, id, expected).await?;
    Ok((etag(experiment.version), Json(experiment)))
}
