//! The HTTP API as a command uses it: over the network with a token, or
//! straight into the router of a host made for the command, as the local user.
//! Either way a command does what any other client can do, and no more.

use crate::{
    App,
    config::{Common, Settings},
    open,
};
use anyhow::{Context as _, bail};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
};
use clap::Args;
use futures::StreamExt as _;
use rialto_kernel::{Locale, WorkspaceId};
use rialto_web::Caller;
use serde_json::Value;
use std::{path::Path, time::Duration};
use tokio::{fs::File, io::AsyncWriteExt as _};
use tokio_util::io::ReaderStream;
use tower::ServiceExt as _;

/// The largest answer a command takes.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Where a command works.
#[derive(Debug, Clone, Default, Args)]
pub struct Target {
    /// A running host to work on, such as http://127.0.0.1:7420; else the data folder itself
    #[arg(long, value_name = "URL", env = "RIALTO_SERVER", requires = "token")]
    pub server: Option<String>,
    /// An API token for --server
    #[arg(long, value_name = "TOKEN", env = "RIALTO_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The workspace's short name, where the data folder holds several
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}

/// A way to the API.
pub(crate) enum Client {
    Local { app: Box<App>, workspace: WorkspaceId },
    Remote { http: reqwest::Client, base: String, token: String, locale: Locale },
}

impl Client {
    /// Open what `target` names.
    pub(crate) async fn open(target: &Target, common: &Common) -> anyhow::Result<Self> {
        let settings = Settings::read(common)?;
        match (&target.server, &target.token) {
            (Some(server), Some(token)) => Ok(Self::Remote {
                // A client of our own host, named by its operator: not a door for plugins or data.
                http: reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).no_proxy().build()?,
                base: server.trim_end_matches('/').to_owned(),
                token: token.clone(),
                locale: settings.locale,
            }),
            _ => {
                let app = Box::new(open::app(&settings).await?);
                let workspace = open::workspace(&app.host, target.workspace.as_deref(), settings.locale).await?;
                Ok(Self::Local { app, workspace })
            }
        }
    }

    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::GET, path, "application/json", Outgoing::Nothing).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, "application/json", Outgoing::Bytes(body.to_string().into_bytes())).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PUT, path, "application/json", Outgoing::Bytes(body.to_string().into_bytes())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PATCH, path, "application/json", Outgoing::Bytes(body.to_string().into_bytes())).await
    }

    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::DELETE, path, "application/json", Outgoing::Nothing).await
    }

    pub(crate) async fn post_bytes(&self, path: &str, kind: &str, bytes: Vec<u8>) -> anyhow::Result<Value> {
        self.send(Method::POST, path, kind, Outgoing::Bytes(bytes)).await
    }

    pub(crate) async fn post_file(&self, path: &str, kind: &str, file: &Path) -> anyhow::Result<Value> {
        let open = File::open(file).await.with_context(|| file.display().to_string())?;
        self.send(Method::POST, path, kind, Outgoing::File(open)).await
    }

    /// Write an answer to a file as it arrives; its length. A file that does not
    /// arrive whole is not left behind.
    pub(crate) async fn download(&self, path: &str, out: &Path) -> anyhow::Result<u64> {
        let part = out.with_extension("part");
        let done = self.download_to(path, &part).await;
        if done.is_ok() {
            tokio::fs::rename(&part, out).await.with_context(|| out.display().to_string())?;
        } else {
            let _ = tokio::fs::remove_file(&part).await;
        }
        done
    }

    async fn download_to(&self, path: &str, part: &Path) -> anyhow::Result<u64> {
        let (status, body) = match self {
            Self::Local { app, workspace } => {
                let mut request = Request::builder().uri(format!("/api/v1{path}")).body(Body::empty())?;
                request.extensions_mut().insert(Caller::local(*workspace));
                let response = app.router.clone().oneshot(request).await?;
                (response.status().as_u16(), response.into_body())
            }
            Self::Remote { http, base, token, locale } => {
                let request = http.get(format!("{base}/api/v1{path}")).bearer_auth(token);
                let request = request.header(header::ACCEPT_LANGUAGE, locale.tag());
                let response = request.send().await.with_context(|| format!("{base} does not answer"))?;
                (response.status().as_u16(), Body::from_stream(response.bytes_stream()))
            }
        };
        if status >= 400 {
            let bytes = to_bytes(body, ANSWER_BYTES_MAX).await?;
            bail!("{}", problem(status, &serde_json::from_slice(&bytes).unwrap_or(Value::Null)));
        }
        let mut file = File::create(part).await.with_context(|| part.display().to_string())?;
        let (mut stream, mut size) = (body.into_data_stream(), 0);
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.context("the file did not arrive whole")?;
            size += chunk.len() as u64;
            file.write_all(&chunk).await?;
        }
        file.sync_all().await?;
        Ok(size)
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: Outgoing) -> anyhow::Result<Value> {
        let (status, bytes) = match self {
            Self::Local { app, workspace } => local(&app.router, *workspace, method, path, kind, body).await?,
            Self::Remote { http, base, token, locale } => {
                let mut request = http
                    .request(method, format!("{base}/api/v1{path}"))
                    .bearer_auth(token)
                    .header(header::CONTENT_TYPE, kind)
                    .header(header::ACCEPT_LANGUAGE, locale.tag());
                request = match body {
                    Outgoing::Nothing => request,
                    Outgoing::Bytes(bytes) => request.body(bytes),
                    Outgoing::File(file) => request.body(reqwest::Body::wrap_stream(ReaderStream::new(file))),
                };
                let answer = request.send().await.with_context(|| format!("{base} does not answer"))?;
                (answer.status().as_u16(), answer.bytes().await?.to_vec())
            }
        };
        // What is no JSON is a text, such as a CSV file.
        let value = match serde_json::from_slice(&bytes) {
            Ok(value) => value,
            Err(_) if bytes.is_empty() => Value::Null,
            Err(_) => String::from_utf8(bytes).map_or(Value::Null, Value::String),
        };
        if status >= 400 {
            bail!("{}", problem(status, &value));
        }
        Ok(value)
    }
}

enum Outgoing {
    Nothing,
    Bytes(Vec<u8>),
    File(File),
}

async fn local(
    router: &Router,
    workspace: WorkspaceId,
    method: Method,
    path: &str,
    kind: &str,
    body: Outgoing,
) -> anyhow::Result<(u16, Vec<u8>)> {
    let body = match body {
        Outgoing::Nothing => Body::empty(),
        Outgoing::Bytes(bytes) => Body::from(bytes),
        Outgoing::File(file) => Body::from_stream(ReaderStream::new(file)),
    };
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::CONTENT_TYPE, kind)
        .body(body)?;
    // Whoever can read the data folder can do everything anyway.
    request.extensions_mut().insert(Caller::local(workspace));
    let response = router.clone().oneshot(request).await?;
    let status = response.status().as_u16();
    Ok((status, to_bytes(response.into_body(), ANSWER_BYTES_MAX).await?.to_vec()))
}

/// A refusal in one line.
fn problem(status: u16, document: &Value) -> String {
    let detail = document["detail"].as_str().unwrap_or("the host refused").to_owned();
    let fields: Vec<String> = document["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| Some(format!("{}: {}", error["field"].as_str()?, error["message"].as_str()?)))
        .filter(|line| !detail.contains(line.as_str()))
        .collect();
    let code = document["code"].as_str().map_or_else(|| status.to_string(), str::to_owned);
    if fields.is_empty() { format!("{detail} ({code})") } else { format!("{detail} ({code}): {}", fields.join("; ")) }
}
