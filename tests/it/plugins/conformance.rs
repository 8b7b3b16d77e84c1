//! The conformance suite: a plugin that does right passes every check, one that
//! does wrong in a single way fails the check of that name, and ours pass.

use crate::{
    guests::{Guest, component},
    source::root,
};
use reqwest::Method;
use rialto_conformance::{CHECKS, Check, CheckResult, Conformance, Effort, Subject, Verdict, stand_in_grants, suite};
use rialto_identity::TokenKind;
use rialto_kernel::{FixedClock, Id, Keys, SeededRandom, WorkspaceId};
use rialto_plugin_host::{HostConfig, PluginHost};
use rialto_sdk_harness::build;
use rialto_slice::Limits;
use rialto_testkit::{TestClient, TestDatabase, TestHost, answer, both};
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn host() -> PluginHost {
    let clock = Arc::new(FixedClock::new("2026-11-21T12:00:00Z".parse().unwrap()));
    // A Python takes its time to compile on a busy machine.
    let config = HostConfig { compile_ms: 120_000, ..HostConfig::default() };
    PluginHost::new(config, Keys::new([1; 32]), clock, Arc::new(SeededRandom::new(1))).unwrap()
}

/// Smaller than the real one only in the number of paths.
fn effort() -> Effort {
    Effort { paths: 120_000, ..Effort::default() }
}

async fn subject(host: &PluginHost, bytes: Vec<u8>) -> Subject {
    let grants = stand_in_grants(&host.inspect(&bytes).unwrap());
    let plugin = host.load(bytes, &grants).await.unwrap();
    Subject::new(host, &plugin, WorkspaceId(Id::nil()), Id::nil()).with_effort(effort())
}

fn checks() -> impl Iterator<Item = &'static Check> {
    CHECKS.into_iter().flatten()
}

/// Checks that are about what settings cannot change: each with a guest of its own.
const DESCRIBES: [&str; 2] = ["connector.describe", "report.describe"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_check_passes_what_is_right_and_fails_what_is_wrong() {
    let packed = build::packed(&root().join("tests/components/contrary")).unwrap();
    let host = host();
    let right = subject(&host, packed.clone()).await;
    let list = Conformance::of(suite::run(&right, |_, _, _| ()).await);
    let other: Vec<&CheckResult> = list.checks.iter().filter(|one| one.verdict != Verdict::Passed).collect();
    assert!(other.is_empty(), "{other:#?}");
    assert_eq!(list.passed, checks().count());
    for one in &list.checks {
        assert!(one.cost.runs > 0 && one.cost.wall_us > 0 && one.cost.memory_peak_bytes > 0, "{one:?}");
    }
    let mut blind = Vec::new();
    for check in checks().filter(|check| !DESCRIBES.contains(&check.name)) {
        let settings = Map::from_iter([("wrong".to_owned(), json!(check.name))]);
        let wrong = subject(&host, packed.clone()).await.with_settings(&settings);
        let result = check.run(&wrong).await;
        if result.verdict != Verdict::Failed || result.detail.is_none() {
            blind.push(format!("{}: {:?} {:?}", check.name, result.verdict, result.detail));
        }
    }
    assert!(blind.is_empty(), "{}", blind.join("\n"));
}

/// Says that it takes five hundred at once.
fn greedy_connector() -> Vec<u8> {
    component(
        "deliverer",
        r#"(module
  (memory (export "memory") 2)
  (data (i32.const 1064) "email")
  (data (i32.const 1072) "\28\04\00\00\05\00\00\00")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
  (func (export "rialto:connector/connector@0.1.0#describe") (result i32)
    (i32.store (i32.const 2048) (i32.const 1072)) (i32.store (i32.const 2052) (i32.const 1))
    (i32.store (i32.const 2064) (i32.const 500))
    (i32.const 2048))
  (func (export "rialto:connector/deliver@0.1.0#deliver") (param i32) (result i32) (unreachable)))"#,
    )
}

#[tokio::test]
async fn a_plugin_that_describes_itself_badly_fails_that_check() {
    let host = host();
    for (name, guest) in DESCRIBES.into_iter().zip([greedy_connector(), Guest::default().report()]) {
        let check = checks().find(|check| check.name == name).unwrap();
        let result = check.run(&subject(&host, guest).await).await;
        assert_eq!(result.verdict, Verdict::Failed, "{result:?}");
    }
}

