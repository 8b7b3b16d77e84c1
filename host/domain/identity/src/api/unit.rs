//! `/units`

use crate::{NewUnit, Unit, UnitPatch, unit_create, unit_delete, unit_get, unit_list, unit_patch};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which units are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitQuery {
    /// Only this unit and all below it.
    under: Option<Uuid>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Units in the order of the tree
#[utoipa::path(get, path = "/units", tag = "identity", params(UnitQuery), responses((status = 200, body = Page<Unit>)))]
pub(crate) async fn unit_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<UnitQuery>,
) -> ApiResult<Json<Page<Unit>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    Ok(Json(unit_list(&host, &caller, query.under, &page).await?))
}

/// Make a unit
#[utoipa::path(
    post, path = "/units", tag = "identity",
    request_body = NewUnit,
    responses((status = 201, body = Unit)),
)]
pub(crate) async fn unit_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewUnit>,
) -> ApiResult<impl IntoResponse> {
    let unit = unit_create(&host, &caller, new).await?;
    let location = [(header::LOCATION, format!("/api/v1/units/{}", unit.id))];
    Ok((StatusCode::CREATED, location, etag(unit.version), Json(unit)))
}

/// A unit
#[utoipa::path(get, path = "/units/{id}", tag = "identity", params(("id" = Uuid, Path)), responses((status = 200, body = Unit)))]
pub(crate) async fn unit_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    let unit = unit_get(&host, &caller, id).await?;
    Ok((etag(unit.version), Json(unit)))
}

/// Rename or move a unit, with all below it
#[utoipa::path(
    patch, path = "/units/{id}", tag = "identity", params(("id" = Uuid, Path)),
    request_body = UnitPatch,
    responses((status = 200, body = Unit)),
)]
pub(crate) async fn unit_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<UnitPatch>,
) -> ApiResult<impl IntoResponse> {
    let unit = unit_patch(&host, &caller, id, patch, if_match).await?;
    Ok((etag(unit.version), Json(unit)))
}

/// Remove a unit that has nothing in it
#[utoipa::path(delete, path = "/units/{id}", tag = "identity", params(("id" = Uuid, Path)), responses((status = 204)))]
pub(crate) async fn unit_remove(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    unit_delete(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
