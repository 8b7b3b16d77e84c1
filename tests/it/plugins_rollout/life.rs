//! One step of a version's life at a time.

use super::{act, add, fickle, open, policy, run, second, serving, steady, trying, version, view, word};
use crate::{
    guests::Guest,
    plugins_api::mounted::{Mounted, STATE, manifest, package},
};
use rialto_plugins::Error;
use rialto_testkit::{TestDatabase, both};
use serde_json::{Value, json};

fn steps(detail: &Value) -> Vec<String> {
    let steps = detail["steps"].as_array().unwrap();
    steps.iter().map(|step| format!("{} → {}", word(&step["from"]), word(&step["to"]))).collect()
}

both! {
    async fn every_step_is_written_down_with_its_reason(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({})).await;
        let detail = version(&host, &id, &candidate).await;
        assert_eq!(steps(&detail), [
            "received → inspected",
            "inspected → precompiled",
            "precompiled → approved",
            "approved → canary",
        ]);
        assert_eq!(detail["steps"][2]["reason"], "it asks for no more than is granted");
        assert_eq!(detail["steps"][3]["by"], "local");
        let (status, answer) = act(&host, &id, &candidate, "activate", json!({})).await;
        assert_eq!((status, word(&answer["active"]["version"])), (200, "2.0.0"), "{answer}");
        let detail = version(&host, &id, &candidate).await;
        assert_eq!(steps(&detail).last().map(String::as_str), Some("canary → active"));
        assert_eq!((word(&detail["canaries"][0]["state"]), word(&detail["canaries"][0]["verdict"]["rule"])), ("activated", "activated"));
        host.post(&format!("/installations/{id}:disable"), json!({})).await;
        host.post(&format!("/installations/{id}:enable"), json!({})).await;
        let detail = version(&host, &id, &candidate).await;
        assert_eq!(&steps(&detail)[5..], ["active → disabled", "disabled → active"]);
        assert_eq!(word(&detail["state"]), "active");
    }

    async fn what_is_not_allowed_says_what_to_do(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", steady("1.0.0")).await;
        let wider = add(&host, &id, package(&Guest::default().connector(), &manifest("2.0.0", STATE))).await;
        assert_eq!(wider["state"], "waiting");
        let refused = async |verb: &str, of: &Value| {
            let (status, problem) = act(&host, &id, of, verb, json!({})).await;
            assert_eq!(status, 409, "{problem}");
            (word(&problem["code"]).to_owned(), word(&problem["detail"]).to_owned())
        };
        assert_eq!(refused("activate", &wider).await.0, "not-approved");
        assert_eq!(refused("canary", &wider).await.0, "not-approved");
        assert_eq!(refused("release", &wider).await.0, "wrong-state");
        let active = view(&host, &id).await["active"].clone();
        let (code, detail) = refused("canary", &active).await;
        assert_eq!(code, "wrong-state");
        assert!(detail.contains("leads the installation already"), "{detail}");
        let (status, problem) = host.delete(&format!("/installations/{id}/versions/{}", word(&active["id"]))).await;
        assert_eq!((status, word(&problem["code"]), word(&problem["from"])), (409, "wrong-state", "active"));
        assert!(word(&problem["detail"]).contains("let another version serve first"), "{problem}");
        let (status, problem) = act(&host, &id, &wider, "approve", json!({ "activate": true, "canary": true })).await;
        assert_eq!((status, word(&problem["errors"][0]["field"])), (422, "canary"), "{problem}");
        assert_eq!(act(&host, &id, &wider, "approve", json!({ "canary": true })).await.0, 200);
        let third = add(&host, &id, fickle("3.0.0")).await;
        assert_eq!(refused("canary", &third).await.0, "canary-runs");
        let (status, problem) = act(&host, &id, &third, "canary", json!({ "percent": 99 })).await;
        assert_eq!(status, 409, "{problem}");
        host.post(&format!("/installations/{id}:rollback"), json!({})).await;
        let (status, problem) = act(&host, &id, &third, "canary", json!({ "percent": 99 })).await;
        assert_eq!((status, word(&problem["errors"][0]["field"])), (422, "canary.percent"), "{problem}");
        host.post(&format!("/installations/{id}:disable"), json!({})).await;
        assert_eq!(refused("canary", &third).await.0, "disabled");
        assert_eq!(host.delete(&format!("/installations/{id}/versions/{}", word(&third["id"]))).await.0, 204);
        assert_eq!(refused("activate", &third).await.1, "the version is removed and cannot become disabled: it was removed; add it again");
    }

    async fn a_first_version_has_nothing_beside_it(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, first) = crate::plugins_api::installed(&host, "mail", steady("1.0.0")).await;
        let first = json!({ "id": first });
        assert_eq!(act(&host, &id, &first, "approve", json!({})).await.0, 200);
        let (status, problem) = act(&host, &id, &first, "canary", json!({})).await;
        assert_eq!((status, word(&problem["code"])), (409, "nothing-active"), "{problem}");
    }

    async fn an_approval_holds_for_the_installation_as_it_was_read(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, first) = crate::plugins_api::installed(&host, "mail", steady("1.0.0")).await;
        let read = view(&host, &id).await["version"].as_i64().unwrap();
        let path = format!("/installations/{id}/versions/{first}/approve");
        let (status, problem) = host.post_if(&path, read + 1, json!({})).await;
        assert_eq!((status, word(&problem["code"])), (412, "changed"), "{problem}");
        assert_eq!(view(&host, &id).await["waiting"][0]["state"], "waiting", "nothing was approved");
        assert_eq!(host.post_if(&path, read, json!({})).await.0, 200);
    }

    async fn one_wrong_answer_is_one_too_many(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({})).await;
        let mut wrong = 0;
        for _ in 0..100 {
            let (on, went) = run(&host, &id, "wrong").await;
            assert!(on == "2.0.0" || went.is_ok(), "the version beside it answers rightly");
            wrong += usize::from(went.is_err());
        }
        assert_eq!(wrong, 1, "the next run is the old version's again");
        let detail = version(&host, &id, &candidate).await;
        assert_eq!(word(&detail["state"]), "quarantined", "{detail}");
        let canary = &detail["canaries"][0];
        assert_eq!((word(&canary["state"]), word(&canary["verdict"]["rule"])), ("returned", "wrong-answers"), "{canary}");
        assert_eq!(canary["verdict"]["new"]["wrong"], 1);
        let (status, problem) = act(&host, &id, &candidate, "activate", json!({})).await;
        assert_eq!((status, word(&problem["code"])), (409, "quarantined"), "{problem}");
        let (status, released) = act(&host, &id, &candidate, "release", json!({})).await;
        assert_eq!((status, word(&released["waiting"][0]["state"])), (200, "approved"), "{released}");
        assert_eq!(act(&host, &id, &candidate, "canary", json!({})).await.0, 200, "a person may try again");
    }

    async fn what_costs_too_much_goes_back(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({ "cost_runs": 5, "cost_percent": 200 })).await;
        for _ in 0..60 {
            assert!(run(&host, &id, "costly").await.1.is_ok());
        }
        let detail = version(&host, &id, &candidate).await;
        let verdict = &detail["canaries"][0]["verdict"];
        assert_eq!(word(&verdict["rule"]), "cost", "{detail}");
        assert_eq!(word(&detail["state"]), "quarantined");
        assert_eq!((&verdict["new"]["failed"], &verdict["old"]["failed"]), (&json!(0), &json!(0)));
        assert_eq!(run(&host, &id, "costly").await.0, "1.0.0");
    }

    async fn a_canary_that_holds_serves_or_waits(db: TestDatabase) {
        let clock = db.clock.clone();
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({ "runs": 5, "seconds": 60, "held": "wait" })).await;
        for _ in 0..40 {
            assert!(run(&host, &id, "news").await.1.is_ok());
        }
        assert_eq!(word(&view(&host, &id).await["canary"]["state"]), "running", "not long enough");
        clock.advance_seconds(60);
        let _ = run(&host, &id, "news").await;
        let held = view(&host, &id).await;
        assert_eq!((word(&held["canary"]["state"]), word(&held["canary"]["verdict"]["rule"])), ("held", "held"), "{held}");
        assert_eq!((word(&held["active"]["version"]), word(&held["candidate"]["version"])), ("1.0.0", "2.0.0"));
        assert_eq!(host.post(&format!("/installations/{id}:rollback"), json!({})).await.0, 200);
        let detail = version(&host, &id, &candidate).await;
        assert_eq!((word(&detail["state"]), word(&detail["canaries"][0]["state"])), ("approved", "stopped"), "{detail}");

        policy(&host, &id, json!({ "canary": { "runs": 5, "seconds": 0, "percent": 50 } })).await;
        assert_eq!(act(&host, &id, &candidate, "canary", json!({})).await.0, 200);
        let mut labels = Vec::new();
        for _ in 0..40 {
            labels.push(run(&host, &id, "news").await.0);
        }
        let now = view(&host, &id).await;
        assert_eq!((word(&now["active"]["version"]), word(&now["state"])), ("2.0.0", "active"), "{now}");
        assert_eq!(now["active"]["id"], candidate["id"]);
        assert_eq!(labels.last().map(String::as_str), Some("2.0.0"));
        let (_, back) = host.post(&format!("/installations/{id}:rollback"), json!({})).await;
        assert_eq!(word(&back["active"]["version"]), "1.0.0", "one call");
        let (_, canaries) = host.get(&format!("/installations/{id}/canaries")).await;
        assert_eq!(canaries["items"].as_array().unwrap().len(), 2);
    }

    async fn a_policy_lets_versions_through_by_themselves(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", steady("1.0.0")).await;
        policy(&host, &id, json!({ "updates": "activate" })).await;
        assert_eq!(add(&host, &id, steady("1.1.0")).await["state"], "active");
        let wider = add(&host, &id, package(&Guest::default().connector(), &manifest("2.0.0", STATE))).await;
        assert_eq!(wider["state"], "waiting", "whatever the policy says");
        assert_eq!(run(&host, &id, "news").await.0, "1.1.0");
        policy(&host, &id, json!({ "updates": "canary" })).await;
        let next = add(&host, &id, fickle("2.1.0")).await;
        assert_eq!(next["state"], "canary", "{next}");
        assert_eq!(view(&host, &id).await["canary"]["terms"]["percent"], 10);
        assert_eq!(host.post(&format!("/installations/{id}:disable"), json!({})).await.0, 200);
        let detail = version(&host, &id, &next).await;
        assert_eq!((word(&detail["state"]), word(&detail["canaries"][0]["verdict"]["rule"])), ("approved", "disabled"));
    }

    async fn a_policy_with_a_wrong_field_names_it(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", steady("1.0.0")).await;
        let at = format!("/installations/{id}/rollout");
        for (policy, field) in [
            (json!({ "failure": "fail-open" }), "failure"),
            (json!({ "failure": "retry-once" }), "failure"),
            (json!({ "canary": { "percent": 0 } }), "canary.percent"),
            (json!({ "crash_loop": 0 }), "crash_loop"),
            (json!({ "breaker": { "window_percent": 101 } }), "breaker.window_percent"),
        ] {
            let (status, problem) = host.put(&at, policy).await;
            assert_eq!((status, word(&problem["errors"][0]["field"])), (422, field), "{problem}");
        }
        assert_eq!(host.put(&at, json!({ "sometimes": true })).await.0, 422);
        let (_, shown) = host.get(&at).await;
        assert_eq!((&shown["updates"], &shown["allowed_failure"]), (&json!("ask"), &json!(["fail-closed"])), "{shown}");
    }

    async fn a_crash_loop_ends_in_quarantine_and_the_version_before_serves(db: TestDatabase) {
        let clock = db.clock.clone();
        let host = Mounted::new(db);
        let id = serving(&host, "mail", steady("1.0.0")).await;
        policy(&host, &id, json!({ "crash_loop": 2, "breaker": { "consecutive": 2 } })).await;
        let bad = add(&host, &id, fickle("2.0.0")).await;
        assert_eq!(act(&host, &id, &bad, "activate", json!({})).await.0, 200);
        for _ in 0..2 {
            assert_eq!(run(&host, &id, "x").await.0, "2.0.0");
        }
        let resting = view(&host, &id).await;
        assert_eq!((word(&resting["state"]), word(&resting["active"]["state"])), ("resting", "degraded"), "{resting}");
        assert!(open(&host, &id).await.is_err(), "it rests");
        clock.advance_seconds(60);
        assert!(run(&host, &id, "fine").await.1.is_ok(), "the probe");
        assert_eq!(word(&view(&host, &id).await["active"]["state"]), "active", "it runs well again");
        for _ in 0..2 {
            let _ = run(&host, &id, "x").await;
        }
        clock.advance_seconds(60);
        let _ = run(&host, &id, "x").await;
        let detail = version(&host, &id, &bad).await;
        assert_eq!(word(&detail["state"]), "quarantined", "{detail}");
        let told = steps(&detail);
        assert_eq!(&told[3..], [
            "approved → active",
            "active → degraded",
            "degraded → active",
            "active → degraded",
            "degraded → quarantined",
        ]);
        let now = view(&host, &id).await;
        assert_eq!((word(&now["active"]["version"]), word(&now["state"])), ("1.0.0", "active"), "{now}");
        assert!(run(&host, &id, "x").await.1.is_ok());
        assert_eq!(now["quarantined"][0]["version"], "2.0.0");
    }

    async fn without_a_version_before_a_crash_loop_stops_the_installation(db: TestDatabase) {
        let host = Mounted::new(db);
        let id = serving(&host, "mail", fickle("1.0.0")).await;
        policy(&host, &id, json!({ "crash_loop": 1, "breaker": { "consecutive": 1 } })).await;
        let _ = run(&host, &id, "x").await;
        assert_eq!(word(&view(&host, &id).await["state"]), "quarantined");
        assert!(matches!(open(&host, &id).await, Err(Error::NothingActive)));
    }

    async fn three_failures_are_enough(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({ "failures": 3 })).await;
        let mut failed = 0;
        for _ in 0..20 {
            let (_, went) = run(&host, &id, "x").await;
            failed += usize::from(went.is_err());
        }
        assert_eq!(failed, 3, "after the third the other has all runs again");
        assert_eq!(word(&version(&host, &id, &candidate).await["state"]), "quarantined");
        assert_eq!(second(&host, &id).await, "1.0.0");
    }

    async fn a_second_run_is_never_the_candidates(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, _) = trying(&host, json!({})).await;
        for _ in 0..20 {
            assert_eq!(second(&host, &id).await, "1.0.0");
        }
    }

    async fn health_tells_the_versions_apart(db: TestDatabase) {
        let host = Mounted::new(db);
        let (id, candidate) = trying(&host, json!({ "failures": 100 })).await;
        let mut on_new = 0;
        for n in 0..40 {
            let (label, _) = run(&host, &id, if n == 39 { "x" } else { "news" }).await;
            on_new += u64::from(label == "2.0.0");
        }
        let (_, health) = host.get(&format!("/installations/{id}/health")).await;
        let versions = health["versions"].as_array().unwrap();
        let of = |label: &str| versions.iter().find(|v| v["version"] == label).unwrap();
        assert_eq!((of("2.0.0")["runs"].as_u64(), of("1.0.0")["runs"].as_u64()), (Some(on_new), Some(40 - on_new)), "{health}");
        assert_eq!((&of("2.0.0")["share_percent"], &of("1.0.0")["share_percent"]), (&json!(50), &json!(50)));
        assert_eq!((word(&of("2.0.0")["state"]), word(&of("1.0.0")["state"])), ("canary", "active"));
        assert_eq!(word(&of("1.0.0")["breaker"]["state"]), "closed");
        assert!(of("1.0.0")["p99_wall_us"].as_i64().unwrap() > 0);
        assert_eq!((&health["queue"]["running"], &health["queue"]["waiting"]), (&json!(0), &json!(0)), "{health}");
        assert_eq!(health["denied_calls"], 0);
        let canary = &view(&host, &id).await["canary"];
        assert_eq!(canary["new"]["runs"].as_u64(), Some(on_new));
        assert_eq!(canary["version"], candidate["id"]);
    }

    async fn a_denied_call_is_seen(db: TestDatabase) {
        let host = Mounted::new(db);
        let wish = "[wishes.mail]\nreason = \"to send\"\n";
        let imports = r#"(import "rialto:mail/mail@0.1.0" "submit" (func $submit (param
            i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))"#;
        // Thirteen zeros: an empty delivery and an empty mail.
        let body = format!("(call $submit {} (i32.const 4096))", "(i32.const 0) ".repeat(13));
        let mailing = Guest { imports: imports.into(), body, ..Guest::default() };
        let id = serving(&host, "mail", package(&mailing.connector(), &manifest("1.0.0", wish))).await;
        for _ in 0..3 {
            assert!(run(&host, &id, "news").await.1.is_ok());
        }
        let (_, denials) = host.get(&format!("/installations/{id}/denials")).await;
        let one = &denials["items"][0];
        assert_eq!((word(&one["capability"]), word(&one["target"]), &one["calls"]), ("mail", "mail.submit", &json!(3)), "{denials}");
        assert_eq!(host.get(&format!("/installations/{id}/health")).await.1["denied_calls"], 3);
        assert_eq!(denials["items"].as_array().unwrap().len(), 1, "the same again only counts");
    }
}
