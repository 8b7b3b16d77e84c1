//! What `rialto plugin dev` tells: lines for people; with `--json` one object a
//! line, whose `event` says what it is.

use super::{
    super::{local, test},
    watch::Served,
};
use crate::{config::Common, output, words};
use rialto_conformance::{Conformance, Verdict};
use serde::Serialize;
use serde_json::Value;
use std::{path::Path, time::Duration};

/// Something to tell.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Said<'a> {
    /// A host of this command's own listens.
    Host { url: &'a str, data: &'a Path },
    /// A version serves.
    Serves { version: &'a str, build_ms: u64, reload_ms: u64, all_ms: u64 },
    /// What is in the folder did not build or load; `serving` says whether a
    /// version before serves on.
    Kept { why: String, serving: bool },
    /// It serves, and the suite cannot be run over it.
    Untested { why: String },
    /// What the suite found of the version that serves.
    Suite(&'a Conformance),
    /// The plugin ran there: the run as the host's API has it.
    Run(&'a Value),
}

impl Said<'_> {
    pub(super) fn say(&self, common: &Common) -> anyhow::Result<()> {
        if common.json { output::say(&serde_json::to_string(self)?) } else { output::say(&self.text()) }
    }

    fn text(&self) -> String {
        match self {
            Self::Host { url, data } => format!("{url}  {}", data.display()),
            Self::Serves { version, build_ms, reload_ms, all_ms } => words::lines(&format!(
                "{version} serves after {all_ms} ms: built in {build_ms}, reloaded in {reload_ms}"
            )),
            Self::Untested { why } | Self::Kept { why, serving: false } => why.clone(),
            Self::Kept { why, serving: true } => format!("{why}\n{}", words::lines("the version before serves on")),
            Self::Suite(list) => suite(list),
            Self::Run(run) => ran(run),
        }
    }
}

impl<'a> Said<'a> {
    /// A version serves.
    pub(super) fn serves(served: &'a Served) -> Self {
        let (build_ms, reload_ms) = (millis(served.build), millis(served.reload));
        Self::Serves { version: &served.version, build_ms, reload_ms, all_ms: build_ms + reload_ms }
    }
}

/// What does not pass, and the sums.
fn suite(list: &Conformance) -> String {
    let failed = list.checks.iter().filter(|one| one.verdict == Verdict::Failed);
    let mut lines: Vec<String> = failed.map(test::line).collect();
    lines.push(words::lines(&test::sum(list)));
    lines.join("\n")
}

/// A run and its log lines.
fn ran(run: &Value) -> String {
    let word = |name: &str| run[name].as_str().unwrap_or_default();
    let cost = local::time(run["cpu_us"].as_u64().unwrap_or(0));
    let error = run["error"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
    let mut lines = vec![format!("{} {} {cost}{error}", word("kind"), word("outcome"))];
    lines.extend(run["logs"].as_array().into_iter().flatten().map(|line| format!("  {line}")));
    lines.join("\n")
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn programs_get_an_event_a_line() {
        let served = Served {
            version: "0.1.0-dev.7".to_owned(),
            bytes: Vec::new(),
            build: Duration::from_millis(900),
            reload: Duration::from_millis(80),
        };
        let line = serde_json::to_value(Said::serves(&served)).unwrap();
        let wanted = json!({
            "event": "serves", "version": "0.1.0-dev.7", "build_ms": 900, "reload_ms": 80, "all_ms": 980,
        });
        assert_eq!(line, wanted);
        let list = Conformance::of(Vec::new());
        let line = serde_json::to_value(Said::Suite(&list)).unwrap();
        assert_eq!((&line["event"], &line["failed"]), (&json!("suite"), &json!(0)));
        let run = json!({ "kind": "report", "outcome": "failed", "error": "a trap", "cpu_us": 7, "logs": [{ "level": "info" }] });
        assert_eq!(serde_json::to_value(Said::Run(&run)).unwrap()["event"], "run");
        assert_eq!(Said::Run(&run).text(), "report failed 7 µs: a trap\n  {\"level\":\"info\"}");
    }
}
