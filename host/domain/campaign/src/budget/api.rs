//! Budgets over HTTP.

use super::{BudgetLine, BudgetLinePatch, NewBudgetLine, actions, model::Budget};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rialto_kernel::{Id, Page};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, IfMatch, Json, Path, ProblemDocument, etag};

#[utoipa::path(
    get, path = "/campaigns/{id}/budget", tag = "campaign", operation_id = "budget_get", params(("id" = uuid::Uuid, Path)),
    summary = "The budget against what was spent, with warnings",
    responses(
        (status = 200, body = Budget), (status = 404, body = ProblemDocument),
        (status = 422, body = ProblemDocument, description = "no dated rate for an amount; currency and day are named"),
    ),
)]
pub(crate) async fn budget_get(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<Json<Budget>> {
    Ok(Json(actions::budget_get(&host, &caller, id).await?))
}

#[utoipa::path(
    get, path = "/campaigns/{id}/budget.csv", tag = "campaign", operation_id = "budget_csv", params(("id" = uuid::Uuid, Path)),
    summary = "The budget as a file for a spreadsheet",
    responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn budget_csv(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<impl IntoResponse> {
    let text = actions::budget_csv(&host, &caller, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"budget.csv\""),
    ];
    Ok((headers, text))
}

#[utoipa::path(
    get, path = "/campaigns/{id}/budget-lines", tag = "campaign", operation_id = "budget_line_list",
    params(("id" = uuid::Uuid, Path)),
    summary = "The lines of the budget, in the order they were made",
    responses((status = 200, body = Page<BudgetLine>), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn line_list(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
) -> ApiResult<Json<Page<BudgetLine>>> {
    Ok(Json(Page { items: actions::line_page(&host, &caller, id).await?, next: None }))
}

#[utoipa::path(
    post, path = "/campaigns/{id}/budget-lines", tag = "campaign", operation_id = "budget_line_create",
    params(("id" = uuid::Uuid, Path)),
    summary = "Plan a line: an amount, or a unit cost times a quantity",
    request_body = NewBudgetLine,
    responses((status = 201, body = BudgetLine), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
pub(crate) async fn line_create(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Id>,
    Json(new): Json<NewBudgetLine>,
) -> ApiResult<impl IntoResponse> {
    let line = actions::line_create(&host, &caller, id, new).await?;
    Ok((StatusCode::CREATED, etag(line.version), Json(line)))
}

#[utoipa::path(
    patch, path = "/campaigns/{id}/budget-lines/{line}", tag = "campaign", operation_id = "budget_line_patch",
    params(("id" = uuid::Uuid, Path), ("line" = uuid::Uuid, Path)),
    summary = "Change a line",
    request_body = BudgetLinePatch,
    responses(
        (status = 200, body = BudgetLine), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument),
    ),
)]
pub(crate) async fn line_patch(
    State(host): State<Host>,
    caller: Caller,
    Path(place): Path<(Id, Id)>,
    expected: IfMatch,
    Json(patch): Json<BudgetLinePatch>,
) -> ApiResult<impl IntoResponse> {
    let line = actions::line_patch(&host, &caller, place, expected, patch).await?;
    Ok((etag(line.version), Json(line)))
}

#[utoipa::path(
    delete, path = "/campaigns/{id}/budget-lines/{line}", tag = "campaign", operation_id = "budget_line_delete",
    params(("id" = uuid::Uuid, Path), ("line" = uuid::Uuid, Path)),
    summary = "Take a line away; what was spent on it stays spent, without a line",
    responses((status = 204), (status = 404, body = ProblemDocument)),
)]
pub(crate) async fn line_delete(
    State(host): State<Host>,
    caller: Caller,
    Path((campaign, line)): Path<(Id, Id)>,
) -> ApiResult<StatusCode> {
    actions::line_delete(&host, &caller, campaign, line).await?;
    Ok(StatusCode::NO_CONTENT)
}
