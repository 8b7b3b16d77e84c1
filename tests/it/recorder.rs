//! Recorded runs: kept word for word, bounded, sealed, erased with the person,
//! and never in the way of the run they are of. Replay, fixtures, receipts.

#[path = "recorder/desk.rs"]
mod desk;
#[path = "recorder/receipts.rs"]
mod receipts;
#[path = "recorder/replay.rs"]
mod replay;

use desk::{ADDRESS, Desk, SECRET};
use rialto_identity::TokenKind;
use rialto_jobs::{NewJob, enqueue};
use rialto_store::{StoreError, sql};
use rialto_testkit::{TestDatabase, both};
use serde_json::{Value, json};
use std::fs;

const DAY: i64 = 86_400;

/// Have the recordings swept now.
async fn sweep(desk: &Desk) {
    let (ws, id, now) = (desk.host.workspace(), desk.host.id(), desk.host.host().now_us());
    let job = NewJob::new(ws, "plugins.recordings", json!({}), now);
    let store = &desk.host.host().store;
    let queued = store.write(ws, "test.sweep", move |conn| Box::pin(async move { enqueue(conn, id, now, job).await }));
    queued.await.unwrap();
    desk.host.drain().await;
}

both! {
    async fn a_run_is_kept_word_for_word_and_sealed(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver(&format!("pay with {SECRET}"), &[]).await;
        let seen = desk.get(&format!("/runs/{run}")).await;
        assert_eq!((&seen["outcome"], &seen["recording"]["about"]), (&json!("succeeded"), &json!("everyone")), "{seen}");
        assert_eq!((&seen["words"], &seen["may_inspect"]), (&Value::Null, &json!(true)));
        let words = desk.get(&format!("/runs/{run}?words=true")).await["words"].clone();
        let asked = &words["entries"][0]["asked"]["deliver"];
        assert_eq!(asked["batch"]["parts"][0], "pay with [secret]");
        assert_eq!(asked["batch"]["columns"][0], ADDRESS);
        assert!(asked["settings"].as_str().unwrap().contains("{{secret:"), "{asked}");
        assert_eq!(words["entries"][0]["answered"]["outcomes"][0]["status"], "accepted");
        assert_eq!((&words["calls"][0]["call"]["call"], &words["calls"][0]["call"]["key"]), (&json!("state-put"), &json!("report")));
        let file = fs::read(desk.file(&run)).unwrap();
        for clear in [ADDRESS, SECRET, "accepted", "settings"] {
            assert!(!file.windows(clear.len()).any(|part| part == clear.as_bytes()), "{clear} is in the clear");
        }
        let told = desk.get("/audit?limit=50").await;
        let looked = told["items"].as_array().unwrap().iter().any(|e| e["action"] == "plugins.inspect-run");
        assert!(looked, "who looks is written down: {told}");
    }

    async fn who_may_not_see_sees_digests(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver("hello", &[]).await;
        let token = desk.host.token(desk.host.workspace(), TokenKind::Api, Some("viewer")).await;
        let viewer = desk.http.with_token(Some(token));
        let (status, seen) = viewer.get(&format!("/runs/{run}")).await;
        assert_eq!((status.as_u16(), &seen["may_inspect"], &seen["words"]), (200, &json!(false), &Value::Null), "{seen}");
        assert_eq!(seen["record"]["entries"][1]["name"], "deliver");
        assert!(!seen.to_string().contains(ADDRESS));
        for path in [format!("/runs/{run}?words=true"), format!("/runs/{run}/fixture")] {
            let (status, problem) = viewer.get(&path).await;
            assert_eq!(status.as_u16(), 403, "{path}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains("plugins.inspect"), "{problem}");
        }
        assert_eq!(viewer.post(&format!("/runs/{run}/replay"), &json!({})).await.0.as_u16(), 403);
        let other = desk.host.another_workspace("other").await;
        let stranger = desk.http.with_token(Some(desk.host.token(other, TokenKind::Admin, None).await));
        assert_eq!(stranger.get(&format!("/runs/{run}")).await.0.as_u16(), 404);
    }

    async fn seven_days_are_the_most(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver("hello", &[]).await;
        desk.host.clock().advance_seconds(DAY * 7 - 60);
        assert!(desk.get(&format!("/runs/{run}")).await["recording"].is_object());
        desk.host.clock().advance_seconds(61);
        assert_eq!(desk.get(&format!("/runs/{run}")).await["recording"], Value::Null, "before any sweep");
        let (status, problem) = desk.http.get(&format!("/runs/{run}/fixture")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("not-recorded")), "{problem}");
        assert!(desk.file(&run).exists());
        desk.host.clock().advance_seconds(3_600);
        desk.host.drain().await;
        assert!(!desk.file(&run).exists(), "the hourly sweep takes the file");
        assert_eq!(desk.count("SELECT CAST(COUNT(*) AS BIGINT) FROM plugin_recording WHERE workspace = $1").await, 0);
    }

    async fn the_oldest_leave_the_ring_first(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let mut runs = Vec::new();
        for _ in 0..3 {
            runs.push(desk.deliver("hello", &[]).await);
            desk.host.clock().advance_seconds(1);
        }
        // Two of them fill the version's 64 MiB to within 64 bytes.
        let ws = desk.host.workspace();
        let write = desk.host.host().store.write(ws, "test.ring", move |conn| {
            Box::pin(async move {
                sql("UPDATE plugin_recording SET bytes = 33554400 WHERE workspace = $1").bind(ws).execute(conn).await?;
                Ok::<_, StoreError>(())
            })
        });
        write.await.unwrap();
        let newest = desk.deliver("hello", &[]).await;
        let kept = |run: &str| desk.file(run).exists();
        assert_eq!((kept(&runs[0]), kept(&runs[1]), kept(&runs[2]), kept(&newest)), (false, false, true, true));
        assert_eq!(desk.get(&format!("/runs/{}", runs[0])).await["recording"], Value::Null);
        let held = "SELECT CAST(SUM(bytes) AS BIGINT) FROM plugin_recording WHERE workspace = $1";
        assert!(desk.count(held).await <= rialto_plugins::RECORDINGS_BYTES_MAX);
        // Another version has a ring of its own.
        let other = desk.install("second", desk::package("1.0.0", "other", "report")).await;
        desk.deliver_by(&other, "hello", &[]).await;
        assert!(kept(&runs[2]));
    }

    async fn an_erasure_takes_the_words_with_the_person(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let (one, two) = (desk.contact("one@acme.example").await, desk.contact("two@acme.example").await);
        let of_one = desk.deliver_by(&desk.quiet, "hello", &[one]).await;
        let of_two = desk.deliver_by(&desk.quiet, "hello", &[two]).await;
        let of_nobody_knows_whom = desk.deliver("hello", &[]).await;
        let path = format!("/contacts/{one}:erase");
        let (status, asked) = desk.http.post(&path, &json!({ "confirm": one, "reason": "asked" })).await;
        assert_eq!(status.as_u16(), 202, "{asked}");
        let sealed = fs::read(desk.file(&of_one)).unwrap();
        desk.host.drain().await;
        for gone in [&of_one, &of_nobody_knows_whom] {
            assert_eq!(desk.get(&format!("/runs/{gone}")).await["recording"], Value::Null);
            assert_eq!(desk.http.get(&format!("/runs/{gone}?words=true")).await.0.as_u16(), 409);
        }
        let words = desk.get(&format!("/runs/{of_two}?words=true")).await;
        assert_eq!(words["recording"]["about"], "contacts", "{words}");
        let left = "SELECT CAST(COUNT(*) AS BIGINT) FROM plugin_recording_contact WHERE workspace = $1";
        assert_eq!(desk.count(left).await, 1, "only the other's");
        desk.host.clock().advance_seconds(3_700);
        sweep(&desk).await;
        assert!(!desk.file(&of_one).exists() && desk.file(&of_two).exists());
        // The key went with the row: bytes that somebody kept open for nobody.
        fs::write(desk.file(&of_one), sealed).unwrap();
        assert_eq!(desk.http.get(&format!("/runs/{of_one}?words=true")).await.0.as_u16(), 409);
    }

    async fn a_file_that_was_changed_is_told_from_one_that_is_gone(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver("hello", &[]).await;
        let good = fs::read(desk.file(&run)).unwrap();
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(desk.file(&run), &bad).unwrap();
            let (status, problem) = desk.http.get(&format!("/runs/{run}/fixture")).await;
            assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("recording-changed")), "byte {at}: {problem}");
        }
        fs::write(desk.file(&run), &good[..good.len() / 2]).unwrap();
        assert_eq!(desk.http.get(&format!("/runs/{run}/fixture")).await.1["code"], "recording-changed");
        // Another run's file does not open in its place.
        let other = desk.deliver("hello", &[]).await;
        fs::copy(desk.file(&other), desk.file(&run)).unwrap();
        assert_eq!(desk.http.get(&format!("/runs/{run}/fixture")).await.1["code"], "recording-changed");
        fs::remove_file(desk.file(&run)).unwrap();
        assert_eq!(desk.http.get(&format!("/runs/{run}/fixture")).await.1["code"], "recording-elsewhere");
        fs::write(desk.file(&run), good).unwrap();
        assert_eq!(desk.http.get(&format!("/runs/{run}/fixture")).await.0.as_u16(), 200);
    }

    async fn a_run_is_none_the_worse_when_it_cannot_be_kept(db: TestDatabase) {
        let desk = Desk::new(db).await;
        fs::create_dir_all(desk.folder()).unwrap();
        // A full disk: every write to this file is refused as one is then.
        let open = desk.open(&desk.noting).await;
        let full = desk.file(&open.id().to_string()).with_extension("draft");
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let run = desk.finish(open, "hello", &[]).await;
        let seen = desk.get(&format!("/runs/{run}")).await;
        assert_eq!((&seen["outcome"], &seen["recording"]), (&json!("succeeded"), &Value::Null), "{seen}");
        assert!(!desk.file(&run).exists() && fs::symlink_metadata(&full).is_err(), "nothing half is left");
        // No folder can be made: something else is in its place.
        fs::remove_dir_all(desk.folder().parent().unwrap()).unwrap();
        fs::write(desk.folder().parent().unwrap(), "in the way").unwrap();
        let run = desk.deliver("hello", &[]).await;
        assert_eq!(desk.get(&format!("/runs/{run}")).await["outcome"], "succeeded");
        fs::remove_file(desk.folder().parent().unwrap()).unwrap();
        let run = desk.deliver("hello", &[]).await;
        assert!(desk.get(&format!("/runs/{run}")).await["recording"].is_object(), "and it goes on by itself");
    }

    async fn what_a_kill_leaves_is_swept(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver("hello", &[]).await;
        let whole = fs::read(desk.file(&run)).unwrap();
        // Killed in the middle of a file; and between the file and its row.
        let (half, rowless) = (desk.host.id().to_string(), desk.host.id().to_string());
        fs::write(desk.file(&half).with_extension("draft"), &whole[..whole.len() / 2]).unwrap();
        fs::write(desk.file(&rowless), &whole).unwrap();
        fs::write(desk.folder().join("notes.txt"), "not ours").unwrap();
        sweep(&desk).await;
        assert!(desk.file(&rowless).exists(), "its run may still be at work");
        desk.host.clock().advance_seconds(3_700);
        sweep(&desk).await;
        assert!(!desk.file(&rowless).exists() && !desk.file(&half).with_extension("draft").exists());
        assert!(desk.file(&run).exists() && desk.folder().join("notes.txt").exists());
        assert_eq!(desk.http.get(&format!("/runs/{run}/fixture")).await.0.as_u16(), 200);
    }

    async fn failed_runs_are_kept_and_a_workspace_sees_its_own(db: TestDatabase) {
        let desk = Desk::with(db, rialto_plugin_host::BodyPolicy::OnFailure).await;
        let run = desk.deliver("hello", &[]).await;
        assert_eq!(desk.get(&format!("/runs/{run}")).await["recording"], Value::Null, "it went well");
        let failing = desk.install("failing", desk::package("1.0.0", "failing", "unreachable")).await;
        let run = desk.deliver_by(&failing, "hello", &[]).await;
        let words = desk.get(&format!("/runs/{run}?words=true")).await;
        assert_eq!((&words["outcome"], &words["words"]["entries"][0]["answered"]), (&json!("failed"), &Value::Null));
        assert_eq!(words["words"]["entries"][0]["error"]["error"], "trap", "{words}");
        let here = desk.folder().to_string_lossy().contains(&desk.host.workspace().0.to_string());
        assert!(here, "a folder a workspace");
    }

    async fn a_backup_leaves_the_words_out(db: TestDatabase) {
        let desk = Desk::new(db).await;
        let run = desk.deliver("hello", &[]).await;
        let (status, asked) = desk.http.post("/backups", &json!({})).await;
        assert_eq!(status.as_u16(), 202, "{asked}");
        desk.host.drain().await;
        let request = desk.http.request(reqwest::Method::GET, &format!("/backups/{}/file", asked["id"].as_str().unwrap()));
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().to_string()).collect();
        let words = |name: &String| name.ends_with(".rec") || name.starts_with("recordings/") || name.contains(&run);
        assert!(!names.is_empty() && !names.iter().any(words), "{names:?}");
        assert!(zip.by_name("rialto-backup.json").is_ok());
    }
}
