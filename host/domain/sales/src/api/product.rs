//! `/products`

use crate::{
    NewProduct, Product, ProductPatch, ProductQuery, product_create, product_get, product_list, product_patch,
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Id, Page};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};

/// Products, a page
#[utoipa::path(get, path = "/products", tag = "sales", params(ProductQuery), responses((status = 200, body = Page<Product>)))]
pub(crate) async fn product_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<ProductQuery>,
) -> ApiResult<Json<Page<Product>>> {
    Ok(Json(product_list(&host, &caller, &query).await?))
}

/// Make a product
#[utoipa::path(
    post, path = "/products", tag = "sales",
    request_body = NewProduct,
    responses((status = 201, body = Product), (status = 409, description = "taken"), (status = 422, description = "a field is wrong")),
)]
pub(crate) async fn product_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewProduct>,
) -> ApiResult<impl IntoResponse> {
    let made = product_create(&host, &caller, new).await?;
    let location = [(header::LOCATION, format!("/api/v1/products/{}", made.id))];
    Ok((StatusCode::CREATED, location, etag(made.version), Json(made)))
}

/// A product
#[utoipa::path(
    get, path = "/products/{id}", tag = "sales", params(("id" = Uuid, Path)),
    responses((status = 200, body = Product), (status = 404, description = "none")),
)]
pub(crate) async fn product_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let found = product_get(&host, &caller, id).await?;
    Ok((etag(found.version), Json(found)))
}

/// Change a product
#[utoipa::path(
    patch, path = "/products/{id}", tag = "sales", params(("id" = Uuid, Path)),
    request_body = ProductPatch,
    responses((status = 200, body = Product), (status = 404, description = "none"), (status = 412, description = "changed meanwhile")),
)]
pub(crate) async fn product_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    if_match: IfMatch,
    Json(patch): Json<ProductPatch>,
) -> ApiResult<impl IntoResponse> {
    let changed = product_patch(&host, &caller, id, patch, if_match).await?;
    Ok((etag(changed.version), Json(changed)))
}
