//! Who is trusted to sign, what is revoked, and what becomes of the rest.

use crate::{
    Error,
    actions::supply::{self as act, Revoking},
    model::{AffectedRow, KeyRow, RevocationRow},
    sql,
    trust::Unsigned,
};
use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::IntoResponse,
};
use jiff::Timestamp;
use rialto_kernel::{Page, PageQuery, from_micros};
use rialto_plugin_host::{Parts, package::IconKind};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, etag};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A key that signs for a publisher.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublisherKey)]
pub(crate) struct KeyView {
    /// Its name: the first half of the SHA-256 of the key, 32 hex digits.
    key: String,
    /// The first half of the ids of the plugins it signs.
    publisher: String,
    public_key: String,
    note: String,
    /// `trusted` or `revoked`.
    state: &'static str,
    created_by: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_reason: Option<String>,
}

impl From<KeyRow> for KeyView {
    fn from(row: KeyRow) -> Self {
        Self {
            key: row.key_id,
            publisher: row.publisher,
            public_key: row.public_key,
            note: row.note,
            state: if row.revoked_at.is_some() { "revoked" } else { "trusted" },
            created_by: row.created_by,
            created_at: from_micros(row.created_at),
            revoked_by: row.revoked_by,
            revoked_at: row.revoked_at.map(from_micros),
            revoked_reason: row.revoked_reason,
        }
    }
}

/// A key to be trusted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPublisherKey {
    /// For which publisher: the first half of its plugins' ids.
    publisher: String,
    /// `ed25519:` and base64, as `rialto plugin key create` shows it.
    public_key: String,
    /// Whose key it is, and how one knows.
    #[serde(default)]
    note: String,
}

/// A revocation of a key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revocation {
    /// Why, in a sentence.
    reason: String,
    /// Disable what serves with it. Runs in flight finish.
    #[serde(default)]
    stop: bool,
}

/// A package to be revoked, here or not yet here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRevocation {
    /// The package's SHA-256.
    digest: String,
    /// Why, in a sentence.
    reason: String,
    /// Disable what serves with it. Runs in flight finish.
    #[serde(default)]
    stop: bool,
}

/// A version that a revocation concerns.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevokedVersion)]
pub(crate) struct AffectedView {
    installation: Uuid,
    name: String,
    version: Uuid,
    version_label: String,
    package: String,
    /// `serves`: it goes on, as a canary with its share, until it is disabled or
    /// another version serves; `stopped`: it was disabled now, or its canary
    /// was stopped; `idle`: it does not serve.
    now: &'static str,
}

/// What a revocation did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyRevoked)]
pub(crate) struct KeyRevokedView {
    /// The key, for each publisher it was trusted for.
    keys: Vec<KeyView>,
    /// Versions that can be activated no more, at most 500.
    versions: Vec<AffectedView>,
}

/// A package that can be activated no more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackageRevocation)]
pub(crate) struct RevocationView {
    digest: String,
    reason: String,
    created_by: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Versions that are this package, at most 500; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<Vec<AffectedView>>,
}

/// What becomes of packages that no trusted key signed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackagePolicy)]
pub(crate) struct PolicyView {
    unsigned: Unsigned,
    /// Rises with every change; 0 while nobody has set it.
    version: i64,
}

/// The policy to be set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackagePolicyRules {
    /// `allow`, `warn` or `refuse`. A signature by a key that is not trusted
    /// counts as none.
    unsigned: Unsigned,
}

fn shown(rows: Vec<AffectedRow>, stop: bool) -> Vec<AffectedView> {
    let view = |row: AffectedRow| AffectedView {
        now: match (act::serves(&row), stop) {
            (true, true) => "stopped",
            (true, false) => "serves",
            (false, _) => "idle",
        },
        installation: row.installation,
        name: row.name,
        version: row.version,
        version_label: row.label,
        package: row.digest,
    };
    rows.into_iter().map(view).collect()
}

