//! `GET /o/{token}.gif`, `GET /c/{token}`, `GET` and `POST /u/{token}`; and the
//! list of all public routes.

use super::{
    page::Says,
    preferences,
    reply::{away, erased, refused, told, unknown},
    token::{self, Named, Use},
    view,
};
use crate::{
    Error,
    fan_out::problem,
    sql::{self, SendBrief},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State, rejection::StringRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rialto_audience::{ConsentState, NewConsent, NewEvent, consent_set, person_held, record_events};
use rialto_slice::Host;

/// Bytes of an unsubscribe form.
const FORM_BYTES_MAX: usize = 4 * 1024;
/// Characters of a user agent that are kept.
const AGENT_CHARS_MAX: usize = 200;
/// Opens and clicks of one send within this time count once.
const SAME_US: i64 = 60 * 1_000_000;
/// A transparent GIF of one pixel.
const PIXEL: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x21, 0xf9, 4, 1, 0, 0, 0, 0, 0x2c,
    0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
];
/// Fetchers that open and click without a person behind them. Image proxies of
/// mailbox providers are not among them: they fetch when the person looks.
const MACHINES: &[&str] = &[
    "bot",
    "crawler",
    "spider",
    "barracuda",
    "proofpoint",
    "mimecast",
    "safelinks",
    "symantec",
    "preview",
    "curl/",
    "wget/",
    "python-requests",
    "go-http-client",
    "headless",
    "monitor",
    "scanner",
];

/// The public routes.
pub(crate) fn routes() -> Router<Host> {
    Router::new()
        .route("/o/{token}", get(open))
        .route("/c/{token}", get(click))
        .route("/u/{token}", get(ask).post(leave))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .route(
            "/p/{token}",
            get(preferences::show).post(preferences::save).layer(DefaultBodyLimit::max(preferences::FORM_BYTES_MAX)),
        )
        .route("/v/{token}", get(view::show))
}

/// The pixel comes whatever the token is: a mail client shows nothing else.
async fn open(State(host): State<Host>, method: Method, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let token = token.strip_suffix(".gif").unwrap_or(&token);
    let Some(named) = token::read(&host.keys, Use::Open, token) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if method == Method::GET
        && let Err(cause) = record(&host, named, "open", &headers, None).await
    {
        tracing::warn!(send = %named.send, %cause, "an open was not recorded");
    }
    let kept = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/gif")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store, private, max-age=0")),
    ];
    (kept, PIXEL).into_response()
}

/// The destination is looked up, never taken from the link.
async fn click(State(host): State<Host>, method: Method, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let Some(named) = token::read(&host.keys, Use::Click, &token) else {
        return unknown(&headers);
    };
    let url = match destination(&host, named).await {
        Ok(Some(url)) => url,
        Ok(None) => return unknown(&headers),
        Err(cause) => return away(&headers, &cause),
    };
    if method == Method::GET
        && let Err(cause) = record(&host, named, "click", &headers, Some(&url)).await
    {
        // The person goes on all the same.
        tracing::warn!(send = %named.send, %cause, "a click was not recorded");
    }
    let Ok(location) = HeaderValue::from_str(&url) else { return unknown(&headers) };
    let kept = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::FOUND, kept).into_response()
}

/// Shows the page and changes nothing: scanners follow every link.
async fn ask(State(host): State<Host>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    match token::read(&host.keys, Use::Unsubscribe, &token) {
        Some(named) => told(&headers, StatusCode::OK, Says::Asks(&choose(&host, named))),
        None => unknown(&headers),
    }
}

/// One-click (RFC 8058) and the page's own button alike.
async fn leave(
    State(host): State<Host>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Result<String, StringRejection>,
) -> Response {
    let Some(named) = token::read(&host.keys, Use::Unsubscribe, &token) else {
        return unknown(&headers);
    };
    let body = match body {
        Ok(body) => body,
        Err(cause) => return refused(&headers, cause.status()),
    };
    // As a form or as multipart, both of which RFC 8058 allows.
    let one_click = body.contains("List-Unsubscribe") && body.contains("One-Click");
    if !one_click && !body.contains("confirm=1") {
        return told(&headers, StatusCode::UNPROCESSABLE_ENTITY, Says::Asks(&choose(&host, named)));
    }
    match withdraw(&host, named, one_click, &headers).await {
        Ok(true) => told(&headers, StatusCode::OK, Says::Done(&choose(&host, named))),
        Ok(false) => erased(&headers),
        Err(cause) => away(&headers, &cause),
    }
}

/// The way to the preference centre, from a page beside it.
fn choose(host: &Host, named: Named) -> String {
    format!("../p/{}", token::write(&host.keys, Use::Preferences, named))
}

