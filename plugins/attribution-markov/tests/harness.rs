//! The Markov model under the real host, against the published answers.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use rialto_sdk_harness::{ChannelCredits, Harness, paths_file};
use serde_json::{Value, json};

fn harness() -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap()
}

fn case(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/attribution").join(name);
    fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn option(credits: &ChannelCredits, name: &str) -> Value {
    let (_, text) = credits.credits.options.iter().find(|(key, _)| key == name).unwrap();
    serde_json::from_str(text).unwrap()
}

fn assert_equals(case_name: &str, answers: &Value) {
    let paths = paths_file::parse(case(case_name).as_slice()).unwrap();
    let credits = harness().attribution(json!({}), &paths).unwrap();
    assert!((option(&credits, "conversion-rate").as_f64().unwrap() - answers["base"].as_f64().unwrap()).abs() < 1e-9);
    let effects = option(&credits, "removal-effects");
    let wanted: BTreeMap<String, f64> = serde_json::from_value(answers["attribution"].clone()).unwrap();
    assert_eq!(wanted.len(), paths.channels.len());
    for (channel, wanted) in wanted {
        let at = paths.channels.iter().position(|name| *name == channel).unwrap();
        let (found, _) = credits.of(&channel).unwrap();
        assert!((found - wanted).abs() < 1e-9, "{channel}: {found} is not {wanted}");
        let (effect, removal) = (effects[at].as_f64().unwrap(), answers["removal"][&channel].as_f64().unwrap());
        assert!((effect - removal).abs() < 1e-9, "{channel}: {effect} is not {removal}");
    }
}

#[test]
fn the_textbook_case() {
    assert_equals("textbook.csv", &serde_json::from_slice(&case("textbook.json")).unwrap());
}

#[test]
fn two_thousand_paths() {
    let answers: Value = serde_json::from_slice(&case("exact_paths_2k_seed7.json")).unwrap();
    assert_equals("paths_2k_seed7.csv", &answers["markov1"]);
}

#[test]
fn every_order_shares_out_all_there_is() {
    let paths = paths_file::parse(case("paths_2k_seed7.csv").as_slice()).unwrap();
    let harness = harness();
    let observed: f64 = paths.value.iter().sum();
    for order in 1..=4 {
        let credits = harness.attribution(json!({"order": order}), &paths).unwrap().credits;
        assert!((credits.conversions.iter().sum::<f64>() - 216.0).abs() < 1e-9, "order {order}");
        assert!((credits.value.iter().sum::<f64>() - observed).abs() < 1e-6, "order {order}");
    }
    let error = harness.attribution(json!({"order": 5}), &paths).unwrap_err();
    assert_eq!(error.fault().unwrap().code, "bad-settings");
}

#[test]
fn edges_are_answers() {
    let harness = harness();
    let credit = |file: &str| {
        harness.attribution(json!({}), &paths_file::parse(file.as_bytes()).unwrap()).unwrap().credits.conversions
    };
    assert_eq!(credit("path;conv;value;null\na > b;0;0;3\n"), [0.0, 0.0]);
    assert_eq!(credit("path;conv;value;null\na;2;5;0\nb;0;0;1\n"), [2.0, 0.0]);
    assert_eq!(credit("path;conv;value;null\na > a > a;4;5;1\n"), [4.0]);
    assert_eq!(credit("path;conv;value;null\n"), [0.0; 0]);
}

/// Some hundreds of channels are within the limits of a run.
#[test]
fn hundreds_of_channels() {
    let mut file = "path;conv;value;null\n".to_owned();
    for row in 0..6_000_u64 {
        let channel = |step: u64| row.wrapping_mul(2_654_435_761).wrapping_add(step * 97) % 400;
        let _ = writeln!(
            file,
            "c{} > c{} > c{};{};0;1",
            channel(1),
            channel(2),
            channel(row % 7 + 3),
            u8::from(row % 11 == 0)
        );
    }
    let paths = paths_file::parse(file.as_bytes()).unwrap();
    let credits = harness().attribution(json!({}), &paths).unwrap().credits;
    let observed: f64 = paths.conversions.iter().map(|&count| f64::from(count)).sum();
    assert!((credits.conversions.iter().sum::<f64>() - observed).abs() < 1e-6);
}
