//! A plain client of the HTTP API: what the demo does, anyone can do.

use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use std::{path::Path, time::Duration};

/// The API of one host, as the holder of one token.
#[derive(Clone)]
pub struct Api {
    client: Client,
    pub base: String,
    token: String,
}

/// A client that follows no redirect, so that links can be looked at.
pub fn client() -> Result<Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .build()?)
}

impl Api {
    /// The API at `base` with this token.
    pub fn new(base: &str, token: &str) -> Result<Self> {
        Ok(Self { client: client()?, base: base.to_owned(), token: token.to_owned() })
    }

    /// The client itself, for what is outside the API.
    pub fn plain(&self) -> &Client {
        &self.client
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Value> {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Result<Value> {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// The first item of a list that has this value in this field.
    pub async fn find(&self, path: &str, field: &str, value: &str) -> Result<Option<Value>> {
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}?limit=200{cursor}")).await?;
            let items = page["items"].as_array().cloned().unwrap_or_default();
            if let Some(found) = items.into_iter().find(|item| item[field] == value) {
                return Ok(Some(found));
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(None),
            }
        }
    }

    /// The item with this value in this field, made by `body` where there is none.
    pub async fn ensure(&self, path: &str, field: &str, value: &str, body: Value) -> Result<Value> {
        match self.find(path, field, value).await? {
            Some(found) => Ok(found),
            None => self.post(path, body).await,
        }
    }

    /// Send a file as the body.
    pub async fn upload(&self, path: &str, file: &Path, kind: &str) -> Result<Value> {
        let bytes = tokio::fs::File::open(file).await.with_context(|| format!("{} cannot be read", file.display()))?;
        let size = bytes.metadata().await?.len();
        let request = self
            .client
            .post(self.url(path))
            .bearer_auth(&self.token)
            .header("content-type", kind)
            .header("content-length", size)
            .body(reqwest::Body::from(bytes));
        read(request.send().await?, path).await
    }

    /// The text at a path, whatever its form.
    pub async fn text(&self, path: &str) -> Result<String> {
        let response = self.client.get(self.url(path)).bearer_auth(&self.token).send().await?;
        if !response.status().is_success() {
            bail!("GET {path}: {} {}", response.status(), response.text().await?);
        }
        Ok(response.text().await?)
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.client.request(method, self.url(path)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        read(request.send().await?, path).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }
}

async fn read(response: Response, path: &str) -> Result<Value> {
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        bail!("{path}: {status}: {text}");
    }
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("{path} did not answer JSON"))
}
