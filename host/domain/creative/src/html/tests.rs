//! The folders `tests/cases/html-refused` and `tests/cases/html-allowed`: each
//! file is one message, with the context it is filled in from.

use crate::{CompiledMessage, Error, Parts};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf};

fn cases(folder: &str) -> Vec<(String, Value)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/cases").join(folder);
    let mut found: Vec<(String, Value)> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".case.json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let case = serde_json::from_str(&fs::read_to_string(&path).unwrap());
            (name.clone(), case.unwrap_or_else(|cause| panic!("{name}: {cause}")))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// What comes of a case: its HTML, or what was said against it.
fn outcome(case: &Value) -> Result<String, String> {
    let mut parts = Parts::new();
    for name in ["html", "mjml", "preheader"] {
        if let Some(text) = case[name].as_str() {
            parts.insert(name.to_owned(), text.to_owned());
        }
    }
    let contents = BTreeMap::from([("en".to_owned(), parts)]);
    let told = |error: Error| match error {
        Error::Fields(errors) => errors.into_iter().map(|e| e.message).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    };
    let compiled = CompiledMessage::compile("email", 1, &contents, "en").map_err(told)?;
    let empty = Map::new();
    let context = case["context"].as_object().unwrap_or(&empty);
    compiled.render("en", context).map(|mut rendered| rendered.parts.remove("html").unwrap_or_default()).map_err(told)
}

#[test]
fn every_refused_case_is_refused_with_its_line_and_element() {
    let cases = cases("html-refused");
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        match outcome(case) {
            Ok(html) => wrong.push(format!("{name} passes as {html}")),
            Err(words) => {
                let says = case["says"].as_str().unwrap_or_default();
                if says.is_empty() || !words.contains(says) {
                    wrong.push(format!("{name} says {words:?}, not {says:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 60, "{} cases", cases.len());
}

#[test]
fn every_allowed_case_passes_and_holds_what_it_should() {
    let mut wrong = Vec::new();
    for (name, case) in cases("html-allowed") {
        match outcome(&case) {
            Ok(html) => {
                let holds = case["holds"].as_str().unwrap_or_default();
                if !html.contains(holds) {
                    wrong.push(format!("{name}: {holds:?} is not in {html}"));
                }
            }
            Err(words) => wrong.push(format!("{name}: {words}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_mistake_in_mjml_is_found_in_the_authors_own_lines() {
    let mjml = "<mjml><mj-body><mj-section><mj-column>\n<mj-text>Hi</mj-text>\n<mj-button href=\"javascript:x()\">Go</mj-button>\n</mj-column></mj-section></mj-body></mjml>";
    let words = outcome(&json!({ "mjml": mjml })).unwrap_err();
    assert!(words.starts_with("line 3: <a>: `href`"), "{words}");
}

#[test]
fn the_words_against_a_value_never_hold_the_value() {
    let case = json!({ "html": "<p>1</p>\n<a href=\"{{ traits.link }}\">x</a>",
        "context": { "traits": { "link": "javascript:secret()" } } });
    let words = outcome(&case).unwrap_err();
    assert!(words.contains("line 2") && words.contains("<a href>") && !words.contains("secret"), "{words}");
}
