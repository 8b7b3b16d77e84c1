//! A [`Problem`] as an HTTP response (RFC 9457), in one place.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rialto_kernel::Problem;
use serde_json::json;

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
        let problem = self.0;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut document = json!({
            "type": format!("/problems/{}", problem.code),
            "title": status.canonical_reason().unwrap_or("error"),
            "status": problem.status,
            "code": problem.code,
            "detail": problem.detail,
        });
        if let Some(members) = document.as_object_mut() {
            if !problem.errors.is_empty() {
                members.insert("errors".to_owned(), json!(problem.errors));
            }
            for (name, value) in problem.more {
                members.entry(name).or_insert(value);
            }
        }
        let mut response = (status, document.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = problem.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