async fn destination(host: &Host, named: Named) -> Result<Option<String>, Error> {
    let mut conn = host.store.read(named.workspace).await?;
    let Some(send) = sql::send_brief(&mut conn, named.workspace, named.send).await? else { return Ok(None) };
    Ok(sql::link_find(&mut conn, named.workspace, send.occurrence, i64::from(named.link)).await?)
}

/// Record an open or a click once a minute at most.
async fn record(
    host: &Host,
    named: Named,
    kind: &'static str,
    headers: &HeaderMap,
    url: Option<&str>,
) -> Result<(), Error> {
    let now_us = host.now_us();
    let (ids, ws) = (host.ids().clone(), named.workspace);
    let agent = agent(headers);
    let url = url.map(str::to_owned);
    host.store
        .write(ws, "delivery.track", move |conn| {
            Box::pin(async move {
                let Some(send) = sql::send_brief(conn, ws, named.send).await? else { return Ok(()) };
                // An old link leaves no new trace of somebody who was erased.
                if !person_held(conn, ws, send.contact).await.map_err(problem)? {
                    return Ok(());
                }
                let machine = is_machine(&agent);
                let kind = if machine && kind == "open" { "machine_open" } else { kind };
                let mut event = event(&send, kind, conn.now_or(now_us));
                event.message_id = Some(format!("{kind}/{}/{}/{}", send.id, named.link, now_us / SAME_US));
                event.properties.insert("machine".to_owned(), machine.into());
                event.properties.insert("user_agent".to_owned(), agent.into());
                if let Some(url) = url {
                    event.properties.insert("url".to_owned(), url.into());
                    event.properties.insert("link".to_owned(), named.link.into());
                }
                record_events(conn, &ids, now_us, ws, vec![event]).await.map_err(problem)?;
                Ok(())
            })
        })
        .await
}

/// Take the consent back and say so in the stream, together; false when nothing
/// is held of the person: then nothing is written of them either.
async fn withdraw(host: &Host, named: Named, one_click: bool, headers: &HeaderMap) -> Result<bool, Error> {
    let now_us = host.now_us();
    let (ids, ws, agent) = (host.ids().clone(), named.workspace, agent(headers));
    host.store
        .write(ws, "delivery.unsubscribe", move |conn| {
            Box::pin(async move {
                let Some(send) = sql::send_brief(conn, ws, named.send).await? else { return Ok(false) };
                if !person_held(conn, ws, send.contact).await.map_err(problem)? {
                    return Ok(false);
                }
                let way = if one_click { "one-click" } else { "page" };
                let consent = NewConsent {
                    id: ids.make(),
                    contact: send.contact,
                    channel: send.channel.clone(),
                    topic: send.topic.clone(),
                    state: ConsentState::Withdrawn,
                    source: "unsubscribe-link".to_owned(),
                    proof: serde_json::json!({ "send": send.id, "way": way, "user_agent": agent }).to_string(),
                    actor: "contact".to_owned(),
                    at: conn.now_or(now_us),
                };
                consent_set(conn, ws, consent).await.map_err(problem)?;
                let mut event = event(&send, "unsubscribe", conn.now_or(now_us));
                event.message_id = Some(format!("unsubscribe/{}", send.id));
                event.properties.insert("way".to_owned(), way.into());
                record_events(conn, &ids, now_us, ws, vec![event]).await.map_err(problem)?;
                Ok(true)
            })
        })
        .await
}

/// An event of this send.
pub(crate) fn event(send: &SendBrief, kind: &str, now_us: i64) -> NewEvent {
    NewEvent {
        message_id: None,
        at: now_us,
        kind: kind.to_owned(),
        name: kind.to_owned(),
        contact: Some(send.contact),
        channel: Some(send.channel.clone()),
        campaign: send.campaign,
        send: Some(send.id),
        source: "delivery".to_owned(),
        value: None,
        properties: serde_json::Map::new(),
    }
}

/// What the reader's program calls itself.
pub(super) fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    text.chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX).collect()
}

/// A hint only: some people's clients look like machines, and some machines
/// like people.
fn is_machine(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    agent.is_empty() || MACHINES.iter().any(|word| agent.contains(word)) || agent == "mozilla/5.0"
}

#[cfg(test)]
mod tests {
    use super::is_machine;

    #[test]
    fn proxies_and_scanners_are_hinted_at() {
        assert!(is_machine("Barracuda Sentinel (EE)") && is_machine("curl/8.5.0"));
        assert!(!is_machine(
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
        ));
        assert!(is_machine("") && is_machine("Mozilla/5.0"));
        assert!(!is_machine(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
        ));
    }
}
