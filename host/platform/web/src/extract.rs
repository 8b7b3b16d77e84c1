//! Extractors whose refusals are problem+json and name the field.

use crate::{ApiError, error::ApiResult};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use rialto_kernel::Problem;
use serde::{Serialize, de::DeserializeOwned};

/// The most bytes a JSON body may have, unless a route says otherwise.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A JSON body, in or out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> ApiResult<Self> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::too_large("body-bytes", BODY_BYTES_MAX as u64))?;
        parse_json(&body).map(Self).map_err(ApiError)
    }
}

/// A JSON text as a type; a mistake is told with the path of its field.
///
/// # Errors
/// 400 when it is not JSON, 422 when it does not fit.
pub(crate) fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        match cause.classify() {
            serde_json::error::Category::Data => Problem::invalid(&path, cause.to_string()),
            _ => Problem::malformed(format!("the body is not JSON: {cause}")),
        }
    })?;
    reader.end().map_err(|cause| Problem::malformed(format!("the body is not one JSON value: {cause}")))?;
    Ok(value)
}

/// The query string as a type.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> ApiResult<Self> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|error| ApiError(Problem::invalid("query", error.body_text())))
    }
}

/// A path's parameters as a type. One that does not parse names nothing that exists.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| ApiError(Problem::not_found("address")))
    }
}

/// The version a change is meant for, from `If-Match`; absent means any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// Refuse when the thing has moved on since the caller read it.
    ///
    /// # Errors
    /// 412, with the version it has now.
    pub fn check(self, current: i64) -> Result<(), Problem> {
        match self.0 {
            Some(wanted) if wanted != current => {
                Err(Problem::new(412, "changed", "it was changed since you read it; read it again, then repeat")
                    .with("version", current))
            }
            _ => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> ApiResult<Self> {
        let Some(header) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = header.to_str().unwrap_or("").trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let version = text.trim_matches('"').parse().map_err(|_| Problem::invalid("If-Match", "use the ETag you got"))?;
        Ok(Self(Some(version)))
    }
}

/// The `ETag` header of a version.
#[must_use]
pub fn etag(version: i64) -> [(header::HeaderName, HeaderValue); 1] {
    let value = HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""));
    [(header::ETAG, value)]
}
