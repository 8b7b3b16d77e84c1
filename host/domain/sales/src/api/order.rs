//! `/orders`

use crate::{
    NewOrder, Order, OrderPatch, OrderQuery, OrderWithLines, order_create, order_get, order_list, order_patch,
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Id, Page};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};

/// Orders, a page
#[utoipa::path(get, path = "/orders", tag = "sales", params(OrderQuery), responses((status = 200, body = Page<Order>)))]
pub(crate) async fn order_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<OrderQuery>,
) -> ApiResult<Json<Page<Order>>> {
    Ok(Json(order_list(&host, &caller, &query).await?))
}

/// Make an order
#[utoipa::path(
    post, path = "/orders", tag = "sales",
    request_body = NewOrder,
    responses((status = 201, body = OrderWithLines), (status = 409, description = "taken"), (status = 422, description = "a field is wrong")),
)]
pub(crate) async fn order_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewOrder>,
) -> ApiResult<impl IntoResponse> {
    let made = order_create(&host, &caller, new).await?;
    let location = [(header::LOCATION, format!("/api/v1/orders/{}", made.order.id))];
    Ok((StatusCode::CREATED, location, etag(made.order.version), Json(made)))
}

/// An order
#[utoipa::path(
    get, path = "/orders/{id}", tag = "sales", params(("id" = Uuid, Path)),
    responses((status = 200, body = OrderWithLines), (status = 404, description = "none")),
)]
pub(crate) async fn order_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let found = order_get(&host, &caller, id).await?;
    Ok((etag(found.order.version), Json(found)))
}

/// Change an order
#[utoipa::path(
    patch, path = "/orders/{id}", tag = "sales", params(("id" = Uuid, Path)),
    request_body = OrderPatch,
    responses((status = 200, body = Order), (status = 404, description = "none"), (status = 412, description = "changed meanwhile")),
)]
pub(crate) async fn order_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    if_match: IfMatch,
    Json(patch): Json<OrderPatch>,
) -> ApiResult<impl IntoResponse> {
    let changed = order_patch(&host, &caller, id, patch, if_match).await?;
    Ok((etag(changed.version), Json(changed)))
}
