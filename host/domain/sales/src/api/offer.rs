//! `/offers`

use crate::{
    NewOffer, Offer, OfferPatch, OfferProduct, OfferSkus, offer_create, offer_get, offer_list, offer_patch,
    offer_product_list, offer_product_remove, offer_products_add,
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, Query, etag};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which offers are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfferQuery {
    /// A part of the code or the name.
    pub(crate) search: Option<String>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

impl OfferQuery {
    fn page(&self) -> PageQuery {
        PageQuery { limit: self.limit, cursor: self.cursor.clone() }
    }
}

/// How many products are new under an offer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferProductsAdded {
    /// So many.
    added: u64,
}

/// Offers, a page
#[utoipa::path(get, path = "/offers", tag = "sales", params(OfferQuery), responses((status = 200, body = Page<Offer>)))]
pub(crate) async fn offer_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<OfferQuery>,
) -> ApiResult<Json<Page<Offer>>> {
    Ok(Json(offer_list(&host, &caller, query.search.as_deref().unwrap_or(""), &query.page()).await?))
}

/// Make an offer
#[utoipa::path(
    post, path = "/offers", tag = "sales",
    request_body = NewOffer,
    responses((status = 201, body = Offer), (status = 409, description = "taken"), (status = 422, description = "a field is wrong")),
)]
pub(crate) async fn offer_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewOffer>,
) -> ApiResult<impl IntoResponse> {
    let made = offer_create(&host, &caller, new).await?;
    let location = [(header::LOCATION, format!("/api/v1/offers/{}", made.id))];
    Ok((StatusCode::CREATED, location, etag(made.version), Json(made)))
}

/// An offer
#[utoipa::path(
    get, path = "/offers/{id}", tag = "sales", params(("id" = Uuid, Path)),
    responses((status = 200, body = Offer), (status = 404, description = "none")),
)]
pub(crate) async fn offer_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let found = offer_get(&host, &caller, id).await?;
    Ok((etag(found.version), Json(found)))
}

/// Change an offer
#[utoipa::path(
    patch, path = "/offers/{id}", tag = "sales", params(("id" = Uuid, Path)),
    request_body = OfferPatch,
    responses((status = 200, body = Offer), (status = 404, description = "none"), (status = 412, description = "changed meanwhile")),
)]
pub(crate) async fn offer_change(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    if_match: IfMatch,
    Json(patch): Json<OfferPatch>,
) -> ApiResult<impl IntoResponse> {
    let changed = offer_patch(&host, &caller, id, patch, if_match).await?;
    Ok((etag(changed.version), Json(changed)))
}

/// The products an offer stands on
#[utoipa::path(
    get, path = "/offers/{id}/products", tag = "sales", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<OfferProduct>), (status = 404, description = "none")),
)]
pub(crate) async fn offer_products(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<OfferProduct>>> {
    Ok(Json(offer_product_list(&host, &caller, id, &page).await?))
}

/// Put products under an offer
#[utoipa::path(
    post, path = "/offers/{id}/products", tag = "sales", params(("id" = Uuid, Path)),
    request_body = OfferSkus,
    responses((status = 200, body = OfferProductsAdded), (status = 404, description = "none")),
)]
pub(crate) async fn offer_products_put(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(add): Json<OfferSkus>,
) -> ApiResult<Json<OfferProductsAdded>> {
    Ok(Json(OfferProductsAdded { added: offer_products_add(&host, &caller, id, add).await? }))
}

/// Take a product from under an offer
#[utoipa::path(
    delete, path = "/offers/{id}/products/{product}", tag = "sales",
    params(("id" = Uuid, Path), ("product" = Uuid, Path)),
    responses((status = 204), (status = 404, description = "none")),
)]
pub(crate) async fn offer_product_end(
    State(host): State<Host>,
    caller: Caller,
    Path((id, product)): Path<(Id, Id)>,
) -> ApiResult<StatusCode> {
    offer_product_remove(&host, &caller, id, product).await?;
    Ok(StatusCode::NO_CONTENT)
}
