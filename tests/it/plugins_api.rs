//! Plugins as an admin has them, over HTTP: checked, uploaded, installed, set,
//! approved, swapped, rolled back, switched off, removed. And their runs.

#[path = "plugins_api/mounted.rs"]
pub mod mounted;
#[path = "plugins_api/supply.rs"]
mod supply;

use crate::guests::Guest;
use mounted::{Mounted, manifest, package};
use rialto_contract::connector;
use rialto_plugin_host::{Doors, PluginKind};
use rialto_plugins::{Error, OpenRun, open_run};
use rialto_testkit::{TestDatabase, both};
use serde_json::{Value, json};

const SECRET: &str = "hunter2-hunter2-hunter2";

/// Puts the value `{}` under the key `report`.
pub fn remembering() -> Guest {
    let imports = r#"(import "rialto:state/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32)))"#;
    let put = "(call $put (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 2) (i32.const 4096))";
    Guest { imports: imports.into(), body: put.into(), ..Guest::default() }
}

pub fn plain(version: &str) -> Vec<u8> {
    package(&Guest::default().connector(), &manifest(version, ""))
}

pub async fn open(host: &Mounted, id: &str) -> Result<OpenRun, Error> {
    open_run(&host.host, host.workspace, id.parse().unwrap(), PluginKind::Connector, Doors::default()).await
}

pub async fn deliver(open: &mut OpenRun) -> Result<Vec<connector::Outcome>, rialto_plugin_host::RunError> {
    let batch = connector::Batch {
        channel: "email".into(),
        topic: "news".into(),
        ids: vec!["d1".into()],
        part_names: vec!["text".into()],
        parts: vec!["hello".into()],
        column_names: vec![],
        columns: vec![],
        options: vec![],
    };
    let settings = open.settings_json.clone();
    connector::deliver(&mut open.run, &settings, batch).await
}

