//! Messages over HTTP.

use crate::{
    message as act,
    model::{Message, MessagePatch, MessagePreview, NewMessage, PreviewQuestion},
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, Told, etag};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageFilter {
    /// Only those whose name holds this.
    search: Option<String>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(
    get, path = "/messages", tag = "creative", operation_id = "message_list", params(MessageFilter),
    summary = "List messages, newest first, without their content",
    responses((status = 200, body = Page<Message>), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn message_list(
    State(host): State<Host>,
    caller: Caller,
    Query(filter): Query<MessageFilter>,
) -> ApiResult<Json<Page<Message>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    Ok(Json(act::message_page(&host, &caller, &filter.search.unwrap_or_default(), &page).await?))
}

#[utoipa::path(
    post, path = "/messages", tag = "creative", operation_id = "message_create",
    summary = "Make a message",
    request_body = NewMessage,
    responses((status = 201, body = Message), (status = 422, body = ProblemDocument, description = "a mistake names language, part and line")),
)]
pub(crate) async fn message_create(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewMessage>,
) -> ApiResult<impl IntoResponse> {
    let message = act::message_create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(message.version), Json(message)))
}

#[utoipa::path(
    get, path = "/messages/{id}", tag = "creative", operation_id = "message_get", params(("id" = uuid::Uuid, Path)),
    summary = "A message with its content in every language",
    responses((status = 200, body = Message), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn message_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let message = act::message_get(&host, &caller, id).await?;
    Ok((etag(message.version), Json(message)))
}

#[utoipa::path(
    patch, path = "/messages/{id}", tag = "creative", operation_id = "message_patch", params(("id" = uuid::Uuid, Path)),
    summary = "Change a message",
    request_body = MessagePatch,
    responses(
        (status = 200, body = Message), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn message_patch(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    expected: IfMatch,
    Json(patch): Json<MessagePatch>,
) -> ApiResult<impl IntoResponse> {
    let message = act::message_patch(&host, &caller, id, expected, patch).await?;
    Ok((etag(message.version), Json(message)))
}

#[utoipa::path(
    post, path = "/messages/{id}/preview", tag = "creative", operation_id = "message_preview", params(("id" = uuid::Uuid, Path)),
    summary = "A message as one person would get it",
    request_body = PreviewQuestion,
    responses((status = 200, body = MessagePreview), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn message_preview(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(question): Json<PreviewQuestion>,
) -> ApiResult<Told<MessagePreview>> {
    Ok(Told::new(&caller, &["warnings"], act::message_preview(&host, &caller, id, question).await?))
}
