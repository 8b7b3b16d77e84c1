//! The plugins slice alone on a test database, with a caller who may do
//! everything: what these tests need of a host and no more.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, header},
};
use rialto_kernel::{Keys, Problem, WorkspaceId};
use rialto_plugin_host::{HostConfig, Parts, PluginHost, pack};
use rialto_plugins::{Error, StateWrites};
use rialto_slice::{Host, HostParts, Limits};
use rialto_store::sql;
use rialto_testkit::TestDatabase;
use rialto_web::{Authenticate, Caller, verbs};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt as _;

const JSON: (&str, &str) = ("content-type", "application/json");

/// A wish for state.
pub const STATE: &str = "[wishes.state]\nreason = \"to remember\"\nbytes = 1000\n";

/// A manifest with settings: an address, a secret, and a number with a default.
pub fn manifest(version: &str, wishes: &str) -> String {
    format!(
        r#"
id = "test/mailer"
version = "{version}"
[title]
en = "Mailer"
zh-CN = "邮件"
{wishes}
[settings]
type = "object"
required = ["url", "key"]
additionalProperties = false
[settings.properties.url]
type = "string"
pattern = "^https://"
[settings.properties.key]
type = "string"
format = "secret"
minLength = 16
[settings.properties.retries]
type = "integer"
default = 3
"#
    )
}

/// A component with a manifest.
pub fn package(component: &[u8], manifest: &str) -> Vec<u8> {
    pack(component, &Parts { manifest: Some(manifest.to_owned()), ..Parts::default() }).unwrap()
}

struct Everyone(WorkspaceId);

#[async_trait::async_trait]
impl Authenticate for Everyone {
    async fn authenticate(&self, _: &Method, _: &HeaderMap) -> Result<Caller, Problem> {
        Ok(Caller::local(self.0))
    }
}

/// The slice, mounted.
pub struct Mounted {
    pub host: Host,
    pub workspace: WorkspaceId,
    router: Router,
    _db: TestDatabase,
    _folder: tempfile::TempDir,
}

impl Mounted {
    pub fn new(db: TestDatabase) -> Self {
        Self::with(db, HostConfig::default())
    }

    /// The same, with the plugin host set up like this.
    pub fn with(db: TestDatabase, config: HostConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new([9; 32]);
        let plugins = PluginHost::new(config, keys.clone(), db.clock.clone(), db.random.clone()).unwrap();
        let parts = HostParts {
            store: db.store.clone(),
            clock: db.clock.clone(),
            random: db.random.clone(),
            keys,
            plugins,
            data_dir: folder.path().to_owned(),
            public_url: "https://m.example.com".to_owned(),
            name: "test".to_owned(),
            limits: Limits::default(),
        };
        let workspace = db.workspace;
        let host = Host::new(parts, Arc::new(Everyone(workspace)));
        let (api, _) = rialto_plugins::slice(&host).api.split_for_parts();
        let router = verbs(Router::new().nest("/api/v1", api.with_state(host.clone())));
        Self { host, workspace, router, _db: db, _folder: folder }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into()))
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, &[], Vec::new()).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        self.send("DELETE", path, &[], Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", path, &[JSON], body.to_string().into()).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("PATCH", path, &[JSON], body.to_string().into()).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("PUT", path, &[JSON], body.to_string().into()).await
    }

    pub async fn patch_if(&self, path: &str, version: i64, body: Value) -> (u16, Value) {
        let tag = format!("\"{version}\"");
        self.send("PATCH", path, &[JSON, (header::IF_MATCH.as_str(), &tag)], body.to_string().into()).await
    }

    pub async fn post_if(&self, path: &str, version: i64, body: Value) -> (u16, Value) {
        let tag = format!("\"{version}\"");
        self.send("POST", path, &[JSON, (header::IF_MATCH.as_str(), &tag)], body.to_string().into()).await
    }

    pub async fn wasm(&self, path: &str, bytes: Vec<u8>) -> (u16, Value) {
        self.send("POST", path, &[(header::CONTENT_TYPE.as_str(), "application/wasm")], bytes).await
    }

    /// The file as a browser's form sends it.
    pub async fn form(&self, path: &str, bytes: Vec<u8>) -> (u16, Value) {
        let mut body = b"--edge\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nhi\r\n".to_vec();
        body.extend(b"--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wasm\"\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n--edge--\r\n");
        self.send("POST", path, &[(header::CONTENT_TYPE.as_str(), "multipart/form-data; boundary=edge")], body).await
    }

    /// Upload a package; answers its digest.
    pub async fn upload(&self, bytes: Vec<u8>) -> String {
        let (status, view) = self.wasm("/plugins", bytes).await;
        assert_eq!(status, 201, "{view}");
        view["digest"].as_str().unwrap().to_owned()
    }

    /// Apply what a run wants kept, as its caller would.
    pub async fn apply(&self, state: StateWrites) -> Result<(), Error> {
        let write = self
            .host
            .store
            .write(self.workspace, "test.apply", move |conn| Box::pin(async move { state.apply(conn).await }));
        write.await
    }

    /// Everything readable that the slice keeps: settings, grants, records, log
    /// lines, audit details, and sealed secrets as text.
    pub async fn everything_stored(&self) -> String {
        let mut conn = self.host.store.read(self.workspace).await.unwrap();
        let mut all = String::new();
        let texts = [
            sql("SELECT settings || name FROM installation WHERE workspace = $1"),
            sql("SELECT grants || difference || described FROM installation_version WHERE workspace = $1"),
            sql("SELECT record || logs || COALESCE(error, '') FROM plugin_run WHERE workspace = $1"),
            sql("SELECT detail || action FROM audit_log WHERE workspace = $1"),
        ];
        for text in texts {
            let rows: Vec<(String,)> = text.bind(self.workspace).fetch_all(&mut conn).await.unwrap();
            all.extend(rows.into_iter().map(|(text,)| text));
        }
        for text in [
            sql("SELECT sealed FROM installation_secret WHERE workspace = $1"),
            sql("SELECT sealed FROM installation_token WHERE workspace = $1"),
        ] {
            let rows: Vec<(Vec<u8>,)> = text.bind(self.workspace).fetch_all(&mut conn).await.unwrap();
            all.extend(rows.into_iter().map(|(bytes,)| String::from_utf8_lossy(&bytes).into_owned()));
        }
        all
    }
}
