//! From a request's credentials to a caller: an API token (`Bearer`, or `Basic
//! key:` for write keys), or the session cookie, which on a method that changes
//! something must come from our own pages.

use crate::{
    role::grant,
    secret::{self, TOKEN_PREFIX},
    sql,
    unscoped::{SessionOwner, TokenOwner, session_by_hash, token_by_hash},
};
use async_trait::async_trait;
use axum::http::{HeaderMap, Method, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rialto_kernel::{Id, Locale, Problem, SharedClock, WorkspaceId};
use rialto_store::{Scope, Store};
use rialto_web::{Actor, Authenticate, Caller};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The cookie of a login session.
pub const SESSION_COOKIE: &str = "rialto_session";
/// How long a session lives unused.
pub(crate) const SESSION_IDLE_US: i64 = 12 * 3_600 * 1_000_000;
/// How often a token's or session's last use is noted.
const TOUCH_US: i64 = 5 * 60 * 1_000_000;
/// Last uses remembered in this process.
const TOUCHED_MAX: usize = 10_000;

/// Knows tokens and sessions.
pub struct Authenticator {
    store: Store,
    clock: SharedClock,
    origin: String,
    touched: Mutex<HashMap<Id, i64>>,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticator")
    }
}

impl Authenticator {
    /// An authenticator over this store, for a host reached under `public_url`.
    #[must_use]
    pub fn new(store: Store, clock: SharedClock, public_url: &str) -> Self {
        Self { store, clock, origin: origin_of(public_url).to_owned(), touched: Mutex::default() }
    }

    async fn by_token(&self, secret: &str, locale: Locale) -> Result<Caller, Problem> {
        let owner = token_owner(&self.store, &self.clock, secret).await?;
        let workspace = WorkspaceId(owner.workspace);
        if self.touch_is_due(owner.id) {
            let (store, id, now) = (self.store.clone(), owner.id, self.clock.now_us());
            tokio::spawn(async move {
                let noted = store.write(workspace, "token.touch", move |conn| {
                    Box::pin(async move { sql::token_touch(conn, workspace, id, now).await })
                });
                if let Err(error) = noted.await {
                    tracing::debug!(%error, "a token's use was not noted");
                }
            });
        }
        Ok(caller_of(&owner, locale))
    }

    async fn by_session(&self, secret: &str, locale: Option<Locale>) -> Result<Caller, Problem> {
        let hash = secret::hash(secret);
        let mut conn = self.store.read(Scope::Host).await?;
        let owner = session_by_hash(&mut conn, &hash).await?.ok_or_else(Problem::unauthenticated)?;
        let now = self.clock.now_us();
        if owner.expires_at <= now || owner.seen_at + SESSION_IDLE_US <= now || owner.state != "active" {
            return Err(Problem::unauthenticated());
        }
        let workspace = WorkspaceId(owner.workspace);
        let roles = sql::role_list(&mut conn, workspace, owner.user_account).await?;
        drop(conn);
        if now - owner.seen_at > TOUCH_US {
            self.touch_session(workspace, hash, now);
        }
        let grants = roles.iter().filter_map(|r| grant(&r.role, &r.path, r.parent.is_none())).collect();
        let locale = locale.unwrap_or_else(|| locale_of(&owner));
        Ok(Caller::new(workspace, Actor::User(owner.user_account), grants, locale))
    }

    fn touch_session(&self, workspace: WorkspaceId, hash: Vec<u8>, now: i64) {
        let store = self.store.clone();
        tokio::spawn(async move {
            let noted = store.write(workspace, "session.touch", move |conn| {
                Box::pin(async move { sql::session_touch(conn, workspace, &hash, now).await })
            });
            if let Err(error) = noted.await {
                tracing::debug!(%error, "a session's use was not noted");
            }
        });
    }

    fn touch_is_due(&self, id: Id) -> bool {
        let now = self.clock.now_us();
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if touched.len() >= TOUCHED_MAX {
            touched.clear();
        }
        let last = touched.entry(id).or_insert(i64::MIN);
        let due = now.saturating_sub(*last) > TOUCH_US;
        if due {
            *last = now;
        }
        due
    }
}

