//! `/redemptions`

use crate::{NewRedemption, Redemption, RedemptionQuery, redemption_create, redemption_list};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::Page;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Query};

/// Redemptions, newest first
#[utoipa::path(
    get, path = "/redemptions", tag = "sales", params(RedemptionQuery),
    responses((status = 200, body = Page<Redemption>)),
)]
pub(crate) async fn redemption_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<RedemptionQuery>,
) -> ApiResult<Json<Page<Redemption>>> {
    Ok(Json(redemption_list(&host, &caller, &query).await?))
}

/// Take a redemption in
#[utoipa::path(
    post, path = "/redemptions", tag = "sales",
    request_body = NewRedemption,
    responses((status = 201, body = Redemption), (status = 409, description = "taken"), (status = 422, description = "a field is wrong")),
)]
pub(crate) async fn redemption_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewRedemption>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(redemption_create(&host, &caller, new).await?)))
}
