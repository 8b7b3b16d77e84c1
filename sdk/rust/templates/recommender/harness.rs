//! Runs the plugin under the real host, which checks scores and order.

use rialto_sdk_harness::{
    Harness,
    recommender::{Brief, Candidates, NumberColumn},
};
use serde_json::json;

#[test]
fn the_better_rate_comes_first_and_the_unknown_stays_out() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).expect("it builds and loads");
    let brief = Brief { objective: "repeat".into(), locale: "en".into(), at: 0, facts: vec![] };
    let column = |name: &str, values: &[f64]| NumberColumn { name: name.into(), values: values.to_vec() };
    let candidates = Candidates {
        kind: "creative".into(),
        ids: vec!["a".into(), "b".into(), "new".into()],
        texts: vec![],
        numbers: vec![column("past-sends", &[100.0, 100.0, f64::NAN]), column("past-conversions", &[2.0, 5.0, f64::NAN])],
    };
    let ranked = harness.recommend(json!({}), brief, candidates).expect("it runs");
    assert_eq!(ranked.iter().map(|one| one.candidate).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(ranked[0].reasons[0].text, "Converted 5 of 100 sends.");
}
