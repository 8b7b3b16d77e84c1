//! What is revoked does not come to serve by itself: neither as a canary that
//! held, nor as the version before one that is quarantined.

use super::{act, add, fickle, open, policy, run, steady, trying, version, view, word};
use crate::plugins_api::{mounted::Mounted, serving};
use rialto_plugins::Error;
use rialto_testkit::{TestDatabase, both};
use serde_json::{Value, json};

async fn revoke(host: &Mounted, package: &Value, stop: bool) -> String {
    let body = json!({ "digest": package, "reason": "a hole", "stop": stop });
    let (status, done) = host.post("/package-revocations", body).await;
    assert_eq!(status, 201, "{done}");
    word(&done["versions"][0]["now"]).to_owned()
}

both! {
    async fn a_canary_that_held_returns(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({ "runs": 5, "seconds": 0 })).await;
        assert_eq!(revoke(&host, &candidate["package"], false).await, "serves", "it keeps its share");
        assert_eq!(view(&host, &id).await["candidate"]["revoked"], "the package is revoked: a hole");
        for _ in 0..60 {
            assert!(run(&host, &id, "news").await.1.is_ok());
        }
        let detail = version(&host, &id, &candidate).await;
        assert_eq!(word(&detail["state"]), "quarantined", "{detail}");
        let canary = &detail["canaries"][0];
        assert_eq!((word(&canary["state"]), word(&canary["verdict"]["rule"])), ("returned", "revoked"), "{canary}");
        assert_eq!(word(&canary["verdict"]["detail"]), "the package is revoked: a hole");
        assert_eq!(run(&host, &id, "news").await.0, "1.0.0");
        assert_eq!(act(&host, &id, &candidate, "release", json!({})).await.0, 200);
        for verb in ["activate", "canary"] {
            let (status, problem) = act(&host, &id, &candidate, verb, json!({})).await;
            assert_eq!((status, word(&problem["code"])), (422, "revoked"), "{problem}");
        }
    }

    async fn a_canary_is_stopped_where_that_is_said(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({})).await;
        assert_eq!(revoke(&host, &candidate["package"], true).await, "stopped");
        let now = view(&host, &id).await;
        assert_eq!((word(&now["state"]), word(&now["active"]["version"])), ("active", "1.0.0"), "{now}");
        let detail = version(&host, &id, &candidate).await;
        assert_eq!((word(&detail["state"]), word(&detail["canaries"][0]["verdict"]["rule"])), ("approved", "revoked"));
    }

    async fn the_version_before_does_not_come_back(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", steady("1.0.0")).await;
        let first = view(&host, &id).await["active"].clone();
        policy(&host, &id, json!({ "crash_loop": 1, "breaker": { "consecutive": 1 } })).await;
        let bad = add(&host, &id, fickle("2.0.0")).await;
        assert_eq!(act(&host, &id, &bad, "activate", json!({})).await.0, 200);
        assert_eq!(revoke(&host, &first["package"], true).await, "idle");
        let _ = run(&host, &id, "x").await;
        assert_eq!(word(&view(&host, &id).await["state"]), "quarantined");
        assert!(matches!(open(&host, &id).await, Err(Error::NothingActive)));
    }
}
