//! Whatever is thrown at the readers of strangers' files and addresses, they
//! answer: never a panic, never a connection that the check did not allow. So
//! many cases as a test run can spare, more by `RIALTO_FUZZ_CASES`.

use super::lab::Lab;
use crate::guests::Guest;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rialto_plugin_host::{
    Doors, HostConfig, HostGrant, LoadError, Manifest, PluginKind, Policy, Resolve, RunError,
    capability::{Blob, HttpRequest},
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

/// Cases of each kind in an ordinary test run.
const CASES: u32 = 300;

fn runner(share: u32) -> TestRunner {
    #[allow(clippy::disallowed_methods, reason = "a test's own knob")]
    let asked = std::env::var("RIALTO_FUZZ_CASES").ok().and_then(|text| text.parse().ok());
    let cases = asked.unwrap_or(CASES / share);
    TestRunner::new_with_rng(
        Config { cases, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
}

/// Lines a manifest may be made of, good and bad ones.
const LINES: &[&str] = &[
    "id = \"a/b\"",
    "id = \"A\"",
    "version = \"1.0.0\"",
    "version = 1",
    "kinds = [\"report\"]",
    "[title]",
    "en = \"T\"",
    "zh-CN = \"题\"",
    "[[wishes.http]]",
    "host = \"*.example.com\"",
    "host = \"{{setting:x}}\"",
    "reason = \"r\"",
    "secrets = [\"k\"]",
    "places = [\"field\"]",
    "ports = [0, 70000]",
    "[settings]",
    "type = \"object\"",
    "[settings.properties.k]",
    "format = \"secret\"",
    "format = \"oauth2\"",
    "[settings.properties.k.oauth2]",
    "grant = \"refresh-token\"",
    "token-url = \"https://x\"",
    "[wishes.state]",
    "bytes = 18446744073709551616",
    "\u{feff}",
];

#[test]
fn a_manifest_is_read_or_its_mistakes_are_told() {
    let lines = prop::collection::vec(
        prop_oneof![prop::sample::select(LINES).prop_map(str::to_owned), "[a-z\\[\\]{}=\"\\\\ \u{0}-\u{2f}]{0,40}"],
        0..30,
    );
    let read = |lines: Vec<String>| {
        if let Ok(manifest) = Manifest::parse(&lines.join("\n")) {
            prop_assert!(manifest.mistakes().is_empty());
            let (secrets, accounts) = (manifest.secret_settings(), manifest.oauth2_settings());
            prop_assert!(accounts.keys().all(|name| secrets.contains(name)));
        }
        Ok(())
    };
    runner(1).run(&lines, read).unwrap();
}

#[test]
fn a_pattern_allows_what_it_names_and_nothing_else() {
    let label = "[a-c]{1,2}";
    let names = prop::collection::vec(label, 1..5).prop_map(|labels| labels.join("."));
    let check = |(pattern, star, host): (String, bool, String)| {
        let grant = HostGrant::https(&if star { format!("*.{pattern}") } else { pattern.clone() });
        let expected = if star { host.ends_with(&format!(".{pattern}")) } else { host == pattern };
        prop_assert_eq!(grant.matches_host(&host), expected);
        Ok(())
    };
    runner(1).run(&(names.clone(), any::<bool>(), names), check).unwrap();
}

/// Remembers every name it was asked for, and sends nobody anywhere.
#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl Resolve for Asked {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<SocketAddr>> {
        self.0.lock().unwrap().push(host.to_owned());
        Ok(vec!["127.0.0.1:0".parse().unwrap()])
    }
}

/// The check and the connection never disagree: the only name that is ever
/// looked up is the one that is granted, whatever the address looks like.
#[test]
fn no_address_leads_where_the_check_did_not_look() {
    let asked = Arc::new(Asked::default());
    let lab = Lab::with(HostConfig { resolver: Some(asked.clone()), ..HostConfig::default() });
    let policy = Policy::of_hosts(vec![HostGrant::https("api.example.com")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let part = prop::sample::select(vec![
        "https://",
        "http://",
        "api.example.com",
        "evil.test",
        "@",
        ":",
        "443",
        "/",
        "\\",
        "#",
        "?",
        ".",
        "%2e",
        "[",
        "]",
        "127.0.0.1",
        "\t",
        " ",
        "\u{3002}",
        "\u{ff0e}",
        "xn--",
        "*",
        "{{secret:k}}",
        "\u{0}",
        "\u{202e}",
    ]);
    let addresses = prop::collection::vec(prop_oneof![4 => part.prop_map(str::to_owned), 1 => "\\PC{1,4}"], 1..8);
    let send = |parts: Vec<String>| {
        let request = HttpRequest {
            method: "GET".into(),
            url: format!("https://{}", parts.concat()),
            headers: vec![],
            body: Blob::default(),
            delivery: None,
            signing: None,
            timeout_ms: Some(500),
            options: vec![],
        };
        let answer = runtime.block_on(lab.host.egress().fetch(&policy, &request, &Doors::default()));
        prop_assert!(answer.is_err());
        let names = std::mem::take(&mut *asked.0.lock().unwrap());
        prop_assert!(names.iter().all(|name| name == "api.example.com"), "{:?} led to {:?}", request.url, names);
        Ok(())
    };
    runner(1).run(&addresses, send).unwrap();
}

/// A plugin whose bytes or answers are not what they were is refused or run,
/// and the host goes on.
#[test]
fn broken_components_and_wild_answers_are_refused_or_run() {
    let lab = Lab::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let healthy = Guest::default().report();
    let flips = prop::collection::vec((0..healthy.len(), any::<u8>()), 1..5);
    let load = |flips: Vec<(usize, u8)>| {
        let mut bytes = healthy.clone();
        flips.iter().for_each(|(at, byte)| bytes[*at] = *byte);
        match runtime.block_on(lab.host.load(bytes, &rialto_plugin_host::Grants::default())) {
            Ok(_) | Err(LoadError::Package(_) | LoadError::Refused(_) | LoadError::NotGranted { .. }) => Ok(()),
            Err(LoadError::Compile { .. } | LoadError::Link { .. }) => Ok(()),
            Err(other) => Err(TestCaseError::fail(other.to_string())),
        }
    };
    runner(1).run(&flips, load).unwrap();
    // Words of the answer's record: pointers, lengths, cases.
    let words = prop::collection::vec((0..10_u32, prop_oneof![any::<u32>(), 0..131_072_u32]), 1..6);
    let answer = |words: Vec<(u32, u32)>| {
        let stores: String = words
            .iter()
            .map(|(at, word)| format!("(i32.store (i32.const {}) (i32.const {}))", 3072 + at * 4, *word as i32))
            .collect();
        let guest = Guest { answer: stores, ..Guest::default() }.report();
        let built = runtime.block_on(async {
            let plugin = lab.load(guest).await;
            lab.host.reset_breaker(rialto_kernel::WorkspaceId(rialto_kernel::Id::nil()), rialto_kernel::Id::nil());
            let mut run = lab.host.run(lab.request(&plugin, PluginKind::Report)).await?;
            let built = rialto_contract::report::build(&mut run, "{}", "en", "{}").await;
            run.finish().await;
            built
        });
        match built {
            Ok(_) => Ok(()),
            Err(RunError::Host { detail, .. }) => Err(TestCaseError::fail(detail)),
            Err(_) => Ok(()),
        }
    };
    runner(6).run(&words, answer).unwrap();
    runtime.block_on(lab.healthy());
}