/// What a check finds out about a connector that sends nothing at all.
#[tokio::test]
async fn a_connector_that_only_says_so_is_seen_through() {
    let host = host();
    let silent = subject(&host, Guest::default().connector()).await;
    let list = Conformance::of(suite::run(&silent, |_, _, _| ()).await);
    let deliver = list.checks.iter().find(|one| one.name == "connector.deliver").unwrap();
    assert_eq!(
        deliver.detail.as_deref(),
        Some("with an other side that takes everything, nothing was sent for any delivery")
    );
    assert!(!list.holds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_plugins_pass() {
    let host = host();
    let mut wrong = Vec::new();
    for name in [
        "attribution-markov",
        "attribution-rules",
        "connector-email",
        "connector-webhook",
        "recommender-playbook",
        "recommender-proven",
        "report-channels",
        "report-campaign",
    ] {
        let bytes = crate::delivery::world::packed(name);
        let results = suite::run(&subject(&host, bytes).await, |_, _, _| ()).await;
        let failed = results.iter().filter(|one| !matches!(one.verdict, Verdict::Passed | Verdict::NotApplicable));
        wrong.extend(failed.map(|one| format!("{name} {}: {:?}", one.name, one.detail)));
        let passed = results.iter().filter(|one| one.verdict == Verdict::Passed).count();
        assert!(passed >= 8, "{name} passed only {passed}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_suite_ends_when_its_time_is_over() {
    let host = host();
    let none = Effort { time_max: std::time::Duration::ZERO, ..effort() };
    let report = subject(&host, Guest::default().report()).await.with_effort(none);
    let list = Conformance::of(suite::run(&report, |_, _, _| ()).await);
    assert_eq!((list.passed, list.failed, list.holds()), (0, 0, false));
    assert!(list.not_run > 5);
}

/// A host that runs the suite on every upload.
struct Watchful(TestHost);

impl Watchful {
    async fn on(database: TestDatabase) -> Self {
        Self(TestHost::within(database, Limits::default(), |_| {}).await)
    }

    async fn sqlite() -> Self {
        Self::on(TestDatabase::sqlite().await).await
    }

    async fn postgres() -> Option<Self> {
        Some(Self::on(TestDatabase::postgres().await?).await)
    }
}

async fn upload(client: &TestClient, bytes: Vec<u8>) -> Value {
    let request = client.request(Method::POST, "/plugins").header("content-type", "application/wasm").body(bytes);
    let (status, uploaded) = answer(request).await;
    assert_eq!(status, 201, "{uploaded}");
    uploaded
}

both! {
    async fn an_upload_is_followed_by_the_list(watchful: Watchful) {
        let Watchful(host) = watchful;
        let client = host.http().await;
        let package = upload(&client, Guest::default().report()).await;
        let at = format!("/api/v1/plugins/{}/conformance", package["digest"].as_str().unwrap());
        let (status, waiting) = client.get(&at).await;
        assert_eq!((status.as_u16(), waiting["state"].as_str()), (200, Some("waiting")));
        assert!(waiting.get("holds").is_none());
        host.drain().await;
        let (_, list) = client.get(&at).await;
        assert_eq!((list["state"].as_str(), list["holds"].as_bool()), (Some("done"), Some(false)), "{list}");
        let checks = list["checks"].as_array().unwrap();
        let describe = checks.iter().find(|one| one["name"] == "report.describe").unwrap();
        assert_eq!(describe["verdict"], "failed");
        assert!(describe["cpu_us"].as_u64().is_some() && describe["runs"].as_u64() > Some(0));
        let sum = ["passed", "failed", "not_applicable", "not_run"].map(|name| list[name].as_u64().unwrap());
        assert_eq!(sum.iter().sum::<u64>(), checks.len() as u64);
        // Once more, on demand: what is known stands meanwhile.
        let (status, again) = client.post(&at, &json!({})).await;
        assert_eq!((status.as_u16(), again["state"].as_str()), (202, Some("waiting")));
        assert_eq!(again["checks"].as_array().map(Vec::len), Some(checks.len()));
        host.drain().await;
        assert_eq!(client.get(&at).await.1["state"], "done");
        // Nobody else's.
        let other = host.another_workspace("other").await;
        let token = host.token(other, TokenKind::Admin, None).await;
        let stranger = TestClient::new(host.serve().await, Some(token));
        assert_eq!(stranger.get(&at).await.0, 404);
        assert_eq!(stranger.post(&at, &json!({})).await.0, 404);
    }
}
