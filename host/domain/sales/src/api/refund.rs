//! `/refunds`

use crate::{NewRefund, Refund, RefundQuery, refund_create, refund_list};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::Page;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, ProblemDocument, Query};

/// Refunds, newest first
#[utoipa::path(
    get, path = "/refunds", tag = "sales", params(RefundQuery),
    responses((status = 200, body = Page<Refund>), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn refund_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<RefundQuery>,
) -> ApiResult<Json<Page<Refund>>> {
    Ok(Json(refund_list(&host, &caller, &query).await?))
}

/// Take a refund of an order's line in
#[utoipa::path(
    post, path = "/refunds", tag = "sales",
    request_body = NewRefund,
    responses(
        (status = 201, body = Refund), (status = 409, body = ProblemDocument, description = "the number is taken"),
        (status = 422, body = ProblemDocument, description = "a field is wrong, such as more than remains of the line"),
    ),
)]
pub(crate) async fn refund_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewRefund>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(refund_create(&host, &caller, new).await?)))
}
