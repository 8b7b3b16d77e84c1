//! `/tokens`

use crate::{NewToken, Token, TokenMade, token_create, token_get, token_list, token_revoke};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query};
use uuid::Uuid;

/// API tokens, newest first
#[utoipa::path(get, path = "/tokens", tag = "identity", params(PageQuery), responses((status = 200, body = Page<Token>)))]
pub(crate) async fn token_page(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Token>>> {
    Ok(Json(token_list(&host, &caller, &page).await?))
}

/// Make an API token; its secret is shown this once
#[utoipa::path(
    post, path = "/tokens", tag = "identity",
    request_body = NewToken,
    responses((status = 201, body = TokenMade)),
)]
pub(crate) async fn token_make(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewToken>,
) -> ApiResult<impl IntoResponse> {
    let made = token_create(&host, &caller, new).await?;
    let location = [(header::LOCATION, format!("/api/v1/tokens/{}", made.token.id))];
    Ok((StatusCode::CREATED, location, Json(made)))
}

/// An API token, without its secret
#[utoipa::path(get, path = "/tokens/{id}", tag = "identity", params(("id" = Uuid, Path)), responses((status = 200, body = Token)))]
pub(crate) async fn token_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Token>> {
    Ok(Json(token_get(&host, &caller, id).await?))
}

/// Revoke an API token: it stops to work at once
#[utoipa::path(delete, path = "/tokens/{id}", tag = "identity", params(("id" = Uuid, Path)), responses((status = 204)))]
pub(crate) async fn token_end(State(host): State<Host>, caller: Caller, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    token_revoke(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
