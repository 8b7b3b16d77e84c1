//! `/sales-channels`

use crate::{
    NewSalesChannel, SalesChannel, SalesChannelPatch, sales_channel_create, sales_channel_get, sales_channel_list,
    sales_channel_patch,
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};

/// Sales channels, a page
#[utoipa::path(get, path = "/sales-channels", tag = "sales", params(PageQuery), responses((status = 200, body = Page<SalesChannel>)))]
pub(crate) async fn channel_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<SalesChannel>>> {
    Ok(Json(sales_channel_list(&host, &caller, &page).await?))
}

/// Make a sales channel
#[utoipa::path(
    post, path = "/sales-channels", tag = "sales",
    request_body = NewSalesChannel,
    responses((status = 201, body = SalesChannel), (status = 409, description = "taken"), (status = 422, description = "a field is wrong")),
)]
pub(crate) async fn channel_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewSalesChannel>,
) -> ApiResult<impl IntoResponse> {
    let made = sales_channel_create(&host, &caller, new).await?;
    let location = [(header::LOCATION, format!("/api/v1/sales-channels/{}", made.id))];
    Ok((StatusCode::CREATED, location, etag(made.version), Json(made)))
}

/// A sales channel
#[utoipa::path(
    get, path = "/sales-channels/{id}", tag = "sales", params(("id" = Uuid, Path)),
    responses((status = 200, body = SalesChannel), (status = 404, description = "none")),
)]
pub(crate) async fn channel_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let found = sales_channel_get(&host, &caller, id).await?;
    Ok((etag(found.version), Json(found)))
}

/// Change a sales channel
#[utoipa::path(
    patch, path = "/sales-channels/{id}", tag = "sales", params(("id" = Uuid, Path)),
    request_body = SalesChannelPatch,
    responses((status = 200, body = SalesChannel), (status = 404, description = "none"), (status = 412, description = "changed meanwhile")),
)]
pub(crate) async fn channel_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    if_match: IfMatch,
    Json(patch): Json<SalesChannelPatch>,
) -> ApiResult<impl IntoResponse> {
    let changed = sales_channel_patch(&host, &caller, id, patch, if_match).await?;
    Ok((etag(changed.version), Json(changed)))
}
