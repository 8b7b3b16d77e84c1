//! The whole way in one go, over HTTP and under load: a wider version waits
//! while the old one serves, is approved, tries with half of the runs, is made
//! to fail, and is sent back by itself. No run of the old version fails.

use super::{act, add, deliver, obedient, open, policy, serving, steady, version, view, word};
use crate::plugins_api::mounted::{Mounted, STATE, manifest, package};
use rialto_plugin_host::{Doors, PluginKind};
use rialto_plugins::open_run;
use rialto_testkit::{TestDatabase, both};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Runs side by side, until told to stop.
struct Load {
    fault: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<BTreeMap<String, Counts>>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    good: u64,
    failed: u64,
}

impl Load {
    fn on(host: &Mounted, id: &str) -> Self {
        let (fault, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let tasks = (0..4).map(|_| {
            let (fault, stop, seen) = (fault.clone(), stop.clone(), seen.clone());
            let (host, ws, id) = (host.host.clone(), host.workspace, id.parse().unwrap());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let topic = if fault.load(Ordering::Relaxed) { "x" } else { "news" };
                    let mut open = open_run(&host, ws, id, PluginKind::Connector, Doors::default()).await.unwrap();
                    let on = open.version_label.clone();
                    let went = deliver(&mut open, topic).await;
                    open.finish().await;
                    let mut seen = seen.lock().unwrap();
                    let counts: &mut Counts = seen.entry(on).or_default();
                    if went.is_ok() { counts.good += 1 } else { counts.failed += 1 }
                }
            })
        });
        let tasks = tasks.collect();
        Self { fault, stop, seen, tasks }
    }

    fn counts(&self, version: &str) -> Counts {
        self.seen.lock().unwrap().get(version).copied().unwrap_or_default()
    }

    async fn until(&self, what: &str, reached: impl Fn(&Self) -> bool) {
        for _ in 0..6_000 {
            if reached(self) {
                return;
            }
            assert!(!self.tasks.iter().any(tokio::task::JoinHandle::is_finished), "a run could not be opened");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never: {what}: {:?}", self.seen.lock().unwrap());
    }

    async fn end(self) -> BTreeMap<String, Counts> {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.seen.lock().unwrap().clone()
    }
}

both! {
    async fn a_wider_version_waits_tries_fails_and_goes_back(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", steady("1.0.0")).await;
        policy(&host, &id, json!({ "canary": { "percent": 50, "runs": 100_000, "seconds": 3600 } })).await;
        let load = Load::on(&host, &id);
        load.until("the old version serves", |load| load.counts("1.0.0").good >= 20).await;

        // It asks for more: it waits, and the old one keeps serving.
        let wider = add(&host, &id, package(&obedient().connector(), &manifest("2.0.0", STATE))).await;
        assert_eq!(wider["state"], "waiting");
        assert_eq!(wider["difference"]["needs_approval"], true);
        assert_eq!(wider["difference"]["added"], json!([
            { "permission": "state", "detail": "keep 1000 bytes", "reason": "to remember" }
        ]));
        let before = load.counts("1.0.0").good;
        load.until("it serves meanwhile", |load| load.counts("1.0.0").good >= before + 20).await;
        assert_eq!(load.counts("2.0.0"), Counts::default(), "nothing of it runs");

        // In flight at the swap.
        let mut in_flight = open(&host, &id).await.unwrap();
        assert_eq!(in_flight.version_label, "1.0.0");

        let (status, trying) = act(&host, &id, &wider, "approve", json!({ "canary": true })).await;
        assert_eq!((status, word(&trying["state"])), (200, "canary"), "{trying}");
        load.until("both serve", |load| load.counts("1.0.0").good > 100 && load.counts("2.0.0").good >= 20).await;
        assert_eq!(word(&view(&host, &id).await["canary"]["state"]), "running");

        // Forced: the new version traps, the old one does not care.
        load.fault.store(true, Ordering::Relaxed);
        let at = format!("/installations/{id}");
        for _ in 0..6_000 {
            if host.get(&at).await.1["state"] == "active" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let back = view(&host, &id).await;
        assert_eq!((word(&back["state"]), word(&back["active"]["version"])), ("active", "1.0.0"), "{back}");
        let good = load.counts("1.0.0").good;
        load.until("the old version has all runs", |load| load.counts("1.0.0").good >= good + 50).await;

        assert!(deliver(&mut in_flight, "x").await.is_ok(), "what is in flight finishes on the version it began with");
        assert_eq!(in_flight.finish().await.record.version, "1.0.0");

        let detail = version(&host, &id, &wider).await;
        assert_eq!(word(&detail["state"]), "quarantined");
        let verdict = &detail["canaries"][0]["verdict"];
        assert_eq!(word(&verdict["rule"]), "failures", "{verdict}");
        assert!(verdict["new"]["failed"].as_i64() >= Some(3) && verdict["old"]["failed"] == 0, "{verdict}");

        let seen = load.end().await;
        assert_eq!(seen["1.0.0"].failed, 0, "{seen:?}");
        // Those under way when the third failed, and no more.
        assert!((3..=8).contains(&seen["2.0.0"].failed), "{seen:?}");

        // The versions' own figures say the same.
        let (_, health) = host.get(&format!("{at}/health")).await;
        let of = |label: &str| health["versions"].as_array().unwrap().iter().find(|v| v["version"] == label).cloned();
        assert_eq!(of("1.0.0").unwrap()["failed"], 0, "{health}");
    }
}
