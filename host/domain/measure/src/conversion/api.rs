//! Conversion definitions over HTTP.

use super::{
    Definition,
    actions::{self, ChangedDefinition, NewDefinition},
    sql,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page, PageQuery, Problem};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};

/// Conversion definitions, oldest first.
#[utoipa::path(get, path = "/conversion-definitions", tag = "measure", summary = "List conversion definitions",
    params(("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<Definition>), (status = 401), (status = 403)))]
pub(crate) async fn list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Definition>>> {
    caller.require("measure.read")?;
    let limit = page.limit()?;
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::definition_list(&mut conn, caller.workspace, page.after()?, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |definition| definition.id)?))
}

/// Define what counts as a conversion.
#[utoipa::path(post, path = "/conversion-definitions", tag = "measure", summary = "Make a conversion definition",
    request_body = NewDefinition,
    responses((status = 201, body = Definition), (status = 401), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn create(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewDefinition>,
) -> ApiResult<impl IntoResponse> {
    caller.require("measure.write")?;
    let definition = actions::create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(definition.version), Json(definition)))
}

/// One conversion definition.
#[utoipa::path(get, path = "/conversion-definitions/{id}", tag = "measure", summary = "Read a conversion definition",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Definition), (status = 401), (status = 403), (status = 404)))]
pub(crate) async fn read(State(host): State<Host>, caller: Caller, Path(id): Path<Id>) -> ApiResult<impl IntoResponse> {
    caller.require("measure.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let definition = sql::definition_find(&mut conn, caller.workspace, id).await?;
    let definition = definition.ok_or_else(|| Problem::not_found("conversion definition"))?;
    Ok((etag(definition.version), Json(definition)))
}

/// Change a conversion definition; runs made with it keep what they computed.
#[utoipa::path(patch, path = "/conversion-definitions/{id}", tag = "measure", summary = "Change a conversion definition",
    params(("id" = uuid::Uuid, Path)), request_body = ChangedDefinition,
    responses((status = 200, body = Definition), (status = 401), (status = 403), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    wanted: IfMatch,
    Json(change): Json<ChangedDefinition>,
) -> ApiResult<impl IntoResponse> {
    caller.require("measure.write")?;
    let definition = actions::change(&host, &caller, id, wanted, change).await?;
    Ok((etag(definition.version), Json(definition)))
}