/// Install a package with good settings; answers the installation's id and its
/// first version's.
pub async fn installed(host: &Mounted, name: &str, bytes: Vec<u8>) -> (String, String) {
    let digest = host.upload(bytes).await;
    let settings = json!({ "url": "https://api.example.com/hook", "key": SECRET });
    let (status, view) =
        host.post("/installations", json!({ "package": digest, "name": name, "settings": settings })).await;
    assert_eq!(status, 201, "{view}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&view["id"]), text(&view["waiting"][0]["id"]))
}

pub async fn serving(host: &Mounted, name: &str, bytes: Vec<u8>) -> String {
    let (id, version) = installed(host, name, bytes).await;
    let (status, view) =
        host.post(&format!("/installations/{id}/versions/{version}:approve"), json!({ "activate": true })).await;
    assert_eq!(status, 200, "{view}");
    id
}

both! {
    async fn a_package_is_checked_without_being_kept(db: TestDatabase) {
        let host = Mounted::new(db);
        let bytes = package(&remembering().connector(), &manifest("1.0.0", mounted::STATE));
        let (status, report) = host.wasm("/plugins:check", bytes).await;
        assert_eq!(status, 200, "{report}");
        assert_eq!(report["loads"], true);
        assert_eq!(report["package"]["wishes"][0]["permission"], "state");
        assert_eq!(report["package"]["wishes"][0]["reason"], "to remember");
        assert_eq!(report["package"]["roles"][0], json!({ "kind": "connector", "abilities": ["deliver"] }));
        let (_, list) = host.get("/plugins").await;
        assert_eq!(list["items"], json!([]));
        for bad in [b"hello".to_vec(), b"\0asm\x01\0\0\0".to_vec(), Vec::new()] {
            let (status, problem) = host.wasm("/plugins:check", bad).await;
            assert_eq!(status, 422, "{problem}");
        }
        let big = vec![0; (host.host.limits.plugin_bytes_max + 1) as usize];
        assert_eq!(host.wasm("/plugins:check", big).await.0, 413);
    }

    async fn a_version_is_one_set_of_bytes(db: TestDatabase) {
        let host = Mounted::new(db);
        let (status, first) = host.wasm("/plugins", plain("1.2.0")).await;
        assert_eq!((status, first["version"].as_str()), (201, Some("1.2.0")), "{first}");
        let (status, again) = host.wasm("/plugins", plain("1.2.0")).await;
        assert_eq!((status, &again["digest"]), (201, &first["digest"]));
        let other = package(&remembering().connector(), &manifest("1.2.0", mounted::STATE));
        let (status, problem) = host.wasm("/plugins", other).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("same-version")));
        let (status, problem) = host.wasm("/plugins", plain("1.1.0")).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("older-version")));
        assert_eq!(host.wasm("/plugins?allow_older=true", plain("1.1.0")).await.0, 201);
        let (status, form) = host.form("/plugins", plain("2.0.0")).await;
        assert_eq!((status, form["version"].as_str()), (201, Some("2.0.0")), "{form}");
        let (_, list) = host.get("/plugins?limit=2").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        let (_, rest) = host.get(&format!("/plugins?limit=2&cursor={}", list["next"].as_str().unwrap())).await;
        assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next")), (1, None));
        let (status, one) = host.get(&format!("/plugins/{}", first["digest"].as_str().unwrap())).await;
        assert_eq!((status, one["settings_schema"]["required"].clone()), (200, json!(["url", "key"])));
    }

    async fn an_import_that_is_not_wished_is_refused_at_upload(db: TestDatabase) {
        let host = Mounted::new(db);
        let greedy = package(&remembering().connector(), &manifest("1.0.0", ""));
        let (status, problem) = host.wasm("/plugins", greedy).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("bad-manifest")), "{problem}");
        assert_eq!(problem["errors"][0]["field"], "wishes.state", "{problem}");
        let imports = r#"(import "wasi:sockets/tcp@0.2.6" "steal" (func))"#.into();
        let socketed = package(&Guest { imports, ..Guest::default() }.report_in("socketed"), &manifest("1.0.0", ""));
        let (status, problem) = host.wasm("/plugins", socketed).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("does-not-fit")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("wasi:sockets/tcp"), "{problem}");
    }

    async fn nothing_runs_before_it_is_approved(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, version) = installed(&host, "mail", plain("1.0.0")).await;
        let (_, view) = host.get(&format!("/installations/{id}")).await;
        assert_eq!((view["state"].as_str(), &view["active"]), (Some("waiting"), &Value::Null));
        assert!(matches!(open(&host, &id).await, Err(Error::NothingActive)));
        let (status, problem) =
            host.post(&format!("/installations/{id}/versions/{version}:activate"), json!({})).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("not-approved")));
        let (status, view) = host.post(&format!("/installations/{id}/versions/{version}:approve"), json!({})).await;
        assert_eq!((status, view["state"].as_str()), (200, Some("waiting")), "{view}");
        assert_eq!(view["waiting"][0]["state"], "approved");
        assert_eq!(view["waiting"][0]["approved_by"], "local");
        let (status, view) = host.post(&format!("/installations/{id}/versions/{version}:activate"), json!({})).await;
        assert_eq!((status, view["state"].as_str()), (200, Some("active")), "{view}");
        assert_eq!(view["active"]["described"]["connector"]["channels"], json!(["email"]));
        let mut run = open(&host, &id).await.unwrap();
        assert_eq!(deliver(&mut run).await.unwrap()[0].status, "accepted");
        let closed = run.finish().await;
        assert!(closed.error().is_none() && closed.state.is_empty());
        let name = json!({ "package": view["active"]["package"], "name": "mail" });
        let (status, problem) = host.post("/installations", name).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (409, Some("name")));
    }

    async fn a_secret_goes_in_and_never_comes_out(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", plain("1.0.0")).await;
        let at = format!("/installations/{id}");
        let (_, view) = host.get(&at).await;
        assert_eq!(view["settings"], json!({ "url": "https://api.example.com/hook", "key": { "set": true } }));
        let run = open(&host, &id).await.unwrap();
        let given: Value = serde_json::from_str(&run.settings_json).unwrap();
        assert_eq!(given, json!({ "url": "https://api.example.com/hook", "key": "{{secret:key}}", "retries": 3 }));
        run.finish().await;
        let bad = json!({ "settings": { "url": "ftp://x", "key": "hunter2", "retries": "many", "more": true } });
        let (status, problem) = host.patch(&at, bad).await;
        assert_eq!(status, 422, "{problem}");
        let fields: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
        assert!(["/url", "/key", "/retries"].iter().all(|field| fields.contains(field)), "{problem}");
        assert!(!problem.to_string().contains("hunter2"), "{problem}");
        let (status, problem) = host.patch(&at, json!({ "settings": { "key": null } })).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("/key")));
        let (status, view) = host.patch(&at, json!({ "settings": { "retries": 5, "key": { "set": true } } })).await;
        assert_eq!((status, &view["settings"]["retries"]), (200, &json!(5)), "{view}");
        let (status, _) = host.patch_if(&at, 1, json!({ "name": "other" })).await;
        assert_eq!(status, 412);
        for path in [at.clone(), format!("{at}/versions"), format!("{at}/runs"), "/installations".to_owned()] {
            let (status, text) = host.get(&path).await;
            assert_eq!(status, 200);
            assert!(!text.to_string().contains("hunter2"), "{path}: {text}");
        }
        assert!(!host.everything_stored().await.contains("hunter2"));
    }

    async fn a_wider_version_waits_while_the_old_one_serves(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", plain("1.0.0")).await;
        let old = open(&host, &id).await.unwrap();
        let wider = host.upload(package(&remembering().connector(), &manifest("2.0.0", mounted::STATE))).await;
        let (status, version) =
            host.post(&format!("/installations/{id}/versions"), json!({ "package": wider, "activate": true })).await;
        assert_eq!((status, version["state"].as_str()), (201, Some("waiting")), "{version}");
        assert_eq!(version["difference"]["added"][0]["permission"], "state");
        assert_eq!(version["difference"]["added"][0]["reason"], "to remember");
        assert_eq!((version["difference"]["from"].as_str(), version["difference"]["to"].as_str()), (Some("1.0.0"), Some("2.0.0")));
        assert_eq!(open(&host, &id).await.unwrap().version_label, "1.0.0");
        let new = version["id"].as_str().unwrap();
        let at = format!("/installations/{id}/versions/{new}");
        let (status, problem) = host.post(&format!("{at}:approve"), json!({ "grants": {} })).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("permission-missing")), "{problem}");
        let grants = json!({ "grants": { "state_bytes": 100, "mail": true }, "activate": true });
        let (status, view) = host.post(&format!("{at}:approve"), grants).await;
        assert_eq!((status, view["active"]["version"].as_str()), (200, Some("2.0.0")), "{view}");
        assert_eq!(view["active"]["grants"]["state_bytes"], 100, "granted below the wish");
        assert_eq!(view["active"]["grants"]["mail"], false, "granted and not wished");
        let mut old = old;
        assert!(deliver(&mut old).await.is_ok(), "what runs finishes on the old version");
        assert_eq!(old.version_label, "1.0.0");
        assert_eq!(old.finish().await.record.version, "1.0.0");
        assert_eq!(open(&host, &id).await.unwrap().version_label, "2.0.0");
        let (status, view) = host.post(&format!("/installations/{id}:rollback"), json!({})).await;
        assert_eq!((status, view["active"]["version"].as_str()), (200, Some("1.0.0")), "{view}");
        assert_eq!(open(&host, &id).await.unwrap().version_label, "1.0.0");
        let (_, view) = host.post(&format!("/installations/{id}:rollback"), json!({})).await;
        assert_eq!(view["active"]["version"], "2.0.0", "back again is as quick");
    }

    async fn what_waits_asks_by_the_settings_as_they_are(db: TestDatabase) {
        let host = Mounted::new(db);
        let wish = "[[wishes.http]]\nhost = \"{{setting:url}}\"\nreason = \"to deliver\"\n";
        let (id, _) = installed(&host, "mail", package(&Guest::default().connector(), &manifest("1.0.0", wish))).await;
        let at = format!("/installations/{id}");
        let asks = |view: &Value| view["waiting"][0]["difference"]["added"][0]["detail"].as_str().unwrap().to_owned();
        assert!(asks(&host.get(&at).await.1).contains("to api.example.com port 443"));
        let elsewhere = json!({ "settings": { "url": "https://elsewhere.example.net:8443/x" } });
        let (status, view) = host.patch(&at, elsewhere).await;
        assert_eq!(status, 200, "{view}");
        assert!(asks(&view).contains("to elsewhere.example.net port 8443"), "{view}");
        let version = view["waiting"][0]["id"].as_str().unwrap();
        let (status, view) = host.post(&format!("{at}/versions/{version}:approve"), json!({ "activate": true })).await;
        assert_eq!((status, &view["active"]["grants"]["http"][0]["host"]), (200, &json!("elsewhere.example.net")), "{view}");
        let wider = host.upload(package(&remembering().connector(), &manifest("2.0.0", &format!("{wish}{}", mounted::STATE)))).await;
        let (_, next) = host.post(&format!("{at}/versions"), json!({ "package": wider })).await;
        let added = |view: &Value| view["difference"]["added"].as_array().unwrap().iter().map(|one| one["permission"].clone()).collect::<Vec<_>>();
        assert_eq!(added(&next), ["state"]);
        let (_, view) = host.patch(&at, json!({ "settings": { "url": "https://api.example.com/hook" } })).await;
        assert_eq!(added(&view["waiting"][0]), ["http", "state"], "{view}");
    }

    async fn a_version_that_wants_no_more_needs_no_approval(db: TestDatabase) {
        let host = Mounted::new(db);
        let stateful = |version: &str| package(&remembering().connector(), &manifest(version, mounted::STATE));
        let id = serving(&host, "mail", stateful("1.0.0")).await;
        let next = host.upload(stateful("1.1.0")).await;
        let path = format!("/installations/{id}/versions");
        let (status, version) = host.post(&path, json!({ "package": next, "activate": true })).await;
        assert_eq!((status, version["state"].as_str()), (201, Some("active")), "{version}");
        let (status, problem) = host.post(&path, json!({ "package": next })).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("exists")));
        host.wasm("/plugins?allow_older=true", stateful("0.9.0")).await;
        let older = host.wasm("/plugins?allow_older=true", stateful("0.9.0")).await.1["digest"].clone();
        let (status, problem) = host.post(&path, json!({ "package": older })).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("older-version")), "{problem}");
        let other = manifest("1.0.0", "").replace("test/mailer", "test/stranger");
        let stranger = host.upload(package(&Guest::default().connector(), &other)).await;
        let (status, problem) = host.post(&path, json!({ "package": stranger })).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("other-plugin")));
    }

    async fn state_is_kept_with_the_outcome_or_not_at_all(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", package(&remembering().connector(), &manifest("1.0.0", mounted::STATE))).await;
        let mut closed = Vec::new();
        for _ in 0..2 {
            let mut run = open(&host, &id).await.unwrap();
            deliver(&mut run).await.unwrap();
            closed.push(run.finish().await.state);
        }
        let [first, second] = <[_; 2]>::try_from(closed).unwrap();
        assert!(host.apply(first).await.is_ok());
        assert!(matches!(host.apply(second).await, Err(Error::StateConflict(key)) if key == "report"));
        let mut run = open(&host, &id).await.unwrap();
        deliver(&mut run).await.unwrap();
        let third = run.finish().await.state;
        assert!(host.apply(third).await.is_ok(), "what was kept is what the next run saw");
        let (_, view) = host.get(&format!("/installations/{id}")).await;
        let version = view["active"]["id"].as_str().unwrap().to_owned();
        let grants = json!({ "grants": { "state_bytes": 4 } });
        assert_eq!(host.post(&format!("/installations/{id}/versions/{version}:approve"), grants).await.0, 200);
        let mut run = open(&host, &id).await.unwrap();
        deliver(&mut run).await.unwrap();
        let closed = run.finish().await;
        match host.apply(closed.state.clone()).await {
            Err(Error::Quota { limit: "state-bytes", value: 4 }) => {}
            // The host's own bound may refuse the write before it is handed over.
            Ok(()) => assert!(closed.state.is_empty()),
            other => panic!("{other:?}"),
        }
    }

    async fn runs_are_logged_and_failures_open_the_breaker(db: TestDatabase) {
        let host = Mounted::new(db);
        let trapping = Guest { body: "(unreachable)".into(), ..Guest::default() }.connector();
        let id = serving(&host, "mail", package(&trapping, &manifest("1.0.0", ""))).await;
        for _ in 0..5 {
            let mut run = open(&host, &id).await.unwrap();
            assert!(deliver(&mut run).await.is_err());
            assert_eq!(run.finish().await.error().map(|e| e.code()), Some("trap"));
        }
        assert!(matches!(open(&host, &id).await, Err(Error::Run(rialto_plugin_host::RunError::BreakerOpen { .. }))));
        let at = format!("/installations/{id}");
        let (_, runs) = host.get(&format!("{at}/runs?outcome=failed&limit=3")).await;
        assert_eq!(runs["items"].as_array().unwrap().len(), 3, "{runs}");
        let (_, rest) = host.get(&format!("{at}/runs?outcome=failed&limit=3&cursor={}", runs["next"].as_str().unwrap())).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 2);
        let (status, one) = host.get(&format!("{at}/runs/{}", runs["items"][0]["id"].as_str().unwrap())).await;
        assert_eq!((status, one["record"]["plugin"].as_str()), (200, Some("test/mailer")), "{one}");
        assert_eq!(one["record"]["entries"][1]["name"], "deliver");
        assert_eq!(host.get(&format!("{at}/runs?outcome=odd")).await.0, 422);
        let (_, health) = host.get(&format!("{at}/health")).await;
        assert_eq!((&health["runs"], &health["failed"]), (&json!(5), &json!(5)), "{health}");
        assert_eq!(health["breaker"]["state"], "open");
        assert_eq!(host.get(&at).await.1["state"], "resting");
        assert_eq!(host.post(&format!("{at}:enable"), json!({})).await.1["state"], "active", "an admin closes it");
        assert!(open(&host, &id).await.is_ok());
    }

    async fn what_is_switched_off_neither_runs_nor_stays(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", plain("1.0.0")).await;
        let at = format!("/installations/{id}");
        let (status, problem) = host.post(&format!("{at}:check"), json!({})).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("plugin-cannot")), "{problem}");
        assert_eq!(host.delete(&at).await.0, 409);
        assert_eq!(host.post(&format!("{at}:disable"), json!({})).await.1["state"], "disabled");
        assert!(matches!(open(&host, &id).await, Err(Error::Disabled)));
        assert_eq!(host.delete(&at).await.0, 204);
        assert_eq!(host.get(&at).await.0, 404);
        assert!(matches!(open(&host, &id).await, Err(Error::Unknown("installation"))));
        assert!(!host.everything_stored().await.contains("api.example.com"));
    }
}
