//! `/sessions`: signing in and out.

use crate::{
    authenticate::{SESSION_COOKIE, check_origin, origin_of, session_cookie},
    sign_in::{Attempt, SignedIn, sign_in, sign_out},
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::IntoResponse,
};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json};
use serde::{Deserialize, Serialize};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who wants in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The workspace's short name; may be left out where there is only one.
    workspace: Option<String>,
    /// The address.
    email: String,
    /// The password.
    password: String,
}

/// Who came in. The session itself travels in a cookie that scripts cannot read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionBegun {
    /// In which workspace.
    workspace: Uuid,
    /// Who.
    user: Uuid,
}

/// The address a request came from; absent where there is no connection.
pub(crate) struct PeerAddress(Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for PeerAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip())))
    }
}

/// Sign in
#[utoipa::path(
    post, path = "/sessions", tag = "identity", security(()),
    request_body = Credentials,
    responses((status = 201, body = SessionBegun)),
)]
pub(crate) async fn session_begin(
    State(host): State<Host>,
    PeerAddress(address): PeerAddress,
    headers: HeaderMap,
    Json(credentials): Json<Credentials>,
) -> ApiResult<impl IntoResponse> {
    if headers.contains_key(header::ORIGIN) {
        check_origin(&headers, origin_of(&host.public_url))?;
    }
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let Credentials { workspace, email, password } = credentials;
    let begun = sign_in(&host, Attempt { workspace, email, password, address, user_agent }).await?;
    let body = SessionBegun { workspace: begun.workspace.0, user: begun.user };
    Ok((StatusCode::CREATED, cookie_of(&host, &begun), Json(body)))
}

/// Sign out
#[utoipa::path(delete, path = "/sessions", tag = "identity", responses((status = 204)))]
pub(crate) async fn session_end(
    State(host): State<Host>,
    caller: Caller,
    headers: HeaderMap,
) -> ApiResult<impl IntoResponse> {
    if let Some(token) = session_cookie(&headers) {
        sign_out(&host, &caller, token).await?;
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(&host, "", 0)))
}

/// The header that hands a session to a browser.
pub(crate) fn cookie_of(host: &Host, begun: &SignedIn) -> [(header::HeaderName, HeaderValue); 1] {
    set_cookie(host, &begun.token, begun.lives_s)
}

fn set_cookie(host: &Host, token: &str, lives_s: i64) -> [(header::HeaderName, HeaderValue); 1] {
    let secure = if host.public_url.starts_with("https://") { "; Secure" } else { "" };
    let text = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={lives_s}{secure}");
    // Tokens are base64url: always fit for a header.
    [(header::SET_COOKIE, HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("")))]
}
