//! The hostile pack: each misdeed in every export it can be done in, alone and
//! eight at once beside a healthy neighbour. Each must end with the limit that
//! it names, and a healthy plugin must run right after. The table is printed
//! (`--no-capture` shows it); figures of time are told and not asserted.

use super::lab::{Lab, batch, paths};
use crate::guests::{Guest, LOG};
use rialto_contract::{attribution, connector, recommender, report};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{LimitName, Limits, LoadedPlugin, PluginKind, RunError, RunRequest};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Processor time of one entry here, milliseconds.
const ENTRY_MS: u64 = 50;
/// How many do the misdeed at once beside the neighbour.
const CROWD: u128 = 8;
/// Runs of the neighbour meanwhile.
const NEIGHBOUR_RUNS: usize = 30;
/// Bytes by which this process may be larger after the whole pack.
const GROWTH_BYTES_MAX: u64 = 128 << 20;

/// How a misdeed must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Limit(LimitName),
    /// One of two, whichever the engine meets first.
    Either(LimitName, LimitName),
    Trap,
    /// A typed error of the plugin's own fault, of whichever kind.
    Typed,
}

impl End {
    fn is(self, why: &RunError) -> bool {
        match (self, why) {
            (Self::Limit(expected), RunError::Limit { name, .. }) => *name == expected,
            (Self::Either(one, other), RunError::Limit { name, .. }) => *name == one || *name == other,
            (Self::Trap, RunError::Trap { .. }) => true,
            (Self::Typed, why) => why.is_plugins_fault(),
            _ => false,
        }
    }
}

/// An export that a misdeed can be done in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Export {
    ReportDescribe,
    ReportBuild,
    ConnectorDescribe,
    Deliver,
    Start,
    Observe,
    Credit,
    Recommend,
}

const EXPORTS: [Export; 8] = [
    Export::ReportDescribe,
    Export::ReportBuild,
    Export::ConnectorDescribe,
    Export::Deliver,
    Export::Start,
    Export::Observe,
    Export::Credit,
    Export::Recommend,
];

/// Exports that are given a list or a text, so that `cabi_realloc` runs.
const FED: [Export; 6] =
    [Export::ReportDescribe, Export::ReportBuild, Export::Deliver, Export::Start, Export::Observe, Export::Recommend];

impl Export {
    fn kind(self) -> PluginKind {
        match self {
            Self::ReportDescribe | Self::ReportBuild => PluginKind::Report,
            Self::ConnectorDescribe | Self::Deliver => PluginKind::Connector,
            Self::Start | Self::Observe | Self::Credit => PluginKind::Attribution,
            Self::Recommend => PluginKind::Recommender,
        }
    }

    /// A guest that does it there and is healthy elsewhere.
    fn guest(self, deed: &Deed) -> Vec<u8> {
        let call = "(call $evil)".to_owned();
        let mut guest = Guest {
            imports: deed.imports.into(),
            extra: format!("(func $evil (local $n i32) {}) {}", deed.does, deed.extra),
            realloc: deed.realloc.into(),
            memory: deed.memory.into(),
            ..Guest::default()
        };
        match self {
            Self::ReportDescribe | Self::ConnectorDescribe | Self::Start => guest.before = call,
            Self::Observe => guest.between = call,
            Self::ReportBuild | Self::Deliver | Self::Credit | Self::Recommend => guest.body = call,
        }
        match self.kind() {
            PluginKind::Report => guest.report(),
            PluginKind::Connector => guest.connector(),
            PluginKind::Attribution => guest.attribution(),
            PluginKind::Recommender => Guest { answer: "1".into(), ..guest }.recommender(),
        }
    }
}

/// Something that no plugin should do.
struct Deed {
    what: &'static str,
    does: &'static str,
    imports: &'static str,
    extra: &'static str,
    realloc: &'static str,
    memory: &'static str,
    end: End,
    /// Where it can be done.
    exports: &'static [Export],
}

const fn deed(what: &'static str, does: &'static str, end: End) -> Deed {
    Deed { what, does, imports: "", extra: "", realloc: "", memory: "2", end, exports: &EXPORTS }
}

