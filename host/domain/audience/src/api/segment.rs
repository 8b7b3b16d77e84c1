//! Segments over HTTP.

use crate::{
    contact::{Contact, contact_find},
    segment::{
        AcceptedSuggestion, NewSegment, Overlap, OverlapQuestion, Preview, PreviewQuestion, Segment, SegmentPatch,
        Suggestions, compile, overlap, preview, segment_create, segment_find, segment_patch, sql, suggestion_accept,
        suggestions,
    },
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

const READ: &str = "audience.read";
const WRITE: &str = "audience.write";

/// Which segments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SegmentQuery {
    /// Those that are put away instead of those in use.
    #[serde(default)]
    archived: bool,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// List segments by name
#[utoipa::path(get, path = "/segments", tag = "segments", params(SegmentQuery), responses((status = 200, body = Page<Segment>)))]
pub(crate) async fn segment_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<SegmentQuery>,
) -> ApiResult<Json<Page<Segment>>> {
    caller.require(READ)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, after) = (page.limit()?, page.after::<String>()?.unwrap_or_default());
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::segment_list(&mut conn, caller.workspace, query.archived, &after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |segment| segment.name.clone())?))
}

/// Make a segment
///
/// A rule is a group (`{"all": […]}`, `{"any": […]}`, `{"not": …}`) or a
/// condition: `{"on": "trait", "key": "age", "op": "gte", "value": 30}`,
/// `{"on": "tag", "name": "vip"}`, `{"on": "consent", "channel": "email"}`,
/// `{"on": "identity", "kind": "email"}`,
/// `{"on": "snapshot", "id": "…"}` (a fixed list of people),
/// `{"on": "contact", "field": "region", "op": "is", "value": "Shanghai"}`,
/// `{"on": "event", "name": "Order Completed", "within_days": 90, "count": {"op": "gte", "value": 2}}`,
/// `{"on": "order", "category": "TEA", "sum_minor": {"op": "gte", "value": 5000, "currency": "USD"}}`,
/// `{"on": "redemption", "offer": "SPRING", "last_days_ago": {"op": "lte", "value": 30}}`,
/// `{"on": "send", "campaign": "…", "state": "accepted"}` (a row of the ledger).
#[utoipa::path(
    post, path = "/segments", tag = "segments", request_body = NewSegment,
    responses((status = 201, body = Segment), (status = 422, description = "the rule is wrong; each mistake has its JSON pointer")),
)]
pub(crate) async fn segment_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewSegment>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let segment = segment_create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(segment.version), Json(segment)))
}

/// Read a segment
#[utoipa::path(get, path = "/segments/{id}", tag = "segments", params(("id" = Uuid, Path)), responses((status = 200, body = Segment)))]
pub(crate) async fn segment_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require(READ)?;
    let segment = segment_find(&host, caller.workspace, id).await?;
    Ok((etag(segment.version), Json(segment)))
}

/// Change a segment; snapshots taken of it stay as they are
#[utoipa::path(
    patch, path = "/segments/{id}", tag = "segments", params(("id" = Uuid, Path)), request_body = SegmentPatch,
    responses((status = 200, body = Segment), (status = 412, description = "it was changed since you read it")),
)]
pub(crate) async fn segment_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    expected: IfMatch,
    Json(patch): Json<SegmentPatch>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let segment = segment_patch(&host, &caller, id, expected, patch).await?;
    Ok((etag(segment.version), Json(segment)))
}

/// Put a segment away
#[utoipa::path(
    post, path = "/segments/{id}/archive", tag = "segments", params(("id" = Uuid, Path)),
    responses((status = 200, body = Segment)),
)]
pub(crate) async fn segment_archive(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    expected: IfMatch,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let patch = SegmentPatch { archived: Some(true), ..SegmentPatch::default() };
    let segment = segment_patch(&host, &caller, id, expected, patch).await?;
    Ok((etag(segment.version), Json(segment)))
}

/// Count who fits a rule now, and show some
#[utoipa::path(
    post, path = "/segments/preview", tag = "segments", request_body = PreviewQuestion,
    responses((status = 200, body = Preview)),
)]
pub(crate) async fn segment_preview(
    State(host): State<Host>,
    caller: Caller,
    Json(question): Json<PreviewQuestion>,
) -> ApiResult<Json<Preview>> {
    caller.require(READ)?;
    Ok(Json(preview(&host, caller.workspace, question).await?))
}

/// Count whom two rules share
#[utoipa::path(
    post, path = "/segments/overlap", tag = "segments", request_body = OverlapQuestion,
    responses((status = 200, body = Overlap)),
)]
pub(crate) async fn segment_overlap(
    State(host): State<Host>,
    caller: Caller,
    Json(question): Json<OverlapQuestion>,
) -> ApiResult<Json<Overlap>> {
    caller.require(READ)?;
    Ok(Json(overlap(&host, caller.workspace, question).await?))
}

/// Suggest segments worth having
///
/// High value, prospects who have not bought, at risk and lost: ready rules
/// with strategy, owner and measure; thresholds come from the workspace's own
/// orders and are stated. Nothing is saved.
#[utoipa::path(
    get, path = "/segments/suggestions", tag = "segments", responses((status = 200, body = Suggestions)),
)]
pub(crate) async fn segment_suggest(State(host): State<Host>, caller: Caller) -> ApiResult<Json<Suggestions>> {
    caller.require(READ)?;
    Ok(Json(suggestions(&host, caller.workspace, caller.locale).await?))
}

/// Save a suggested segment
#[utoipa::path(
    post, path = "/segments/suggestions", tag = "segments", request_body = AcceptedSuggestion,
    responses((status = 201, body = Segment), (status = 409, description = "the name is taken")),
)]
pub(crate) async fn segment_accept(
    State(host): State<Host>,
    caller: Caller,
    Json(accepted): Json<AcceptedSuggestion>,
) -> ApiResult<impl IntoResponse> {
    caller.require(WRITE)?;
    let segment = suggestion_accept(&host, &caller, accepted).await?;
    Ok((StatusCode::CREATED, etag(segment.version), Json(segment)))
}

/// List who fits a segment now
#[utoipa::path(
    get, path = "/segments/{id}/contacts", tag = "segments", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<Contact>)),
)]
pub(crate) async fn segment_contacts(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Contact>>> {
    caller.require(READ)?;
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let segment = segment_find(&host, caller.workspace, id).await?;
    let mut conn = host.store.read(caller.workspace).await?;
    let compiled = compile(&segment.rule, caller.workspace, host.now_in(caller.workspace));
    let mut rows = Vec::new();
    for id in compiled.page(&mut conn, after, limit + 1).await? {
        rows.extend(contact_find(&mut conn, caller.workspace, id).await?);
    }
    Ok(Json(Page::from_rows(rows, limit, |contact| contact.id)?))
}
