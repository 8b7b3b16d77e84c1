//! Which checks there are, and running them one after another within a bound.

use crate::{
    attribution, connector,
    model::{CheckResult, Finding, Miss, Verdict},
    recommender, report,
    subject::Subject,
};
use futures::future::BoxFuture;
use rialto_plugin_host::{Ability, Inspection, PluginKind};
use std::time::{Duration, Instant};

/// Raised when a check is added, taken away or means something else.
pub const SUITE_VERSION: u32 = 1;

/// The most characters of one detail.
const DETAIL_CHARS_MAX: usize = 500;

/// How much is asked of a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Paths in the large attribution run.
    pub paths: usize,
    /// Candidates in the large ranking.
    pub candidates: usize,
    /// Rows of a large table.
    pub rows: usize,
    /// No check is begun after so long.
    pub time_max: Duration,
}

impl Default for Effort {
    fn default() -> Self {
        Self { paths: 1_000_000, candidates: 2_500, rows: 2_000, time_max: Duration::from_secs(300) }
    }
}

/// One check.
pub struct Check {
    /// Its name: the kind, a dot, and what it is about.
    pub name: &'static str,
    /// The kind it is about.
    pub kind: PluginKind,
    /// The ability it is about, if not the kind's minimum.
    pub ability: Option<Ability>,
    /// What a plugin that passes has shown.
    pub proves: &'static str,
    pub(crate) run: for<'a> fn(&'a Subject) -> BoxFuture<'a, Finding>,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every check there is, kind by kind.
pub const CHECKS: [&[Check]; 4] = [connector::CHECKS, attribution::CHECKS, recommender::CHECKS, report::CHECKS];

/// The checks that are about what this plugin is.
#[must_use]
pub fn checks_of(inspection: &Inspection) -> Vec<&'static Check> {
    CHECKS.into_iter().flatten().filter(|check| inspection.is(check.kind)).collect()
}

/// Run every check that is about what the plugin is. `heard` is told of each
/// as it ends: its number from 1, how many there are, and what it found.
pub async fn run(subject: &Subject, mut heard: impl FnMut(usize, usize, &CheckResult) + Send) -> Vec<CheckResult> {
    let began = Instant::now();
    let checks = checks_of(subject.inspection());
    let mut results = Vec::with_capacity(checks.len());
    for check in &checks {
        let result = match began.elapsed() < subject.effort().time_max {
            true => check.run(subject).await,
            false => check.left_out(subject.effort().time_max),
        };
        heard(results.len() + 1, checks.len(), &result);
        results.push(result);
    }
    results
}

impl Check {
    /// Run this one.
    pub async fn run(&self, subject: &Subject) -> CheckResult {
        subject.take_cost();
        let finding = match self.ability {
            Some(ability) if !subject.inspection().can(ability) => {
                Err(Miss::NotApplicable(format!("it has no `{}`", ability.as_str())))
            }
            _ => (self.run)(subject).await,
        };
        let (verdict, detail) = match finding {
            Ok(detail) => (Verdict::Passed, detail),
            Err(Miss::Failed(detail)) => (Verdict::Failed, Some(detail)),
            Err(Miss::NotApplicable(detail)) => (Verdict::NotApplicable, Some(detail)),
        };
        let detail = detail.map(|text| text.chars().take(DETAIL_CHARS_MAX).collect());
        CheckResult { verdict, detail, cost: subject.take_cost(), ..self.blank() }
    }

    /// This one, not run for want of time.
    #[must_use]
    pub fn left_out(&self, time_max: Duration) -> CheckResult {
        let detail = format!("the suite's {} s were over", time_max.as_secs());
        CheckResult { detail: Some(detail), ..self.blank() }
    }

    fn blank(&self) -> CheckResult {
        CheckResult {
            name: self.name.to_owned(),
            kind: self.kind,
            proves: self.proves.to_owned(),
            verdict: Verdict::NotRun,
            detail: None,
            cost: crate::Cost::default(),
        }
    }
}

/// A line of a kind's list.
macro_rules! check {
    ($kind:ident, $name:literal, $function:path, $proves:literal) => {
        $crate::suite::Check {
            name: $name,
            kind: rialto_plugin_host::PluginKind::$kind,
            ability: None,
            proves: $proves,
            run: |subject| Box::pin($function(subject)),
        }
    };
    ($kind:ident/$ability:ident, $name:literal, $function:path, $proves:literal) => {
        $crate::suite::Check {
            name: $name,
            kind: rialto_plugin_host::PluginKind::$kind,
            ability: Some(rialto_plugin_host::Ability::$ability),
            proves: $proves,
            run: |subject| Box::pin($function(subject)),
        }
    };
}
pub(crate) use check;
