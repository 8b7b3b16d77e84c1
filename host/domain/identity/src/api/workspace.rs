//! `/workspace`

use crate::{Workspace, WorkspaceClock, WorkspacePatch, clock_put, workspace_get, workspace_patch};
use axum::{extract::State, response::IntoResponse};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, etag};

/// The workspace this call works in
#[utoipa::path(get, path = "/workspace", tag = "identity", responses((status = 200, body = Workspace)))]
pub(crate) async fn workspace_read(State(host): State<Host>, caller: Caller) -> ApiResult<impl IntoResponse> {
    let workspace = workspace_get(&host, &caller).await?;
    Ok((etag(workspace.version), Json(workspace)))
}

/// Change the workspace
#[utoipa::path(
    patch, path = "/workspace", tag = "identity",
    request_body = WorkspacePatch,
    responses((status = 200, body = Workspace)),
)]
pub(crate) async fn workspace_change(
    State(host): State<Host>,
    caller: Caller,
    if_match: IfMatch,
    Json(patch): Json<WorkspacePatch>,
) -> ApiResult<impl IntoResponse> {
    let workspace = workspace_patch(&host, &caller, patch, if_match).await?;
    Ok((etag(workspace.version), Json(workspace)))
}

/// Stand the workspace in the past, move its clock on, or let it go with the present
#[utoipa::path(
    put, path = "/workspace/clock", tag = "identity",
    request_body = WorkspaceClock,
    responses((status = 200, body = Workspace)),
)]
pub(crate) async fn workspace_clock(
    State(host): State<Host>,
    caller: Caller,
    Json(clock): Json<WorkspaceClock>,
) -> ApiResult<impl IntoResponse> {
    let workspace = clock_put(&host, &caller, clock).await?;
    Ok((etag(workspace.version), Json(workspace)))
}
