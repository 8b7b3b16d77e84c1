//! `/exchange-rates`

use crate::{ExchangeRate, NewExchangeRate, RateQuery, rate_list, rate_put};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::Page;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, ProblemDocument, Query};

/// Exchange rates by pair, the latest of each first
#[utoipa::path(
    get, path = "/exchange-rates", tag = "sales", params(RateQuery),
    responses((status = 200, body = Page<ExchangeRate>), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn rate_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<RateQuery>,
) -> ApiResult<Json<Page<ExchangeRate>>> {
    Ok(Json(rate_list(&host, &caller, &query).await?))
}

/// Note an exchange rate; one of the same pair and day is replaced
#[utoipa::path(
    post, path = "/exchange-rates", tag = "sales",
    request_body = NewExchangeRate,
    responses((status = 201, body = ExchangeRate), (status = 422, body = ProblemDocument, description = "a field is wrong")),
)]
pub(crate) async fn rate_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewExchangeRate>,
) -> ApiResult<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(rate_put(&host, &caller, new).await?)))
}
