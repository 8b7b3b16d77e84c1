//! How a public page is answered: never kept, never listed, never told where
//! the reader goes next, and with a policy under which no script runs.

use super::page::{Says, notice};
use crate::Error;
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use rialto_kernel::Locale;

/// Seconds after which a page that failed is to be asked for again.
const AGAIN_S: &str = "30";
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// What a page may load and do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Our own: its styles and its form.
    Own,
    /// A message: its styles, and pictures from where it has them. It is caged,
    /// so that not even its author could run something in our name; its links
    /// open as anywhere.
    Message,
}

impl Policy {
    fn header(self) -> HeaderValue {
        match self {
            Self::Own => HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            ),
            Self::Message => HeaderValue::from_static(
                "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; form-action 'none'; \
                 frame-ancestors 'none'; base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox",
            ),
        }
    }
}

/// A page under its policy.
pub(crate) fn reply(status: StatusCode, policy: Policy, html: String) -> Response {
    let kept = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (ROBOTS, HeaderValue::from_static("noindex, nofollow")),
        (header::CONTENT_SECURITY_POLICY, policy.header()),
    ];
    (status, kept, Html(html)).into_response()
}

/// A page that says the same to everyone.
pub(crate) fn told(headers: &HeaderMap, status: StatusCode, says: Says<'_>) -> Response {
    reply(status, Policy::Own, notice(accepted(headers), says))
}

/// The language the reader's browser asks for.
pub(crate) fn accepted(headers: &HeaderMap) -> Locale {
    Locale::negotiate(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// 404: no link of ours.
pub(crate) fn unknown(headers: &HeaderMap) -> Response {
    told(headers, StatusCode::NOT_FOUND, Says::Unknown)
}

/// 410: a link of ours, to somebody of whom nothing is held.
pub(crate) fn erased(headers: &HeaderMap) -> Response {
    told(headers, StatusCode::GONE, Says::Erased)
}

/// A form that could not be taken in, by what the framework says of it.
pub(crate) fn refused(headers: &HeaderMap, status: StatusCode) -> Response {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => told(headers, status, Says::TooLong),
        _ => told(headers, StatusCode::UNPROCESSABLE_ENTITY, Says::Unclear),
    }
}

/// 503: the sender of a one-click request tries again when told so.
pub(crate) fn away(headers: &HeaderMap, cause: &Error) -> Response {
    tracing::warn!(%cause, "a public page could not be served");
    let mut response = told(headers, StatusCode::SERVICE_UNAVAILABLE, Says::Later);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(AGAIN_S));
    response
}
