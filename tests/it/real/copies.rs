//! A backup is whole; what is restored from it, or merely copied, sends nothing
//! beside its original until somebody says that it is the one.

use super::{
    campaign::{campaign, finished, taken},
    judge::judge,
    kills::url,
    lab::{Lab, PATIENCE, Running},
};
use rialto_testkit::TestDatabase;
use rialto_tests::sink::{Options, Sink};
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const PEOPLE: u32 = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_copy_sends_nothing_on_sqlite() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (original, copy) = (Lab::new(one.path(), None), Lab::new(two.path(), None));
    beside_its_original(original, copy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_copy_sends_nothing_on_postgres() {
    let Some(first) = TestDatabase::postgres().await else { return };
    let Some(second) = TestDatabase::postgres().await else { return };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let original = Lab::new(one.path(), Some(url(&first)));
    beside_its_original(original, Lab::new(two.path(), Some(url(&second)))).await;
}

async fn beside_its_original(mut original: Lab, mut copy: Lab) {
    let delay = Duration::from_millis(20);
    let sink = Sink::start(Options { pipelining: true, delay, ..Options::default() }).await.unwrap();
    original.key().await;
    copy.token = original.token.clone();
    let host = original.serve().await;
    let campaign = campaign(&host.http, &sink, PEOPLE).await;
    taken(&sink, 20).await;
    let (file, key) = (original.data.join("backup.zip"), original.data.join("master.key"));
    let (file, key) = (file.to_str().unwrap(), key.to_str().unwrap());
    let made = original.run(&["backup", file]).await;
    assert!(sink.taken() < u64::from(PEOPLE), "the backup was to be made in the middle");
    assert!(original.refused(&["backup", file]).await.contains("exists already"));
    assert_eq!(copy.run(&["restore", file, "--check"]).await["restored"], false);
    assert!(copy.refused(&["restore", file]).await.contains("--key-file"));
    copy.run(&["restore", file, "--key-file", key]).await;
    same(&copy, &made).await;
    let again = copy.refused(&["restore", file]).await;
    assert!(again.contains("already") || again.contains("not empty"), "{again}");
    let second = copy.serve().await;
    held(&second).await;
    // The copy has the same campaign due, and the original goes through with it.
    let ledger = finished(&host.http, &sink, &campaign).await;
    held(&second).await;
    judge(&host.http, &sink, &campaign, PEOPLE, &ledger).await.hold();
    let before = sink.taken();
    assert_eq!(copy.run(&["host", "show"]).await["sends"], false);
    assert!(copy.refused(&["doctor"]).await.contains("not in order"));
    // The original is gone, and the copy is the one.
    host.kill().await;
    let (status, state) = second.http.post("/host/confirm", &json!({})).await;
    assert!(status.is_success() && state["sends"] == true, "{status} {state}");
    finished(&second.http, &sink, &campaign).await;
    assert!(sink.taken() > before, "the copy sends once it is the one");
    second.kill().await;
    // And stays the one.
    let third = copy.serve().await;
    assert_eq!(third.hello["held"], Value::Null);
    third.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_made_over_http_is_restored_by_the_command_on_sqlite() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    over_http(Lab::new(one.path(), None), Lab::new(two.path(), None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_made_over_http_is_restored_by_the_command_on_postgres() {
    let Some(first) = TestDatabase::postgres().await else { return };
    let Some(second) = TestDatabase::postgres().await else { return };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    over_http(Lab::new(one.path(), Some(url(&first))), Lab::new(two.path(), Some(url(&second)))).await;
}

async fn over_http(mut original: Lab, mut copy: Lab) {
    let sink = Sink::start(Options { delay: Duration::from_millis(20), ..Options::default() }).await.unwrap();
    original.key().await;
    copy.token = original.token.clone();
    let host = original.serve().await;
    let campaign = campaign(&host.http, &sink, PEOPLE).await;
    taken(&sink, 20).await;
    let (file, key) = (original.data.join("fetched.zip"), original.data.join("master.key"));
    let (file, key) = (file.to_str().unwrap(), key.to_str().unwrap());
    let token = original.token.clone();
    let made = copy.run(&["backup", file, "--server", host.http.base(), "--token", &token]).await;
    assert!(sink.taken() < u64::from(PEOPLE), "the backup was to be made in the middle");
    assert_eq!(made["state"], "done", "{made}");
    let id = made["id"].as_str().unwrap().to_owned();
    copy.run(&["restore", file, "--key-file", key]).await;
    same(&copy, &json!({ "file": file, "parts": contents(Path::new(file))["parts"] })).await;
    // Woken beside its original the copy sends nothing, and does not make the backup that it was begun in.
    let second = copy.serve().await;
    held(&second).await;
    let ledger = finished(&host.http, &sink, &campaign).await;
    held(&second).await;
    judge(&host.http, &sink, &campaign, PEOPLE, &ledger).await.hold();
    let began = Instant::now();
    let failed = loop {
        let (_, shown) = second.http.get(&format!("/backups/{id}")).await;
        if shown["state"] == "failed" {
            break shown;
        }
        assert!(began.elapsed() < PATIENCE, "{shown}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert!(failed["problem"].as_str().unwrap().contains("restored"), "{failed}");
    let listed = original.run(&["host", "backups", "--server", host.http.base(), "--token", &token]).await;
    assert_eq!(listed["items"][0]["sha256"], made["sha256"]);
    let left =
        original.run(&["host", "backups", "--delete", &id, "--server", host.http.base(), "--token", &token]).await;
    assert_eq!(left["items"], json!([]));
    second.kill().await;
    host.kill().await;
}

/// What a backup says of itself, as another program reads it.
fn contents(file: &Path) -> Value {
    let program = "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read('rialto-backup.json').decode())";
    let read = std::process::Command::new("python3").args(["-c", program]).arg(file).output().unwrap();
    assert!(read.status.success(), "{read:?}");
    serde_json::from_slice(&read.stdout).unwrap()
}

/// The host is ready, says that it is held, and has let none of its due sends go.
async fn held(host: &Running) {
    assert!(host.hello["held"].is_string(), "{}", host.hello);
    let began = Instant::now();
    loop {
        let (status, state) = host.http.get("/host").await;
        assert!(status.is_success(), "{status} {state}");
        assert_eq!(state["sends"], false);
        if state["waiting"].as_i64() >= Some(1) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "nothing is due: {state}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (status, ready) = host.http.get("/readyz").await;
    assert!(status.is_success() && ready["sends"] == false, "{status} {ready}");
}

/// What is in the copy is what was backed up: held against another backup of it.
async fn same(copy: &Lab, made: &Value) {
    let file = copy.data.join("again.zip");
    let again = copy.run(&["backup", file.to_str().unwrap()]).await;
    let parts = |answer: &Value| -> Vec<Value> {
        let own = |part: &&Value| !part["name"].as_str().unwrap_or("").contains("/host_");
        answer["parts"].as_array().unwrap().iter().filter(own).cloned().collect()
    };
    if copy.database.is_some() {
        assert_eq!(parts(made), parts(&again));
    } else {
        let original = copy.data.join("original.db");
        unzip(Path::new(made["file"].as_str().unwrap()), &original);
        differences(&copy.data.join("rialto.db"), &original).await;
    }
}

fn unzip(file: &Path, to: &Path) {
    let program =
        "import sys, zipfile; open(sys.argv[2], 'wb').write(zipfile.ZipFile(sys.argv[1]).read('database.sqlite'))";
    let done = std::process::Command::new("python3").args(["-c", program]).arg(file).arg(to).status().unwrap();
    assert!(done.success());
}

/// No table but those about hosts has a row that the other has not.
async fn differences(one: &Path, other: &Path) {
    use sqlx::Connection as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(one);
    let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("ATTACH $1 AS o").bind(other.to_str().unwrap()).execute(&mut conn).await.unwrap();
    let list =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'host_%'";
    let tables: Vec<String> = sqlx::query_scalar(list).fetch_all(&mut conn).await.unwrap();
    assert!(tables.len() > 40);
    for table in tables {
        let text = format!(
            "SELECT (SELECT COUNT(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM o.{table}))
                  + (SELECT COUNT(*) FROM (SELECT * FROM o.{table} EXCEPT SELECT * FROM main.{table}))"
        );
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(text)).fetch_one(&mut conn).await.unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    conn.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_was_merely_copied_is_held_too() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut original = Lab::new(one.path(), None);
    original.key().await;
    let host = original.serve().await;
    assert_eq!(host.hello["held"], Value::Null);
    host.signal("TERM");
    assert!(host.ended().await.success());
    for name in ["rialto.db", "master.key", "database.json", "host.name"] {
        std::fs::copy(one.path().join(name), two.path().join(name)).unwrap();
    }
    let copy = Lab { data: two.path().to_owned(), ..original.clone() };
    let second = copy.serve().await;
    assert!(second.hello["held"].as_str().unwrap().contains("elsewhere"), "{}", second.hello);
    // Another process says that it is the one: the host that runs hears of it.
    copy.run(&["host", "confirm"]).await;
    let began = Instant::now();
    while second.http.get("/host").await.1["sends"] != true {
        assert!(began.elapsed() < PATIENCE, "the host does not hear of it");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    second.kill().await;
    let again = original.serve().await;
    assert_eq!(again.hello["held"], Value::Null, "the original is as before");
    again.kill().await;
}
