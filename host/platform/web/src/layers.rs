//! What every request passes through, outermost first: id, span and count;
//! security headers; compression; one form for every refusal, in the caller's
//! language; a wall against panics; a bound on size and slowness of bodies.

use crate::{ApiError, BODY_BYTES_MAX, error::render};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use rialto_kernel::{Ids, Locale, Problem};
use std::{
    any::Any,
    time::{Duration, Instant},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
    timeout::RequestBodyTimeoutLayer,
};
use tracing::Instrument as _;

/// The longest silence within a request's body.
pub const BODY_SILENCE_MAX: Duration = Duration::from_secs(30);
/// The longest a JSON body may take altogether.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(30);
/// Answers below this size are not worth compressing.
const COMPRESS_FROM: u64 = 1_024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Security headers that an answer gets unless it set its own.
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// What the layers need to know of the host.
#[derive(Debug, Clone)]
pub struct Dress {
    /// Makes request ids.
    pub ids: Ids,
    /// Whether the host is reached over TLS, so that browsers may insist on it.
    pub https: bool,
}

/// The id of a request, as log, header and problem show it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Put every layer around `router`, and an answer for unknown addresses in it.
pub fn dress(router: Router, with: Dress) -> Router {
    // An archive is compressed already, and may be large.
    let worth = SizeAbove::new(COMPRESS_FROM)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/zip"));
    let compress = CompressionLayer::new().gzip(true).compress_when(worth);
    router
        .fallback(|| async { ApiError(Problem::not_found("address")) })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE_MAX))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(refusals))
        .layer(compress)
        .layer(from_fn_with_state(with.https, headers))
        .layer(from_fn_with_state(with.ids, observe))
}

/// Give the request an id and a span, and count it.
async fn observe(State(ids): State<Ids>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = ids.make().simple().to_string();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", %method, route, id);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    let seconds = began.elapsed().as_secs_f64();
    metrics::counter!("rialto_http_requests_total", "method" => known_method(&method), "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("rialto_http_request_seconds", "route" => route).record(seconds);
    span.in_scope(|| tracing::debug!(status, seconds, "answered"));
    response
}

/// A method as a label; clients can make up others without end.
fn known_method(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

async fn headers(State(https): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(*name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    response
}

/// Every refusal leaves as a problem, in the caller's language.
async fn refusals(request: Request, next: Next) -> Response {
    let locale =
        Locale::negotiate(request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()));
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    let Some(problem) = problem_of(&response) else { return response };
    let shown = id.as_ref().filter(|_| problem.status >= 500).map(|RequestId(id)| id.as_str());
    if problem.status >= 500 {
        tracing::error!(status = problem.status, code = problem.code, detail = problem.detail, "failed");
    }
    let (old, _body) = response.into_parts();
    let mut response = render(&problem, locale, shown);
    for (name, value) in &old.headers {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    response
}

/// The problem a response stands for: the one it carries, or what a bare text
/// refusal of the framework means.
fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let bare = kind.is_empty() || kind.starts_with("text/plain");
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => Problem::not_found("address"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(405, "method-not-allowed", "this address does not answer to this method; see `Allow`")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("body-bytes", BODY_BYTES_MAX as u64),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(415, "media-type", "the body is not of a kind this takes"),
        StatusCode::REQUEST_TIMEOUT => body_timeout(),
        status if status.is_server_error() => Problem::internal("the request failed; the log says more"),
        status => Problem::new(status.as_u16(), "refused", status.canonical_reason().unwrap_or("refused")),
    })
}

/// 408: the body did not come in time.
pub(crate) fn body_timeout() -> Problem {
    Problem::new(408, "body-timeout", format!("the body must arrive within {} s", BODY_TIME_MAX.as_secs()))
}

#[allow(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> axum::http::Response<Body> {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = text, "a handler panicked");
    ApiError(Problem::internal("the request failed; the log says more")).into_response()
}
