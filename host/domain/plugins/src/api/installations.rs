//! Installations: made, looked at, set, switched, checked, removed.

use super::view::InstallationView;
use crate::{
    Error,
    actions::{self, health::RUNS_MAX, installation as act, scope},
    run::open_run,
    sql,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_contract::connector;
use rialto_kernel::{Page, PageQuery};
use rialto_plugin_host::{Doors, PluginKind};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, etag};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// Runs that health looks back on in a list.
const LIST_RUNS_MAX: u32 = 100;

/// A plugin to be installed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInstallation {
    /// The package's SHA-256, from its upload.
    package: String,
    /// What people will call it; unique in the workspace.
    name: String,
    /// The unit it belongs to; the whole workspace if absent.
    #[serde(default)]
    unit: Option<Uuid>,
    /// Settings by the package's schema; they may come later.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
}

/// What may change of an installation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstallationChange {
    /// Another name.
    #[serde(default)]
    name: Option<String>,
    /// Settings to change: a field that is not named stays, null removes one.
    /// A secret is given as text; `{"set": true}` keeps it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
}

/// What the plugin says of its settings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingsCheck)]
pub(crate) struct CheckAnswer {
    /// Whether the settings are good and the other side answers.
    ok: bool,
    /// What it says besides.
    #[schema(value_type = Object)]
    details: Map<String, Value>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The run, for the run log.
    run: Uuid,
}

async fn show(host: &Host, caller: &Caller, id: Uuid) -> Result<InstallationView, Error> {
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::installation(&mut conn, caller.workspace, id).await?;
    scope::require(&mut conn, caller, row.unit, "plugins.read").await?;
    InstallationView::of(host, &mut conn, caller.workspace, row, RUNS_MAX).await
}

#[utoipa::path(
    post, path = "/installations", tag = "plugins", operation_id = "installation_create",
    summary = "Install a package; its first version waits for approval",
    request_body = NewInstallation,
    responses(
        (status = 201, body = InstallationView), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument, description = "each bad setting is named"),
    ),
)]
pub(crate) async fn installation_create(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewInstallation>,
) -> ApiResult<impl IntoResponse> {
    caller.require("plugins.write")?;
    let NewInstallation { package, name, unit, settings } = new;
    let package = package.to_ascii_lowercase();
    let id = act::install(&host, &caller, act::New { package, name, unit, settings }).await?;
    let view = show(&host, &caller, id).await?;
    Ok((StatusCode::CREATED, etag(view.version()), Json(view)))
}

#[utoipa::path(
    get, path = "/installations", tag = "plugins", operation_id = "installation_list", params(PageQuery),
    summary = "List installations by name",
    responses((status = 200, body = Page<InstallationView>)),
)]
pub(crate) async fn installation_list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<InstallationView>>> {
    caller.require("plugins.read")?;
    let limit = page.limit()?;
    let after = page.after::<String>()?.unwrap_or_default();
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::installation_list(&mut conn, caller.workspace, &after, limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| row.name.clone())?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        if scope::require(&mut conn, &caller, row.unit, "plugins.read").await.is_ok() {
            items.push(InstallationView::of(&host, &mut conn, caller.workspace, row, LIST_RUNS_MAX).await?);
        }
    }
    Ok(Json(Page { items, next: page.next }))
}

#[utoipa::path(
    get, path = "/installations/{id}", tag = "plugins", operation_id = "installation_get",
    summary = "Look at one installation: state, versions, settings, health",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = InstallationView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn installation_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    patch, path = "/installations/{id}", tag = "plugins", operation_id = "installation_change",
    summary = "Change an installation's name or settings",
    description = "Settings are checked against the manifest's JSON Schema; each mistake names its field. Secrets \
                   are sealed and can never be read back.",
    params(("id" = Uuid, Path)), request_body = InstallationChange,
    responses(
        (status = 200, body = InstallationView), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn installation_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(change): Json<InstallationChange>,
) -> ApiResult<impl IntoResponse> {
    act::change(&host, &caller, id, if_match, change.name, change.settings).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    delete, path = "/installations/{id}", tag = "plugins", operation_id = "installation_delete",
    summary = "Remove a disabled installation with its state and secrets",
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)),
)]
pub(crate) async fn installation_delete(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    act::remove(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/installations/{id}/enable", tag = "plugins", operation_id = "installation_enable",
    summary = "Switch an installation on, and close its breaker",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = InstallationView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn installation_enable(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    act::switch(&host, &caller, id, true).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    post, path = "/installations/{id}/disable", tag = "plugins", operation_id = "installation_disable",
    summary = "Switch an installation off; runs in flight finish",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = InstallationView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn installation_disable(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    act::switch(&host, &caller, id, false).await?;
    let view = show(&host, &caller, id).await?;
    Ok((etag(view.version()), Json(view)))
}

#[utoipa::path(
    post, path = "/installations/{id}/check", tag = "plugins", operation_id = "installation_check",
    summary = "Have the connector check its settings and the other side; nothing is sent to anyone",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = CheckAnswer), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "the plugin cannot check"),
    ),
)]
pub(crate) async fn installation_check(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<CheckAnswer>> {
    {
        let mut conn = host.store.read(caller.workspace).await?;
        let row = actions::installation(&mut conn, caller.workspace, id).await?;
        scope::require(&mut conn, &caller, row.unit, "plugins.write").await?;
    }
    let mut open = open_run(&host, caller.workspace, id, PluginKind::Connector, Doors::default()).await?;
    let settings = open.settings_json.clone();
    let answer = connector::check(&mut open.run, &settings).await;
    let run = open.id();
    let closed = open.finish().await;
    let details = match answer {
        Ok(options) => options,
        Err(why @ rialto_plugin_host::RunError::Absent { .. }) => return Err(Error::Run(why).into()),
        Err(why) => {
            let answer = CheckAnswer { ok: false, details: Map::new(), error: Some(why.to_string()), run };
            return Ok(Json(answer));
        }
    };
    let state = closed.state;
    if !state.is_empty() {
        host.store
            .write(caller.workspace, "plugins.check", move |conn| Box::pin(async move { state.apply(conn).await }))
            .await?;
    }
    let details = details.into_iter().map(|(name, text)| {
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (name, value)
    });
    Ok(Json(CheckAnswer { ok: true, details: details.collect(), error: None, run }))
}
