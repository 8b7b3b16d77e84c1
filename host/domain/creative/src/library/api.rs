//! The library over HTTP.

use super::{
    actions as act,
    model::{Creative, CreativeInput, CreativePatch, CreativeResult, NewResult},
    sql::{self, Filter},
};
use crate::message::READ;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, etag};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Every route of the library.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(creative_list, creative_create))
        .routes(routes!(creative_get, creative_patch))
        .routes(routes!(creative_result_list, creative_result_add))
}

/// Which creatives.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct CreativeQuery {
    /// A text that title, description, theme, interaction or code holds.
    search: String,
    /// `asset` or `case`.
    kind: String,
    /// `own` or `outside`.
    origin: String,
    /// A theme among its themes.
    theme: String,
    /// A season or festival among its own.
    season: String,
    /// A channel among its channels.
    channel: String,
    /// Its type of campaign, whole.
    campaign_type: String,
    /// An objective among its objectives.
    objective: String,
    /// Those that were put away.
    archived: bool,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(
    get, path = "/creatives", tag = "creative", operation_id = "creative_list", params(CreativeQuery),
    summary = "Search the library, newest first",
    responses((status = 200, body = Page<Creative>)),
)]
pub(crate) async fn creative_list(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<CreativeQuery>,
) -> ApiResult<Json<Page<Creative>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let filter = Filter {
        search: query.search,
        kind: query.kind,
        origin: query.origin,
        theme: query.theme,
        season: query.season,
        channel: query.channel,
        campaign_type: query.campaign_type,
        objective: query.objective,
        archived: query.archived,
    };
    Ok(Json(act::creative_page(&host, &caller, &filter, &page).await?))
}

#[utoipa::path(
    post, path = "/creatives", tag = "creative", operation_id = "creative_create", summary = "Put a creative or case in",
    request_body = CreativeInput,
    responses((status = 201, body = Creative), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn creative_create(
    State(host): State<Host>,
    caller: Caller,
    Json(input): Json<CreativeInput>,
) -> ApiResult<impl IntoResponse> {
    let creative = act::creative_create(&host, &caller, input).await?;
    Ok((StatusCode::CREATED, etag(creative.version), Json(creative)))
}

#[utoipa::path(
    get, path = "/creatives/{id}", tag = "creative", operation_id = "creative_get", params(("id" = Uuid, Path)),
    summary = "Look at one creative, with what came of it",
    responses((status = 200, body = Creative), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn creative_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    let creative = act::creative_get(&host, &caller, id).await?;
    Ok((etag(creative.version), Json(creative)))
}

#[utoipa::path(
    patch, path = "/creatives/{id}", tag = "creative", operation_id = "creative_patch", params(("id" = Uuid, Path)),
    summary = "Change a creative",
    request_body = CreativePatch,
    responses(
        (status = 200, body = Creative), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn creative_patch(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    expected: IfMatch,
    Json(patch): Json<CreativePatch>,
) -> ApiResult<impl IntoResponse> {
    let creative = act::creative_patch(&host, &caller, id, expected, patch).await?;
    Ok((etag(creative.version), Json(creative)))
}

#[utoipa::path(
    get, path = "/creatives/{id}/results", tag = "creative", operation_id = "creative_result_list",
    params(("id" = Uuid, Path), PageQuery),
    summary = "List what came of a creative, newest first",
    responses((status = 200, body = Page<CreativeResult>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn creative_result_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<CreativeResult>>> {
    caller.require(READ)?;
    let limit = page.limit()?;
    let before = page.after::<(i64, Uuid)>()?.unwrap_or((i64::MAX, Uuid::max()));
    act::creative_get(&host, &caller, id).await?;
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::result_list(&mut conn, caller.workspace, id, before, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |result| (result.at.as_microsecond(), result.id))?))
}

#[utoipa::path(
    post, path = "/creatives/{id}/results", tag = "creative", operation_id = "creative_result_add",
    params(("id" = Uuid, Path)), summary = "Keep what came of a creative; the same label again replaces it",
    request_body = NewResult,
    responses((status = 201, body = Creative), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn creative_result_add(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewResult>,
) -> ApiResult<impl IntoResponse> {
    act::result_add(&host, &caller, id, new).await?;
    let creative = act::creative_get(&host, &caller, id).await?;
    Ok((StatusCode::CREATED, etag(creative.version), Json(creative)))
}
