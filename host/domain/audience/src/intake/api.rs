//! The addresses that tracking clients call. They authenticate by a write key:
//! as user name (Basic), as Bearer token, or in the body.

use super::{
    accept::{Accepted, accept},
    message::{self, Call, Envelope, Message},
    profiles::Profiles,
    time,
};
use crate::limits::INTAKE_REQUESTS_MAX;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use flate2::read::GzDecoder;
use rialto_identity::{INTAKE_PERMISSION, caller_of_token};
use rialto_jobs::Consumer as _;
use rialto_kernel::{Problem, problem::FieldError};
use rialto_slice::Host;
use rialto_web::{ApiError, ApiResult, Authenticate, Caller, Json, Path};
use serde_json::{Value, json};
use std::{io::Read as _, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use tower_http::cors::{Any, CorsLayer};

/// Refused messages that an answer describes; more are only counted.
const REFUSED_SHOWN_MAX: usize = 100;

/// The routes of the tracking spec, long and short.
pub(crate) fn routes() -> Router<Host> {
    let mut router = Router::new()
        .route("/v1/batch", post(batch))
        .route("/v1/import", post(batch))
        .route("/v1/projects/{key}/settings", get(settings));
    let calls = [
        (["/v1/track", "/v1/t"], Call::Track),
        (["/v1/identify", "/v1/i"], Call::Identify),
        (["/v1/page", "/v1/p"], Call::Page),
        (["/v1/screen", "/v1/s"], Call::Screen),
        (["/v1/group", "/v1/g"], Call::Group),
        (["/v1/alias", "/v1/a"], Call::Alias),
    ];
    for (paths, call) in calls {
        for path in paths {
            let one = move |host: State<Host>, request: Request| async move { intake(host, request, Some(call)).await };
            router = router.route(path, post(one));
        }
    }
    router.layer(
        CorsLayer::new()
            .allow_origin(Any)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(Any)
            .max_age(Duration::from_secs(86_400)),
    )
}

async fn batch(host: State<Host>, request: Request) -> ApiResult<Response> {
    intake(host, request, None).await
}

/// Requests that a host works on at once.
struct Room(Semaphore);

impl Default for Room {
    fn default() -> Self {
        Self(Semaphore::new(INTAKE_REQUESTS_MAX))
    }
}

async fn intake(State(host): State<Host>, request: Request, call: Option<Call>) -> ApiResult<Response> {
    let room = host.slot::<Room>();
    let _place = room.0.try_acquire().map_err(|_| busy())?;
    let (parts, body) = request.into_parts();
    let wait = parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "wait=applied"));
    let early = match parts.headers.contains_key(header::AUTHORIZATION) {
        true => Some(caller(&host, &parts.headers).await?),
        false => None,
    };
    let bytes = body_of(&host, &parts.headers, body).await?;
    let document: Value = rialto_web::parse_json(&bytes)?;
    let caller = match early {
        Some(caller) => caller,
        None => caller_of_body(&host, &document).await?,
    };
    caller.require(INTAKE_PERMISSION)?;
    let now = host.now_us();
    let (messages, refused) = messages(&host, &document, call, now)?;
    let accepted = accept(&host, caller.workspace, messages, now).await?;
    if let (true, Some(left)) = (wait, &accepted.left) {
        Profiles::new(host.clone()).take(left).await?;
    }
    Ok(answer(&accepted, refused))
}

fn busy() -> Problem {
    let detail = format!("over the limit `intake-requests` of {INTAKE_REQUESTS_MAX} at once; send it again soon");
    let mut problem = Problem::new(429, "busy", detail);
    problem.retry_after_s = Some(1);
    problem
}

async fn caller(host: &Host, headers: &HeaderMap) -> Result<Caller, Problem> {
    let door: Arc<dyn Authenticate> = axum::extract::FromRef::from_ref(host);
    door.authenticate(&Method::POST, headers).await
}

async fn caller_of_body(host: &Host, document: &Value) -> Result<Caller, Problem> {
    match document.get("writeKey").and_then(Value::as_str) {
        Some(key) => caller_of_token(&host.store, &host.clock, key).await,
        None => {
            Err(Problem::new(401, "unauthenticated", "send the write key as the user name of Basic authentication"))
        }
    }
}

