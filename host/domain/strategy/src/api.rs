//! Lessons over HTTP.

use crate::{
    actions as act,
    model::{Lesson, LessonPatch, NewLesson, SimilarLesson},
    sql::Filter,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use rialto_kernel::{Id, Page, PageQuery};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, Query, etag};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Every route of the area.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(lesson_list, lesson_create))
        .routes(routes!(lesson_get, lesson_patch, lesson_delete))
        .routes(routes!(lesson_draft, lesson_similar))
}

/// Which lessons.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct LessonFilter {
    /// Only those whose title, text or tags hold this.
    search: Option<String>,
    /// Only those in this state: draft, kept or archived.
    state: Option<String>,
    /// Only those of this type of campaign.
    kind: Option<String>,
    /// Only those of this objective.
    objective: Option<String>,
    /// Only those of this campaign.
    campaign: Option<Uuid>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(
    get, path = "/lessons", tag = "strategy", operation_id = "lesson_list", params(LessonFilter),
    summary = "List lessons, newest first",
    responses((status = 200, body = Page<Lesson>), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn lesson_list(
    State(host): State<Host>,
    caller: Caller,
    Query(asked): Query<LessonFilter>,
) -> ApiResult<Json<Page<Lesson>>> {
    let page = PageQuery { limit: asked.limit, cursor: asked.cursor };
    let filter = Filter {
        state: asked.state.unwrap_or_default(),
        search: asked.search.unwrap_or_default(),
        kind: asked.kind.unwrap_or_default(),
        objective: asked.objective.unwrap_or_default(),
        campaign: asked.campaign,
    };
    Ok(Json(act::page_of(&host, &caller, &filter, &page).await?))
}

#[utoipa::path(
    post, path = "/lessons", tag = "strategy", operation_id = "lesson_create", summary = "Write a lesson",
    request_body = NewLesson,
    responses((status = 201, body = Lesson), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn lesson_create(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewLesson>,
) -> ApiResult<impl IntoResponse> {
    let lesson = act::lesson_create(&host, &caller, new).await?;
    Ok((StatusCode::CREATED, etag(lesson.version), Json(lesson)))
}

#[utoipa::path(
    get, path = "/lessons/{id}", tag = "strategy", operation_id = "lesson_get", params(("id" = Uuid, Path)),
    summary = "A lesson with the numbers it rests on",
    responses((status = 200, body = Lesson), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn lesson_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let lesson = act::lesson_get(&host, &caller, id).await?;
    Ok((etag(lesson.version), Json(lesson)))
}

#[utoipa::path(
    patch, path = "/lessons/{id}", tag = "strategy", operation_id = "lesson_patch", params(("id" = Uuid, Path)),
    summary = "Edit a lesson, agree to it (`kept`) or put it away (`archived`)",
    request_body = LessonPatch,
    responses(
        (status = 200, body = Lesson), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn lesson_patch(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    expected: IfMatch,
    Json(patch): Json<LessonPatch>,
) -> ApiResult<impl IntoResponse> {
    let lesson = act::lesson_patch(&host, &caller, id, expected, patch).await?;
    Ok((etag(lesson.version), Json(lesson)))
}

#[utoipa::path(
    delete, path = "/lessons/{id}", tag = "strategy", operation_id = "lesson_delete", params(("id" = Uuid, Path)),
    summary = "Take a lesson out for good",
    responses((status = 204), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn lesson_delete(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<StatusCode> {
    act::lesson_delete(&host, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a lesson is drafted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftFrom {
    /// The conversion definition the return is computed by, by id or code; the only one if absent.
    conversion: Option<String>,
}

#[utoipa::path(
    post, path = "/campaigns/{id}/lessons", tag = "strategy", operation_id = "lesson_draft",
    params(("id" = Uuid, Path), DraftFrom),
    summary = "Draft a lesson from what came of a campaign, in both languages, return and lift among it",
    responses((status = 201, body = Lesson), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument, description = "it has not run yet")),
)]
pub(crate) async fn lesson_draft(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Query(from): Query<DraftFrom>,
) -> ApiResult<impl IntoResponse> {
    let lesson = act::lesson_draft(&host, &caller, id, from.conversion.as_deref()).await?;
    Ok((StatusCode::CREATED, etag(lesson.version), Json(lesson)))
}

#[utoipa::path(
    get, path = "/campaigns/{id}/lessons", tag = "strategy", operation_id = "lesson_similar",
    params(("id" = Uuid, Path)),
    summary = "Kept lessons that fit a campaign's plan, the best first, each with its reasons",
    responses((status = 200, body = Page<SimilarLesson>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn lesson_similar(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<Json<Page<SimilarLesson>>> {
    Ok(Json(Page { items: act::lesson_similar(&host, &caller, id).await?, next: None }))
}
