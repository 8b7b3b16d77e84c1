//! A whole host with the spring fixture in it, and plugins installed over HTTP
//! as an admin does it.

use super::fixture::load;
use rialto_sdk_harness::build;
use rialto_store::{StoreError, sql};
use rialto_testkit::{TestClient, TestHost};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What the fixture does not bring along when runs are made for real.
const MADE_HERE: &[&str] = &["workspace", "attribution_run", "attribution_credit"];

/// The host and a client of it.
pub struct Season {
    pub host: TestHost,
    pub http: TestClient,
}

impl Season {
    pub async fn of(host: TestHost) -> Self {
        let (store, ws) = (&host.host().store, host.workspace());
        load(store, ws, "metrics/spring/data.json", MADE_HERE).await;
        store
            .write(ws, "test.zone", move |conn| {
                Box::pin(async move {
                    sql("UPDATE workspace SET zone = 'America/New_York' WHERE id = $1").bind(ws).execute(conn).await?;
                    Ok::<_, StoreError>(())
                })
            })
            .await
            .unwrap();
        let http = host.http().await;
        Self { host, http }
    }

    /// Upload, install, approve, activate; answers the installation's id.
    pub async fn install(&self, name: &str, package: Vec<u8>, grants: Value) -> String {
        let upload = self.http.request(reqwest::Method::POST, "/plugins").header("content-type", "application/wasm");
        let (status, view) = rialto_testkit::answer(upload.body(package)).await;
        assert_eq!(status, 201, "{view}");
        let (status, view) =
            self.http.post("/installations", &json!({ "package": view["digest"], "name": name, "settings": {} })).await;
        assert_eq!(status, 201, "{view}");
        let (id, version) = (view["id"].as_str().unwrap(), view["waiting"][0]["id"].as_str().unwrap());
        let approval = json!({ "grants": grants, "activate": true });
        let (status, view) =
            self.http.post(&format!("/installations/{id}/versions/{version}:approve"), &approval).await;
        assert_eq!(status, 200, "{view}");
        id.to_owned()
    }

    /// Ask, expect it, answer it.
    pub async fn post(&self, path: &str, body: Value, expected: u16) -> Value {
        let (status, view) = self.http.post(path, &body).await;
        assert_eq!(status, expected, "{path} {body}: {view}");
        view
    }

    /// Read, expect it, answer it.
    pub async fn get(&self, path: &str) -> Value {
        let (status, view) = self.http.get(path).await;
        assert_eq!(status, 200, "{path}: {view}");
        view
    }
}

/// The package of a first-party plugin, built if need be.
pub fn package_of(plugin: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_else(|| PathBuf::from("."));
    build::packed(&root.join("plugins").join(plugin)).unwrap_or_else(|e| panic!("{plugin}: {e}"))
}
