//! A plugin may trap, hang, bloat, lie or flood, and costs one failed run:
//! each guest here must end with the error that names what it did, and a
//! healthy plugin must run right after.

use super::lab::Lab;
use crate::guests::{Guest, LOG};
use rialto_contract::{recommender, report};
use rialto_kernel::{Id, SeededRandom, WorkspaceId};
use rialto_plugin_host::{
    Grants, LimitName, Limits, LoadError, PackageError, PluginKind, RunError, RunRequest, Verdict, inspect,
};
use std::sync::Arc;

fn body(body: &str) -> Guest {
    Guest { body: body.into(), ..Guest::default() }
}

#[track_caller]
fn assert_limit<T: std::fmt::Debug>(answer: Result<T, RunError>, expected: LimitName, at: &str) {
    match answer {
        Err(RunError::Limit { name, entry, .. }) => assert_eq!((name, entry.as_str()), (expected, at)),
        other => panic!("expected the limit {expected}, got {other:?}"),
    }
}

const LOOP: &str = "(loop $forever (br $forever))";

#[tokio::test]
async fn loops_end_at_the_deadline_wherever_they_are() {
    let lab = Lab::new();
    assert_limit(lab.build(body(LOOP).report()).await.0, LimitName::CpuEntry, "build");
    lab.healthy().await;
    let start = Guest { extra: format!("(func $begin {LOOP}) (start $begin)"), ..Guest::default() };
    assert_limit(lab.build(start.report()).await.0, LimitName::CpuEntry, "instantiate");
    lab.healthy().await;
    let realloc = Guest { realloc: LOOP.into(), ..Guest::default() };
    assert_limit(lab.build(realloc.report()).await.0, LimitName::CpuEntry, "build");
    lab.healthy().await;
    let post = format!(r#"(func (export "cabi_post_rialto:report/report@0.1.0#build") (param i32) {LOOP})"#);
    assert_limit(lab.build(Guest { extra: post, ..Guest::default() }.report()).await.0, LimitName::CpuEntry, "build");
    lab.healthy().await;
    let dtor = format!(r#"(func (export "rialto:attribution/model@0.1.0#[dtor]fit") (param i32) {LOOP})"#);
    assert_limit(
        lab.credit(Guest { extra: dtor, ..Guest::default() }.attribution()).await,
        LimitName::CpuEntry,
        "drop",
    );
    lab.healthy().await;
}

#[tokio::test]
async fn bulk_instructions_end_at_the_deadline_too() {
    let lab = Lab::new();
    let fill = "(loop $forever (memory.fill (i32.const 65536) (i32.const 1) (i32.const 65536)) (br $forever))";
    assert_limit(lab.build(body(fill).report()).await.0, LimitName::CpuEntry, "build");
    lab.healthy().await;
}

#[tokio::test]
async fn many_short_entries_add_up_to_the_runs_bound() {
    let lab = Lab::new();
    let count = "(loop $more (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 60000000))))";
    let plugin = lab.load(body(count).report()).await;
    let limits = Limits { cpu_entry_ms: 60_000, cpu_run_ms: 150, ..Limits::of(PluginKind::Report) };
    let mut run = lab.host.run(lab.request(&plugin, PluginKind::Report).limits(limits)).await.unwrap();
    let mut answer = Ok(());
    for _ in 0..1_000 {
        answer = report::build(&mut run, "{}", "en", "{}").await.map(|_| ());
        if answer.is_err() {
            break;
        }
    }
    assert_limit(answer, LimitName::CpuRun, "build");
    assert_eq!(report::build(&mut run, "{}", "en", "{}").await, Err(RunError::Ended));
    run.finish().await;
    lab.healthy().await;
}

#[tokio::test]
async fn memory_and_tables_are_bounded_together() {
    let lab = Lab::new();
    let bomb = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (unreachable)";
    assert_limit(lab.build(body(bomb).report()).await.0, LimitName::Memory, "build");
    lab.healthy().await;
    let large = Guest { memory: "2000".into(), ..Guest::default() };
    assert_limit(lab.build(large.report()).await.0, LimitName::Memory, "instantiate");
    lab.healthy().await;
    let table = Guest {
        body: "(drop (table.grow $t (ref.null func) (i32.const 1000000))) (unreachable)".into(),
        extra: "(table $t 1 funcref)".into(),
        ..Guest::default()
    };
    assert_limit(lab.build(table.report()).await.0, LimitName::TableElements, "build");
    let wide = Guest { extra: "(table $t 1000000 funcref)".into(), ..Guest::default() };
    assert_limit(lab.build(wide.report()).await.0, LimitName::TableElements, "instantiate");
    lab.healthy().await;
}

#[tokio::test]
async fn a_refused_growth_that_the_plugin_lives_with_is_no_error() {
    let lab = Lab::new();
    let greedy = body("(drop (memory.grow (i32.const 60000)))");
    let (answer, finished) = lab.build(greedy.report()).await;
    assert!(answer.is_ok());
    assert!(finished.unwrap().record.memory_peak_bytes < 1 << 20);
}

#[tokio::test]
async fn recursion_ends_at_the_stack() {
    let lab = Lab::new();
    let deep = Guest {
        body: "(drop (call $deep (i32.const 1)))".into(),
        extra: "(func $deep (param i32) (result i32) (i32.add (i32.const 1) (call $deep (local.get 0))))".into(),
        ..Guest::default()
    };
    assert_limit(lab.build(deep.report()).await.0, LimitName::Stack, "build");
    lab.healthy().await;
}

#[tokio::test]
async fn traps_are_named_and_end_the_run() {
    let lab = Lab::new();
    let (answer, finished) = lab.build(body("(unreachable)").report()).await;
    let Err(RunError::Trap { entry, detail }) = &answer else { panic!("{answer:?}") };
    assert_eq!((entry.as_str(), detail.as_str()), ("build", "wasm `unreachable` instruction executed"));
    assert_eq!(finished.unwrap().record.error, answer.err());
    lab.healthy().await;
    let (answer, _) = lab.build(body("(drop (i32.div_u (i32.const 1) (i32.const 0)))").report()).await;
    assert!(matches!(answer, Err(RunError::Trap { .. })), "{answer:?}");
    let (answer, _) = lab.build(body("(drop (i32.load (i32.const -4)))").report()).await;
    assert!(matches!(answer, Err(RunError::Trap { .. })), "{answer:?}");
    lab.healthy().await;
}

#[tokio::test]
async fn logs_are_cut_and_floods_of_calls_end() {
    let lab = Lab::new();
    let flood = |calls: u32| Guest {
        imports: LOG.into(),
        body: format!(
            "(loop $more (call $log (i32.const 1024) (i32.const 6) (i32.const 65536) (i32.const 4000) (i32.const 0) (i32.const 0)) \
             (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const {calls}))))"
        ),
        ..Guest::default()
    };
    let (answer, finished) = lab.build(flood(500).report()).await;
    let record = finished.unwrap().record;
    assert!(answer.is_ok() && record.log_cut, "{answer:?}");
    assert!(record.log_bytes <= Limits::of(PluginKind::Report).log_bytes);
    assert_eq!(record.host_calls, 500);
    assert_limit(lab.build(flood(100_000).report()).await.0, LimitName::HostCalls, "build");
    lab.healthy().await;
}

#[tokio::test]
async fn one_host_call_cannot_carry_everything() {
    let lab = Lab::new();
    let large = Guest {
        imports: LOG.into(),
        body:
            "(call $log (i32.const 1024) (i32.const 6) (i32.const 0) (i32.const 7000000) (i32.const 0) (i32.const 0))"
                .into(),
        memory: "120".into(),
        ..Guest::default()
    };
    assert_limit(lab.build(large.report()).await.0, LimitName::HostCallBytes, "build");
    lab.healthy().await;
}

#[tokio::test]
async fn answers_that_claim_too_much_are_refused_before_they_are_copied() {
    let lab = Lab::new();
    let claims = [
        "(i32.store (i32.const 3088) (i32.const 65536)) (i32.store (i32.const 3092) (i32.const 0x10000000))",
        "(i32.store (i32.const 3080) (i32.const 0)) (i32.store (i32.const 3084) (i32.const 0x3fffffff))",
        "(i32.store (i32.const 3088) (i32.const 65536)) (i32.store (i32.const 3092) (i32.const -1))",
        "(i32.store (i32.const 3080) (i32.const 100)) (i32.store (i32.const 3084) (i32.const 131072))",
    ];
    for claim in claims {
        let (answer, _) = lab.build(Guest { answer: claim.into(), ..Guest::default() }.report()).await;
        let named =
            matches!(&answer, Err(RunError::Limit { name: LimitName::OutputBytes, .. } | RunError::WrongAnswer { .. }));
        assert!(named, "{claim}: {answer:?}");
        lab.healthy().await;
    }
    let fits_memory = Guest {
        answer: "(i32.store (i32.const 3080) (i32.const 0)) (i32.store (i32.const 3084) (i32.const 7000000))".into(),
        memory: "120".into(),
        ..Guest::default()
    };
    assert_limit(lab.build(fits_memory.report()).await.0, LimitName::OutputBytes, "build");
}

#[tokio::test]
async fn answers_that_are_not_what_they_say_are_wrong_answers() {
    let lab = Lab::new();
    let lies = [
        ("invalid text", "(i32.store8 (i32.const 1024) (i32.const 0xff))"),
        (
            "misaligned list",
            "(i32.store (i32.const 3088) (i32.const 65537)) (i32.store (i32.const 3092) (i32.const 1))",
        ),
        ("unknown case", "(i32.store8 (i32.const 3072) (i32.const 9))"),
    ];
    for (what, lie) in lies {
        let (answer, _) = lab.build(Guest { answer: lie.into(), ..Guest::default() }.report()).await;
        assert!(matches!(&answer, Err(RunError::WrongAnswer { entry, .. }) if entry == "build"), "{what}: {answer:?}");
        lab.healthy().await;
    }
}

#[tokio::test]
async fn each_delivery_gets_one_outcome_or_the_answer_is_wrong() {
    let lab = Lab::new();
    let good = lab.deliver(Guest::default().connector(), 3).await.unwrap();
    assert_eq!(
        good.iter().map(|o| (o.delivery, o.status.as_str())).collect::<Vec<_>>(),
        [(0, "accepted"), (1, "accepted"), (2, "accepted")]
    );
    let lies = [
        "(local.set $count (i32.sub (local.get $count) (i32.const 1)))",
        "(i32.store (local.get $list) (i32.const 1))",
        "(i32.store (local.get $list) (i32.const 77))",
    ];
    for lie in lies {
        let answer = lab.deliver(Guest { answer: lie.into(), ..Guest::default() }.connector(), 3).await;
        assert!(matches!(&answer, Err(RunError::WrongAnswer { .. })), "{lie}: {answer:?}");
    }
    lab.healthy().await;
}

#[tokio::test]
async fn credits_sum_to_what_was_observed_or_the_answer_is_wrong() {
    let lab = Lab::new();
    let good = lab.credit(Guest::default().attribution()).await.unwrap();
    assert_eq!((good.conversions, good.value), (vec![3.0, 0.0], vec![15.5, 0.0]));
    for share in ["nan", "inf", "-3", "2.9", "3.00001"] {
        let lie = format!("(f64.store (local.get $share) (f64.const {share}))");
        let answer = lab.credit(Guest { answer: lie, ..Guest::default() }.attribution()).await;
        assert!(matches!(&answer, Err(RunError::WrongAnswer { .. })), "{share}: {answer:?}");
        lab.healthy().await;
    }
    let short = "(global.set $channels (i32.const 1))";
    let answer = lab.credit(Guest { answer: short.into(), ..Guest::default() }.attribution()).await;
    assert!(matches!(&answer, Err(RunError::WrongAnswer { .. })), "{answer:?}");
    lab.healthy().await;
}

#[tokio::test]
async fn scores_are_finite_numbers() {
    let lab = Lab::new();
    let recommend = async |score: &str| {
        let plugin = lab.load(Guest { answer: score.into(), ..Guest::default() }.recommender()).await;
        let mut run = lab.host.run(lab.request(&plugin, PluginKind::Recommender)).await.unwrap();
        let brief = recommender::Brief { objective: "launch".into(), locale: "en".into(), at: 0, facts: vec![] };
        let candidates =
            recommender::Candidates { kind: "creative".into(), ids: vec!["c".into()], texts: vec![], numbers: vec![] };
        let ranked = recommender::recommend(&mut run, "{}", brief, candidates).await;
        run.finish().await;
        ranked
    };
    assert_eq!(recommend("0.5").await.unwrap()[0].score, 0.5);
    assert!(matches!(recommend("nan").await, Err(RunError::WrongAnswer { .. })));
    assert!(matches!(recommend("-inf").await, Err(RunError::WrongAnswer { .. })));
}

#[tokio::test]
async fn undeclared_imports_are_named_types_only_ones_too() {
    let lab = Lab::new();
    let socket = r#"(import "wasi:sockets/tcp@0.2.6" "steal" (func $steal))"#;
    let socketed = Guest { imports: socket.into(), ..body("(call $steal)") }.report_in("socketed");
    let Err(LoadError::Refused(imports)) = lab.host.load(socketed, &Grants::capabilities(1)).await else { panic!() };
    assert_eq!(imports[0].name, "wasi:sockets/tcp@0.2.6");
    assert!(imports[0].detail.contains("rialto:http"), "{}", imports[0].detail);

    let odd = r#"(func (export "test:guests/odd#f") (result i32) (i32.const 0))"#;
    let typed = Guest { extra: odd.into(), ..Guest::default() }.report_in("typed");
    let inspection = lab.host.inspect(&typed).unwrap();
    let import = inspection.imports.iter().find(|i| i.interface == "evil:corp/types").unwrap();
    assert_eq!(import.verdict, Verdict::Refused);
    assert!(matches!(lab.host.load(typed, &Grants::default()).await, Err(LoadError::Refused(_))));

    let later = r#"(import "rialto:later/later@0.9.0" "see" (func $see))"#;
    let newer = Guest { imports: later.into(), ..body("(call $see)") }.report_in("newer");
    let Err(why) = lab.host.load(newer, &Grants::default()).await else { panic!() };
    assert!(why.to_string().contains("a newer host may"), "{why}");
    lab.healthy().await;
}

#[tokio::test]
async fn a_granted_interface_is_not_linked_without_its_grant() {
    let lab = Lab::new();
    let query = r#"(import "rialto:query/query@0.1.0" "metrics" (func $metrics (param i32)))"#;
    let curious = Guest { imports: query.into(), ..body("(call $metrics (i32.const 4096))") }.report();
    let Err(LoadError::NotGranted { interface, permission }) = lab.host.load(curious.clone(), &Grants::default()).await
    else {
        panic!()
    };
    assert_eq!((interface.as_str(), permission.as_str()), ("rialto:query/query@0.1.0", "query"));
    let granted = Grants { query: true, ..Grants::default() };
    assert!(lab.host.load(curious, &granted).await.is_ok());
}

#[tokio::test]
async fn what_is_no_component_is_told_what_it_is() {
    let lab = Lab::new();
    let reason = |bytes: &[u8]| lab.host.inspect(bytes).unwrap_err();
    assert_eq!(reason(&wat::parse_str("(module)").unwrap()), PackageError::CoreModule);
    assert_eq!(reason(b"#!/bin/sh"), PackageError::NotWasm);
    assert_eq!(reason(b""), PackageError::NotWasm);
    assert_eq!(reason(b"\x7fELF\x02\x01\x01\0\0\0\0\0"), PackageError::Precompiled);
    assert_eq!(reason(&wat::parse_str("(component)").unwrap()), PackageError::NoRole);
    let healthy = Guest::default().report();
    assert!(matches!(inspect::inspect(&healthy, 100), Err(PackageError::TooLarge { limit: 100, .. })));
    let mut broken = 0;
    for cut in 8..healthy.len() {
        match lab.host.inspect(&healthy[..cut]) {
            Err(PackageError::Invalid { .. } | PackageError::NoRole) => broken += 1,
            // Cut between two sections, with everything that counts before it.
            Ok(inspection) => assert!(inspection.is(PluginKind::Report)),
            Err(other) => panic!("{cut}: {other}"),
        }
    }
    assert!(broken > healthy.len() * 9 / 10);
    lab.healthy().await;
}

/// Broken files are refused or run; they never bring the host down.
#[tokio::test]
async fn a_thousand_broken_files_are_refused_or_run() {
    let lab = Lab::new();
    let healthy = Guest::default().report();
    let random = SeededRandom::new(7);
    for _ in 0..1_000 {
        let mut bad = healthy.clone();
        for _ in 0..1 + (rialto_kernel::Randomness::unit(&random) * 4.0) as usize {
            let at = (rialto_kernel::Randomness::unit(&random) * bad.len() as f64) as usize;
            bad[at] ^= 1 << (at % 8);
        }
        let _ = lab.host.inspect(&bad);
    }
    lab.healthy().await;
}

#[tokio::test]
async fn a_plugin_that_fails_rests_and_the_others_do_not() {
    let lab = Lab::new();
    let bad = lab.load(body("(unreachable)").report()).await;
    for _ in 0..5 {
        let mut run = lab.host.run(lab.request(&bad, PluginKind::Report)).await.unwrap();
        assert!(report::build(&mut run, "{}", "en", "{}").await.is_err());
        run.finish().await;
    }
    let Err(why) = lab.host.run(lab.request(&bad, PluginKind::Report)).await else { panic!("it should rest") };
    assert_eq!(why, RunError::BreakerOpen { retry_after_s: 60 });
    let other = RunRequest::new(&bad, PluginKind::Report, WorkspaceId(Id::nil()), Id::max());
    assert!(lab.host.run(other).await.is_ok(), "another installation");
}

#[tokio::test]
async fn a_run_can_be_cancelled_and_a_kind_cannot_be_feigned() {
    let lab = Lab::new();
    let plugin = lab.load(body(LOOP).report()).await;
    let token = tokio_util::sync::CancellationToken::new();
    let limits = Limits { cpu_entry_ms: 60_000, cpu_run_ms: 60_000, ..Limits::of(PluginKind::Report) };
    let request = lab.request(&plugin, PluginKind::Report).limits(limits).cancelled_by(token.clone());
    let mut run = lab.host.run(request).await.unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        token.cancel();
    });
    let answer = report::build(&mut run, "{}", "en", "{}").await;
    assert_eq!(answer, Err(RunError::Cancelled { entry: "build".into() }));
    run.finish().await;
    let feigned = lab.host.run(lab.request(&plugin, PluginKind::Connector)).await;
    assert!(matches!(feigned, Err(RunError::WrongKind { .. })));
}