fn revocation(row: RevocationRow, versions: Option<Vec<AffectedView>>) -> RevocationView {
    RevocationView {
        digest: row.digest,
        reason: row.reason,
        created_by: row.created_by,
        created_at: from_micros(row.created_at),
        versions,
    }
}

#[utoipa::path(
    get, path = "/publisher-keys", tag = "plugins", operation_id = "publisher_key_list", params(PageQuery),
    summary = "List the keys that are trusted to sign, and those that are revoked",
    responses((status = 200, body = Page<KeyView>)),
)]
pub(crate) async fn key_list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<KeyView>>> {
    caller.require("plugins.read")?;
    let limit = page.limit()?;
    let after = page.after::<(String, String)>()?.unwrap_or_default();
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::key_list(&mut conn, caller.workspace, (&after.0, &after.1), limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| (row.publisher.clone(), row.key_id.clone()))?;
    Ok(Json(Page { items: page.items.into_iter().map(KeyView::from).collect(), next: page.next }))
}

#[utoipa::path(
    post, path = "/publisher-keys", tag = "plugins", operation_id = "publisher_key_trust",
    summary = "Trust a key to sign for a publisher",
    description = "From then on a package of this publisher is taken only with a signature of a key that is trusted \
                   for it, whatever the policy for unsigned packages.",
    request_body = NewPublisherKey,
    responses(
        (status = 201, body = KeyView), (status = 422, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "`exists`, `key-revoked`: a revoked key is never trusted again"),
    ),
)]
pub(crate) async fn key_trust(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewPublisherKey>,
) -> ApiResult<(StatusCode, Json<KeyView>)> {
    caller.require_everywhere("plugins.admin")?;
    let row = act::key_trust(&host, &caller, &new.publisher, &new.public_key, &new.note).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

#[utoipa::path(
    post, path = "/publisher-keys/{key}/revoke", tag = "plugins", operation_id = "publisher_key_revoke",
    summary = "Revoke a key for ever",
    description = "Packages that only it signed are refused and their versions are not activated again, nor rolled \
                   back to. A version that serves goes on serving until it is disabled or another one serves; with \
                   `stop` it is disabled at once, and runs in flight finish.",
    params(("key" = String, Path)), request_body = Revocation,
    responses(
        (status = 200, body = KeyRevokedView), (status = 404, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn key_revoke(
    State(host): State<Host>,
    caller: Caller,
    Path(key): Path<String>,
    Json(body): Json<Revocation>,
) -> ApiResult<Json<KeyRevokedView>> {
    caller.require_everywhere("plugins.admin")?;
    let revoking = Revoking { reason: body.reason, stop: body.stop };
    let (keys, versions) = act::key_revoke(&host, &caller, &key, revoking).await?;
    let keys = keys.into_iter().map(KeyView::from).collect();
    Ok(Json(KeyRevokedView { keys, versions: shown(versions, body.stop) }))
}

#[utoipa::path(
    get, path = "/package-revocations", tag = "plugins", operation_id = "package_revocation_list", params(PageQuery),
    summary = "List the packages that can be activated no more",
    responses((status = 200, body = Page<RevocationView>)),
)]
pub(crate) async fn revocation_list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<RevocationView>>> {
    caller.require("plugins.read")?;
    let limit = page.limit()?;
    let after = page.after::<String>()?.unwrap_or_default();
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::revocation_list(&mut conn, caller.workspace, &after, limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| row.digest.clone())?;
    let items = page.items.into_iter().map(|row| revocation(row, None)).collect();
    Ok(Json(Page { items, next: page.next }))
}

#[utoipa::path(
    post, path = "/package-revocations", tag = "plugins", operation_id = "package_revoke",
    summary = "Revoke a package by its digest",
    description = "It is refused, and no version of it is activated again, nor rolled back to. A version that serves \
                   goes on serving until it is disabled or another one serves; with `stop` it is disabled at once, \
                   and runs in flight finish.",
    request_body = NewRevocation,
    responses((status = 201, body = RevocationView), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn package_revoke(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewRevocation>,
) -> ApiResult<(StatusCode, Json<RevocationView>)> {
    caller.require_everywhere("plugins.admin")?;
    let revoking = Revoking { reason: new.reason, stop: new.stop };
    let (row, versions) = act::package_revoke(&host, &caller, &new.digest, revoking).await?;
    Ok((StatusCode::CREATED, Json(revocation(row, Some(shown(versions, new.stop))))))
}

#[utoipa::path(
    delete, path = "/package-revocations/{digest}", tag = "plugins", operation_id = "package_reinstate",
    summary = "Take a package's revocation back; what was stopped stays stopped",
    params(("digest" = String, Path, description = "the package's SHA-256, as hex")),
    responses((status = 204), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn package_reinstate(
    State(host): State<Host>,
    caller: Caller,
    Path(digest): Path<String>,
) -> ApiResult<StatusCode> {
    caller.require_everywhere("plugins.admin")?;
    act::package_reinstate(&host, &caller, &digest).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    get, path = "/package-policy", tag = "plugins", operation_id = "package_policy_get",
    summary = "What becomes of packages that no trusted key signed",
    responses((status = 200, body = PolicyView)),
)]
pub(crate) async fn policy_get(State(host): State<Host>, caller: Caller) -> ApiResult<impl IntoResponse> {
    caller.require("plugins.read")?;
    let (unsigned, version) = act::policy_get(&host, caller.workspace).await?;
    Ok((etag(version), Json(PolicyView { unsigned, version })))
}

#[utoipa::path(
    put, path = "/package-policy", tag = "plugins", operation_id = "package_policy_put",
    summary = "Allow, warn of, or refuse packages that no trusted key signed",
    description = "It decides what is taken and what serves for the first time. What has served before may serve \
                   again whatever the policy, unless it is revoked.",
    request_body = PackagePolicyRules,
    responses(
        (status = 200, body = PolicyView), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn policy_put(
    State(host): State<Host>,
    caller: Caller,
    expected: IfMatch,
    Json(rules): Json<PackagePolicyRules>,
) -> ApiResult<impl IntoResponse> {
    caller.require_everywhere("plugins.admin")?;
    let version = act::policy_put(&host, &caller, expected, rules.unsigned).await?;
    Ok((etag(version), Json(PolicyView { unsigned: rules.unsigned, version })))
}

#[utoipa::path(
    get, path = "/plugins/{digest}/icon", tag = "plugins", operation_id = "plugin_icon",
    summary = "A package's icon, as an image in which nothing runs",
    params(("digest" = String, Path, description = "the SHA-256 of its bytes, as hex")),
    responses(
        (status = 200, content((Vec<u8> = "image/png"), (Vec<u8> = "image/svg+xml"))),
        (status = 404, body = ProblemDocument),
    ),
)]
pub(crate) async fn icon(
    State(host): State<Host>,
    caller: Caller,
    Path(digest): Path<String>,
) -> ApiResult<impl IntoResponse> {
    // A stranger's picture: shown as one, whoever opens it by itself.
    const AS_A_PICTURE: [(HeaderName, &str); 2] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    caller.require("plugins.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let bytes =
        sql::package_bytes(&mut conn, caller.workspace, &digest.to_ascii_lowercase()).await.map_err(Error::from)?;
    let bytes = bytes.ok_or(Error::Unknown("package"))?;
    let icon = Parts::read(&bytes).map_err(Error::from)?.icon.ok_or(Error::Unknown("icon"))?;
    let kind = IconKind::of(&icon).map_err(Error::from)?;
    Ok((AS_A_PICTURE, [(header::CONTENT_TYPE, kind.media_type())], icon))
}
