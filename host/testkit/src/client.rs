//! Talks to a host over HTTP as a program would.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::sync::Once;

static TLS: Once = Once::new();

/// A client of one host with one token.
#[derive(Debug, Clone)]
pub struct TestClient {
    client: reqwest::Client,
    base: String,
    token: Option<String>,
}

fn tls() {
    TLS.call_once(|| {
        // Someone else in the process may have been first, with the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// A client of whatever is not the host.
#[must_use]
pub fn outside() -> reqwest::Client {
    tls();
    reqwest::Client::builder().no_proxy().build().unwrap_or_else(|e| panic!("no client: {e}"))
}

impl TestClient {
    /// A client of the host at `base`, such as `http://127.0.0.1:7420`.
    #[must_use]
    pub fn new(base: String, token: Option<String>) -> Self {
        tls();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // A refused body ends its connection: the next request takes a new one.
            .pool_max_idle_per_host(0)
            .build()
            .unwrap_or_else(|e| panic!("no client: {e}"));
        Self { client, base, token }
    }

    /// The same host, as somebody else.
    #[must_use]
    pub fn with_token(&self, token: Option<String>) -> Self {
        Self { token, ..self.clone() }
    }

    /// Where the host is.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request to a path, `/api/v1/contacts`; a path that begins otherwise
    /// than with `/api` or `/v1` is under `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let whole = ["/api/", "/v1/", "/t/", "/healthz", "/readyz", "/metrics"].iter().any(|p| path.starts_with(p));
        let url = format!("{}{}{path}", self.base, if whole { "" } else { "/api/v1" });
        let request = self.client.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET a path.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    /// POST JSON to a path.
    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(body)).await
    }

    /// PUT JSON to a path.
    pub async fn put(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::PUT, path).json(body)).await
    }

    /// PATCH a path with JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::PATCH, path).json(body)).await
    }

    /// DELETE a path.
    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::DELETE, path)).await
    }

    /// GET a path as text.
    pub async fn text(&self, path: &str) -> (StatusCode, String) {
        let response = self.request(Method::GET, path).send().await.unwrap_or_else(|e| panic!("no answer: {e}"));
        let status = response.status();
        (status, response.text().await.unwrap_or_else(|e| panic!("no body: {e}")))
    }
}

/// The status and the JSON of an answer; text that is no JSON comes as a string.
pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap_or_else(|e| panic!("no answer: {e}"));
    let status = response.status();
    let text = response.text().await.unwrap_or_else(|e| panic!("no body: {e}"));
    let value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    (status, value)
}