#[tokio::test]
async fn handles_are_bounded() {
    let lab = Lab::new();
    let hoard = "(loop $more (drop (call $new (i32.const 1))) (br $more))";
    assert_limit(lab.credit(body(hoard).attribution()).await, LimitName::Handles, "credit");
    lab.healthy().await;
}

/// Eight that never end, and a neighbour that does not notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_loops_does_not_stop_a_neighbour() {
    let lab = Arc::new(Lab::new());
    let hostile = lab.load(body(LOOP).report()).await;
    let healthy = lab.load(Guest::default().report()).await;
    let mut crowd = tokio::task::JoinSet::new();
    for number in 0..8_u128 {
        let (lab, hostile) = (lab.clone(), hostile.clone());
        crowd.spawn(async move {
            let request = RunRequest::new(&hostile, PluginKind::Report, WorkspaceId(Id::nil()), Id::from_u128(number));
            let limits = Limits { cpu_entry_ms: 300, ..Limits::of(PluginKind::Report) };
            let mut run = lab.host.run(request.limits(limits)).await.unwrap();
            let answer = report::build(&mut run, "{}", "en", "{}").await;
            run.finish().await;
            answer
        });
    }
    for _ in 0..50 {
        let mut run = lab.host.run(lab.request(&healthy, PluginKind::Report)).await.unwrap();
        assert!(report::build(&mut run, "{}", "en", "{}").await.is_ok());
        run.finish().await;
    }
    while let Some(answer) = crowd.join_next().await {
        assert_limit(answer.unwrap(), LimitName::CpuEntry, "build");
    }
}
