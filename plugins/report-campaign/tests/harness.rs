//! The campaign report under the real host, with a scripted catalogue.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use rialto_sdk_harness::{Harness, Script, report::Document};
use serde_json::{Value, json};

fn harness(script: Script) -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap().script(script)
}

fn catalogue() -> Script {
    Script::new()
        .metric("audience", "count", 10_000.0)
        .metric("sends", "count", 9_000.0)
        .metric("conversions", "count", 321.0)
        .metric("conversion-value", "money:EUR", 1_234_500.0)
        .metric("spend", "money:EUR", 100_000.0)
        .metric("roi", "ratio", 11.345)
        .metric_by("unsubscribes", "count", &[], &[(&[], None)])
        .metric_by("not-sent", "count", &["reason"], &[(&["held_out"], Some(900.0)), (&["suppressed"], Some(100.0))])
        .metric_by(
            "attributed-conversions",
            "count",
            &["model", "channel"],
            &[
                (&["last", "email"], Some(200.0)),
                (&["last", "display"], Some(121.0)),
                (&["markov", "email"], Some(180.5)),
                (&["markov", "display"], Some(140.5)),
            ],
        )
}

fn texts(document: &Document, kind: &str) -> Vec<String> {
    document.blocks.iter().filter(|block| block.kind == kind).map(|block| block.text.clone()).collect()
}

#[test]
fn it_writes_the_campaigns_story() {
    let harness = harness(catalogue());
    let document = harness.report(json!({}), "en", json!({"campaign": "c-1"})).unwrap();
    assert_eq!(
        texts(&document, "text")[..2],
        ["9,000 messages went out to an audience of 10,000 people.", "321 conversions brought in EUR 12,345.00.",]
    );
    assert!(texts(&document, "text").contains(&"All 2 models agree: the channel email earned most.".to_owned()));
    assert_eq!(texts(&document, "chart"), ["Last touch", "Markov"]);
    let callouts = texts(&document, "callout").join("\n");
    assert!(callouts.contains("Clicks") && callouts.contains("Withheld"), "{callouts}");
    let asked = harness.asked();
    assert_eq!(asked.calls.len(), 1, "all questions in one call");
    assert!(asked.questions().iter().all(|question| question.filter == [("campaign".to_owned(), "c-1".to_owned())]));
}

#[test]
fn it_speaks_the_readers_language() {
    let harness = harness(catalogue());
    for (locale, parameters) in
        [("zh-CN", json!({"campaign": "c"})), ("en", json!({"campaign": "c", "locale": "zh-CN"}))]
    {
        assert_eq!(harness.report(json!({}), locale, parameters).unwrap().title, "营销活动报告");
    }
    let described: Value = serde_json::from_str(&harness.describe_report("zh-CN").unwrap().parameters).unwrap();
    assert_eq!(described["properties"]["campaign"]["title"], "营销活动");
}

#[test]
fn without_anything_to_say_it_says_so() {
    let parameters = |campaign: &str| json!({"campaign": campaign});
    let error = harness(Script::new()).report(json!({}), "en", parameters("c")).unwrap_err();
    assert_eq!(error.fault().unwrap().code, "unavailable");
    let error = harness(catalogue()).report(json!({}), "en", parameters(" ")).unwrap_err();
    assert_eq!(error.fault().unwrap().code, "invalid-input");
    let error = harness(catalogue()).report(json!({}), "en", json!({})).unwrap_err();
    assert!(error.fault().unwrap().message.contains("campaign"));
}
