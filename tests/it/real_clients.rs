//! Segment's own client libraries, unchanged, against a host that runs. They
//! are installed once, under `target/real`; where the packages cannot be had,
//! the test says so and is skipped.

use rialto_identity::TokenKind;
use rialto_testkit::TestHost;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// Calls of `track` that each client makes.
const COUNT: usize = 250;
const PYTHON_PACKAGE: &str = "segment-analytics-python==2.4.0";
const NODE_PACKAGE: &str = "@segment/analytics-node@3.1.0";

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Install what is missing, once; false with a line that says why when it cannot be had.
pub(crate) async fn installed(mark: &Path, program: &str, arguments: &[&str]) -> bool {
    if mark.exists() {
        return true;
    }
    std::fs::create_dir_all(mark.parent().unwrap()).unwrap();
    let done = Command::new(program).args(arguments).output().await;
    match done {
        Ok(done) if done.status.success() => {
            std::fs::write(mark, "").unwrap();
            true
        }
        Ok(done) => {
            eprintln!("SKIPPED: {program} {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr));
            false
        }
        Err(error) => {
            eprintln!("SKIPPED: {program} cannot be run: {error}");
            false
        }
    }
}

async fn run(program: &str, arguments: &[String]) {
    let done = Command::new(program).args(arguments).output().await.unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The profile of the person a client spoke of, and how many items they saw.
async fn seen(host: &TestHost, user: &str) -> (Value, usize) {
    host.drain().await;
    let http = host.http().await;
    let (_, found) = http.get(&format!("/contacts?q={user}&identity=user_id")).await;
    let id = found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{user} is not there: {found}")).to_owned();
    let (_, profile) = http.get(&format!("/contacts/{id}/profile")).await;
    let (_, timeline) = http.get(&format!("/contacts/{id}/timeline?limit=500")).await;
    let items = timeline["items"].as_array().unwrap().iter().filter(|event| event["name"] == "Item Seen").count();
    (profile, items)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_library_delivers_plain_and_packed() {
    let folder = root().join("target/real/python");
    let target = folder.to_string_lossy().into_owned();
    let install = ["-m", "pip", "install", "--quiet", "--target", &target, PYTHON_PACKAGE];
    if !installed(&folder.join("installed"), "python3", &install).await {
        return;
    }
    let host = TestHost::sqlite().await;
    let key = host.token(host.workspace(), TokenKind::Write, None).await;
    let address = host.serve().await;
    let script = root().join("tests/real/segment_python.py").to_string_lossy().into_owned();
    for packing in ["plain", "gzip"] {
        let arguments =
            [script.clone(), address.clone(), key.clone(), target.clone(), packing.to_owned(), COUNT.to_string()];
        run("python3", &arguments).await;
        let (profile, items) = seen(&host, &format!("python-{packing}")).await;
        assert_eq!((items, profile["contact"]["name"].as_str()), (COUNT, Some("Ann 李")), "{profile}");
        assert_eq!(profile["events"].as_array().map(Vec::len), Some(20));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_library_delivers() {
    let folder = root().join("target/real/node");
    let prefix = folder.to_string_lossy().into_owned();
    let install = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", &prefix, NODE_PACKAGE];
    if !installed(&folder.join("installed"), "npm", &install).await {
        return;
    }
    let host = TestHost::sqlite().await;
    let key = host.token(host.workspace(), TokenKind::Write, None).await;
    let address = host.serve().await;
    let script = root().join("tests/real/segment_node.mjs").to_string_lossy().into_owned();
    run("node", &[script, address, key, prefix, COUNT.to_string()]).await;
    let (profile, items) = seen(&host, "node").await;
    assert_eq!((items, profile["contact"]["name"].as_str()), (COUNT, Some("Bob")));
    assert_eq!(profile["merged"].as_array().map(Vec::len), Some(1), "the alias made one person of two: {profile}");
}
