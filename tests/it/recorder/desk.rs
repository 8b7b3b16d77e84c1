//! A whole host that records every run, with two connectors: one that keeps
//! state, and one that asks for nothing.

use crate::guests::Guest;
use rialto_contract::connector::{self, Batch};
use rialto_kernel::Id;
use rialto_plugin_host::{BodyPolicy, Doors, Parts, PluginKind, Recording, pack};
use rialto_plugins::{OpenRun, open_run};
use rialto_store::sql_dynamic;
use rialto_testkit::{TestClient, TestDatabase, TestHost};
use serde_json::{Value, json};
use std::path::PathBuf;

pub const SECRET: &str = "hunter2-hunter2-hunter2";
pub const ADDRESS: &str = "quetzal.marmot@acme.example";

pub struct Desk {
    pub host: TestHost,
    pub http: TestClient,
    /// Puts a value under a key in every run.
    pub noting: String,
    /// Asks the host for nothing.
    pub quiet: String,
}

/// A connector that puts the value `{}` under the key `report`, or does
/// something else first.
pub fn package(version: &str, name: &str, does: &str) -> Vec<u8> {
    let manifest = format!(
        "id = \"test/{name}\"\nversion = \"{version}\"\n[title]\nen = \"T\"\nzh-CN = \"测\"\n\
         [wishes.state]\nreason = \"to remember\"\nbytes = 1000\n\
         [settings]\ntype = \"object\"\n[settings.properties.key]\ntype = \"string\"\nformat = \"secret\"\n"
    );
    let imports = r#"(import "rialto:state/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32)))"#;
    // The key is `report`, or the empty object's text.
    let put = |key: &str, len: u32| {
        format!("(call $put (i32.const {key}) (i32.const {len}) (i32.const 1040) (i32.const 2) (i32.const 4096))")
    };
    let body = match does {
        "report" => put("1024", 6),
        "email" => put("1064", 5),
        "twice" => format!("{}{}", put("1024", 6), put("1024", 6)),
        "quiet" => "(drop (i32.const 0))".to_owned(),
        other => format!("{} ({other})", put("1024", 6)),
    };
    let guest = Guest { imports: imports.into(), body, ..Guest::default() };
    pack(&guest.connector(), &Parts { manifest: Some(manifest), ..Parts::default() }).unwrap()
}

impl Desk {
    pub async fn new(db: TestDatabase) -> Self {
        Self::with(db, BodyPolicy::Always).await
    }

    pub async fn with(db: TestDatabase, policy: BodyPolicy) -> Self {
        let host = TestHost::on(db, |config| config.recording = Recording { policy, sample_percent: 0 }).await;
        let http = host.http().await;
        let mut desk = Self { host, http, noting: String::new(), quiet: String::new() };
        desk.noting = desk.install("noting", package("1.0.0", "noting", "report")).await;
        desk.quiet = desk.install("quiet", package("1.0.0", "quiet", "quiet")).await;
        desk
    }

    pub async fn upload(&self, package: Vec<u8>) -> Value {
        let upload = self.http.request(reqwest::Method::POST, "/plugins").header("content-type", "application/wasm");
        let (status, view) = rialto_testkit::answer(upload.body(package)).await;
        assert_eq!(status, 201, "{view}");
        view["digest"].clone()
    }

    /// Install with a secret, approve, activate; answers the installation's id.
    pub async fn install(&self, name: &str, package: Vec<u8>) -> String {
        let digest = self.upload(package).await;
        let new = json!({ "package": digest, "name": name, "settings": { "key": SECRET } });
        let (status, view) = self.http.post("/installations", &new).await;
        assert_eq!(status, 201, "{view}");
        let (id, version) = (view["id"].as_str().unwrap(), view["waiting"][0]["id"].as_str().unwrap());
        let path = format!("/installations/{id}/versions/{version}:approve");
        let (status, view) = self.http.post(&path, &json!({ "activate": true })).await;
        assert_eq!(status, 200, "{view}");
        id.to_owned()
    }

    /// Add a version; answers its id.
    pub async fn version(&self, installation: &str, package: Vec<u8>) -> String {
        let digest = self.upload(package).await;
        let path = format!("/installations/{installation}/versions");
        let (status, view) = self.http.post(&path, &json!({ "package": digest })).await;
        assert_eq!(status, 201, "{view}");
        view["id"].as_str().unwrap().to_owned()
    }

    pub async fn open(&self, installation: &str) -> OpenRun {
        let (host, ws) = (self.host.host(), self.host.workspace());
        open_run(host, ws, installation.parse().unwrap(), PluginKind::Connector, Doors::default()).await.unwrap()
    }

    /// One delivery; answers the run's id.
    pub async fn finish(&self, open: OpenRun, text: &str, about: &[Id]) -> String {
        let mut open = if about.is_empty() { open } else { open.about(about.to_vec()) };
        let batch = Batch {
            channel: "email".into(),
            topic: "news".into(),
            ids: vec!["d1".into()],
            part_names: vec!["text".into()],
            parts: vec![text.into()],
            column_names: vec!["address".into()],
            columns: vec![ADDRESS.into()],
            options: vec![],
        };
        let settings = open.settings_json.clone();
        let _ = connector::deliver(&mut open.run, &settings, batch).await;
        open.finish().await.record.run.to_string()
    }

    pub async fn deliver_by(&self, installation: &str, text: &str, about: &[Id]) -> String {
        let open = self.open(installation).await;
        self.finish(open, text, about).await
    }

    pub async fn deliver(&self, text: &str, about: &[Id]) -> String {
        self.deliver_by(&self.noting, text, about).await
    }

    pub async fn contact(&self, address: &str) -> Id {
        let new = json!({ "identities": [{ "kind": "email", "value": address }] });
        let (status, view) = self.http.post("/contacts", &new).await;
        assert!(status.is_success(), "{view}");
        view["id"].as_str().unwrap().parse().unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, view) = self.http.get(path).await;
        assert_eq!(status, 200, "{path}: {view}");
        view
    }

    /// One number of this workspace.
    pub async fn count(&self, text: &str) -> i64 {
        let mut conn = self.host.read().await;
        let row: (i64,) = sql_dynamic(text.to_owned()).bind(self.host.workspace()).fetch_one(&mut conn).await.unwrap();
        row.0
    }

    pub fn folder(&self) -> PathBuf {
        self.host.host().data_dir.join("recordings").join(self.host.workspace().0.to_string())
    }

    pub fn file(&self, run: &str) -> PathBuf {
        self.folder().join(format!("{run}.rec"))
    }
}
