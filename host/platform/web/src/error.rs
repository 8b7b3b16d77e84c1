//! A [`Problem`] as an HTTP response (RFC 9457), in one place.

use crate::titles::title;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rialto_kernel::{Locale, Problem, problem::FieldError, words::said};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// What a handler may answer instead of its result.
#[derive(Debug)]
pub struct ApiError(pub Problem);

/// What a handler answers.
pub type ApiResult<T> = Result<T, ApiError>;

impl<E: Into<Problem>> From<E> for ApiError {
    fn from(cause: E) -> Self {
        Self(cause.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = render(&self.0, Locale::En, None);
        // Kept beside its text, so that the outermost layer can translate it.
        response.extensions_mut().insert(self.0);
        response
    }
}

/// What went wrong, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// A stable reference to the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-input")]
    pub kind: String,
    /// The kind of problem, in the caller's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable code for programs.
    #[schema(example = "invalid-input")]
    pub code: String,
    /// What happened and what to do.
    pub detail: String,
    /// The fields at fault.
    pub errors: Option<Vec<FieldError>>,
    /// Which request, as the log has it.
    pub request_id: Option<String>,
}

fn in_language(errors: &[FieldError], locale: Locale) -> Vec<FieldError> {
    let said = |error: &FieldError| said(&error.message, locale).into_owned();
    errors.iter().map(|error| FieldError { field: error.field.clone(), message: said(error) }).collect()
}

/// The response of a problem in a language.
pub(crate) fn render(problem: &Problem, locale: Locale, request_id: Option<&str>) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut document = json!({
        "type": format!("/problems/{}", problem.code),
        "title": title(&problem.code, problem.status, locale),
        "status": problem.status,
        "code": problem.code,
        "detail": said(&problem.detail, locale),
    });
    if let Some(members) = document.as_object_mut() {
        if !problem.errors.is_empty() {
            members.insert("errors".to_owned(), json!(in_language(&problem.errors, locale)));
        }
        if let Some(id) = request_id {
            members.insert("request_id".to_owned(), json!(id));
        }
        for (name, value) in &problem.more {
            members.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    let mut response = (status, document.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
