//! The rollout of an installation: its policy, its canaries, the steps of a
//! version, and what was denied.

use super::view::VersionView;
use crate::{
    Error,
    actions::{self, canary as act, scope},
    rollout::{CanaryTerms, Failure, Figures, RolloutPolicy, Verdict, canary::CanaryRow},
    sql,
};
use axum::{extract::State, response::IntoResponse};
use jiff::Timestamp;
use rialto_kernel::{Page, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Told, etag};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A canary with the figures of both sides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Canary)]
pub(crate) struct CanaryView {
    id: Uuid,
    /// The candidate.
    version: Uuid,
    /// The version it is held against.
    beside: Uuid,
    /// `running`, `held` (it waits for a person), `activated`, `returned`,
    /// `stopped`.
    state: String,
    terms: CanaryTerms,
    /// The candidate's figures.
    new: Figures,
    /// Those of the version beside it, over the same time.
    old: Figures,
    /// Why it stands as it does; absent while nothing can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    began_by: String,
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl CanaryView {
    pub(crate) fn of(row: CanaryRow) -> Result<Self, Error> {
        Ok(Self {
            terms: row.terms()?,
            new: row.new_figures(),
            old: row.old_figures(),
            verdict: row.verdict.as_deref().map(serde_json::from_str).transpose()?,
            id: row.id,
            version: row.version,
            beside: row.beside,
            state: row.state,
            began_by: row.began_by,
            began_at: from_micros(row.began_at),
            ended_at: row.ended_at.map(from_micros),
        })
    }
}

/// The policy of an installation, and what its kinds allow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rollout)]
pub(crate) struct RolloutView {
    #[serde(flatten)]
    policy: RolloutPolicy,
    /// What `failure` may be for a plugin of these kinds.
    allowed_failure: Vec<Failure>,
}

/// One step of a version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionStep {
    from: String,
    to: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who, or `system`.
    by: String,
    reason: String,
}

/// A version with its whole way, and the canaries it was in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstallationVersionDetail)]
pub(crate) struct VersionDetail {
    #[serde(flatten)]
    version: VersionView,
    /// Its steps, in order; the last 200.
    steps: Vec<VersionStep>,
    /// Its canaries, the latest first.
    canaries: Vec<CanaryView>,
}

/// Something an installation asked for and was not allowed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeniedCall)]
pub(crate) struct DenialView {
    /// The capability.
    capability: String,
    /// A method, scheme, host and port; or which call.
    target: String,
    reason: String,
    /// How often.
    calls: i64,
    /// The version that asked last.
    version: Uuid,
    /// The run that asked last.
    run: Uuid,
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

async fn seen(host: &Host, caller: &Caller, id: Uuid) -> Result<(Conn, crate::Installation), Error> {
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::installation(&mut conn, caller.workspace, id).await?;
    scope::require(&mut conn, caller, row.unit, "plugins.read").await?;
    Ok((conn, row))
}

async fn show(host: &Host, caller: &Caller, id: Uuid) -> Result<(i64, RolloutView), Error> {
    let (mut conn, row) = seen(host, caller, id).await?;
    let leading = actions::leading_version(&mut conn, caller.workspace, &row).await?;
    let kinds = actions::package(&mut conn, caller.workspace, &leading.digest).await?.inspection()?.kinds();
    let ways = [Failure::FailClosed, Failure::RetryOnce, Failure::FailOpen];
    let allowed = ways.into_iter().filter(|way| kinds.iter().all(|kind| Failure::allowed(*kind).contains(way)));
    Ok((row.version, RolloutView { policy: row.rollout()?, allowed_failure: allowed.collect() }))
}

#[utoipa::path(
    get, path = "/installations/{id}/rollout", tag = "plugins", operation_id = "rollout_get",
    summary = "How an installation takes new versions and lives with failures",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = RolloutView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn rollout_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    let (version, view) = show(&host, &caller, id).await?;
    Ok((etag(version), Json(view)))
}

#[utoipa::path(
    put, path = "/installations/{id}/rollout", tag = "plugins", operation_id = "rollout_set",
    summary = "Set how an installation takes new versions and lives with failures",
    description = "What is left out is as at first. A breaker can only be made stricter than the host's own.",
    params(("id" = Uuid, Path)), request_body = RolloutPolicy,
    responses(
        (status = 200, body = RolloutView), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument, description = "each wrong field is named"),
    ),
)]
pub(crate) async fn rollout_set(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(policy): Json<RolloutPolicy>,
) -> ApiResult<impl IntoResponse> {
    act::set_policy(&host, &caller, id, if_match, policy).await?;
    let (version, view) = show(&host, &caller, id).await?;
    Ok((etag(version), Json(view)))
}

#[utoipa::path(
    get, path = "/installations/{id}/versions/{version}", tag = "plugins", operation_id = "version_get",
    summary = "Look at one version: grants, difference, every step it took, its canaries",
    params(("id" = Uuid, Path), ("version" = Uuid, Path)),
    responses((status = 200, body = VersionDetail), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn version_get(
    State(host): State<Host>,
    caller: Caller,
    Path((id, version)): Path<(Uuid, Uuid)>,
) -> ApiResult<Told<VersionDetail>> {
    let (mut conn, row) = seen(&host, &caller, id).await?;
    let found = actions::version(&mut conn, caller.workspace, id, version).await?;
    let steps = sql::step_list(&mut conn, caller.workspace, version).await.map_err(Error::from)?;
    let steps = steps.into_iter().map(|step| VersionStep {
        from: step.from_state,
        to: step.to_state,
        at: from_micros(step.at),
        by: step.actor,
        reason: step.reason,
    });
    let canaries = sql::canary_list(&mut conn, caller.workspace, id).await.map_err(Error::from)?;
    let revoked = actions::supply::revoked_of(&mut conn, caller.workspace, id).await?;
    let own = canaries.into_iter().filter(|canary| canary.version == version).map(CanaryView::of);
    Ok(Told::new(
        &caller,
        &["detail", "reason"],
        VersionDetail {
            version: VersionView::of(found, row.active_version)?.marked(&revoked),
            steps: steps.collect(),
            canaries: own.collect::<Result<_, _>>()?,
        },
    ))
}

#[utoipa::path(
    get, path = "/installations/{id}/canaries", tag = "plugins", operation_id = "canary_list",
    summary = "List an installation's canaries with their verdicts, the latest first",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<CanaryView>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn canary_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Told<Page<CanaryView>>> {
    let (mut conn, _) = seen(&host, &caller, id).await?;
    let rows = sql::canary_list(&mut conn, caller.workspace, id).await.map_err(Error::from)?;
    let items = rows.into_iter().map(CanaryView::of).collect::<Result<_, _>>()?;
    Ok(Told::new(&caller, &["detail", "reason"], Page { items, next: None }))
}

#[utoipa::path(
    get, path = "/installations/{id}/denials", tag = "plugins", operation_id = "denial_list",
    summary = "List what an installation asked for and was not allowed, the latest first",
    description = "The same again only counts. At most 200 targets are told apart; what goes beyond is counted as \
                   `others`. No path, query, body or key is kept.",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<DenialView>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn denial_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Page<DenialView>>> {
    let (mut conn, _) = seen(&host, &caller, id).await?;
    let rows = sql::denial_list(&mut conn, caller.workspace, id).await.map_err(Error::from)?;
    let items = rows.into_iter().map(|row| DenialView {
        capability: row.capability,
        target: row.target,
        reason: row.reason,
        calls: row.calls,
        version: row.version,
        run: row.run,
        first_at: from_micros(row.first_at),
        last_at: from_micros(row.last_at),
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}
