//! A plugin of one's own, from nothing to installed: the commands of the README.

use super::lab::Lab;
use crate::delivery::world::root;
use serde_json::Value;
use std::path::Path;

async fn run(lab: &Lab, folder: &Path, arguments: &[&str]) -> Value {
    let output = lab.command(arguments).current_dir(folder).output().await.unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_of_ones_own_is_made_built_installed_and_serves() {
    let data = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut lab = Lab::new(data.path(), None);
    lab.key().await;
    let sdk = root().join("sdk/rust");
    let sdk = sdk.to_str().unwrap();
    run(&lab, home.path(), &["plugin", "new", "--kind", "attribution", "my-model", "--sdk", sdk]).await;
    let folder = home.path().join("my-model");

    // Before it is built there is nothing to install, and nothing is.
    let early = lab.command(&["plugin", "install", "--approve"]).current_dir(&folder).output().await.unwrap();
    assert!(!early.status.success());
    let said = String::from_utf8(early.stderr).unwrap();
    assert!(said.contains("my-model.wasm") && said.contains("rialto plugin build"), "{said}");

    let built = run(&lab, &folder, &["plugin", "build"]).await;
    let installed = run(&lab, &folder, &["plugin", "install", "--approve"]).await;
    assert_eq!((&installed["state"], &installed["plugin"]), (&"active".into(), &built["plugin"]), "{installed}");

    std::fs::write(folder.join("paths.csv"), "path;conv;value;null\na > b;2;30;1\nb;1;10;0\n").unwrap();
    let shared = run(&lab, &folder, &["attribution", "run", "--paths", "paths.csv", "--plugin", "my-model"]).await;
    let conversions = |at: usize| shared["channels"][at]["conversions"].as_f64().unwrap();
    assert!((conversions(0) + conversions(1) - 3.0).abs() < 1e-9, "{shared}");
}
