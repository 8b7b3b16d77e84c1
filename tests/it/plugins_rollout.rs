//! Versions on their way: canaries with their judgement, quarantine, policies,
//! what was denied, and every step over HTTP.

mod life;
mod revoked;
mod show;

use crate::{
    guests::Guest,
    plugins_api::{
        mounted::{Mounted, manifest, package},
        open, serving,
    },
};
use rialto_contract::connector;
use rialto_plugin_host::{Doors, PluginKind, RunError};
use rialto_plugins::{RunOptions, open_run_with};
use serde_json::{Value, json};

/// A connector that does as the first letter of the topic says: `x` traps, `w`
/// answers for a delivery that nobody asked about, `c` counts for a while.
fn obedient() -> Guest {
    let body = "(local.set $n (i32.load8_u (i32.load offset=16 (local.get $in))))
      (if (i32.eq (local.get $n) (i32.const 120)) (then (unreachable)))
      (if (i32.eq (local.get $n) (i32.const 99)) (then
        (local.set $n (i32.const 20000000))
        (block $over (loop $more
          (br_if $over (i32.eqz (local.get $n)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $more)))))
      (local.set $n (i32.const 0))";
    let answer = "(if (i32.eq (i32.load8_u (i32.load offset=16 (local.get $in))) (i32.const 119))
      (then (i32.store (local.get $list) (i32.const 99))))";
    Guest { body: body.into(), answer: answer.into(), ..Guest::default() }
}

fn steady(version: &str) -> Vec<u8> {
    package(&Guest::default().connector(), &manifest(version, ""))
}

fn fickle(version: &str) -> Vec<u8> {
    package(&obedient().connector(), &manifest(version, ""))
}

/// One run; the version it was on, and how it went.
async fn run(host: &Mounted, id: &str, topic: &str) -> (String, Result<(), RunError>) {
    let mut open = open(host, id).await.unwrap();
    let version = open.version_label.clone();
    let went = deliver(&mut open, topic).await;
    open.finish().await;
    (version, went)
}

async fn deliver(open: &mut rialto_plugins::OpenRun, topic: &str) -> Result<(), RunError> {
    let batch = connector::Batch {
        channel: "email".into(),
        topic: topic.into(),
        ids: vec!["d1".into()],
        part_names: vec!["text".into()],
        parts: vec!["hello".into()],
        column_names: vec![],
        columns: vec![],
        options: vec![],
    };
    let settings = open.settings_json.clone();
    connector::deliver(&mut open.run, &settings, batch).await.map(drop)
}

/// Add a version; its row.
async fn add(host: &Mounted, id: &str, bytes: Vec<u8>) -> Value {
    let digest = host.upload(bytes).await;
    let (status, version) = host.post(&format!("/installations/{id}/versions"), json!({ "package": digest })).await;
    assert_eq!(status, 201, "{version}");
    version
}

async fn policy(host: &Mounted, id: &str, policy: Value) {
    let (status, answer) = host.put(&format!("/installations/{id}/rollout"), policy).await;
    assert_eq!(status, 200, "{answer}");
}

async fn view(host: &Mounted, id: &str) -> Value {
    host.get(&format!("/installations/{id}")).await.1
}

/// A version as it is now, with its steps.
async fn version(host: &Mounted, id: &str, version: &Value) -> Value {
    let (status, detail) = host.get(&format!("/installations/{id}/versions/{}", version["id"].as_str().unwrap())).await;
    assert_eq!(status, 200, "{detail}");
    detail
}

async fn act(host: &Mounted, id: &str, version: &Value, verb: &str, body: Value) -> (u16, Value) {
    host.post(&format!("/installations/{id}/versions/{}:{verb}", version["id"].as_str().unwrap()), body).await
}

/// 1.0.0 serves, 2.0.0 tries with half of the runs.
async fn trying(host: &Mounted, terms: Value) -> (String, Value) {
    let id = serving(host, "mail", steady("1.0.0")).await;
    policy(host, &id, json!({ "canary": terms })).await;
    let candidate = add(host, &id, fickle("2.0.0")).await;
    assert_eq!(candidate["state"], "approved", "{candidate}");
    let (status, answer) = act(host, &id, &candidate, "canary", json!({ "percent": 50 })).await;
    assert_eq!((status, answer["state"].as_str()), (200, Some("canary")), "{answer}");
    (id, candidate)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

async fn second(host: &Mounted, id: &str) -> String {
    let options = RunOptions { second: true, doors: Doors::default(), ..RunOptions::default() };
    let installation = id.parse().unwrap();
    let open = open_run_with(&host.host, host.workspace, installation, PluginKind::Connector, options).await.unwrap();
    let version = open.version_label.clone();
    open.finish().await;
    version
}
