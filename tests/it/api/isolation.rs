//! No workspace sees another. Every address of the API's document is called
//! as nobody, and as the admin of another workspace with ids of this one.

use super::openapi::operations;
use reqwest::{Method, StatusCode};
use rialto_identity::TokenKind;
use rialto_jobs::{JobError, NewJob, enqueue};
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Stands in every name of the walled workspace; no stranger may ever read it.
const MARK: &str = "zebrafinch";

/// What is not the workspace's own, so that a stranger reads the same.
const SHARED: &[&str] = &["/api/v1/metrics", "/api/v1/import-kinds", "/api/v1/export-kinds"];

/// Things of the walled workspace, made through the API; each must be made.
fn things() -> Vec<(&'static str, Value)> {
    let name = |kind: &str| format!("{MARK} {kind}");
    vec![
        ("/units", json!({ "kind": "store", "code": MARK, "name": name("unit") })),
        ("/users", json!({ "email": format!("{MARK}@example.com"), "name": name("user") })),
        ("/tokens", json!({ "kind": "api", "role": "viewer", "name": name("token") })),
        (
            "/contacts",
            json!({ "name": name("contact"), "identities": [{ "kind": "email", "value": format!("{MARK}@example.org") }] }),
        ),
        ("/segments", json!({ "name": name("segment"), "rule": { "all": [] } })),
        ("/brands", json!({ "name": name("brand") })),
        ("/topics", json!({ "code": MARK, "name": name("topic") })),
        ("/senders", json!({ "channel": "email", "name": name("sender"), "address": format!("{MARK}@example.com") })),
        ("/creatives", json!({ "title": name("creative") })),
        ("/messages", json!({ "channel": "email", "name": name("message") })),
        ("/sales-channels", json!({ "code": MARK, "name": name("sales channel") })),
        ("/products", json!({ "sku": MARK, "name": name("product") })),
        ("/offers", json!({ "code": MARK, "name": name("offer") })),
        (
            "/orders",
            json!({ "number": MARK, "currency": "USD", "items": [{ "sku": MARK, "quantity": 1, "amount_minor": 100 }] }),
        ),
        ("/campaigns", json!({ "name": name("campaign") })),
        (
            "/conversion-definitions",
            json!({ "code": MARK, "name": name("conversion"), "rule": { "on": "event", "name": MARK, "value": "event-value" } }),
        ),
        (
            "/experiments",
            json!({ "name": name("experiment"), "scope": "campaign", "arms": [
                { "name": "treated", "share_bp": 9_000 }, { "name": "held out", "share_bp": 1_000, "held_out": true }] }),
        ),
        ("/suppressions", json!({ "channel": "email", "address": format!("{MARK}@example.net") })),
    ]
}