/// One done while the host hands something over.
const fn feeding(what: &'static str, realloc: &'static str, end: End) -> Deed {
    Deed { realloc, exports: &FED, ..deed(what, "", end) }
}

/// One done by calling the host.
const fn calling(what: &'static str, does: &'static str, end: End) -> Deed {
    Deed { imports: LOG, ..deed(what, does, end) }
}

const CPU: End = End::Limit(LimitName::CpuEntry);
const STACK: End = End::Limit(LimitName::Stack);
const MEMORY: End = End::Limit(LimitName::Memory);
const TABLE: End = End::Limit(LimitName::TableElements);

fn deeds() -> Vec<Deed> {
    let recursive = "(func $deep (param i32) (result i32) (i32.add (i32.const 1) (call $deep (local.get 0))))";
    let mutual = "(func $ping (param i32) (result i32) (i32.add (i32.const 1) (call $pong (local.get 0))))
        (func $pong (param i32) (result i32) (i32.add (i32.const 1) (call $ping (local.get 0))))";
    let indirect = "(type $one (func)) (table $calls 2 funcref) (elem (i32.const 0) $again)
        (func $again (type $one) (call_indirect $calls (type $one) (i32.const 0)) (drop (i32.const 1)))";
    let table = "(table $t 1 funcref)";
    let untyped = "(type $other (func (param f64))) (table $calls 2 funcref) (elem (i32.const 0) $plain) (func $plain)";
    let log = |what, does| calling(what, does, End::Typed);
    vec![
        deed("spins", "(loop $l (br $l))", CPU),
        deed("spins through calls", "(loop $l (call $nothing) (br $l))", CPU).with("(func $nothing)"),
        deed("counts for ever", "(loop $l (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $l))", CPU),
        deed("fills memory for ever", "(loop $l (memory.fill (i32.const 8192) (i32.const 1) (i32.const 57344)) (br $l))", CPU),
        deed("copies memory for ever", "(loop $l (memory.copy (i32.const 8192) (i32.const 16384) (i32.const 49152)) (br $l))", CPU),
        deed("fills tables for ever", "(loop $l (table.fill $t (i32.const 0) (ref.null func) (i32.const 9000)) (br $l))", CPU)
            .with("(table $t 9000 funcref)"),
        deed("calls itself", "(drop (call $deep (i32.const 1)))", STACK).with(recursive),
        deed("calls itself by turns", "(drop (call $ping (i32.const 1)))", STACK).with(mutual),
        deed("calls itself through a table", "(call $again)", STACK).with(indirect),
        deed("grows memory to the end", "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (unreachable)", MEMORY),
        deed("grows memory at once", "(drop (memory.grow (i32.const 60000))) (unreachable)", MEMORY),
        deed("grows a table at once", "(drop (table.grow $t (ref.null func) (i32.const 1000000))) (unreachable)", TABLE).with(table),
        deed("grows a table to the end", "(loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1)))) (unreachable)", TABLE)
            .with(table),
        deed("gives up", "(unreachable)", End::Trap),
        deed("divides by nothing", "(drop (i32.div_u (i32.const 1) (i32.const 0)))", End::Trap),
        deed("divides past the end", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", End::Trap),
        deed("makes a number of nothing", "(drop (i32.trunc_f64_s (f64.const nan)))", End::Trap),
        deed("reads past its memory", "(drop (i32.load (i32.const -4)))", End::Trap),
        deed("writes past its memory", "(i64.store (i32.const -8) (i64.const 1))", End::Trap),
        deed("fills past its memory", "(memory.fill (i32.const 65536) (i32.const 1) (i32.const -1))", End::Trap),
        deed("copies past its memory", "(memory.copy (i32.const 0) (i32.const 8) (i32.const -1))", End::Trap),
        deed("calls nobody", "(call_indirect $calls (type $other) (f64.const 1) (i32.const 1))", End::Trap).with(untyped),
        deed("calls somebody else", "(call_indirect $calls (type $other) (f64.const 1) (i32.const 0))", End::Trap).with(untyped),
        deed("calls past the table", "(call_indirect $calls (type $other) (f64.const 1) (i32.const 99))", End::Trap).with(untyped),
        calling(
            "calls the host for ever",
            "(loop $l (call $log (i32.const 1024) (i32.const 6) (i32.const 1024) (i32.const 6) (i32.const 0) (i32.const 0)) (br $l))",
            End::Either(LimitName::HostCalls, LimitName::CpuEntry),
        ),
        Deed {
            memory: "120",
            ..calling(
                "hands over seven million bytes",
                "(call $log (i32.const 1024) (i32.const 6) (i32.const 0) (i32.const 7000000) (i32.const 0) (i32.const 0))",
                End::Limit(LimitName::HostCallBytes),
            )
        },
        Deed {
            memory: "60",
            ..calling(
                "hands over three million, again and again",
                "(loop $l (call $log (i32.const 1024) (i32.const 6) (i32.const 500000) (i32.const 3000000) (i32.const 0) (i32.const 0)) (br $l))",
                End::Either(LimitName::HostCallBytes, LimitName::CpuEntry),
            )
        },
        log("hands over what it does not have", "(call $log (i32.const -8) (i32.const 6) (i32.const -9) (i32.const 99) (i32.const 0) (i32.const 0))"),
        log("hands over what is no text", "(i32.store (i32.const 1024) (i32.const 0xfffefdfc)) (call $log (i32.const 1024) (i32.const 4) (i32.const 1024) (i32.const 4) (i32.const 0) (i32.const 0))"),
        log("hands over a list without end", "(call $log (i32.const 1024) (i32.const 6) (i32.const 1024) (i32.const 6) (i32.const 0) (i32.const 0x0fffffff))"),
        log("hands over a crooked list", "(call $log (i32.const 1024) (i32.const 6) (i32.const 1024) (i32.const 6) (i32.const 8193) (i32.const 3))"),
        feeding("spins when it is handed something", "(loop $l (br $l))", CPU),
        feeding("gives up when it is handed something", "(unreachable)", End::Trap),
        feeding("grows when it is handed something", "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (unreachable)", MEMORY),
        feeding("takes it past its memory", "(return (i32.const -16))", End::Typed),
        feeding("takes it crookedly", "(return (i32.add (i32.const 65536) (i32.and (i32.sub (local.get 2) (i32.const 1)) (i32.const 1))))", End::Typed)
            .only(&[Export::Start, Export::Observe, Export::Deliver]),
        Deed {
            imports: LOG,
            ..feeding(
                "calls the host while it is handed something",
                "(call $log (i32.const 1024) (i32.const 6) (i32.const 1024) (i32.const 6) (i32.const 0) (i32.const 0))",
                End::Typed,
            )
        },
        Deed { extra: "(func $begin (loop $l (br $l))) (start $begin)", ..deed("spins before it begins", "", CPU) },
        Deed { extra: "(func $begin (call $begin) (drop (i32.const 1))) (start $begin)", ..deed("calls itself before it begins", "", STACK) },
        Deed { extra: "(func $begin unreachable) (start $begin)", ..deed("gives up before it begins", "", End::Trap) },
        Deed { memory: "2000", ..deed("begins with too much memory", "", MEMORY) },
        Deed { extra: "(table $t 1000000 funcref)", ..deed("begins with too large a table", "", TABLE) },
    ]
}

impl Deed {
    fn with(mut self, extra: &'static str) -> Self {
        self.extra = extra;
        self
    }

    fn only(mut self, exports: &'static [Export]) -> Self {
        self.exports = exports;
        self
    }
}

fn request(plugin: &LoadedPlugin, export: Export, installation: u128) -> RunRequest {
    let limits =
        Limits { cpu_entry_ms: ENTRY_MS, memory_bytes: 8 << 20, table_elements: 10_000, ..Limits::of(export.kind()) };
    RunRequest::new(plugin, export.kind(), WorkspaceId(Id::nil()), Id::from_u128(installation)).limits(limits)
}

/// Run up to and with this export; answers what came of it and how long the
/// last entry took.
async fn enter(
    lab: &Lab,
    plugin: &LoadedPlugin,
    export: Export,
    installation: u128,
) -> (Result<(), RunError>, Duration) {
    lab.host.reset_breaker(WorkspaceId(Id::nil()), Id::from_u128(installation));
    let began = Instant::now();
    let mut run = match lab.host.run(request(plugin, export, installation)).await {
        Ok(run) => run,
        Err(why) => return (Err(why), began.elapsed()),
    };
    let began = Instant::now();
    let done = match export {
        Export::ReportDescribe => report::describe(&mut run, "en").await.map(drop),
        Export::ReportBuild => report::build(&mut run, "{}", "en", "{}").await.map(drop),
        Export::ConnectorDescribe => connector::describe(&mut run).await.map(drop),
        Export::Deliver => connector::deliver(&mut run, "{}", batch(3)).await.map(drop),
        Export::Start | Export::Observe | Export::Credit => fit(&mut run, export).await,
        Export::Recommend => {
            let brief = recommender::Brief { objective: "launch".into(), locale: "en".into(), at: 0, facts: vec![] };
            let candidates = recommender::Candidates {
                kind: "creative".into(),
                ids: vec!["c".into()],
                texts: vec![],
                numbers: vec![],
            };
            recommender::recommend(&mut run, "{}", brief, candidates).await.map(drop)
        }
    };
    let took = began.elapsed();
    if done.is_err() {
        let again = report::describe(&mut run, "en").await;
        let over = matches!(again, Err(RunError::Ended | RunError::Absent { .. } | RunError::WrongKind { .. }));
        assert!(over, "a run that failed is over: {again:?}");
    }
    let finished = run.finish().await;
    assert!(finished.record.memory_peak_bytes <= 8 << 20, "{}", finished.record.memory_peak_bytes);
    assert!(finished.state.is_empty() && finished.record.host_calls <= Limits::of(export.kind()).host_calls + 1);
    (done, took)
}

async fn fit(run: &mut rialto_plugin_host::Run, export: Export) -> Result<(), RunError> {
    let mut fit = attribution::Fit::start(run, "{}", vec!["a".into(), "b".into()]).await?;
    if export != Export::Start {
        fit.observe(fit.prepare(paths())?).await?;
    }
    if export == Export::Credit {
        fit.credit().await?;
    }
    fit.close().await
}

/// Bytes of memory that this process has in use.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[(times.len() * 99 / 100).min(times.len() - 1)]
}

