//! What the contract promises, held against binaries. The golden ones were
//! built against the released contract and are never built again: whatever this
//! host becomes, they link and run. For every growth that is promised there is a
//! guest that must load, and for every change that is forbidden one that must be
//! refused with its reason. `wit/compat.json` is what this finds.

use super::lab::Lab;
use crate::{
    guests::{Guest, LOG},
    source::root,
};
use rialto_conformance::{Effort, Subject, Verdict, stand_in_grants, suite};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{Grants, HostGrant, inspect::inspect};
use serde_json::{Value, json};

const FILE: &str = "wit/compat.json";
const GOLDEN: &str = "tests/cases/golden";

/// Which guest is built.
#[derive(Clone, Copy)]
enum Kind {
    /// A report that writes a log line.
    Report,
    /// A report that asks the catalogue what there is.
    Asking,
    /// A connector.
    Connector,
    /// A connector that sends requests.
    Sending,
}

/// A name, which guest, how its contract differs, and the reason it is refused with.
type Case = (&'static str, Kind, &'static [(&'static str, &'static str)], Option<&'static str>);

const METRICS: &str = r#"(import "rialto:query/query@0.1.0" "metrics" (func $metrics (param i32)))"#;
const SEND_ALL: &str = r#"(import "rialto:http/http@0.1.0" "send-all" (func $send (param i32 i32 i32)))"#;

/// What may change without harm.
const GROWTH: &[Case] = &[
    ("the contract as it is", Kind::Report, &[], None),
    (
        "the host provides a function more",
        Kind::Asking,
        &[("ask: func(questions: list<question>) -> list<result<answer, fault>>;", "")],
        None,
    ),
    (
        "a later minor version of what is imported",
        Kind::Report,
        &[("rialto:log@0.1.0", "rialto:log@0.1.7"), ("rialto:log/log@0.1.0", "rialto:log/log@0.1.7")],
        None,
    ),
    (
        "a later minor version of what is exported",
        Kind::Report,
        &[
            ("package rialto:report@0.1.0", "package rialto:report@0.1.9"),
            ("rialto:report/report@0.1.0", "rialto:report/report@0.1.9"),
            ("rialto:report/plugin@0.1.0", "rialto:report/plugin@0.1.9"),
        ],
        None,
    ),
    (
        "an exported interface that this host does not call",
        Kind::Connector,
        &[("world delivers {", "interface later { soon: func() -> u32; }\nworld delivers {\n    export later;")],
        None,
    ),
    (
        "an exported interface with a function that this host does not call",
        Kind::Report,
        &[(
            "describe: func(locale: string) -> description;",
            "describe: func(locale: string) -> description;\n    soon: func() -> u32;",
        )],
        None,
    ),
    (
        "an optional interface that the plugin does not export",
        Kind::Connector,
        &[("    export deliver;\n", "    import rialto:log/log@0.1.0;\n")],
        None,
    ),
];

/// What may never change, and how a plugin of the other contract is refused.
const FORBIDDEN: &[Case] = &[
    (
        "a record of `types` gains a field",
        Kind::Sending,
        &[(
            "        message: string,\n        /// When",
            "        message: string,\n        more: string,\n        /// When",
        )],
        Some("has a field `more` that this host does not know"),
    ),
    (
        "a record that a function takes gains a field",
        Kind::Sending,
        &[(
            "        body: list<u8>,\n        /// The id of",
            "        body: list<u8>,\n        later: string,\n        /// The id of",
        )],
        Some("has a field `later` that this host does not know"),
    ),
    (
        "a record that a function answers loses a field",
        Kind::Asking,
        &[("        definition: string,\n", "")],
        Some("lacks the field `definition`"),
    ),
    (
        "the fields of a record change places",
        Kind::Asking,
        &[(
            "        title: string,\n        definition: string,\n",
            "        definition: string,\n        title: string,\n",
        )],
        Some("stand in another order"),
    ),
    (
        "a field becomes another type",
        Kind::Asking,
        &[("        definition: string,\n", "        definition: u32,\n")],
        Some("definition"),
    ),
    (
        "a parameter is called otherwise",
        Kind::Report,
        &[("write: func(level: string,", "write: func(rank: string,")],
        Some("parameter `level` is called `rank` there"),
    ),
    (
        "a function is not there",
        Kind::Asking,
        &[("metrics: func()", "catalogue: func()"), ("\"metrics\"", "\"catalogue\"")],
        Some("this host has no function `catalogue`"),
    ),
    (
        "what a plugin exports answers another record",
        Kind::Report,
        &[(
            "        title: string,\n        blocks: list<block>,\n",
            "        title: string,\n        subtitle: string,\n        blocks: list<block>,\n",
        )],
        Some("has a field `subtitle` that this host does not know"),
    ),
    (
        "what a plugin must export lacks a function",
        Kind::Connector,
        &[
            ("describe: func() -> description;", "tell: func() -> description;"),
            ("connector@0.1.0#describe", "connector@0.1.0#tell"),
        ],
        Some("the function `describe` is missing"),
    ),
    (
        "another track",
        Kind::Report,
        &[("rialto:log@0.1.0", "rialto:log@0.2.0"), ("rialto:log/log@0.1.0", "rialto:log/log@0.2.0")],
        Some("this host provides it at 0.1.x"),
    ),
    (
        "a prerelease",
        Kind::Report,
        &[("rialto:log@0.1.0", "rialto:log@0.1.0-rc.1"), ("rialto:log/log@0.1.0", "rialto:log/log@0.1.0-rc.1")],
        Some("this host provides it at 0.1.x"),
    ),
];

fn guest(kind: Kind, edits: &[(&str, &str)]) -> Vec<u8> {
    let contract = edits.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    let (imports, body) = match kind {
        Kind::Report => (
            LOG,
            "(call $log (i32.const 1024) (i32.const 6) (i32.const 1024) (i32.const 6) (i32.const 0) (i32.const 0))",
        ),
        Kind::Asking => (METRICS, "(call $metrics (i32.const 8192))"),
        Kind::Connector => ("", ""),
        Kind::Sending => (SEND_ALL, "(call $send (i32.const 0) (i32.const 0) (i32.const 8192))"),
    };
    let extra = match edits.iter().any(|(_, to)| to.contains("soon")) {
        true if matches!(kind, Kind::Connector) => {
            r#"(func (export "rialto:connector/later@0.1.0#soon") (result i32) (i32.const 7))"#
        }
        true => r#"(func (export "rialto:report/report@0.1.0#soon") (result i32) (i32.const 7))"#,
        false => "",
    };
    let guest = Guest { imports: imports.into(), body: body.into(), extra: extra.into(), contract, ..Guest::default() };
    match kind {
        Kind::Report | Kind::Asking => guest.report(),
        Kind::Connector | Kind::Sending => guest.connector(),
    }
}

fn grants() -> Grants {
    Grants::capabilities(1 << 20).with_host(HostGrant::https("scripted.example.com"))
}

/// Whether it loads, or the sentence it is refused with.
async fn tried(lab: &Lab, bytes: Vec<u8>) -> Result<(), String> {
    lab.host.load(bytes, &grants()).await.map(drop).map_err(|why| why.to_string())
}

/// The golden binaries: each links, and passes what it is checked for.
async fn golden(lab: &Lab) -> Vec<Value> {
    let mut names: Vec<_> = std::fs::read_dir(root().join(GOLDEN))
        .unwrap()
        .flatten()
        .map(|one| one.file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name.ends_with(".wasm"));
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let bytes = std::fs::read(root().join(GOLDEN).join(&name)).unwrap();
        let inspection = inspect(&bytes, 40 << 20).unwrap();
        let plugin =
            lab.host.load(bytes, &stand_in_grants(&inspection)).await.unwrap_or_else(|why| panic!("{name}: {why}"));
        let subject = Subject::new(&lab.host, &plugin, WorkspaceId(Id::nil()), Id::nil()).with_effort(Effort {
            paths: 100_000,
            candidates: 500,
            rows: 500,
            ..Effort::default()
        });
        let results = suite::run(&subject, |_, _, _| ()).await;
        let failed: Vec<_> = results.iter().filter(|one| one.verdict == Verdict::Failed).collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        found.push(json!({
            "file": format!("{GOLDEN}/{name}"), "sha256": inspection.digest.to_hex(), "sdk": inspection.sdk,
            "kinds": inspection.kinds(), "imports": inspection.imports.iter().map(|one| &one.name).filter(|one| one.starts_with("rialto:")).collect::<Vec<_>>(),
            "exports": inspection.exports.iter().map(|one| &one.name).collect::<Vec<_>>(), "links": true, "runs": true,
        }));
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_promised_links_and_what_is_forbidden_is_refused() {
    let lab = Lab::new();
    let mut wrong = Vec::new();
    let (mut growth, mut forbidden) = (Vec::new(), Vec::new());
    for (name, kind, edits, _) in GROWTH {
        match tried(&lab, guest(*kind, edits)).await {
            Ok(()) => growth.push(json!({ "change": name, "links": true })),
            Err(why) => wrong.push(format!("{name}: refused: {why}")),
        }
    }
    for (name, kind, edits, reason) in FORBIDDEN {
        match (tried(&lab, guest(*kind, edits)).await, reason) {
            (Err(why), Some(reason)) if why.contains(reason) => {
                forbidden.push(json!({ "change": name, "refused": why }))
            }
            (answer, _) => wrong.push(format!("{name}: {answer:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let made = json!({
        "contract": "0.1", "host": env!("CARGO_PKG_VERSION"), "golden": golden(&lab).await, "growth": growth, "forbidden": forbidden,
    });
    let text = serde_json::to_string_pretty(&made).unwrap() + "\n";
    let file = root().join(FILE);
    #[allow(clippy::disallowed_methods, reason = "whoever runs the test says so")]
    if std::env::var_os("RIALTO_WRITE_COMPAT").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        kept, text,
        "{FILE} is not what is found: run this test with RIALTO_WRITE_COMPAT=1 and look at what changed"
    );
}

/// The engine knows several memories for its own adapters between the parts of
/// one component; a plugin's module that has several is refused before it is
/// compiled.
#[tokio::test]
async fn a_module_with_several_memories_is_refused() {
    let several = Guest { extra: "(memory $second 1)".into(), ..Guest::default() };
    let why = tried(&Lab::new(), several.report()).await.unwrap_err();
    assert!(why.contains("memor"), "{why}");
}
