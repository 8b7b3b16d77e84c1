//! Recommendations over HTTP.

use super::{
    actions as act,
    model::{BestOf, NewRecommendation, Recommendation},
};
use axum::{extract::State, http::StatusCode};
use rialto_audience::Snapshot;
use rialto_kernel::{Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, ProblemDocument, Query};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Every route of recommendations.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(recommendation_list, recommendation_create))
        .routes(routes!(recommendation_get))
        .routes(routes!(recommendation_audience))
}

#[utoipa::path(
    post, path = "/recommendations", tag = "creative", operation_id = "recommendation_create",
    summary = "Have a recommender rank campaign types, creatives or people, with reasons",
    description = "People are shown to the plugin as numbers without names, at most 100,000 at once; nothing after \
                   `at` is looked at. The answer is kept.",
    request_body = NewRecommendation,
    responses(
        (status = 201, body = Recommendation), (status = 404, body = ProblemDocument),
        (status = 422, body = ProblemDocument), (status = 502, body = ProblemDocument, description = "the plugin failed"),
    ),
)]
pub(crate) async fn recommendation_create(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewRecommendation>,
) -> ApiResult<(StatusCode, Json<Recommendation>)> {
    Ok((StatusCode::CREATED, Json(act::recommend(&host, &caller, new).await?)))
}

#[utoipa::path(
    post, path = "/recommendations/{id}/audience", tag = "creative", operation_id = "recommendation_audience",
    params(("id" = Uuid, Path)), request_body = BestOf,
    summary = "Make an audience of the best a recommendation ranked",
    description = "The answer is a fixed list; name it in a rule as `{\"on\": \"snapshot\", \"id\": …}`.",
    responses((status = 201, body = Snapshot), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn recommendation_audience(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(best): Json<BestOf>,
) -> ApiResult<(StatusCode, Json<Snapshot>)> {
    Ok((StatusCode::CREATED, Json(act::recommendation_audience(&host, &caller, id, best).await?)))
}

#[utoipa::path(
    get, path = "/recommendations", tag = "creative", operation_id = "recommendation_list", params(PageQuery),
    summary = "List recommendations, newest first, without their rankings",
    responses((status = 200, body = Page<Recommendation>)),
)]
pub(crate) async fn recommendation_list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Recommendation>>> {
    Ok(Json(act::recommendation_page(&host, &caller, &page).await?))
}

#[utoipa::path(
    get, path = "/recommendations/{id}", tag = "creative", operation_id = "recommendation_get",
    params(("id" = Uuid, Path), PageQuery), summary = "Look at one recommendation; the ranking comes in pages",
    responses((status = 200, body = Recommendation), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn recommendation_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Recommendation>> {
    Ok(Json(act::recommendation_get(&host, &caller, id, &page).await?))
}