/// A healthy plugin's runs, one after another.
async fn neighbour(lab: &Lab, healthy: &LoadedPlugin) -> Duration {
    let mut times = Vec::new();
    for _ in 0..NEIGHBOUR_RUNS {
        let began = Instant::now();
        let request = RunRequest::new(healthy, PluginKind::Report, WorkspaceId(Id::from_u128(7)), Id::from_u128(7));
        let mut run = lab.host.run(request).await.unwrap();
        assert_eq!(report::build(&mut run, "{}", "en", "{}").await.unwrap().title, "report");
        run.finish().await;
        times.push(began.elapsed());
    }
    p99(times)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_misdeed_costs_one_failed_run_and_nobody_else() {
    let lab = Arc::new(Lab::new());
    let healthy = lab.load(Guest::default().report()).await;
    let alone = neighbour(&lab, &healthy).await;
    let before = resident();
    println!("| misdeed | exports | ended by | slowest end, ms | memory moved, KiB | neighbour's p99 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let mut guests = 0;
    for deed in deeds() {
        let (start, mut slowest) = (resident(), Duration::ZERO);
        let mut loaded = None;
        for export in deed.exports {
            let plugin = lab.load(export.guest(&deed)).await;
            let (done, took) = enter(&lab, &plugin, *export, 1).await;
            let why = done.expect_err(deed.what);
            assert!(deed.end.is(&why), "{} in {export:?} ended by {why:?}", deed.what);
            slowest = slowest.max(took);
            lab.healthy().await;
            guests += 1;
            loaded = Some((plugin, *export));
        }
        let (plugin, export) = loaded.unwrap();
        let mut crowd = tokio::task::JoinSet::new();
        for number in 0..CROWD {
            let (lab, plugin) = (lab.clone(), plugin.clone());
            crowd.spawn(async move { enter(&lab, &plugin, export, 100 + number).await.0 });
        }
        let beside = neighbour(&lab, &healthy).await;
        while let Some(done) = crowd.join_next().await {
            let why = done.unwrap().expect_err(deed.what);
            assert!(deed.end.is(&why), "{} in a crowd ended by {why:?}", deed.what);
        }
        let (ended, moved) =
            (format!("{:?}", deed.end).replace("LimitName::", ""), resident().saturating_sub(start) / 1024);
        let ratio = beside.as_secs_f64() / alone.as_secs_f64();
        println!(
            "| {} | {} | {ended} | {} | {moved} | {ratio:.1} × |",
            deed.what,
            deed.exports.len(),
            slowest.as_millis()
        );
    }
    let grown = resident().saturating_sub(before);
    println!("\n{guests} guests, no exit, {} KiB larger at the end", grown / 1024);
    assert!(guests >= 200, "{guests}");
    assert!(grown < GROWTH_BYTES_MAX, "the host grew by {grown} bytes");
}

/// What the engine was told to leave off is refused before anything runs.
#[tokio::test]
async fn proposals_that_are_off_are_refused_with_a_reason() {
    let lab = Lab::new();
    let modules = [
        ("two memories", "(module (memory 1) (memory 1))"),
        ("a 64-bit memory", "(module (memory i64 1))"),
        ("a shared memory", "(module (memory 1 1 shared))"),
        ("an exception", "(module (tag $t) (func (throw $t)))"),
        ("a tail call", "(module (func $f (return_call $f)))"),
        ("garbage collection", "(module (type $s (struct (field i32))) (func (drop (struct.new $s (i32.const 1)))))"),
        ("function references", "(module (type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0))))"),
        (
            "relaxed arithmetic",
            "(module (func (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1))))",
        ),
    ];
    for (what, module) in modules {
        let text = format!("(component (core {}", &module[1..]) + ")";
        let bytes = wat::parse_str(&text).unwrap_or_else(|cause| panic!("{what}: {cause}"));
        let why = lab.host.inspect(&bytes).unwrap_err();
        let named = matches!(
            why,
            rialto_plugin_host::PackageError::Excessive { .. } | rialto_plugin_host::PackageError::Invalid { .. }
        );
        assert!(named, "{what}: {why}");
    }
    lab.healthy().await;
}

/// Randomness and the clock are the run's own, and neither is a way to the
/// host's memory or time.
#[tokio::test]
async fn randomness_and_clocks_have_bounds_and_repeat() {
    let lab = Lab::new();
    let imports = r#"(import "wasi:random/random@0.2.6" "get-random-bytes" (func $random (param i64 i32)))
      (import "wasi:clocks/wall-clock@0.2.6" "now" (func $now (param i32)))"#;
    let guest =
        |body: &str| Guest { imports: imports.into(), body: body.into(), ..Guest::default() }.report_in("wasied");
    let (answer, _) = lab
        .build(guest("(call $random (i64.const 0x10000000000) (i32.const 4096)) (call $now (i32.const 4096))"))
        .await;
    let why = answer.unwrap_err();
    assert!(why.is_plugins_fault(), "{why:?}");
    lab.healthy().await;
    let flood = "(loop $l (call $random (i64.const 1024) (i32.const 4096)) (call $now (i32.const 4096)) (br $l))";
    let why = lab.build(guest(flood)).await.0.unwrap_err();
    assert!(matches!(why, RunError::Limit { .. }), "{why:?}");
    lab.healthy().await;
}

/// A run that is dropped in the middle leaves nothing behind that others feel.
#[tokio::test]
async fn a_run_dropped_in_the_middle_is_nobodys_trouble() {
    let lab = Lab::new();
    let spin = Guest { body: "(loop $l (br $l))".into(), ..Guest::default() }.report();
    let plugin = lab.load(spin).await;
    for _ in 0..20 {
        let limits = Limits { cpu_entry_ms: 60_000, cpu_run_ms: 60_000, ..Limits::of(PluginKind::Report) };
        let mut run = lab.host.run(lab.request(&plugin, PluginKind::Report).limits(limits)).await.unwrap();
        let cut = tokio::time::timeout(Duration::from_millis(15), report::build(&mut run, "{}", "en", "{}")).await;
        assert!(cut.is_err());
        drop(run);
        lab.healthy().await;
    }
}
