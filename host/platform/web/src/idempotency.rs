//! `Idempotency-Key` on POST: the same key with the same body gets the same
//! answer for at least a day, without the work being done again.
//!
//! The key is claimed before the work begins and the answer is kept sealed
//! (it may hold a token that is shown once). When the host dies in between, the
//! key says so ever after: it never lets the work be done twice in silence.

use crate::{
    ApiError, Authenticate,
    layers::{BODY_TIME_MAX, body_timeout},
    sql::{Answered, KeyOf, idempotency_claim, idempotency_purge, idempotency_release, idempotency_settle},
};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use rialto_kernel::{Id, Keys, Problem, Purpose, SharedClock, SharedRandom, WorkspaceId};
use rialto_store::{Store, StoreError};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

/// The largest body, asked or answered, that a key may cover. Larger uploads
/// resume by their content and need no key.
pub const IDEMPOTENT_BYTES_MAX: usize = 8 << 20;
/// The longest key.
pub const KEY_CHARS_MAX: usize = 255;
/// How long an answer is kept: a day and some, in microseconds.
const KEPT_US: i64 = 26 * 3_600 * 1_000_000;
/// How often a workspace's old keys are swept.
const SWEEP_US: i64 = 600 * 1_000_000;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Keeps the answers.
#[derive(Clone)]
pub struct Idempotency {
    store: Store,
    clock: SharedClock,
    random: SharedRandom,
    keys: Keys,
    authenticate: Arc<dyn Authenticate>,
    busy: Arc<Mutex<HashSet<KeyOf>>>,
    swept: Arc<Mutex<HashMap<WorkspaceId, i64>>>,
}

impl std::fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Idempotency")
    }
}

impl Idempotency {
    /// Answers kept in this store, sealed under these keys.
    #[must_use]
    pub fn new(
        store: Store,
        clock: SharedClock,
        random: SharedRandom,
        keys: Keys,
        authenticate: Arc<dyn Authenticate>,
    ) -> Self {
        Self { store, clock, random, keys, authenticate, busy: Arc::default(), swept: Arc::default() }
    }
}

/// The layer: use with `axum::middleware::from_fn_with_state`.
pub async fn idempotent(State(gate): State<Idempotency>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    match gate.handle(request, next).await {
        Ok(response) => response,
        Err(problem) => ApiError(problem).into_response(),
    }
}

impl Idempotency {
    async fn handle(self, request: Request, next: Next) -> Result<Response, Problem> {
        let key = key_of(request.headers())?;
        if request.body().size_hint().lower() > IDEMPOTENT_BYTES_MAX as u64 {
            return Err(Problem::too_large("idempotent-body-bytes", IDEMPOTENT_BYTES_MAX as u64));
        }
        let Ok(caller) = self.authenticate.authenticate(request.method(), request.headers()).await else {
            // The handler refuses in its own words, or is one that anybody may call.
            return Ok(next.run(request).await);
        };
        let of = KeyOf { workspace: caller.workspace, actor: caller.actor.to_string(), key };
        let (mut parts, body) = request.into_parts();
        let body = read(body).await?;
        let hash = request_hash(&parts, &body);
        parts.extensions.insert(caller);
        let Some(_busy) = Busy::enter(&self.busy, &of) else { return Err(busy()) };
        if let Some(known) = self.claim(&of, &hash).await? {
            return self.replay(&of, &hash, known);
        }
        let request = Request::from_parts(parts, Body::from(body));
        // In a task of its own: a client who goes away leaves nothing half done.
        let work = tokio::spawn(async move {
            let response = next.run(request).await;
            let response = self.settle(&of, response).await;
            drop(_busy);
            response
        });
        work.await.map_err(|_| Problem::internal("the request failed; the log says more"))?
    }

    async fn claim(&self, of: &KeyOf, hash: &[u8]) -> Result<Option<Answered>, Problem> {
        let now = self.clock.now_us();
        let sweep = self.sweep_is_due(of.workspace, now);
        let (of, hash) = (of.clone(), hash.to_vec());
        let claimed = self.store.write(of.workspace, "idempotency.claim", move |conn| {
            Box::pin(async move {
                if sweep {
                    idempotency_purge(conn, of.workspace, now - KEPT_US).await?;
                }
                idempotency_claim(conn, &of, &hash, now, now - KEPT_US).await
            })
        });
        Ok(claimed.await.map_err(|error: StoreError| error)?)
    }

