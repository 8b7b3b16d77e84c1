//! The rules under the real host, against the published answers.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use rialto_sdk_harness::{Harness, attribution::Paths, paths_file};
use serde_json::{Value, json};

fn harness() -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap()
}

fn case(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/attribution").join(name);
    fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

#[test]
fn rules_equal_the_published_answers() {
    let answers: Value = serde_json::from_slice(&case("exact_paths_2k_seed7.json")).unwrap();
    let paths = paths_file::parse(case("paths_2k_seed7.csv").as_slice()).unwrap();
    let harness = harness();
    for (model, answer) in [
        ("first", "first"),
        ("last", "last"),
        ("linear", "linear"),
        ("position", "u_shaped_40_20_40"),
        ("time-decay", "decay_half_per_touch"),
    ] {
        let credits = harness.attribution(json!({"model": model}), &paths).unwrap();
        let wanted: BTreeMap<String, f64> = serde_json::from_value(answers["heur"][answer].clone()).unwrap();
        for (channel, wanted) in wanted {
            let (found, _) = credits.of(&channel).unwrap();
            assert!((found - wanted).abs() < 1e-9, "{model}, {channel}: {found} is not {wanted}");
        }
    }
}

#[test]
fn split_weights_sum_to_the_credit() {
    let paths = paths_file::parse(case("paths_2k_seed7.csv").as_slice()).unwrap();
    let (credits, weights) =
        harness().fit(json!({"model": "linear"}), paths.channels.clone(), &paths.to_paths(), true).unwrap();
    let mut sums = vec![0.0; paths.channels.len()];
    paths.channel.iter().zip(&weights).for_each(|(&channel, weight)| sums[channel as usize] += weight);
    for (sum, credit) in sums.iter().zip(&credits.conversions) {
        assert!((sum - credit).abs() < 1e-9);
    }
}

#[test]
fn direct_and_times_count_where_they_are_asked_for() {
    let harness = harness();
    let day = 86_400_000_000_i64;
    let paths = Paths {
        offset: vec![0, 3],
        channel: vec![0, 1, 2],
        at: vec![0, 7 * day, 14 * day],
        end: vec![15 * day],
        conversions: vec![1],
        nulls: vec![0],
        value: vec![700.0],
        extra: vec![],
    };
    let channels: Vec<String> = ["email", "search", "direct"].map(str::to_owned).to_vec();
    let credit = |settings| harness.fit(settings, channels.clone(), &paths, false).unwrap().0.value;
    assert_eq!(credit(json!({"model": "last-non-direct"})), [0.0, 700.0, 0.0]);
    assert_eq!(credit(json!({"model": "last-non-direct", "direct": ["search", "direct"]})), [700.0, 0.0, 0.0]);
    let decayed = credit(json!({"model": "time-decay", "half-life-days": 7}));
    for (found, wanted) in decayed.iter().zip([100.0, 200.0, 400.0]) {
        assert!((found - wanted).abs() < 1e-9, "{decayed:?}");
    }
}

#[test]
fn settings_that_cannot_work_are_a_fault() {
    let paths = paths_file::parse("path;conv\na;1\n".as_bytes()).unwrap();
    let harness = harness();
    for settings in [json!({"model": "psychic"}), json!({"half-life-days": 0}), json!({"first-share": 0.9})] {
        let error = harness.attribution(&settings, &paths).unwrap_err();
        assert_eq!(error.fault().unwrap().code, "bad-settings", "{settings}");
    }
}
