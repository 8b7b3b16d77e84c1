//! Audience snapshots over HTTP.

use crate::{
    limits::NAME_BYTES_MAX,
    normalise::bounded,
    segment::{NewSnapshot, Snapshot, snapshot_create, snapshot_find, snapshot_list, snapshot_members},
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which snapshots.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SnapshotQuery {
    /// Part of a name.
    q: Option<String>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// List or find snapshots, latest first
#[utoipa::path(
    get, path = "/audience-snapshots", tag = "segments", params(SnapshotQuery),
    responses((status = 200, body = Page<Snapshot>)),
)]
pub(crate) async fn snapshot_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<SnapshotQuery>,
) -> ApiResult<Json<Page<Snapshot>>> {
    caller.require("audience.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    let q = bounded("q", query.q.as_deref().unwrap_or_default(), NAME_BYTES_MAX)?;
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = snapshot_list(&mut conn, caller.workspace, &q, before, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |snapshot| snapshot.id)?))
}

/// Take a snapshot of a segment or a rule
#[utoipa::path(
    post, path = "/audience-snapshots", tag = "segments", request_body = NewSnapshot,
    responses((status = 201, body = Snapshot)),
)]
pub(crate) async fn snapshot_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewSnapshot>,
) -> ApiResult<impl IntoResponse> {
    caller.require("audience.write")?;
    let snapshot = snapshot_create(&host, &caller, new.of, &new.name).await?;
    Ok((StatusCode::CREATED, Json(snapshot)))
}

/// Read a snapshot
#[utoipa::path(
    get, path = "/audience-snapshots/{id}", tag = "segments", params(("id" = Uuid, Path)),
    responses((status = 200, body = Snapshot)),
)]
pub(crate) async fn snapshot_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Snapshot>> {
    caller.require("audience.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    Ok(Json(snapshot_find(&mut conn, caller.workspace, id).await?))
}

/// List the people on a snapshot
#[utoipa::path(
    get, path = "/audience-snapshots/{id}/members", tag = "segments", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<Uuid>)),
)]
pub(crate) async fn member_page(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Uuid>>> {
    caller.require("audience.read")?;
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let mut conn = host.store.read(caller.workspace).await?;
    snapshot_find(&mut conn, caller.workspace, id).await?;
    let rows = snapshot_members(&mut conn, caller.workspace, id, after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |id| *id)?))
}
