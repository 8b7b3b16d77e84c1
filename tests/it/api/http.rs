//! The house answers every door the same way: problems that name the field,
//! idempotency keys, bounds, headers, languages.

use reqwest::{Method, StatusCode, header};
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

fn unit(code: &str) -> Value {
    json!({ "kind": "store", "code": code, "name": "Store" })
}

async fn keyed(http: &TestClient, key: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    answer(http.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

/// What comes back for bytes that no HTTP library would send.
async fn raw(http: &TestClient, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(http.base().trim_start_matches("http://")).await.unwrap();
    // The host may hang up before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

both! {
    async fn the_same_key_gets_the_same_answer(host: TestHost) {
        let http = host.http().await;
        let first = keyed(&http, "k1", "/units", &unit("a")).await;
        assert_eq!(first.0, StatusCode::CREATED);
        let again = keyed(&http, "k1", "/units", &unit("a")).await;
        assert_eq!(first, again, "done once, answered twice");
        let (status, problem) = keyed(&http, "k1", "/units", &unit("b")).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("idempotency-mismatch")));
        assert_eq!(keyed(&http, "k1", "/tokens", &unit("a")).await.1["code"], "idempotency-mismatch");
        // A refusal is an answer too; a secret comes back the same.
        assert_eq!(keyed(&http, "k2", "/units", &unit("a")).await.0, StatusCode::CONFLICT);
        assert_eq!(keyed(&http, "k2", "/units", &unit("a")).await.0, StatusCode::CONFLICT);
        let token = json!({ "kind": "write", "name": "x" });
        let (first, again) = (keyed(&http, "k3", "/tokens", &token).await, keyed(&http, "k3", "/tokens", &token).await);
        assert_eq!(first, again);
        assert_eq!(http.get("/tokens").await.1["items"].as_array().unwrap().len(), 2, "the test's own and this one");
        // Another caller's keys are its own.
        let other = http.with_token(first.1["secret"].as_str().map(str::to_owned));
        assert_eq!(keyed(&other, "k1", "/units", &unit("a")).await.0, StatusCode::FORBIDDEN);
        for bad in ["", "a b", &"x".repeat(256)] {
            assert_eq!(keyed(&http, bad, "/units", &unit("z")).await.1["errors"][0]["field"], "Idempotency-Key");
        }
        host.clock().advance_seconds(27 * 3_600);
        assert_eq!(keyed(&http, "k1", "/units", &unit("c")).await.0, StatusCode::CREATED, "a day later it is a new key");
    }

    async fn of_many_at_once_one_does_the_work(host: TestHost) {
        let http = host.http().await;
        let body = json!({ "kind": "write", "name": "once" });
        let calls = (0..16).map(|_| {
            let (http, body) = (http.clone(), body.clone());
            tokio::spawn(async move { keyed(&http, "same", "/tokens", &body).await })
        });
        let mut made = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            let (status, answer) = call.await.unwrap();
            match status {
                StatusCode::CREATED => made.push(answer),
                status => assert_eq!((status, answer["code"].as_str()), (StatusCode::CONFLICT, Some("idempotency-busy"))),
            }
        }
        assert!(!made.is_empty());
        assert!(made.iter().all(|answer| answer == &made[0]));
        assert_eq!(http.get("/tokens").await.1["items"].as_array().unwrap().len(), 2);
    }

    async fn what_cannot_be_read_is_told_by_field(host: TestHost) {
        let http = host.http().await;
        let send = async |body: &str, kind: &str| {
            let request = http.request(Method::POST, "/units").header(header::CONTENT_TYPE, kind).body(body.to_owned());
            let (status, problem) = answer(request).await;
            (status.as_u16(), problem["errors"][0]["field"].as_str().unwrap_or("").to_owned(), problem)
        };
        let field = async |body: &str| {
            let (status, field, problem) = send(body, "application/json").await;
            assert_eq!(problem["status"], status, "{problem}");
            (status, field)
        };
        let at = |status: u16, field: &str| (status, field.to_owned());
        assert_eq!(field("{").await, at(400, ""));
        assert_eq!(field("{} {}").await, at(422, "kind"));
        assert_eq!(field(r#"{"kind":"store","code":"a","name":"n","x":1}"#).await, at(422, "x"));
        assert_eq!(field(r#"{"kind":"store","code":"a","name":7}"#).await, at(422, "name"));
        assert_eq!(field(r#"{"kind":"store","code":"a","name":"a\u0000b"}"#).await, at(422, "name"));
        assert_eq!(field(r#"{"kind":"planet","code":"a","name":"n"}"#).await, at(422, "kind"));
        assert_eq!(field(r#"{"kind":"store","code":"a","name":"n","parent":"x"}"#).await, at(422, "parent"));
        assert_eq!(field("\u{feff}{}").await.0, 400);
        assert_eq!(field(&"[".repeat(500_000)).await.0, 422);
        assert_eq!(field("1e400").await.0, 400);
        assert_eq!(send("{}", "text/plain").await.0, 415);
        assert_eq!(send("a=b", "application/x-www-form-urlencoded").await.0, 415);
        let large = format!(r#"{{"kind":"store","code":"a","name":"{}"}}"#, "x".repeat(3 << 20));
        assert_eq!(send(&large, "application/json").await.0, 413);
        for (path, wanted) in [
            ("/units?limit=0", "limit"), ("/units?limit=x", "limit"), ("/units?colour=red", "colour"),
            ("/units?cursor=!!", "cursor"), ("/audit?from=yesterday", "from"), ("/jobs?state=odd", "state"),
        ] {
            let (status, problem) = http.get(path).await;
            assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some(wanted)), "{path}: {problem}");
        }
    }

    async fn a_change_does_not_run_over_anothers(host: TestHost) {
        let http = host.http().await;
        let (_, made) = http.post("/units", &unit("a")).await;
        let at = format!("/units/{}", made["id"].as_str().unwrap());
        let change = |version: &str, name: &str| {
            http.request(Method::PATCH, &at).header(header::IF_MATCH, version).json(&json!({ "name": name }))
        };
        let response = change("\"1\"", "b").send().await.unwrap();
        assert_eq!((response.status(), response.headers()[header::ETAG].to_str().unwrap()), (StatusCode::OK, "\"2\""));
        let (status, problem) = answer(change("\"1\"", "c")).await;
        assert_eq!((status, problem["version"].as_i64()), (StatusCode::PRECONDITION_FAILED, Some(2)));
        assert_eq!(answer(change("*", "d")).await.0, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_has_one_form_and_every_answer_its_headers() {
    let host = TestHost::sqlite().await;
    let http = host.http().await;
    for (method, path, status) in [
        (Method::PUT, "/units", 405),
        (Method::GET, "/no-such-thing", 404),
        (Method::GET, "/units/not-an-id", 404),
        (Method::DELETE, "/healthz", 405),
    ] {
        let response = http.request(method.clone(), path).header("accept-language", "zh-CN").send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
        let headers = response.headers().clone();
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
        assert_eq!(headers.contains_key(header::ALLOW), status == 405, "{path}");
        for name in ["x-content-type-options", "content-security-policy", "referrer-policy", "x-request-id"] {
            assert!(headers.contains_key(name), "{path}: {name}");
        }
        let problem: Value = response.json().await.unwrap();
        assert!(["未找到", "请求方法不被允许"].contains(&problem["title"].as_str().unwrap()), "{problem}");
    }
    let (status, text) = http.with_token(None).text("/healthz").await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "ok\n"));
    let (status, ready) = http.with_token(None).get("/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "no worker runs here: {ready}");
    assert_eq!((&ready["database"], &ready["migrations"]), (&json!(true), &json!(true)));
    let (_, metrics) = http.with_token(None).text("/metrics").await;
    assert!(metrics.contains("rialto_http_requests_total"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_compressed_for_who_asks() {
    let host = TestHost::sqlite().await;
    let http = host.http().await;
    let get = |path: &str| http.request(Method::GET, path).header(header::ACCEPT_ENCODING, "gzip");
    let large = get("/api/v1/openapi.json").send().await.unwrap();
    // A client that unpacks by itself takes the header off again.
    let length = large.headers().get(header::CONTENT_LENGTH).cloned();
    let unpacked = large.bytes().await.unwrap().len();
    assert!(length.is_none_or(|length| length.to_str().unwrap().parse::<usize>().unwrap() < unpacked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_can_draw_out_is_bounded() {
    let host = TestHost::sqlite().await;
    let http = host.http().await;
    let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    let answer = raw(&http, format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let long = "x".repeat(200_000);
    let answer = raw(&http, format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n").as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = raw(&http, b"NONSENSE\r\n\r\n").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    // A body that says it is huge is refused before it is read.
    let head = "POST /api/v1/units HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let token = host.token(host.workspace(), rialto_identity::TokenKind::Admin, None).await;
    let huge = format!("{head}authorization: Bearer {token}\r\ncontent-length: 10737418240\r\n\r\n{{");
    let answer = raw(&http, huge.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(http.get("/me").await.0, StatusCode::OK, "and the host goes on");
}
