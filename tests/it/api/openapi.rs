//! The API's document: whole, well formed, and the page that shows it.

use crate::source::root;
use reqwest::StatusCode;
use rialto_testkit::TestHost;
use serde_json::Value;
use std::collections::BTreeSet;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head"];

/// Every operation of a document: method, path, operation.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                all.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
    }
    all
}

async fn document(host: &TestHost) -> Value {
    let (status, document) = host.http().await.with_token(None).get("/api/v1/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    document
}

/// What the console's types are drawn from, so that it is built without a host.
const CONSOLE_DOCUMENT: &str = "host/console/openapi.json";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_is_drawn_from_this_document() {
    let document = document(&TestHost::sqlite().await).await;
    let file = root().join(CONSOLE_DOCUMENT);
    #[allow(clippy::disallowed_methods, reason = "whoever runs the test says so")]
    if std::env::var_os("RIALTO_WRITE_TYPES").is_some() {
        std::fs::write(&file, format!("{}\n", serde_json::to_string_pretty(&document).unwrap())).unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert!(kept == document, "{CONSOLE_DOCUMENT} is not what the host answers: run `cargo xtask generate`");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_says_what_the_host_does() {
    let host = TestHost::sqlite().await;
    assert_eq!(host.app().schema_conflicts, Vec::<String>::new(), "one name, two schemas: rename one");
    let document = document(&host).await;
    assert_eq!(document["openapi"], "3.1.0");
    let (mut ids, mut mistakes) = (BTreeSet::new(), Vec::new());
    for (method, path, operation) in operations(&document) {
        let mut wrong = |what: &str| mistakes.push(format!("{method} {path}: {what}"));
        if !ids.insert(operation["operationId"].as_str().unwrap_or("").to_owned()) {
            wrong("its operationId is not its own");
        }
        if operation["tags"].as_array().is_none_or(Vec::is_empty) {
            wrong("has no tag");
        }
        if operation["summary"].as_str().is_none_or(str::is_empty) {
            wrong("has no summary");
        }
        if operation["responses"]["default"]["content"]["application/problem+json"].is_null() {
            wrong("does not say how it refuses");
        }
        let named: BTreeSet<_> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let wanted: BTreeSet<_> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        if named != wanted {
            wrong("its path parameters are not all described");
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reference_leads_somewhere() {
    let host = TestHost::sqlite().await;
    let document = document(&host).await;
    let mut dangling = BTreeSet::new();
    walk(&document, &mut |reference| {
        let pointer = reference.trim_start_matches('#');
        if document.pointer(pointer).is_none() {
            dangling.insert(reference.to_owned());
        }
    });
    assert!(dangling.is_empty(), "{dangling:?}");
}

fn walk(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(reference) if name == "$ref" => found(reference),
                    _ => walk(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_change_only_on_purpose() {
    let host = TestHost::sqlite().await;
    let mut lines: Vec<String> =
        operations(&document(&host).await).into_iter().map(|(method, path, _)| format!("{path} {method}")).collect();
    lines.sort();
    insta::assert_snapshot!("paths", lines.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_runs_its_own_scripts_only() {
    let host = TestHost::sqlite().await;
    let http = host.http().await.with_token(None);
    let response = http.request(reqwest::Method::GET, "/api/v1/docs/").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    let page = response.text().await.unwrap();
    let inline = page.split("<script").skip(1).any(|rest| !rest.split('>').next().unwrap_or("").contains("src="));
    assert!(!inline, "a script in the page itself would be refused by its own policy: {page}");
    let (status, start) = http.text("/api/v1/docs/swagger-initializer.js").await;
    assert_eq!(status, StatusCode::OK);
    assert!(start.contains("/api/v1/openapi.json"), "{start}");
}
