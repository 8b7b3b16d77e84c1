//! Packages: check one, upload one, look at them.

use super::{body::PackageBytes, view::PackageView};
use crate::{PluginReport, actions, sql};
use axum::{extract::State, http::StatusCode};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// How an upload is meant.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadQuery {
    /// Take a version although a newer one is here.
    #[serde(default)]
    allow_older: bool,
}

/// What a package is held against.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckQuery {
    /// The installation whose serving version it would follow.
    installation: Option<Uuid>,
}

#[utoipa::path(
    post, path = "/plugins/check", tag = "plugins", operation_id = "plugin_check", params(CheckQuery),
    summary = "Say how a package fits this host; store nothing",
    description = "Also reachable as `/plugins:check`; `rialto plugin check` says the same. Every import (free, \
                   granted or refused; satisfied, on another track, of another type and where, in need of which \
                   permission), every role, the versions of the contract, size, languages and tools, what it wishes \
                   and why, and what it changes against what serves in an installation.",
    request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses((status = 200, body = PluginReport), (status = 422, body = ProblemDocument, description = "not a plugin")),
)]
pub(crate) async fn plugin_check(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<CheckQuery>,
    PackageBytes(bytes): PackageBytes,
) -> ApiResult<Json<PluginReport>> {
    caller.require("plugins.read")?;
    Ok(Json(actions::package::check(&host, &caller, bytes, query.installation).await?))
}

#[utoipa::path(
    post, path = "/plugins", tag = "plugins", operation_id = "plugin_upload", params(UploadQuery),
    summary = "Upload a package",
    description = "The same bytes again change nothing. A version never changes its bytes, and an older version \
                   needs `allow_older=true`.",
    request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses(
        (status = 201, body = PackageView),
        (status = 409, body = ProblemDocument, description = "`same-version`, `older-version`"),
        (status = 413, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn plugin_upload(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<UploadQuery>,
    PackageBytes(bytes): PackageBytes,
) -> ApiResult<(StatusCode, Json<PackageView>)> {
    caller.require_everywhere("plugins.write")?;
    let row = actions::package::upload(&host, &caller, bytes, query.allow_older).await?;
    Ok((StatusCode::CREATED, Json(PackageView::of_row(&row)?)))
}

#[utoipa::path(
    get, path = "/plugins", tag = "plugins", operation_id = "plugin_list", params(PageQuery),
    summary = "List packages, newest first",
    responses((status = 200, body = Page<PackageView>)),
)]
pub(crate) async fn plugin_list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<PackageView>>> {
    caller.require("plugins.read")?;
    let limit = page.limit()?;
    let after = page.after::<(i64, String)>()?.unwrap_or((i64::MAX, String::new()));
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::package_list(&mut conn, caller.workspace, after, limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| (row.created_at, row.digest.clone()))?;
    let items = page.items.iter().map(|row| PackageView::of_row(row).map(PackageView::short));
    Ok(Json(Page { items: items.collect::<Result<_, _>>()?, next: page.next }))
}

#[utoipa::path(
    get, path = "/plugins/{digest}", tag = "plugins", operation_id = "plugin_get",
    summary = "Look at one package",
    params(("digest" = String, Path, description = "the SHA-256 of its bytes, as hex")),
    responses((status = 200, body = PackageView), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn plugin_get(
    State(host): State<Host>,
    caller: Caller,
    Path(digest): Path<String>,
) -> ApiResult<Json<PackageView>> {
    caller.require("plugins.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::package(&mut conn, caller.workspace, &digest.to_ascii_lowercase()).await?;
    Ok(Json(PackageView::of_row(&row)?))
}
