//! Comments and annotations over HTTP.

use super::{
    Annotation, Comment, CommentPatch, NewAnnotation, NewComment,
    actions::{self, AnnotationWanted},
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use jiff::Timestamp;
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

#[utoipa::path(
    get, path = "/campaigns/{id}/comments", tag = "campaign", operation_id = "comment_list",
    params(("id" = uuid::Uuid, Path), PageQuery),
    summary = "Comments on a campaign, oldest first",
    responses((status = 200, body = Page<Comment>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn comment_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Comment>>> {
    Ok(Json(actions::comment_page(&host, &caller, id, &page).await?))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/comments", tag = "campaign", operation_id = "comment_create",
    params(("id" = uuid::Uuid, Path)),
    summary = "Comment on a campaign, or answer a comment",
    request_body = NewComment,
    responses((status = 201, body = Comment), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn comment_create(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(new): Json<NewComment>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(actions::comment_create(&host, &caller, id, new).await?)))
}

#[utoipa::path(
    patch, path = "/campaigns/{id}/comments/{comment}", tag = "campaign", operation_id = "comment_patch",
    params(("id" = uuid::Uuid, Path), ("comment" = uuid::Uuid, Path)),
    summary = "Edit a comment of one's own",
    request_body = CommentPatch,
    responses(
        (status = 200, body = Comment), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn comment_patch(
    State(host): State<Host>,
    caller: Caller,
    Path(place): Path<(Id, Id)>,
    Json(patch): Json<CommentPatch>,
) -> ApiResult<Json<Comment>> {
    Ok(Json(actions::comment_change(&host, &caller, place, Some(patch)).await?))
}

#[utoipa::path(
    delete, path = "/campaigns/{id}/comments/{comment}", tag = "campaign", operation_id = "comment_delete",
    params(("id" = uuid::Uuid, Path), ("comment" = uuid::Uuid, Path)),
    summary = "Delete a comment of one's own; its answers stay",
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn comment_delete(
    State(host): State<Host>,
    caller: Caller,
    Path(place): Path<(Id, Id)>,
) -> ApiResult<StatusCode> {
    actions::comment_change(&host, &caller, place, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    get, path = "/comment-mentions", tag = "campaign", operation_id = "comment_mentions", params(PageQuery),
    summary = "Comments that mention the caller, newest first",
    responses((status = 200, body = Page<Comment>)),
)]
pub(crate) async fn mention_list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Comment>>> {
    Ok(Json(actions::mention_page(&host, &caller, &page).await?))
}

/// Which annotations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AnnotationFilter {
    /// Those of this campaign and of the whole workspace.
    campaign: Option<Uuid>,
    /// From this instant on.
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// Up to this instant.
    #[param(value_type = Option<String>)]
    until: Option<Timestamp>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(
    get, path = "/annotations", tag = "campaign", operation_id = "annotation_list", params(AnnotationFilter),
    summary = "What happened on days, for charts, newest first",
    responses((status = 200, body = Page<Annotation>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn annotation_list(
    State(host): State<Host>,
    caller: Caller,
    Query(filter): Query<AnnotationFilter>,
) -> ApiResult<Json<Page<Annotation>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let wanted = AnnotationWanted { campaign: filter.campaign, from: filter.from, until: filter.until, page };
    Ok(Json(actions::annotation_page(&host, &caller, wanted).await?))
}

#[utoipa::path(
    post, path = "/annotations", tag = "campaign", operation_id = "annotation_create",
    summary = "Say what happened on a day",
    request_body = NewAnnotation,
    responses((status = 201, body = Annotation), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn annotation_create(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewAnnotation>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(actions::annotation_create(&host, &caller, new).await?)))
}

#[utoipa::path(
    delete, path = "/annotations/{id}", tag = "campaign", operation_id = "annotation_delete", params(("id" = uuid::Uuid, Path)),
    summary = "Take an annotation away",
    responses((status = 204), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn annotation_delete(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<StatusCode> {
    actions::annotation_delete(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
