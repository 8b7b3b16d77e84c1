//! Recorded runs made again: on their own version, on another, on another
//! machine as a fixture, and in an author's test.

use super::desk::{ADDRESS, Desk, package};
use rialto_contract::{Fixture, Verdict};
use rialto_sdk_harness::Harness;
use rialto_testkit::{TestDatabase, both};
use serde_json::json;

both! {
    async fn a_run_goes_again_and_another_version_is_told_apart(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver("hello", &[]).await;
        let path = format!("/runs/{run}/replay");
        let (status, told) = desk.http.post(&path, &json!({})).await;
        assert_eq!((status.as_u16(), &told["verdict"]), (200, &json!("same")), "{told}");
        assert_eq!(told["recorded_cost"]["host_calls"], told["cost"]["host_calls"]);
        let kept = "SELECT CAST(COUNT(*) AS BIGINT) FROM plugin_state WHERE workspace = $1";
        let before = desk.count(kept).await;

        let other = desk.version(&desk.noting, package("1.1.0", "noting", "email")).await;
        let (_, told) = desk.http.post(&path, &json!({ "version": other })).await;
        assert_eq!((&told["verdict"], &told["at_call"]), (&json!("diverged"), &json!(0)), "{told}");
        let difference = &told["differences"][0];
        assert_eq!((&difference["field"], &difference["recorded"], &difference["now"]), (&json!("key"), &json!("report"), &json!("email")));

        let more = desk.version(&desk.noting, package("1.2.0", "noting", "twice")).await;
        let (_, told) = desk.http.post(&path, &json!({ "version": more })).await;
        assert_eq!((&told["verdict"], &told["at_call"]), (&json!("diverged"), &json!(1)), "{told}");
        assert!(told["detail"].as_str().unwrap().contains("more host calls"), "{told}");

        let less = desk.version(&desk.noting, package("1.3.0", "noting", "quiet")).await;
        let (_, told) = desk.http.post(&path, &json!({ "version": less })).await;
        assert_eq!((&told["verdict"], &told["at_call"]), (&json!("diverged"), &json!(0)), "{told}");
        assert!(told["detail"].as_str().unwrap().contains("were not made"), "{told}");

        let broken = desk.version(&desk.noting, package("1.4.0", "noting", "unreachable")).await;
        let (_, told) = desk.http.post(&path, &json!({ "version": broken })).await;
        assert_eq!(told["verdict"], "fails", "{told}");
        assert_eq!(desk.count(kept).await, before, "nothing of it had an effect");
        assert_eq!(desk.get(&format!("/installations/{}", desk.noting)).await["health"]["runs"], 1);
    }

    async fn a_shadow_run_tells_a_candidate_apart_before_it_serves(db: TestDatabase) {
        let desk = Desk::new(db).await;
        for _ in 0..3 {
            desk.deliver("hello", &[]).await;
        }
        let at = |version: &str| format!("/installations/{}/versions/{version}/shadow", desk.noting);
        let alike = desk.version(&desk.noting, package("1.1.0", "noting", "report")).await;
        assert_eq!(desk.http.get(&at(&alike)).await.0.as_u16(), 404, "none was made");
        let (status, report) = desk.http.post(&at(&alike), &json!({})).await;
        assert_eq!((status.as_u16(), &report["runs"], &report["same"], &report["alike"]), (200, &json!(3), &json!(3), &json!(true)), "{report}");
        let other = desk.version(&desk.noting, package("1.2.0", "noting", "email")).await;
        let (_, report) = desk.http.post(&at(&other), &json!({ "runs": 2 })).await;
        assert_eq!((&report["runs"], &report["diverged"], &report["alike"]), (&json!(2), &json!(2), &json!(false)), "{report}");
        let item = &report["items"][0];
        assert_eq!((&item["verdict"], &item["at_call"], &item["differences"][0]["field"]), (&json!("diverged"), &json!(0), &json!("key")));
        assert_eq!(desk.get(&at(&other)).await, report, "the report is kept");
        let failing = desk.version(&desk.noting, package("1.3.0", "noting", "unreachable")).await;
        let (_, report) = desk.http.post(&at(&failing), &json!({})).await;
        assert_eq!((&report["fail"], &report["alike"]), (&json!(3), &json!(false)), "{report}");
        for bad in [0, 101] {
            assert_eq!(desk.http.post(&at(&other), &json!({ "runs": bad })).await.0.as_u16(), 422);
        }
        let seen = desk.get(&format!("/installations/{}", desk.noting)).await;
        assert_eq!((&seen["active"]["version"], &seen["health"]["runs"]), (&json!("1.0.0"), &json!(3)), "{seen}");
    }

    async fn a_version_whose_shadow_differs_serves_only_when_somebody_says_so(db: TestDatabase) {
        let desk = Desk::new(db).await;
        desk.deliver("hello", &[]).await;
        let at = |version: &str| format!("/installations/{}/versions/{version}", desk.noting);
        let alike = desk.version(&desk.noting, package("1.1.0", "noting", "report")).await;
        let other = desk.version(&desk.noting, package("1.2.0", "noting", "email")).await;
        for version in [&alike, &other] {
            let (status, report) = desk.http.post(&format!("{}/shadow", at(version)), &json!({})).await;
            assert_eq!(status.as_u16(), 200, "{report}");
            let seen = desk.get(&at(version)).await;
            assert_eq!((&seen["state"], &seen["shadow"]["report"]), (&json!("approved"), &report["id"]), "{seen}");
            let steps = seen["steps"].as_array().unwrap();
            assert_eq!((&steps[3]["to"], &steps[4]["to"]), (&json!("shadow"), &json!("approved")), "{seen}");
        }
        let (status, view) = desk.http.post(&format!("{}:activate", at(&alike)), &json!({})).await;
        assert_eq!((status.as_u16(), &view["active"]["version"]), (200, &json!("1.1.0")), "{view}");
        for verb in ["activate", "canary"] {
            let (status, problem) = desk.http.post(&format!("{}:{verb}", at(&other)), &json!({})).await;
            assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("shadow-differs")), "{problem}");
            assert_eq!((&problem["shadow"]["diverged"], &problem["shadow"]["same"]), (&json!(1), &json!(0)));
        }
        let accepted = json!({ "accept_differences": true });
        let (status, view) = desk.http.post(&format!("{}:activate", at(&other)), &accepted).await;
        assert_eq!((status.as_u16(), &view["active"]["version"]), (200, &json!("1.2.0")), "{view}");
        let (status, problem) = desk.http.post(&format!("{}/shadow", at(&other)), &json!({})).await;
        assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("wrong-state")), "{problem}");
    }

    async fn a_fixture_holds_nobody_and_runs_in_an_authors_test(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver(&format!("Dear {ADDRESS}, +4917012345678"), &[]).await;
        let document = desk.get(&format!("/runs/{run}/fixture")).await;
        let text = document.to_string();
        for told in [ADDRESS, "marmot", "4917012345678"] {
            assert!(!text.contains(told), "{told} is in {text}");
        }
        assert_eq!((&document["rialto-fixture"], &document["kind"]), (&json!(1), &json!("connector")));
        let again = desk.get(&format!("/runs/{run}/fixture")).await;
        assert_eq!(again["tape"], document["tape"], "pseudonyms are stable");
        // The harness has a runtime of its own.
        let verdicts = tokio::task::spawn_blocking(move || {
            let fixture = Fixture::from_json(&text).unwrap();
            let replay = |does| Harness::of(package("1.0.0", "noting", does)).unwrap().replay(&fixture).unwrap();
            [replay("report").verdict, replay("email").verdict]
        });
        assert_eq!(verdicts.await.unwrap(), [Verdict::Same, Verdict::Diverged]);
    }
}

#[test]
fn what_is_no_fixture_is_said_so() {
    for (text, words) in [
        ("", "no recording"),
        ("{}", "rialto-fixture"),
        (r#"{"rialto-fixture":9,"tape":{}}"#, "form 9"),
        (r#"{"rialto-fixture":1}"#, "tape"),
        (r#"{"rialto-fixture":1,"tape":{},"plugin":"a/b"}"#, "no recording"),
    ] {
        let told = Fixture::from_json(text).unwrap_err().to_string();
        assert!(told.contains(words), "{text}: {told}");
    }
}
