//! Packages: check one, upload one, look at them.

use super::{
    body::{PackageSent, PackageSource},
    package_view::PackageView,
};
use crate::{
    Error, PluginReport,
    actions::{self, source, supply},
    model::OriginRow,
    sql,
};
use axum::{extract::State, http::StatusCode};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Path, ProblemDocument, Query, Told};
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

/// The bytes of a package as it was sent, fetched where it is a source.
async fn bytes_of(host: &Host, sent: PackageSent) -> Result<(Vec<u8>, OriginRow), Error> {
    match sent {
        PackageSent::Bytes(bytes) => Ok((bytes, source::uploaded())),
        PackageSent::Source(PackageSource { source, digest, user, password }) => {
            source::fetch(host, &source, digest.as_deref(), source::credentials(user, password)).await
        }
    }
}

/// A stored package with how it stands and where it came from.
async fn shown(host: &Host, caller: &Caller, digest: &str) -> Result<PackageView, Error> {
    let mut conn = host.store.read(caller.workspace).await?;
    let row = actions::package(&mut conn, caller.workspace, digest).await?;
    let trust = supply::trust_of(&mut conn, caller.workspace, &row.inspection()?).await?;
    let origin = sql::origin_find(&mut conn, caller.workspace, digest).await?;
    Ok(PackageView::of_row(&row)?.with(trust, origin))
}

#[utoipa::path(
    post, path = "/plugins/check", tag = "plugins", operation_id = "plugin_check", params(CheckQuery),
    summary = "Say how a package fits this host; store nothing",
    description = "Also reachable as `/plugins:check`; `rialto plugin check` says the same. Every import (free, \
                   granted or refused; satisfied, on another track, of another type and where, in need of which \
                   permission), every role, the versions of the contract, size, languages and tools, what it wishes \
                   and why, who signed it and how it stands with the workspace, and what it changes against what \
                   serves in an installation. The body is the file, or as JSON the source that the host is to fetch \
                   it from.",
    request_body(content((Vec<u8> = "application/wasm"), (PackageSource = "application/json"))),
    responses((status = 200, body = PluginReport), (status = 422, body = ProblemDocument, description = "not a plugin")),
)]
pub(crate) async fn plugin_check(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<CheckQuery>,
    sent: PackageSent,
) -> ApiResult<Told<PluginReport>> {
    caller.require("plugins.read")?;
    if matches!(sent, PackageSent::Source(_)) {
        // The host asks others on one's behalf: not for whoever only reads.
        caller.require_everywhere("plugins.write")?;
    }
    let (bytes, origin) = bytes_of(&host, sent).await?;
    Ok(Told::new(
        &caller,
        &["detail"],
        actions::package::check(&host, &caller, bytes, origin, query.installation).await?,
    ))
}

#[utoipa::path(
    post, path = "/plugins", tag = "plugins", operation_id = "plugin_upload", params(UploadQuery),
    summary = "Upload a package, or have it fetched from a web server or an OCI registry",
    description = "The same bytes again change nothing. A version never changes its bytes, and an older version \
                   needs `allow_older=true`, however well it is signed. As JSON the body names a source: an address \
                   with the file's digest, or an artifact by tag or digest. What it stood for is kept with the \
                   package. Signatures, trusted keys, revocations and the policy for unsigned packages decide \
                   whether it is taken.",
    request_body(content((Vec<u8> = "application/wasm"), (PackageSource = "application/json"))),
    responses(
        (status = 201, body = PackageView),
        (status = 409, body = ProblemDocument, description = "`same-version`, `older-version`"),
        (status = 413, body = ProblemDocument),
        (status = 422, body = ProblemDocument, description = "`not-a-plugin`, `bad-signature`, `other-key`, `revoked`, `not-trusted`, `digest-mismatch`, `no-component`, …"),
        (status = 502, body = ProblemDocument, description = "`source-unreachable`, `source-broken`"),
        (status = 504, body = ProblemDocument, description = "`source-timeout`"),
    ),
)]
pub(crate) async fn plugin_upload(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<UploadQuery>,
    sent: PackageSent,
) -> ApiResult<(StatusCode, Told<PackageView>)> {
    caller.require_everywhere("plugins.write")?;
    let (bytes, origin) = bytes_of(&host, sent).await?;
    let row = actions::package::upload(&host, &caller, bytes, origin, query.allow_older).await?;
    Ok((StatusCode::CREATED, Told::new(&caller, &["detail"], shown(&host, &caller, &row.digest).await?)))
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
) -> ApiResult<Told<Page<PackageView>>> {
    caller.require("plugins.read")?;
    let limit = page.limit()?;
    let after = page.after::<(i64, String)>()?.unwrap_or((i64::MAX, String::new()));
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::package_list(&mut conn, caller.workspace, after, limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| (row.created_at, row.digest.clone()))?;
    let items = page.items.iter().map(|row| PackageView::of_row(row).map(PackageView::short));
    Ok(Told::new(&caller, &["detail"], Page { items: items.collect::<Result<_, _>>()?, next: page.next }))
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
) -> ApiResult<Told<PackageView>> {
    caller.require("plugins.read")?;
    Ok(Told::new(&caller, &["detail"], shown(&host, &caller, &digest.to_ascii_lowercase()).await?))
}
