//! Extractors whose refusals are problem+json and name the field.

use crate::{
    ApiError,
    error::ApiResult,
    layers::{BODY_TIME_MAX, body_timeout},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use rialto_kernel::Problem;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

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
        check_media_type(request.headers())?;
        check_length(request.headers())?;
        let body = read_body(request, state).await?;
        parse_json(&body).map(Self).map_err(ApiError)
    }
}

/// Only JSON: a form that a foreign page posts never gets further.
fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json")) {
        return Ok(());
    }
    Err(Problem::new(415, "media-type", "send the body as `Content-Type: application/json`"))
}

/// A body that says it is too large is refused before it is read.
fn check_length(headers: &HeaderMap) -> Result<(), Problem> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > BODY_BYTES_MAX as u64 => Err(Problem::too_large("body-bytes", BODY_BYTES_MAX as u64)),
        _ => Ok(()),
    }
}

async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let reading = tokio::time::timeout(BODY_TIME_MAX, Bytes::from_request(request, state));
    let rejection = match reading.await {
        Ok(Ok(body)) => return Ok(body),
        Ok(Err(rejection)) => rejection,
        Err(_) => return Err(body_timeout()),
    };
    Err(match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("body-bytes", BODY_BYTES_MAX as u64),
        _ if rejection.body_text().contains("timeout") => body_timeout(),
        _ => Problem::malformed("the body could not be read to its end"),
    })
}

/// A JSON text as a type; a mistake is told with the path of its field.
///
/// # Errors
/// 400 when it is not JSON, 422 when it does not fit.
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        match cause.classify() {
            serde_json::error::Category::Data => {
                Problem::invalid(&field_of(&path, &cause.to_string()), cause.to_string())
            }
            _ => Problem::malformed(format!("the body is not JSON: {cause}")),
        }
    })?;
    reader.end().map_err(|cause| Problem::malformed(format!("the body is not one JSON value: {cause}")))?;
    refuse_nul(body)?;
    Ok(value)
}

/// The path of the field at fault. An unknown or missing field of the outermost
/// object has no path yet, but its name stands in the message.
fn field_of(path: &str, message: &str) -> String {
    let named = ["unknown field `", "missing field `", "duplicate field `"]
        .iter()
        .find_map(|before| message.split_once(before))
        .and_then(|(_, rest)| rest.split_once('`'))
        .map(|(name, _)| name);
    match (path, named) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) if path != name && !path.ends_with(&format!(".{name}")) => format!("{path}.{name}"),
        (path, _) => path.to_owned(),
    }
}

/// PostgreSQL's text holds no NUL, and nobody means one.
fn refuse_nul(body: &[u8]) -> Result<(), Problem> {
    const ESCAPE: &[u8] = b"\\u0000";
    if !body.windows(ESCAPE.len()).any(|part| part == ESCAPE) {
        return Ok(());
    }
    let value: Value = serde_json::from_slice(body).map_err(|cause| Problem::malformed(cause.to_string()))?;
    match nul_path(&value, &mut String::new()) {
        Some(path) => Err(Problem::invalid(&path, "must not contain the NUL character")),
        None => Ok(()),
    }
}

fn nul_path(value: &Value, path: &mut String) -> Option<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::String(text) => return text.contains('\0').then(|| path.clone()),
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (format!("[{at}]"), item)).collect(),
        Value::Object(members) => {
            if members.keys().any(|name| name.contains('\0')) {
                return Some(format!("{path} (a member's name)"));
            }
            members.iter().map(|(name, item)| (format!(".{name}"), item)).collect()
        }
        _ => return None,
    };
    for (step, child) in children {
        let length = path.len();
        path.push_str(if length == 0 { step.trim_start_matches('.') } else { &step });
        if let Some(found) = nul_path(child, path) {
            return Some(found);
        }
        path.truncate(length);
    }
    None
}

/// The query string as a type.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> ApiResult<Self> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(value)| Self(value)).map_err(|error| {
            let text = error.body_text();
            let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text).to_owned();
            // "limit: invalid digit …" begins with the field; "unknown field `x`" names it.
            let field = match text.split_once(": ") {
                Some((name, _)) if !name.contains(' ') => name.to_owned(),
                _ => field_of(".", &text),
            };
            ApiError(Problem::invalid(if field == "." { "query" } else { &field }, text))
        })
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
        let version =
            text.trim_matches('"').parse().map_err(|_| Problem::invalid("If-Match", "use the ETag you got"))?;
        Ok(Self(Some(version)))
    }
}

/// The `ETag` header of a version.
#[must_use]
pub fn etag(version: i64) -> [(header::HeaderName, HeaderValue); 1] {
    let value = HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""));
    [(header::ETAG, value)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[allow(dead_code)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code)]
        name: String,
    }

    fn refused(body: &str) -> (u16, Option<String>) {
        let problem = parse_json::<Outer>(body.as_bytes()).unwrap_err();
        (problem.status, problem.errors.first().map(|error| error.field.clone()))
    }

    #[test]
    fn a_mistake_is_told_with_the_path_of_its_field() {
        let at = |field: &str| (422, Some(field.to_owned()));
        assert_eq!(refused(r#"{"inner": 3}"#), at("inner"));
        assert_eq!(refused(r#"{"inner": [{"name": 1}]}"#), at("inner[0].name"));
        assert_eq!(refused(r#"{"inner": [{"name": "a", "b": 1}]}"#), at("inner[0].b"));
        assert_eq!(refused(r#"{"iner": []}"#), at("iner"));
        assert_eq!(refused("{}"), at("inner"));
        assert_eq!(refused(r#"{"inner": [{"name": "a\u0000b"}]}"#), at("inner[0].name"));
        assert_eq!(refused(r#"{"inner": ["#), (400, None));
        assert_eq!(refused(r#"{"inner": []} x"#), (400, None));
        assert_eq!(refused(&"[".repeat(1_000_000)).0, 422);
    }
}
