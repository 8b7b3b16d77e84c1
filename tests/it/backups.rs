//! Backups over HTTP: who may ask, what is kept, what is shown of one that came
//! to nothing. That a host restored from one is whole and sends nothing is
//! tried in `real/copies.rs`.

use reqwest::{Method, StatusCode};
use rialto_identity::TokenKind;
use rialto_jobs::host_restored;
use rialto_testkit::{TestClient, TestHost, both};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Ask for one and have it made.
async fn made(host: &TestHost, http: &TestClient, name: &str) -> Value {
    let (status, asked) = http.post("/backups", &json!({ "name": name })).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{asked}");
    assert_eq!((asked["state"].as_str(), asked["sha256"].as_str()), (Some("pending"), None));
    host.drain().await;
    // Ids sort by the clock, which stands still.
    host.clock().advance_seconds(1);
    let (_, found) = http.get(&format!("/backups/{}", asked["id"].as_str().unwrap())).await;
    found
}

async fn listed(http: &TestClient) -> Vec<Value> {
    http.get("/backups").await.1["items"].as_array().unwrap().clone()
}

both! {
    async fn a_backup_is_made_listed_fetched_and_removed(host: TestHost) {
        let http = host.http().await;
        assert_eq!(listed(&http).await.len(), 0);
        let backup = made(&host, &http, "升级之前").await;
        assert_eq!((backup["state"].as_str(), backup["name"].as_str()), (Some("done"), Some("升级之前")), "{backup}");
        assert_eq!(backup["progress"]["done"], backup["progress"]["total"]);
        assert!(backup["progress"]["total"].as_i64() > Some(1_000), "{backup}");
        assert_eq!(listed(&http).await, std::slice::from_ref(&backup));
        let path = format!("/backups/{}", backup["id"].as_str().unwrap());
        let answer = http.request(Method::GET, &format!("{path}/file")).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/zip");
        assert_eq!(answer.headers()["content-length"].to_str().unwrap(), backup["bytes"].to_string());
        let file = answer.bytes().await.unwrap();
        assert_eq!(hex::encode(Sha256::digest(&file)), backup["sha256"].as_str().unwrap());
        // The master key is in none of its parts, in no form.
        let held = |needle: &[u8]| file.windows(needle.len()).any(|window| window == needle);
        assert!(!held(&[7; 32]) && !held("07".repeat(32).as_bytes()) && held(b"rialto-backup.json"));
        assert_eq!(http.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert_eq!(http.get(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(http.delete(&path).await.0, StatusCode::NOT_FOUND);
        let folder = host.host().data_dir.join("backups");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "file and draft are gone");
    }

    async fn only_the_hosts_admin_has_to_do_with_backups(host: TestHost) {
        let http = host.http().await;
        let backup = made(&host, &http, "").await;
        let path = format!("/backups/{}", backup["id"].as_str().unwrap());
        let elsewhere = host.another_workspace("elsewhere").await;
        let mut strangers = vec![host.token(elsewhere, TokenKind::Admin, None).await];
        for role in ["viewer", "manager"] {
            strangers.push(host.token(host.workspace(), TokenKind::Api, Some(role)).await);
        }
        strangers.push(host.token(host.workspace(), TokenKind::Write, None).await);
        for token in strangers {
            let other = http.with_token(Some(token));
            assert_eq!(other.post("/backups", &json!({})).await.0, StatusCode::FORBIDDEN);
            for door in ["/backups".to_owned(), path.clone(), format!("{path}/file")] {
                assert_eq!(other.get(&door).await.0, StatusCode::FORBIDDEN, "{door}");
            }
            assert_eq!(other.delete(&path).await.0, StatusCode::FORBIDDEN);
        }
        assert_eq!(http.get(&path).await.1["state"], "done");
    }

    async fn one_at_a_time_and_the_latest_seven_are_kept(host: TestHost) {
        let http = host.http().await;
        let (_, first) = http.post("/backups", &json!({})).await;
        let (status, second) = http.post("/backups", &json!({})).await;
        assert_eq!((status, second["code"].as_str()), (StatusCode::CONFLICT, Some("backup-running")), "{second}");
        let path = format!("/backups/{}", first["id"].as_str().unwrap());
        assert_eq!(http.delete(&path).await.1["code"], "backup-running");
        assert_eq!(http.get(&format!("{path}/file")).await.1["code"], "not-done");
        // Called off before it began: it says so, and another may be asked for.
        let (status, _) = http.post(&format!("/jobs/{}:cancel", first["job"].as_str().unwrap()), &json!({})).await;
        assert!(status.is_success(), "{status}");
        assert_eq!(http.get(&path).await.1["state"], "cancelled");
        assert_eq!(http.get(&format!("{path}/file")).await.1["code"], "backup-failed");
        assert_eq!(http.delete(&path).await.0, StatusCode::NO_CONTENT);
        for number in 1..=8 {
            let backup = made(&host, &http, &format!("number {number}")).await;
            assert_eq!(backup["state"], "done", "{backup}");
        }
        let names: Vec<String> =
            listed(&http).await.iter().map(|backup| backup["name"].as_str().unwrap().to_owned()).collect();
        let kept: Vec<String> = (2..=8).rev().map(|number| format!("number {number}")).collect();
        assert_eq!(names, kept);
        assert_eq!(std::fs::read_dir(host.host().data_dir.join("backups")).unwrap().count(), 7);
    }

    async fn what_a_restored_database_knows_of_is_not_shown_as_there(host: TestHost) {
        let http = host.http().await;
        let whole = made(&host, &http, "whole").await;
        let (_, begun) = http.post("/backups", &json!({ "name": "begun" })).await;
        // As after `rialto restore` into another folder: another mark, and no file.
        host_restored(&host.host().store, "another mark".to_owned()).await.unwrap();
        std::fs::remove_dir_all(host.host().data_dir.join("backups")).unwrap();
        host.runner().drain().await.unwrap();
        let at = |backup: &Value| format!("/backups/{}", backup["id"].as_str().unwrap());
        let (_, shown) = http.get(&at(&begun)).await;
        assert_eq!(shown["state"], "failed", "{shown}");
        assert!(shown["problem"].as_str().unwrap().contains("restored"), "{shown}");
        assert_eq!(http.get(&at(&whole)).await.1["state"], "elsewhere");
        let (status, refused) = http.get(&format!("{}/file", at(&whole))).await;
        assert_eq!((status, refused["code"].as_str()), (StatusCode::CONFLICT, Some("backup-elsewhere")), "{refused}");
        assert_eq!(http.delete(&at(&whole)).await.0, StatusCode::NO_CONTENT, "a row without a file can go");
        assert_eq!(made(&host, &http, "anew").await["state"], "done");
    }
}
