//! Senders, brands and topics over HTTP.

use crate::{
    model::{Brand, BrandInput, Sender, SenderInput, Topic, TopicInput},
    sender as act,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, etag};

#[utoipa::path(
    get, path = "/senders", tag = "creative", operation_id = "sender_list", summary = "List senders by name",
    responses((status = 200, body = Page<Sender>)),
)]
pub(crate) async fn sender_list(State(host): State<Host>, caller: Caller) -> ApiResult<Json<Page<Sender>>> {
    Ok(Json(Page { items: act::sender_list(&host, &caller).await?, next: None }))
}

#[utoipa::path(
    post, path = "/senders", tag = "creative", operation_id = "sender_create", summary = "Make a sender",
    request_body = SenderInput,
    responses((status = 201, body = Sender), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn sender_create(
    State(host): State<Host>,
    caller: Caller,
    Json(input): Json<SenderInput>,
) -> ApiResult<impl IntoResponse> {
    let sender = act::sender_put(&host, &caller, None, IfMatch::default(), input).await?;
    Ok((StatusCode::CREATED, etag(sender.version), Json(sender)))
}

#[utoipa::path(
    put, path = "/senders/{id}", tag = "creative", operation_id = "sender_replace", params(("id" = uuid::Uuid, Path)),
    summary = "Write a sender anew",
    request_body = SenderInput,
    responses((status = 200, body = Sender), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn sender_replace(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    expected: IfMatch,
    Json(input): Json<SenderInput>,
) -> ApiResult<impl IntoResponse> {
    let sender = act::sender_put(&host, &caller, Some(id), expected, input).await?;
    Ok((etag(sender.version), Json(sender)))
}

#[utoipa::path(
    get, path = "/brands", tag = "creative", operation_id = "brand_list", summary = "List brands by name",
    responses((status = 200, body = Page<Brand>)),
)]
pub(crate) async fn brand_list(State(host): State<Host>, caller: Caller) -> ApiResult<Json<Page<Brand>>> {
    Ok(Json(Page { items: act::brand_list(&host, &caller).await?, next: None }))
}

#[utoipa::path(
    post, path = "/brands", tag = "creative", operation_id = "brand_create", summary = "Make a brand",
    request_body = BrandInput,
    responses((status = 201, body = Brand), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn brand_create(
    State(host): State<Host>,
    caller: Caller,
    Json(input): Json<BrandInput>,
) -> ApiResult<impl IntoResponse> {
    let brand = act::brand_put(&host, &caller, None, IfMatch::default(), input).await?;
    Ok((StatusCode::CREATED, etag(brand.version), Json(brand)))
}

#[utoipa::path(
    put, path = "/brands/{id}", tag = "creative", operation_id = "brand_replace", params(("id" = uuid::Uuid, Path)),
    summary = "Write a brand anew",
    request_body = BrandInput,
    responses((status = 200, body = Brand), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn brand_replace(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    expected: IfMatch,
    Json(input): Json<BrandInput>,
) -> ApiResult<impl IntoResponse> {
    let brand = act::brand_put(&host, &caller, Some(id), expected, input).await?;
    Ok((etag(brand.version), Json(brand)))
}

#[utoipa::path(
    get, path = "/topics", tag = "creative", operation_id = "topic_list", summary = "List topics by code",
    responses((status = 200, body = Page<Topic>)),
)]
pub(crate) async fn topic_list(State(host): State<Host>, caller: Caller) -> ApiResult<Json<Page<Topic>>> {
    Ok(Json(Page { items: act::topic_list(&host, &caller).await?, next: None }))
}

#[utoipa::path(
    post, path = "/topics", tag = "creative", operation_id = "topic_create", summary = "Make a topic",
    request_body = TopicInput,
    responses((status = 201, body = Topic), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn topic_create(
    State(host): State<Host>,
    caller: Caller,
    Json(input): Json<TopicInput>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(act::topic_create(&host, &caller, input).await?)))
}
