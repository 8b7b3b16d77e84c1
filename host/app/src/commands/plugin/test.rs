//! `rialto plugin test`: the conformance suite, then the plugin's own tests.

use super::{super::attribution::setting, local, wait};
use crate::{config::Common, output, words};
use anyhow::bail;
use clap::Args;
use rialto_conformance::{CheckResult, Conformance, Verdict, suite::checks_of};
use rialto_sdk_harness::language::Language;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Test a plugin
#[derive(Debug, Args)]
pub struct Test {
    /// A packed plugin, or a plugin's folder, which is built first
    #[arg(default_value = ".")]
    path: PathBuf,
    /// A setting for the suite, such as host=example.com; what is left out is guessed from the schema
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, Value)>,
    /// Only checks whose name contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Leave out the plugin's own tests
    #[arg(long)]
    suite_only: bool,
}

impl Test {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        let list = wait(self.suite(common))?;
        if common.json {
            output::answer(true, &list, |_| String::new())?;
        } else {
            output::say(&words::lines(&sum(&list)))?;
        }
        let own = self.path.is_dir() && !self.suite_only && self.only.is_none();
        if own {
            Language::of(&self.path)?.test(&self.path)?;
        }
        match list.holds() {
            true => Ok(()),
            false => bail!("{} of the checks failed", list.failed + list.not_run),
        }
    }

    /// Every check, told as it ends.
    async fn suite(&self, common: &Common) -> anyhow::Result<Conformance> {
        let bytes = local::bytes(&self.path)?;
        local::inspected(common, &self.path, &bytes)?;
        let given: Map<String, Value> = self.settings.iter().cloned().collect();
        let subject = local::subject(common, bytes, &given, false).await?;
        let named = |name: &str| self.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
        let checks: Vec<_> = checks_of(subject.inspection()).into_iter().filter(|check| named(check.name)).collect();
        if checks.is_empty() {
            bail!("no check of its kinds has `{}` in its name", self.only.as_deref().unwrap_or_default());
        }
        let mut results = Vec::with_capacity(checks.len());
        for check in checks {
            let result = check.run(&subject).await;
            if !common.json {
                output::say(&line(&result))?;
            }
            results.push(result);
        }
        Ok(Conformance::of(results))
    }
}

/// A check in a line or two.
pub(super) fn line(result: &CheckResult) -> String {
    let mark = match result.verdict {
        Verdict::Passed => "ok  ",
        Verdict::Failed => "FAIL",
        Verdict::NotApplicable => "-   ",
        Verdict::NotRun => "?   ",
    };
    let cost = &result.cost;
    let costs = match cost.runs {
        0 => String::new(),
        runs => format!(
            "[{runs}x {} {} {}c]",
            local::time(cost.cpu_us),
            local::size(cost.memory_peak_bytes),
            cost.host_calls
        ),
    };
    let mut told = format!("{mark} {:34} {:26} {}", result.name, costs, words::lines(&result.proves));
    if let Some(detail) = &result.detail {
        told.push_str(&format!("\n     {}", words::lines(detail)));
    }
    told
}

/// The sums of a list.
pub(super) fn sum(list: &Conformance) -> String {
    format!(
        "{} passed, {} failed, {} do not apply, {} not run",
        list.passed, list.failed, list.not_applicable, list.not_run
    )
}