    fn sweep_is_due(&self, workspace: WorkspaceId, now: i64) -> bool {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let last = swept.entry(workspace).or_insert(i64::MIN);
        let due = now.saturating_sub(*last) > SWEEP_US;
        if due {
            *last = now;
        }
        due
    }

    /// The answer that was given before.
    fn replay(&self, of: &KeyOf, hash: &[u8], known: Answered) -> Result<Response, Problem> {
        if known.request_hash != hash {
            return Err(Problem::new(
                422,
                "idempotency-mismatch",
                "this Idempotency-Key was used for another request; make a new key for a new request",
            )
            .at("Idempotency-Key", "belongs to another request"));
        }
        if known.status == 0 {
            return Err(Problem::conflict(
                "idempotency-unknown",
                "the host stopped while it worked on this key, or another host is at it: \
                 look whether it happened before you send it under a new key",
            ));
        }
        let body = self.keys.open(Purpose::Secret, &context(of), &known.body)?;
        let status = u16::try_from(known.status).ok().and_then(|code| StatusCode::from_u16(code).ok());
        let mut response = (status.unwrap_or(StatusCode::OK), body.to_vec()).into_response();
        let kind = known.content_type.and_then(|text| HeaderValue::from_str(&text).ok());
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }

    /// Keep the answer, or give the key free when nothing happened.
    async fn settle(&self, of: &KeyOf, response: Response) -> Result<Response, Problem> {
        let status = response.status();
        if status.is_server_error() || matches!(status.as_u16(), 401 | 403 | 408 | 413 | 429) {
            let claimed = of.clone();
            let release = self.store.write(of.workspace, "idempotency.release", move |conn| {
                Box::pin(async move { idempotency_release(conn, &claimed).await })
            });
            release.await.map_err(|error: StoreError| error)?;
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = collect(body, "idempotent-answer-bytes").await?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let sealed = self.keys.seal(Purpose::Secret, &context(of), &body, self.random.as_ref())?;
        let (claimed, code) = (of.clone(), status.as_u16());
        let keep = self.store.write(of.workspace, "idempotency.settle", move |conn| {
            Box::pin(async move { idempotency_settle(conn, &claimed, code, kind, sealed).await })
        });
        keep.await.map_err(|error: StoreError| error)?;
        Ok(Response::from_parts(parts, Body::from(body)))
    }
}

/// Marks a key as being worked on in this process, until dropped.
struct Busy {
    all: Arc<Mutex<HashSet<KeyOf>>>,
    of: KeyOf,
}

impl Busy {
    fn enter(all: &Arc<Mutex<HashSet<KeyOf>>>, of: &KeyOf) -> Option<Self> {
        let fresh = all.lock().unwrap_or_else(PoisonError::into_inner).insert(of.clone());
        fresh.then(|| Self { all: Arc::clone(all), of: of.clone() })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.of);
    }
}

fn busy() -> Problem {
    let mut problem = Problem::conflict("idempotency-busy", "a request with this Idempotency-Key is being worked on");
    problem.retry_after_s = Some(1);
    problem
}

fn key_of(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(KEY).and_then(|value| value.to_str().ok()).unwrap_or("").trim();
    if key.is_empty() || key.len() > KEY_CHARS_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::invalid(
            "Idempotency-Key",
            format!("use 1 to {KEY_CHARS_MAX} visible ASCII characters, such as a UUID"),
        ));
    }
    Ok(key.to_owned())
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY_TIME_MAX, collect(body, "idempotent-body-bytes")).await {
        Ok(body) => body,
        Err(_) => Err(body_timeout()),
    }
}

async fn collect(body: Body, limit: &str) -> Result<Bytes, Problem> {
    match Limited::new(body, IDEMPOTENT_BYTES_MAX).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(cause) if cause.is::<LengthLimitError>() => Err(Problem::too_large(limit, IDEMPOTENT_BYTES_MAX as u64)),
        Err(_) => Err(Problem::malformed("the body could not be read to its end")),
    }
}

/// What makes two requests the same: address, kind of content, content.
fn request_hash(parts: &Parts, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    let kind = parts.headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    for part in [address.as_bytes(), kind, body] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

pub(crate) fn context(of: &KeyOf) -> Vec<u8> {
    Keys::context(of.workspace, Id::nil(), &format!("idempotency/{}/{}", of.actor, of.key))
}
