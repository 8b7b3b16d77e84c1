//! Versions of an installation: added, approved, let serve, rolled back.

use super::view::{InstallationView, VersionView};
use crate::{
    Error,
    actions::{self, canary, health::RUNS_MAX, retire, scope, version as act, version::Swap},
    rollout::VersionState,
    sql,
};
use axum::{body::Bytes, extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Page, Problem};
use rialto_plugin_host::Grants;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Told, etag, parse_json};
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
    /// Give it a share of the runs at once, beside the one that serves.
    canary: bool,
}

/// A version that is to serve.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = VersionActivation)]
pub(crate) struct Activation {
    /// Somebody looked at what its shadow run showed, and it may serve all the
    /// same.
    accept_differences: bool,
}

/// A version that is to have a share of the runs.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewCanary {
    /// Its share, 1 to 90 in a hundred; the policy's if absent.
    percent: Option<u32>,
    /// Somebody looked at what its shadow run showed, and it may try all the
    /// same.
    accept_differences: bool,
}

fn optional<T: Default + serde::de::DeserializeOwned>(body: &Bytes) -> ApiResult<T> {
    if body.is_empty() { Ok(T::default()) } else { Ok(parse_json(body)?) }
}

fn both_ways() -> Problem {
    Problem::invalid("canary", "a version either serves at once or tries; say one of `activate` and `canary`")
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
) -> ApiResult<Told<Page<VersionView>>> {
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::installation(&mut conn, caller.workspace, id).await?;
    scope::require(&mut conn, &caller, row.unit, "plugins.read").await?;
    let versions = sql::version_list(&mut conn, caller.workspace, id).await?;
    let revoked = actions::supply::revoked_of(&mut conn, caller.workspace, id).await?;
    let items = versions.into_iter().map(|v| Ok(VersionView::of(v, row.active_version)?.marked(&revoked)));
    let items = items.collect::<Result<_, Error>>()?;
    Ok(Told::new(&caller, &["reason"], Page { items, next: None }))
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
    let active = (row.state == VersionState::Active.as_str()).then_some(row.id);
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
    if_match: IfMatch,
    body: Bytes,
) -> ApiResult<impl IntoResponse> {
    let approval: Approval = optional(&body)?;
    if approval.activate && approval.canary {
        return Err(both_ways().into());
    }
    act::approve(&host, &caller, id, version, if_match, approval.grants).await?;
    if approval.activate {
        act::activate(&host, &caller, id, version, false).await?;
    }
    if approval.canary {
        canary::begin(&host, &caller, id, version, None, Swap::of("plugins.canary")).await?;
    }
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    post, path = "/installations/{id}/versions/{version}/activate", tag = "plugins", operation_id = "version_activate",
    summary = "Let an approved version serve; runs in flight finish on the old one",
    description = "A canary of it ends. It is compiled, given its settings and asked to describe itself first; when \
                   any of that fails the old one keeps serving.",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)), request_body = Activation,
    responses(
        (status = 200, body = InstallationView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "`not-approved`, `quarantined`, `shadow-differs`, `wrong-state`"),
        (status = 422, body = ProblemDocument, description = "the settings do not fit it"),
    ),
)]
pub(crate) async fn version_activate(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
    body: Bytes,
) -> ApiResult<impl IntoResponse> {
    let Activation { accept_differences } = optional(&body)?;
    act::activate(&host, &caller, id, version, accept_differences).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    post, path = "/installations/{id}/rollback", tag = "plugins", operation_id = "installation_roll_back",
    summary = "Go back: from a canary to the version beside it, else to the version that served before",
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

#[utoipa::path(
    post, path = "/installations/{id}/versions/{version}/canary", tag = "plugins", operation_id = "version_canary",
    summary = "Give an approved version a share of the runs beside the one that serves",
    description = "Also reachable as `…/versions/{version}:canary`. It is held against the other's figures over the \
                   same time: too many failures, a wrong answer or too high a cost, and the other has all runs again.",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)), request_body = NewCanary,
    responses(
        (status = 200, body = InstallationView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "`canary-runs`, `nothing-active`, `disabled`, `not-approved`, `quarantined`, `shadow-differs`, `wrong-state`"),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn version_canary(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
    body: Bytes,
) -> ApiResult<impl IntoResponse> {
    let NewCanary { percent, accept_differences } = optional(&body)?;
    let how = Swap { accepted: accept_differences, ..Swap::of("plugins.canary") };
    canary::begin(&host, &caller, id, version, percent, how).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    post, path = "/installations/{id}/versions/{version}/release", tag = "plugins", operation_id = "version_release",
    summary = "Release a version from quarantine; it is approved as before and does not serve yet",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses((status = 200, body = InstallationView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn version_release(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
) -> ApiResult<impl IntoResponse> {
    retire::release(&host, &caller, id, version).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    delete, path = "/installations/{id}/versions/{version}", tag = "plugins", operation_id = "version_remove",
    summary = "Remove a version that neither serves nor tries",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn version_remove(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    retire::remove(&host, &caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
