//! The playbook under the real host.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use rialto_sdk_harness::{
    Harness,
    recommender::{Brief, Candidates, NumberColumn, Outcomes, Ranked, TextColumn},
};
use serde_json::json;

fn harness() -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap()
}

fn brief(objective: &str, locale: &str) -> Brief {
    let facts = vec![("season".to_owned(), "\"winter\"".to_owned()), ("channel".to_owned(), "\"email\"".to_owned())];
    Brief { objective: objective.to_owned(), locale: locale.to_owned(), at: 0, facts }
}

fn numbers(name: &str, values: &[f64]) -> NumberColumn {
    NumberColumn { name: name.to_owned(), values: values.to_vec() }
}

fn texts(name: &str, values: &[&str]) -> TextColumn {
    TextColumn { name: name.to_owned(), values: values.iter().map(|text| (*text).to_owned()).collect() }
}

fn creatives() -> Candidates {
    Candidates {
        kind: "creative".to_owned(),
        ids: ["proven", "summer", "unknown"].map(str::to_owned).to_vec(),
        texts: vec![texts("season", &["winter", "summer", ""]), texts("channel", &["email", "display", ""])],
        numbers: vec![
            numbers("past-sends", &[10_000.0, 10_000.0, f64::NAN]),
            numbers("past-conversions", &[300.0, 100.0, f64::NAN]),
        ],
    }
}

fn assert_reasons_sum(ranked: &[Ranked]) {
    for one in ranked {
        let sum: f64 = one.reasons.iter().map(|reason| reason.weight).sum();
        assert!((sum - one.score).abs() < 1e-12 && !one.reasons.is_empty());
    }
}

#[test]
fn creatives_are_ranked_with_reasons_that_sum_to_the_score() {
    let ranked = harness().recommend(json!({}), brief("repeat", "en"), creatives()).unwrap();
    assert_eq!(ranked.iter().map(|one| one.candidate).collect::<Vec<_>>(), [0, 2, 1]);
    assert_reasons_sum(&ranked);
    let said: Vec<&str> = ranked[0].reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert!(said.contains(&"Converted 300 of 10,000 sends (3 %); all candidates together 2 %."), "{said:?}");
    assert_eq!(ranked[1].reasons[0].code, "nothing-known", "the unknown is not invented");
    assert!(ranked[2].changes.contains(&("channel".to_owned(), "\"email\"".to_owned())));
}

#[test]
fn reasons_speak_chinese() {
    let ranked = harness().recommend(json!({}), brief("repeat", "zh-CN"), creatives()).unwrap();
    assert!(ranked.iter().flat_map(|one| &one.reasons).all(|reason| reason.text.ends_with('。')));
}

#[test]
fn campaign_types_follow_the_objective() {
    let types = Candidates {
        kind: "campaign-type".to_owned(),
        ids: ["newsletter", "win-back", "display"].map(str::to_owned).to_vec(),
        texts: vec![],
        numbers: vec![],
    };
    let ranked = harness().recommend(json!({}), brief("win-back", "en"), types).unwrap();
    assert_eq!(ranked[0].candidate, 1);
    assert_reasons_sum(&ranked);
}

/// A whole retailer's people fit into one answer.
#[test]
fn thousands_of_people() {
    let count = 2_469;
    let column =
        |name: &str, step: u64| numbers(name, &(0..count).map(|n: u64| (n * step % 977) as f64).collect::<Vec<_>>());
    let people = Candidates {
        kind: "contact".to_owned(),
        ids: (0..count).map(|n| format!("019a0000-0000-7000-8000-{n:012}")).collect(),
        texts: vec![],
        numbers: [
            "recency-days",
            "orders",
            "spend",
            "category-affinity",
            "coupon-redemptions",
            "similar-responses",
            "similar-campaigns",
        ]
        .iter()
        .zip([3, 5, 7, 11, 13, 1, 1])
        .map(|(name, step)| column(name, step))
        .collect(),
    };
    for locale in ["en", "zh-CN"] {
        let ranked = harness().recommend(json!({}), brief("win-back", locale), people.clone()).unwrap();
        assert_eq!(ranked.len(), count as usize);
        assert_reasons_sum(&ranked);
        assert!(ranked[0].reasons.len() > 3 && ranked[2_000].reasons.len() == 1);
    }
}

/// People of whom those who take discounts answered, whatever they spend.
fn lesson(seed: u64) -> Outcomes {
    let number = |n: u64, step: u64| ((n * 37 + seed * 11) * step % 97) as f64;
    let column = |step: u64| (0..90).map(|n| number(n, step)).collect::<Vec<_>>();
    let (spend, discount) = (column(5), column(29));
    let reached = discount.iter().map(|number| u32::from(*number > 75.0)).collect();
    let candidates = Candidates {
        kind: "contact".to_owned(),
        ids: (0..90).map(|n| n.to_string()).collect(),
        texts: vec![],
        numbers: vec![numbers("spend", &spend), numbers("discount", &discount)],
    };
    Outcomes { brief: brief("repeat", "en"), candidates, tried: vec![1; 90], reached }
}

#[test]
fn people_are_ranked_by_what_earlier_campaigns_taught() {
    let judge = lesson(9);
    let discount = judge.candidates.numbers[1].values.clone();
    for locale in ["en", "zh-CN"] {
        let (brief, people) = (brief("repeat", locale), judge.candidates.clone());
        let taught =
            harness().learn_then_recommend(json!({}), (0..4).map(lesson).collect(), brief.clone(), people.clone());
        let taught = taught.unwrap();
        assert_reasons_sum(&taught);
        let best: Vec<f64> = taught.iter().take(10).map(|one| discount[one.candidate as usize]).collect();
        assert!(best.iter().all(|number| *number > 75.0), "{best:?}");
        assert!(taught[0].reasons[0].code.starts_with("discount"), "{:?}", taught[0].reasons);
        let untaught = harness().recommend(json!({}), brief, people).unwrap();
        assert_eq!(untaught[0].reasons[0].code, "spend", "a run knows only what it was told");
    }
}

#[test]
fn what_the_playbook_does_not_know_is_a_fault() {
    let strange = Candidates { kind: "planet".to_owned(), ..creatives() };
    let error = harness().recommend(json!({}), brief("x", "en"), strange).unwrap_err();
    assert_eq!(error.fault().unwrap().code, "invalid-input");
}