/// The body's bytes, unpacked, within the bound both before and after.
async fn body_of(host: &Host, headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let max = host.limits.intake_bytes_max;
    let too_large = || Problem::too_large("intake-bytes", max as u64);
    let raw = axum::body::to_bytes(body, max).await.map_err(|_| too_large())?;
    let encoding = headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(raw),
        "gzip" | "x-gzip" => {
            let mut plain = Vec::with_capacity(raw.len().saturating_mul(4).min(max));
            let read = GzDecoder::new(raw.as_ref()).take(max as u64 + 1).read_to_end(&mut plain);
            read.map_err(|_| Problem::malformed("the body is not whole gzip"))?;
            if plain.len() > max { Err(too_large()) } else { Ok(plain.into()) }
        }
        _ => Err(Problem::new(415, "unsupported-encoding", "send the body as it is, or packed with gzip")),
    }
}

/// A message that cannot be kept, by its place in the batch.
#[derive(Debug)]
struct Refused {
    index: usize,
    errors: Vec<FieldError>,
}

fn messages(
    host: &Host,
    document: &Value,
    call: Option<Call>,
    now: i64,
) -> Result<(Vec<Message>, Vec<Refused>), Problem> {
    let max = host.limits.intake_events_max;
    let one = [document.clone()];
    let items: &[Value] = match (document.get("batch"), call) {
        (Some(Value::Array(items)), None) => items,
        (_, Some(_)) => &one,
        _ => {
            return Err(
                Problem::new(400, "malformed", "/batch: must be a list of messages").at("/batch", "must be a list")
            );
        }
    };
    if items.len() > max {
        return Err(Problem::too_large("intake-events", max as u64));
    }
    let envelope = Envelope {
        sent_at: document.get("sentAt").and_then(time::read),
        received_at: now,
        context: document.get("context").and_then(Value::as_object),
    };
    let (mut good, mut refused) = (Vec::with_capacity(items.len()), Vec::new());
    for (index, item) in items.iter().enumerate() {
        match message::read(item, call, envelope) {
            Ok(message) => good.push(message),
            Err(errors) => refused.push(Refused { index, errors }),
        }
    }
    if good.is_empty() && !refused.is_empty() {
        return Err(all_refused(refused, call.is_some()));
    }
    Ok((good, refused))
}

fn all_refused(refused: Vec<Refused>, single: bool) -> Problem {
    let mut problem = Problem::new(400, "no-message-is-good", "no message of this request can be kept");
    for one in refused.into_iter().take(REFUSED_SHOWN_MAX) {
        let place = if single { String::new() } else { format!("/batch/{}", one.index) };
        for error in one.errors {
            problem = problem.at(&format!("{place}{}", error.field), error.message);
        }
    }
    problem
}

fn answer(accepted: &Accepted, refused: Vec<Refused>) -> Response {
    let mut document = json!({"success": true, "stored": accepted.stored, "duplicates": accepted.duplicates});
    if !refused.is_empty() {
        document["refused_count"] = json!(refused.len());
        document["refused"] = refused
            .into_iter()
            .take(REFUSED_SHOWN_MAX)
            .map(|one| json!({"index": one.index, "errors": one.errors}))
            .collect();
    }
    Json(document).into_response()
}

/// What the browser client asks for before it sends anything.
async fn settings(State(host): State<Host>, Path(key): Path<String>) -> ApiResult<Response> {
    let known = caller_of_token(&host.store, &host.clock, &key).await;
    let caller =
        known.map_err(|problem| if problem.status == 401 { Problem::not_found("write key") } else { problem })?;
    caller.require(INTAKE_PERMISSION)?;
    let (protocol, place) = host.public_url.split_once("://").unwrap_or(("https", &host.public_url));
    let document = json!({
        "integrations": {"Segment.io": {
            "apiKey": key, "apiHost": format!("{place}/v1"), "protocol": protocol, "unbundledIntegrations": [],
            "addBundledMetadata": true, "maybeBundledConfigIds": {}, "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
        }},
        "plan": {"track": {"__default": {"enabled": true, "integrations": {}}}, "identify": {"__default": {"enabled": true}}, "group": {"__default": {"enabled": true}}},
        "edgeFunction": {}, "analyticsNextEnabled": true, "middlewareSettings": {}, "enabledMiddleware": {},
        "metrics": {"sampleRate": 0}, "legacyVideoPluginsEnabled": false, "remotePlugins": [],
    });
    let age = [(header::CACHE_CONTROL, "public, max-age=60")];
    Ok::<Response, ApiError>((StatusCode::OK, age, Json(document)).into_response())
}
