//! Versions of an installation: added, approved, let serve, rolled back.

use super::view::{InstallationView, VersionView};
use crate::{
    Error,
    actions::{self, health::RUNS_MAX, scope, version as act},
    sql,
};
use axum::{body::Bytes, extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::Page;
use rialto_plugin_host::Grants;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, etag, parse_json};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A version to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewVersion {
    /// The package's SHA-256.
    package: String,
    /// Let it serve at once if it wants no more than is granted already.
    #[serde(default)]
    activate: bool,
    /// Take it although it is older than the one that serves.
    #[serde(default)]
    allow_older: bool,
}

/// An approval.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = VersionApproval)]
pub(crate) struct Approval {
    /// What is granted: `http`, `mail`, `state_bytes`, `query`, `fields`,
    /// `clear_address`. All that the plugin wishes, if absent.
    #[schema(value_type = Option<Object>)]
    grants: Option<Grants>,
    /// Let it serve at once.
    activate: bool,
}

async fn show(host: &Host, caller: &Caller, id: Uuid) -> Result<InstallationView, Error> {
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::installation(&mut conn, caller.workspace, id).await?;
    InstallationView::of(host, &mut conn, caller.workspace, row, RUNS_MAX).await
}

#[utoipa::path(
    get, path = "/installations/{id}/versions", tag = "plugins", operation_id = "version_list",
    summary = "List an installation's versions, newest first",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<VersionView>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn version_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Page<VersionView>>> {
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::installation(&mut conn, caller.workspace, id).await?;
    scope::require(&mut conn, &caller, row.unit, "plugins.read").await?;
    let versions = sql::version_list(&mut conn, caller.workspace, id).await?;
    let items = versions.into_iter().map(|v| VersionView::of(v, row.active_version)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next: None }))
}

#[utoipa::path(
    post, path = "/installations/{id}/versions", tag = "plugins", operation_id = "version_add",
    summary = "Add a version",
    description = "One that wants no more than is granted needs no approval. One that wants more waits, and the \
                   old one keeps serving; `difference` says what is new.",
    params(("id" = Uuid, Path)), request_body = NewVersion,
    responses((status = 201, body = VersionView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn version_add(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewVersion>,
) -> ApiResult<(StatusCode, Json<VersionView>)> {
    let package = new.package.to_ascii_lowercase();
    let row = act::add(&host, &caller, id, &package, new.activate, new.allow_older).await?;
    let active = (row.state == crate::model::state::ACTIVE).then_some(row.id);
    Ok((StatusCode::CREATED, Json(VersionView::of(row, active)?)))
}

#[utoipa::path(
    post, path = "/installations/{id}/versions/{version}/approve", tag = "plugins", operation_id = "version_approve",
    summary = "Approve a version with these grants",
    description = "Also reachable as `…/versions/{version}:approve`. What counts is what the plugin wishes, what is \
                   granted here and what the host's ceiling allows, all at once.",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)), request_body = Approval,
    responses(
        (status = 200, body = InstallationView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "`permission-missing`: an import would stay unlinked"),
    ),
)]
pub(crate) async fn version_approve(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
    body: Bytes,
) -> ApiResult<impl IntoResponse> {
    let approval: Approval = if body.is_empty() { Approval::default() } else { parse_json(&body)? };
    act::approve(&host, &caller, id, version, approval.grants).await?;
    if approval.activate {
        act::activate(&host, &caller, id, version).await?;
    }
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    post, path = "/installations/{id}/versions/{version}/activate", tag = "plugins", operation_id = "version_activate",
    summary = "Let an approved version serve; runs in flight finish on the old one",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses(
        (status = 200, body = InstallationView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument, description = "the settings do not fit it"),
    ),
)]
pub(crate) async fn version_activate(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
) -> ApiResult<impl IntoResponse> {
    act::activate(&host, &caller, id, version).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    post, path = "/installations/{id}/rollback", tag = "plugins", operation_id = "installation_roll_back",
    summary = "Let the version before serve again",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = InstallationView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn installation_roll_back(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    act::roll_back(&host, &caller, id).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}