/// The walled workspace's ids, by the list they stand in.
async fn inhabit(host: &TestHost, http: &TestClient, document: &Value) -> BTreeMap<String, Vec<String>> {
    for (path, body) in things() {
        let (status, made) = http.post(path, &body).await;
        assert!(status.is_success(), "POST {path}: {made}");
    }
    let (workspace, id, now) = (host.workspace(), host.id(), host.host().now_us());
    let queue = host.host().store.write(workspace, "test.job", move |conn| {
        Box::pin(async move {
            enqueue(conn, id, now, NewJob::new(workspace, "zebrafinch.work", json!({ "secret": MARK }), now)).await
        })
    });
    queue.await.map_err(|error: JobError| error).unwrap();
    let mut ids = BTreeMap::new();
    for (method, path, _) in operations(document) {
        if method != "GET" || path.contains('{') {
            continue;
        }
        let (_, page) = http.get(&path).await;
        let found: Vec<String> = page["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|item| item["id"].as_str().or(item["digest"].as_str()))
            .map(str::to_owned)
            .collect();
        ids.insert(path, found);
    }
    ids
}

/// A path with its parameters filled: the first by an id of its own list where
/// there is one. Tells whether it was.
fn fill(path: &str, ids: &BTreeMap<String, Vec<String>>, fallback: &str) -> (String, bool) {
    let (mut filled, mut own) = (String::new(), false);
    for (at, part) in path.split('/').enumerate() {
        if at > 0 {
            filled.push('/');
        }
        if !part.starts_with('{') {
            filled.push_str(part);
            continue;
        }
        let list = path.split("/{").next().unwrap_or("");
        match ids.get(list).and_then(|known| known.first()) {
            Some(id) if !own => {
                own = true;
                filled.push_str(id);
            }
            _ => filled.push_str(fallback),
        }
    }
    (filled, own)
}

async fn call(http: &TestClient, method: &str, path: &str, operation: &Value) -> (StatusCode, Value) {
    let method: Method = method.parse().unwrap();
    let request = http.request(method, path);
    let takes_json = !operation["requestBody"]["content"]["application/json"].is_null();
    let takes_bytes = !operation["requestBody"].is_null() && !takes_json;
    let request = if takes_json {
        request.json(&json!({}))
    } else if takes_bytes {
        request.body("x")
    } else {
        request
    };
    let streams = !operation["responses"]["200"]["content"]["text/event-stream"].is_null();
    if streams {
        // The refusal is all that is wanted; an accepted stream would not end.
        let response = request.send().await.unwrap();
        return (response.status(), Value::Null);
    }
    answer(request).await
}

async fn document(http: &TestClient) -> Value {
    http.get("/api/v1/openapi.json").await.1
}

/// All that the walled workspace's own admin reads, to be compared.
async fn picture(http: &TestClient, document: &Value) -> BTreeMap<String, Value> {
    let mut seen = BTreeMap::new();
    for (method, path, _) in operations(document) {
        let moving = ["/api/v1/tokens", "/api/v1/me", "/api/v1/audit"].iter().any(|p| path.starts_with(p));
        if method == "GET" && !path.contains('{') && !moving {
            seen.insert(path.clone(), http.get(&path).await.1);
        }
    }
    seen
}

both! {
    async fn a_stranger_reads_and_changes_nothing(host: TestHost) {
        let http = host.http().await;
        let document = document(&http).await;
        let ids = inhabit(&host, &http, &document).await;
        let job = ids["/api/v1/jobs"].first().cloned().unwrap();
        // Later than the first, whose admin is the host's: ids of one instant have no order.
        host.clock().advance_seconds(1);
        let elsewhere = host.another_workspace("elsewhere").await;
        let stranger = http.with_token(Some(host.token(elsewhere, TokenKind::Admin, None).await));
        let before = picture(&http, &document).await;
        let empty = things().into_iter().map(|(list, _)| format!("/api/v1{list}")).filter(|list| ids[list].is_empty());
        // Suppressions are shown without an id of their own.
        let empty: Vec<String> = empty.filter(|list| !list.ends_with("/suppressions")).collect();
        assert!(empty.is_empty(), "nothing to protect in {empty:?}");
        let secret: BTreeSet<&String> = ids.values().flatten().collect();
        let mut mistakes = Vec::new();
        for (method, path, operation) in operations(&document) {
            if path.starts_with("/api/v1/sessions") {
                continue;
            }
            let (filled, own) = fill(&path, &ids, &job);
            let (status, body) = call(&stranger, &method, &filled, &operation).await;
            let shared = SHARED.iter().any(|shared| path.starts_with(shared));
            if path.contains('{') && !shared && status.is_success() {
                mistakes.push(format!("{method} {filled}: {status}, own id {own}: {body}"));
            }
            if own && method == "GET" && !matches!(status.as_u16(), 403 | 404) {
                mistakes.push(format!("{method} {filled}: {status} instead of 404"));
            }
            if status.is_server_error() {
                mistakes.push(format!("{method} {filled}: {status}: {body}"));
            }
            // A refusal may repeat the address it was given, and nothing else.
            let text = body.to_string().replace(&filled, "");
            if text.contains(MARK) || (status.is_success() && secret.iter().any(|id| text.contains(id.as_str()))) {
                mistakes.push(format!("{method} {filled} leaks: {text}"));
            }
        }
        assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
        let after = picture(&http, &document).await;
        for (path, was) in &before {
            assert_eq!(Some(was), after.get(path), "{path} was changed by a stranger");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_in_without_being_known() {
    let host = TestHost::sqlite().await;
    let http = host.http().await;
    let document = document(&http).await;
    let nobody = http.with_token(None);
    let id = host.id().to_string();
    let (mut mistakes, mut walked) = (Vec::new(), 0);
    for (method, path, operation) in operations(&document) {
        // `security: [{}]` is how the document says that anybody may call.
        let open = operation["security"].as_array().is_some_and(|any| any.iter().any(|one| one == &json!({})));
        let (filled, _) = fill(&path, &BTreeMap::new(), &id);
        let (status, body) = call(&nobody, &method, &filled, &operation).await;
        walked += 1;
        if !open && status != StatusCode::UNAUTHORIZED {
            mistakes.push(format!("{method} {filled}: {status}: {body}"));
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    assert!(walked > 30, "the document has {walked} operations only");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_key_opens_no_door_of_the_api() {
    let host = TestHost::sqlite().await;
    let http = host.http().await;
    let document = document(&http).await;
    let key = http.with_token(Some(host.token(host.workspace(), TokenKind::Write, None).await));
    let id = host.id().to_string();
    // Who one is, and what the program can do, are no secrets.
    let open = ["/api/v1/me", "/api/v1/sessions", "/api/v1/invitations"];
    let mut mistakes = Vec::new();
    for (method, path, operation) in operations(&document) {
        let (filled, _) = fill(&path, &BTreeMap::new(), &id);
        let (status, body) = call(&key, &method, &filled, &operation).await;
        if status.is_success() && !open.iter().any(|open| path.starts_with(open)) {
            mistakes.push(format!("{method} {filled}: {status}: {body}"));
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}
