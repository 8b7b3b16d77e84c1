//! What a check says and what it cost.

use rialto_plugin_host::{PluginKind, RunError, RunRecord};
use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The plugin does what the check proves.
    Passed,
    /// It does not.
    Failed,
    /// The plugin has nothing that the check is about.
    NotApplicable,
    /// The suite's time was over before.
    NotRun,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotApplicable => "not-applicable",
            Self::NotRun => "not-run",
        }
    }
}

/// What the runs of a check cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Runs of the plugin.
    pub runs: u64,
    /// Processor time of them all, microseconds.
    pub cpu_us: u64,
    /// Time of them all, microseconds.
    pub wall_us: u64,
    /// The most memory of one of them.
    pub memory_peak_bytes: u64,
    /// Host calls of them all.
    pub host_calls: u64,
}

impl Cost {
    pub(crate) fn add(&mut self, record: &RunRecord) {
        self.runs += 1;
        self.cpu_us += record.cpu_us;
        self.wall_us += record.wall_us;
        self.memory_peak_bytes = self.memory_peak_bytes.max(record.memory_peak_bytes);
        self.host_calls += record.host_calls;
    }
}

/// One check of one plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Its name, such as `connector.rate-limit`.
    pub name: String,
    /// The kind it is about.
    pub kind: PluginKind,
    /// What a plugin that passes has shown.
    pub proves: String,
    /// How it ended.
    pub verdict: Verdict,
    /// Why it failed, or does not apply; what else is worth knowing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it cost.
    pub cost: Cost,
}

/// The whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conformance {
    /// The version of the suite.
    pub suite: u32,
    /// Checks passed.
    pub passed: usize,
    /// Checks failed.
    pub failed: usize,
    /// Checks that are about something the plugin has not.
    pub not_applicable: usize,
    /// Checks left out because the time was over.
    pub not_run: usize,
    /// Every check.
    pub checks: Vec<CheckResult>,
}

impl Conformance {
    /// The list with its sums.
    #[must_use]
    pub fn of(checks: Vec<CheckResult>) -> Self {
        let count = |verdict| checks.iter().filter(|one| one.verdict == verdict).count();
        Self {
            suite: crate::SUITE_VERSION,
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            not_applicable: count(Verdict::NotApplicable),
            not_run: count(Verdict::NotRun),
            checks,
        }
    }

    /// Whether nothing failed and nothing was left out.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failed == 0 && self.not_run == 0
    }
}

/// Why a check does not say "passed".
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Miss {
    Failed(String),
    NotApplicable(String),
}

/// What a check finds: something worth knowing besides, or why not.
pub(crate) type Finding = Result<Option<String>, Miss>;

/// It holds, and there is nothing else to say.
pub(crate) const HOLDS: Finding = Ok(None);

pub(crate) fn failed(detail: impl Into<String>) -> Miss {
    Miss::Failed(detail.into())
}

pub(crate) fn not_applicable(detail: impl Into<String>) -> Miss {
    Miss::NotApplicable(detail.into())
}

/// Hold, or fail with what is said.
pub(crate) fn ensure(holds: bool, detail: impl FnOnce() -> String) -> Result<(), Miss> {
    if holds { Ok(()) } else { Err(Miss::Failed(detail())) }
}

impl From<RunError> for Miss {
    fn from(error: RunError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// An answer or a fault: both are fine, everything else is the plugin's failure.
pub(crate) fn answer_or_fault<T>(answer: Result<T, RunError>) -> Result<Option<T>, Miss> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(RunError::Fault { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
