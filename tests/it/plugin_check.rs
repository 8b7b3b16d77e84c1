//! What the compatibility report says, a folder a case under
//! `tests/cases/plugin-check`: `guest.wit` is the world of a guest, `rialto.toml`
//! its manifest, `beside.*` the version it is held against, `expect.json` what
//! the report must say. The HTTP API and the command line say the same.

use crate::{
    guests::dummy,
    plugins_api::mounted::{Mounted, package},
    source::root,
};
use rialto_plugin_host::inspect::{PACKAGE_BYTES_DEFAULT, inspect};
use rialto_plugins::{Beside, report};
use rialto_testkit::TestDatabase;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn cases() -> Vec<PathBuf> {
    let folder = root().join("tests/cases/plugin-check");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn built(case: &Path, wit: &str, manifest: &str) -> Option<Vec<u8>> {
    let text = std::fs::read_to_string(case.join(wit)).ok()?;
    let component = dummy(&text);
    Some(match std::fs::read_to_string(case.join(manifest)) {
        Ok(manifest) => package(&component, &manifest),
        Err(_) => component,
    })
}

/// Everything `wanted` says, `found` says too; objects may say more.
fn holds(found: &Value, wanted: &Value, at: &str, wrong: &mut Vec<String>) {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            for (name, wanted) in wanted {
                holds(found.get(name).unwrap_or(&Value::Null), wanted, &format!("{at}/{name}"), wrong);
            }
        }
        (Value::Array(found), Value::Array(wanted)) if found.len() == wanted.len() => {
            for (n, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                holds(found, wanted, &format!("{at}/{n}"), wrong);
            }
        }
        (found, wanted) if found == wanted => {}
        (found, wanted) => wrong.push(format!("{at}: {found}, not {wanted}")),
    }
}

fn by_name(list: &Value, name: &str) -> Value {
    let entries = list.as_array().into_iter().flatten();
    entries.map(|one| (one[name].as_str().unwrap_or("").to_owned(), one.clone())).collect()
}

/// The parts of a report that a case speaks of.
fn parts(report: &Value) -> Value {
    json!({
        "loads": report["loads"],
        "imports": by_name(&report["package"]["imports"], "name"),
        "exports": by_name(&report["package"]["exports"], "name"),
        "contracts": by_name(&report["contracts"], "package"),
        "roles": report["package"]["roles"],
        "wishes": report["package"]["wishes"],
        "fields": report["fields"],
        "difference": report["difference"],
    })
}

fn compare(case: &str, report: &Value, expect: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut wanted = expect.clone();
    if let Some(words) = wanted.as_object_mut().and_then(|fields| fields.remove("refusal")) {
        let said = report["refusal"].as_str();
        if !words.as_str().map_or(said.is_none(), |words| said.is_some_and(|said| said.contains(words))) {
            wrong.push(format!("{case}/refusal: {said:?}, not {words}"));
        }
    }
    holds(&parts(report), &wanted, case, &mut wrong);
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_is_reported_alike_over_http_and_on_the_command_line() {
    let host = Mounted::new(TestDatabase::sqlite().await);
    let mut wrong = Vec::new();
    let all = cases();
    assert!(all.len() >= 20, "{}", all.len());
    for case in all {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let expect: Value = serde_json::from_str(&std::fs::read_to_string(case.join("expect.json")).unwrap()).unwrap();
        let bytes = built(&case, "guest.wit", "rialto.toml").unwrap();
        let (status, answer) = host.wasm("/plugins:check", bytes.clone()).await;
        if let Some(error) = expect.get("error") {
            let told = json!({ "code": answer["code"], "field": answer["errors"][0]["field"] });
            let detail = error["detail"].as_str().unwrap_or("");
            let mut wanted = error.clone();
            wanted.as_object_mut().unwrap().remove("detail");
            holds(&told, &wanted, &name, &mut wrong);
            if status != 422 || !answer["detail"].as_str().unwrap_or("").contains(detail) {
                wrong.push(format!("{name}: {status} {answer}"));
            }
            continue;
        }
        assert_eq!(status, 200, "{name}: {answer}");
        let inspection = inspect(&bytes, PACKAGE_BYTES_DEFAULT).unwrap();
        let alone = serde_json::to_value(report(inspection.clone(), None)).unwrap();
        let mut answer = answer;
        let package = answer["package"].as_object_mut().unwrap();
        // What only a workspace can say.
        assert_eq!(package.remove("trust").unwrap()["state"], "unsigned", "{name}");
        assert_eq!(package.remove("origin"), Some(json!({ "kind": "upload" })), "{name}");
        assert_eq!(alone, answer, "{name}: the command line says the same");
        let beside = built(&case, "beside.wit", "beside.toml");
        let beside = beside.map(|bytes| Beside::file(inspect(&bytes, PACKAGE_BYTES_DEFAULT).unwrap()));
        let told = serde_json::to_value(report(inspection, beside.as_ref())).unwrap();
        for linkers in ["instantiat", "linker", "import section", "resource implementation", "wasm-"] {
            assert!(!told["refusal"].to_string().contains(linkers), "{name}: a linker's sentence: {told}");
        }
        wrong.extend(compare(&name, &told, &expect));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
