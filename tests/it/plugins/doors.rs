//! What a plugin reaches through its doors, what is kept of it, and how a
//! recording replays.

use super::lab::{Lab, batch};
use crate::guests::Guest;
use rialto_contract::{Asked, connector, report};
use rialto_plugin_host::{
    BodyPolicy, Doors, Fault, Finished, Grants, HostConfig, Outcome, PluginKind, QueryDoor, RecordedCall, Recording,
    RunError, ScriptedBackend, StateDoor, StateEntry, StateUsage, StateWrite,
    capability::{HostAnswer, HostCall, Metric, QueryAnswer, Question},
};
use std::sync::{Arc, Mutex};

/// Asks for the metrics and writes a log line.
fn curious() -> Vec<u8> {
    let imports = r#"(import "rialto:query/query@0.1.0" "metrics" (func $metrics (param i32)))
      (import "rialto:log/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32 i32)))"#;
    let body = "(call $metrics (i32.const 4096))
      (call $log (i32.const 1024) (i32.const 6) (i32.const 1048) (i32.const 8) (i32.const 0) (i32.const 0))";
    Guest { imports: imports.into(), body: body.into(), ..Guest::default() }.report()
}

/// Puts the value `{}` under the key `report`, then does `then`.
fn remembering(then: &str) -> Vec<u8> {
    let imports = r#"(import "rialto:state/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32)))"#;
    let put = "(call $put (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const 2) (i32.const 4096))";
    Guest { imports: imports.into(), body: format!("{put} {then}"), ..Guest::default() }.connector()
}

struct Catalogue;

#[async_trait::async_trait]
impl QueryDoor for Catalogue {
    async fn metrics(&self) -> Vec<Metric> {
        let text = |t: &str| t.to_owned();
        vec![Metric {
            name: text("sends"),
            title: text("Sends"),
            definition: text(""),
            unit: text("count"),
            dimensions: vec![],
        }]
    }
    async fn ask(&self, questions: &[Question]) -> Vec<Result<QueryAnswer, Fault>> {
        questions.iter().map(|_| Err(Fault::invalid("no"))).collect()
    }
}

struct Shelf;

#[async_trait::async_trait]
impl StateDoor for Shelf {
    async fn get(&self, _key: &str) -> Result<Option<StateEntry>, Fault> {
        Ok(Some(StateEntry { value: b"old".to_vec(), version: 7 }))
    }
    async fn keys(&self, _: &str, _: Option<&str>, _: u32) -> Result<Vec<String>, Fault> {
        Ok(vec![])
    }
    async fn usage(&self) -> Result<StateUsage, Fault> {
        Ok(StateUsage { keys: 1, bytes: 9 })
    }
    async fn put_now(&self, _: &str, _: &[u8]) -> Result<u64, Fault> {
        Ok(8)
    }
}

async fn deliver(lab: &Lab, bytes: Vec<u8>, doors: Doors) -> (Result<Vec<connector::Outcome>, RunError>, Finished) {
    let plugin = lab.host.load(bytes, &Grants { state_bytes: 100, ..Grants::default() }).await.unwrap();
    let mut run = lab.host.run(lab.request(&plugin, PluginKind::Connector).doors(doors)).await.unwrap();
    let answer = connector::deliver(&mut run, "{}", batch(1)).await;
    (answer, run.finish().await)
}

#[tokio::test]
async fn writes_are_handed_over_after_success_and_never_after_failure() {
    let lab = Lab::new();
    let doors = Doors { state: Some(Arc::new(Shelf)), ..Doors::default() };
    let (answer, finished) = deliver(&lab, remembering(""), doors.clone()).await;
    assert!(answer.is_ok(), "{answer:?}");
    let write = StateWrite { key: "report".into(), value: Some(b"{}".to_vec()), expected: Some(7) };
    assert_eq!(finished.state, [write]);
    let (answer, finished) = deliver(&lab, remembering("(unreachable)"), doors).await;
    assert!(answer.is_err());
    assert_eq!(finished.state, []);
}

#[tokio::test]
async fn an_absent_door_is_a_fault_and_not_a_trap() {
    let lab = Lab::new();
    // The case of the result at 4096 is 1 when it is a fault.
    let trap_on_success = "(if (i32.eqz (i32.load8_u (i32.const 4096))) (then (unreachable)))";
    let (answer, finished) = deliver(&lab, remembering(trap_on_success), Doors::default()).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(finished.record.outcome, Outcome::Succeeded);
    assert_eq!(finished.record.calls[0].capability, "state");
}

#[tokio::test]
async fn a_recording_replays_and_another_run_diverges() {
    let recording = Recording { policy: BodyPolicy::Always, sample_percent: 0 };
    let lab = Lab::with(HostConfig { recording, ..HostConfig::default() });
    let plugin = lab.host.load(curious(), &Grants { query: true, ..Grants::default() }).await.unwrap();
    let build = async |request: rialto_plugin_host::RunRequest| {
        let mut run = lab.host.run(request).await.unwrap();
        let answer = report::build(&mut run, "{}", "en", "{}").await;
        (answer, run.finish().await)
    };
    let request = || lab.request(&plugin, PluginKind::Report);
    let doors = Doors { query: Some(Arc::new(Catalogue)), ..Doors::default() };
    let (answer, live) = build(request().doors(doors)).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(live.logs[0].message, "accepted");
    let whole = live.bodies.unwrap();
    let bodies = whole.calls.clone();
    assert_eq!(bodies.len(), 1, "logs are kept apart");
    let asked = whole.entries[0].asked.downcast_ref::<Asked>().unwrap();
    assert_eq!((whole.entries.len(), asked.entry()), (1, "build"));

    let (_, replayed) = build(request().replay(bodies.clone())).await;
    assert_eq!(replayed.record.outcome, Outcome::Succeeded);
    assert_eq!(replayed.record.calls[0].answer, live.record.calls[0].answer);
    assert_eq!(replayed.record.entries[1].output, live.record.entries[1].output);

    let (answer, _) = build(request().replay(vec![])).await;
    assert!(matches!(answer, Err(RunError::Diverged { at: 0, .. })), "{answer:?}");
    let other = RecordedCall { call: HostCall::StateGet { key: "k".into() }, answer: HostAnswer::Value(Ok(None)) };
    let (answer, _) = build(request().replay(vec![other.clone()])).await;
    assert!(matches!(&answer, Err(RunError::Diverged { detail, .. }) if detail.contains("`query`")), "{answer:?}");
    let (_, longer) = build(request().replay([bodies, vec![other]].concat())).await;
    assert!(matches!(longer.record.error, Some(RunError::Diverged { at: 1, .. })), "{:?}", longer.record.error);
}

#[tokio::test]
async fn a_script_answers_without_effects() {
    let lab = Lab::new();
    let plugin = lab.host.load(curious(), &Grants { query: true, ..Grants::default() }).await.unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let script = ScriptedBackend::new(move |call| {
        seen.lock().unwrap().push(call.clone());
        HostAnswer::Metrics(vec![])
    });
    let mut run = lab.host.run(lab.request(&plugin, PluginKind::Report).scripted(script)).await.unwrap();
    assert!(report::build(&mut run, "{}", "en", "{}").await.is_ok());
    run.finish().await;
    assert_eq!(*asked.lock().unwrap(), [HostCall::QueryMetrics]);
}

/// The same package, started again, comes from the cache; a cache that was
/// tampered with is compiled again and never run.
#[tokio::test]
async fn a_warm_start_runs_the_same_code() {
    let dir = tempfile::tempdir().unwrap();
    let lab = || Lab::with(HostConfig { cache_dir: Some(dir.path().to_owned()), ..HostConfig::default() });
    lab().healthy().await;
    let file = std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
    let written = std::fs::metadata(&file).unwrap().modified().unwrap();
    lab().healthy().await;
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    lab().healthy().await;
    assert_ne!(std::fs::read(&file).unwrap(), bytes, "compiled again");
}

/// A run can be moved between threads, and so can what is awaited in it.
#[test]
fn runs_can_be_spawned() {
    fn sendable<T: Send>(_: &T) {}
    fn check(run: &mut rialto_plugin_host::Run) {
        sendable(&report::build(run, "", "", ""));
        sendable(&connector::deliver(run, "", batch(1)));
    }
    let _ = check;
}