#[async_trait]
impl Authenticate for Authenticator {
    async fn authenticate(&self, method: &Method, headers: &HeaderMap) -> Result<Caller, Problem> {
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let asked = accept.map(|accept| Locale::negotiate(Some(accept)));
        if let Some(credentials) = headers.get(header::AUTHORIZATION) {
            let credentials = credentials.to_str().map_err(|_| Problem::unauthenticated())?;
            let secret = token_of(credentials).ok_or_else(Problem::unauthenticated)?;
            return self.by_token(&secret, asked.unwrap_or_default()).await;
        }
        let cookie = session_cookie(headers).ok_or_else(Problem::unauthenticated)?;
        if !method.is_safe() {
            check_origin(headers, &self.origin)?;
        }
        self.by_session(cookie, asked).await
    }
}

/// A cookie is sent by the browser on anybody's behalf: a request that changes
/// something must say that it comes from our own pages.
pub(crate) fn check_origin(headers: &HeaderMap, own: &str) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let refused = || {
        Problem::new(403, "cross-site", "a change by session must come from this host's own pages (header `Origin`)")
    };
    let origin = text(header::ORIGIN).ok_or_else(refused)?;
    let host = origin.split_once("://").map(|(_, host)| host);
    if origin == own || (host.is_some() && host == text(header::HOST)) { Ok(()) } else { Err(refused()) }
}

/// The caller behind an API token or a write key that did not come in a header
/// (some clients put it into the body).
///
/// # Errors
/// 401 when there is no such token, or it is revoked or expired.
pub async fn caller_of_token(store: &Store, clock: &SharedClock, secret: &str) -> Result<Caller, Problem> {
    let owner = token_owner(store, clock, secret).await?;
    Ok(caller_of(&owner, Locale::default()))
}

async fn token_owner(store: &Store, clock: &SharedClock, secret: &str) -> Result<TokenOwner, Problem> {
    if !secret.starts_with(TOKEN_PREFIX) || secret.len() > secret::SECRET_CHARS_MAX {
        return Err(Problem::unauthenticated());
    }
    let mut conn = store.read(Scope::Host).await?;
    let owner = token_by_hash(&mut conn, &secret::hash(secret)).await?.ok_or_else(Problem::unauthenticated)?;
    let now = clock.now_us();
    if owner.revoked_at.is_some() || owner.expires_at.is_some_and(|end| end <= now) {
        return Err(Problem::new(401, "unauthenticated", "this token was revoked or has expired: make another one"));
    }
    Ok(owner)
}

fn caller_of(owner: &TokenOwner, locale: Locale) -> Caller {
    let grants = grant(&owner.role, &owner.unit_path, owner.unit_parent.is_none());
    Caller::new(WorkspaceId(owner.workspace), Actor::Token(owner.id), grants.into_iter().collect(), locale)
}

/// `Bearer <token>`, or `Basic <key>:` as Segment's clients send a write key.
fn token_of(credentials: &str) -> Option<String> {
    let (scheme, rest) = credentials.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(rest.trim().to_owned()),
        "basic" => {
            let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
            let (key, password) = text.split_once(':')?;
            (password.is_empty() && key.starts_with(secret::WRITE_PREFIX)).then(|| key.to_owned())
        }
        _ => None,
    }
}

/// The session token of a request's cookies.
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, value)| value)
        .filter(|value| value.len() <= secret::SECRET_CHARS_MAX)
}

fn locale_of(owner: &SessionOwner) -> Locale {
    owner.locale.parse().unwrap_or_default()
}

/// `https://host:port` of a URL.
pub(crate) fn origin_of(url: &str) -> &str {
    let begin = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(begin..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| begin + at);
    url.get(..end).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_as_clients_send_them() {
        let basic = format!("Basic {}", STANDARD.encode("rialto_write_abc:"));
        assert_eq!(token_of(&basic).as_deref(), Some("rialto_write_abc"));
        assert_eq!(token_of("bearer rialto_api_x").as_deref(), Some("rialto_api_x"));
        let admin = format!("Basic {}", STANDARD.encode("rialto_admin_abc:"));
        assert_eq!(token_of(&admin), None, "only write keys travel as Basic");
        assert_eq!(token_of("Digest x"), None);
        assert_eq!(origin_of("https://m.example.com:8443/a/b"), "https://m.example.com:8443");
    }
}
