//! Report runs over HTTP.

use super::actions::{self, Form, NewReport, ReportShown};
use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use rialto_kernel::{Id, Page, PageQuery, Problem};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Path, Query, Told};

/// A report fetches nothing and runs nothing, wherever it is opened.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/// Have a report written.
#[utoipa::path(post, path = "/report-runs", tag = "measure", summary = "Start a report run",
    request_body = NewReport,
    responses((status = 202, body = ReportShown), (status = 401), (status = 403), (status = 422)))]
pub(crate) async fn start(
    State(host): State<Host>,
    caller: Caller,
    Json(new): Json<NewReport>,
) -> ApiResult<impl IntoResponse> {
    caller.require("measure.write")?;
    Ok((StatusCode::ACCEPTED, Json(actions::start(&host, &caller, new).await?)))
}

/// Report runs, newest first.
#[utoipa::path(get, path = "/report-runs", tag = "measure", summary = "List report runs",
    params(("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<ReportShown>), (status = 401), (status = 403)))]
pub(crate) async fn list(
    State(host): State<Host>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Told<Page<ReportShown>>> {
    caller.require("measure.read")?;
    let limit = page.limit()?;
    let rows = actions::list(&host, caller.workspace, page.after()?, limit + 1).await?;
    Ok(Told::new(&caller, &["error"], Page::from_rows(rows, limit, |run| run.id)?))
}

/// One report run, or, with `.html`, `.md` or `.csv` after the id, the report itself.
#[utoipa::path(get, path = "/report-runs/{id}", tag = "measure", summary = "Read a report run, or the report",
    params(("id" = String, Path, description = "The id; with `.html`, `.md` or `.csv` after it, the report in that form")),
    responses((status = 200, body = ReportShown), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn read(State(host): State<Host>, caller: Caller, Path(name): Path<String>) -> ApiResult<Response> {
    caller.require("measure.read")?;
    let missing = || Problem::not_found("report run");
    let (id, form) = match name.split_once('.') {
        None => (name.as_str(), None),
        Some((id, ending)) => (id, Some(Form::of(ending).ok_or_else(missing)?)),
    };
    let id: Id = id.parse().map_err(|_| missing())?;
    let Some(form) = form else {
        return Ok(Told::new(&caller, &["error"], actions::find(&host, caller.workspace, id).await?).into_response());
    };
    let text = actions::rendered(&host, caller.workspace, id, form).await?;
    let kind = match form {
        Form::Html => "text/html; charset=utf-8",
        Form::Markdown => "text/markdown; charset=utf-8",
        Form::Csv => "text/csv; charset=utf-8",
    };
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, text).into_response())
}
