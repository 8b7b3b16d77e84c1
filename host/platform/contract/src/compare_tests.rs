//! Differences of meaning, kind by kind.

use super::*;
use crate::{attribution::Credits, connector::Batch, recommender::Candidates, report::Column};
use rialto_plugin_host::{Fault, Limits, PluginKind};

fn tape(asked: Asked, answered: Answered) -> Tape {
    let entry = TapedEntry { asked, answered: Some(answered), error: None };
    Tape {
        at_us: 0,
        seed: "00".repeat(32),
        limits: Limits::of(PluginKind::Connector),
        entries: vec![entry],
        calls: vec![],
        logs: vec![],
    }
}

fn replayed(answered: Answered) -> Replayed {
    let entries = vec![ReplayedEntry { answered: Some(answered), error: None }];
    Replayed { entries, record: None, logs: vec![], error: None }
}

fn told(tape: &Tape, now: Answered) -> Vec<String> {
    let comparison = compare(tape, &replayed(now));
    assert_eq!(comparison.verdict == Verdict::Same, comparison.differences.is_empty());
    comparison.differences.iter().map(ToString::to_string).collect()
}

fn outcome(status: &str, code: Option<&str>) -> Outcome {
    let fault = code.map(|code| Fault::new(code, "because"));
    Outcome { delivery: 0, status: status.into(), provider_id: None, fault, options: vec![] }
}

#[test]
fn deliveries_differ_by_what_became_of_them() {
    let batch = Batch {
        channel: "email".into(),
        topic: "news".into(),
        ids: vec!["d7".into()],
        part_names: vec![],
        parts: vec![],
        column_names: vec![],
        columns: vec![],
        options: vec![],
    };
    let asked = Asked::Deliver { settings: "{}".into(), batch };
    let tape = tape(asked, Answered::Outcomes(vec![outcome("accepted", None)]));
    assert!(told(&tape, Answered::Outcomes(vec![outcome("accepted", None)])).is_empty());
    let now = told(&tape, Answered::Outcomes(vec![outcome("retry", Some("busy"))]));
    assert_eq!(now, ["delivery 0 d7: accepted was recorded, now retry (busy)"]);
}

#[test]
fn credit_differs_by_channel_and_only_beyond_the_tolerance() {
    let credits =
        |a: f64| Answered::Credits(Credits { conversions: vec![a, 10.0 - a], value: vec![0.0, 0.0], options: vec![] });
    let start = Asked::Start { settings: "{}".into(), channels: vec!["email".into(), "search".into()] };
    let mut tape = tape(start, Answered::Done {});
    tape.entries.push(TapedEntry { asked: Asked::Credit {}, answered: Some(credits(4.0)), error: None });
    let now = |a| {
        let done = ReplayedEntry { answered: Some(Answered::Done {}), error: None };
        let credit = ReplayedEntry { answered: Some(credits(a)), error: None };
        compare(&tape, &Replayed { entries: vec![done, credit], record: None, logs: vec![], error: None })
    };
    assert_eq!(now(4.000_001).verdict, Verdict::Same);
    let fields: Vec<String> = now(4.5).differences.iter().map(|d| d.field.clone()).collect();
    assert_eq!(fields, ["conversions of channel `email`", "conversions of channel `search`"]);
}

#[test]
fn rankings_differ_by_place_and_score() {
    let brief = crate::recommender::Brief { objective: "o".into(), locale: "en".into(), at: 0, facts: vec![] };
    let candidates =
        Candidates { kind: "creative".into(), ids: vec!["a".into(), "b".into()], texts: vec![], numbers: vec![] };
    let ranked = |list: &[(u32, f64)]| {
        Answered::Ranked(
            list.iter()
                .map(|(candidate, score)| Ranked {
                    candidate: *candidate,
                    score: *score,
                    reasons: vec![],
                    changes: vec![],
                })
                .collect(),
        )
    };
    let asked = Asked::Recommend { settings: "{}".into(), brief, candidates };
    let tape = tape(asked, ranked(&[(0, 2.0), (1, 1.0)]));
    assert!(told(&tape, ranked(&[(0, 2.0), (1, 1.000_000_1)])).is_empty());
    assert_eq!(
        told(&tape, ranked(&[(1, 2.0), (0, 1.0)])),
        ["place 1: a was recorded, now b", "place 2: b was recorded, now a"]
    );
    assert_eq!(told(&tape, ranked(&[(0, 3.0)]))[0], "score of `a`: 2.000000 was recorded, now 3.000000");
}

#[test]
fn documents_differ_by_block_and_cell() {
    let document = |number: f64| Document {
        title: "T".into(),
        blocks: vec![Block {
            kind: "table".into(),
            text: String::new(),
            columns: vec![Column {
                name: "spend".into(),
                title: "Spend".into(),
                unit: "count".into(),
                texts: vec![],
                numbers: vec![1.0, number],
            }],
            options: vec![],
        }],
        options: vec![],
    };
    let asked = Asked::Build { settings: "{}".into(), locale: "en".into(), parameters: "{}".into() };
    let tape = tape(asked, Answered::Document(document(2.0)));
    assert!(told(&tape, Answered::Document(document(2.0))).is_empty());
    assert_eq!(
        told(&tape, Answered::Document(document(3.0))),
        ["block 1 (table) column `spend` row 2: 2 was recorded, now 3"]
    );
}

#[test]
fn a_run_that_fails_where_it_did_not_is_told_so() {
    let tape = tape(Asked::Check { settings: "{}".into() }, Answered::Checked(vec![]));
    let why = RunError::Trap { entry: "check".into(), detail: "unreachable".into() };
    let entries = vec![ReplayedEntry { answered: None, error: Some(why.clone()) }];
    let fails = compare(&tape, &Replayed { entries, record: None, logs: vec![], error: Some(why) });
    assert_eq!((fails.verdict, fails.detail.as_deref()), (Verdict::Fails, Some("`check` trapped: unreachable")));
}
