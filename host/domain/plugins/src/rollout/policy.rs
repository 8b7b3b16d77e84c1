//! How an installation takes new versions and lives with failures: settings of
//! an admin, per installation.

use crate::Error;
use rialto_kernel::problem::FieldError;
use rialto_plugin_host::{BreakerConfig, PluginKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of a version that asks for no more than is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Updates {
    /// It is approved, and serves when a person says so.
    #[default]
    Ask,
    /// It gets a share of the runs by itself.
    Canary,
    /// It serves at once.
    Activate,
}

/// What becomes of a canary that held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// It serves.
    #[default]
    Activate,
    /// It keeps its share until a person lets it serve.
    Wait,
}

/// What becomes of a run that failed by the plugin's own fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// What needs it waits, or fails; it is tried again as its kind is.
    #[default]
    FailClosed,
    /// Once more, with a fresh instance; then as `fail-closed`.
    RetryOnce,
    /// What needs it goes on without it.
    FailOpen,
}

impl Failure {
    /// What a kind allows. A connector's deliveries are never left out and
    /// never repeated blindly: the ledger knows which were dispatched and tries
    /// the others again. A credit or a report that was left out would be a
    /// wrong number. A ranking is advice.
    #[must_use]
    pub fn allowed(kind: PluginKind) -> &'static [Self] {
        match kind {
            PluginKind::Connector => &[Self::FailClosed],
            PluginKind::Attribution | PluginKind::Report => &[Self::FailClosed, Self::RetryOnce],
            PluginKind::Recommender => &[Self::FailClosed, Self::RetryOnce, Self::FailOpen],
        }
    }

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FailClosed => "fail-closed",
            Self::RetryOnce => "retry-once",
            Self::FailOpen => "fail-open",
        }
    }
}

/// The terms of a canary. The candidate is held against the version beside it,
/// over the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = CanaryTerms)]
pub struct CanaryTerms {
    /// Its share of the runs, 1 to 90 in a hundred.
    pub percent: u32,
    /// Runs of its own that it must hold for.
    pub runs: u32,
    /// Seconds that it must hold for.
    pub seconds: u64,
    /// What then.
    pub held: Held,
    /// Failed runs before the rate of failures is looked at.
    pub failures: u32,
    /// By how many in a hundred more of its runs may fail than of the other's.
    pub failure_points: u32,
    /// Answers that failed a check and are let pass.
    pub wrong_answers: u32,
    /// Runs on both sides before cost is compared.
    pub cost_runs: u32,
    /// What a run may cost, in a hundredth of what the other's costs.
    pub cost_percent: u32,
    /// Processor time a run by which it may always cost more, microseconds.
    pub cost_floor_us: u64,
}

impl Default for CanaryTerms {
    fn default() -> Self {
        Self {
            percent: 10,
            runs: 100,
            seconds: 3_600,
            held: Held::Activate,
            failures: 3,
            failure_points: 5,
            wrong_answers: 0,
            cost_runs: 20,
            cost_percent: 150,
            cost_floor_us: 1_000,
        }
    }
}

/// When a plugin rests; each may only be stricter than the host's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BreakerTerms)]
pub struct BreakerTerms {
    /// Failures in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consecutive: Option<u32>,
    /// Failures in a hundred of the runs looked back on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_percent: Option<u32>,
    /// Processor time that failed runs may cost, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_cpu_ms: Option<u64>,
    /// Processor time that all runs of a minute may cost, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_ms_per_minute: Option<u64>,
}

impl BreakerTerms {
    /// The host's own, made stricter.
    #[must_use]
    pub fn over(&self, own: &BreakerConfig) -> BreakerConfig {
        let low = |wish: Option<u64>, own: u64| wish.map_or(own, |wish| wish.min(own));
        let few = |wish: Option<u32>, own: u32| wish.map_or(own, |wish| wish.min(own));
        BreakerConfig {
            consecutive: few(self.consecutive, own.consecutive),
            window_percent: few(self.window_percent, own.window_percent),
            failed_cpu_ms: low(self.failed_cpu_ms, own.failed_cpu_ms),
            cpu_ms_per_minute: low(self.cpu_ms_per_minute, own.cpu_ms_per_minute),
            ..own.clone()
        }
    }
}

/// How an installation takes new versions and lives with failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RolloutPolicy {
    /// What becomes of a version that asks for no more than is granted.
    pub updates: Updates,
    /// The terms of its canaries.
    pub canary: CanaryTerms,
    /// What becomes of a run that failed.
    pub failure: Failure,
    /// When it rests.
    pub breaker: BreakerTerms,
    /// How often in a row its breaker may open before the version is
    /// quarantined.
    pub crash_loop: u32,
}

impl Default for RolloutPolicy {
    fn default() -> Self {
        Self {
            updates: Updates::Ask,
            canary: CanaryTerms::default(),
            failure: Failure::FailClosed,
            breaker: BreakerTerms::default(),
            crash_loop: 5,
        }
    }
}

impl RolloutPolicy {
    /// Check every field for a plugin of these kinds.
    ///
    /// # Errors
    /// [`Error::Policy`] with each wrong field.
    pub fn check(&self, kinds: &[PluginKind]) -> Result<(), Error> {
        let canary = &self.canary;
        let mut errors: Vec<FieldError> = [
            ("canary.percent", u64::from(canary.percent), 1, 90),
            ("canary.runs", canary.runs.into(), 1, 1_000_000),
            ("canary.seconds", canary.seconds, 0, 30 * 86_400),
            ("canary.failures", canary.failures.into(), 1, 10_000),
            ("canary.failure_points", canary.failure_points.into(), 0, 100),
            ("canary.wrong_answers", canary.wrong_answers.into(), 0, 10_000),
            ("canary.cost_runs", canary.cost_runs.into(), 1, 10_000),
            ("canary.cost_percent", canary.cost_percent.into(), 100, 10_000),
            ("canary.cost_floor_us", canary.cost_floor_us, 0, 60_000_000),
            ("crash_loop", self.crash_loop.into(), 1, 100),
            ("breaker.consecutive", self.breaker.consecutive.map_or(1, u64::from), 1, 1_000),
            ("breaker.window_percent", self.breaker.window_percent.map_or(1, u64::from), 1, 100),
            ("breaker.failed_cpu_ms", self.breaker.failed_cpu_ms.unwrap_or(1), 1, 86_400_000),
            ("breaker.cpu_ms_per_minute", self.breaker.cpu_ms_per_minute.unwrap_or(1), 1, 86_400_000),
        ]
        .into_iter()
        .filter(|(_, value, least, most)| value < least || value > most)
        .map(|(field, value, least, most)| FieldError {
            field: field.to_owned(),
            message: format!("must be {least} to {most}, not {value}"),
        })
        .collect();
        errors.extend(self.failure_fits(kinds));
        if errors.is_empty() { Ok(()) } else { Err(Error::Policy(errors)) }
    }

    fn failure_fits(&self, kinds: &[PluginKind]) -> Option<FieldError> {
        let kind = kinds.iter().find(|kind| !Failure::allowed(**kind).contains(&self.failure))?;
        let allowed: Vec<&str> = Failure::allowed(*kind).iter().map(|f| f.as_str()).collect();
        Some(FieldError {
            field: "failure".to_owned(),
            message: format!("a {kind} allows {}, not {}", allowed.join(" or "), self.failure.as_str()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(policy: &RolloutPolicy, kinds: &[PluginKind]) -> Vec<String> {
        match policy.check(kinds) {
            Err(Error::Policy(errors)) => errors.into_iter().map(|e| e.field).collect(),
            Ok(()) => Vec::new(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_kind_allows_its_own_ways_to_fail() {
        use PluginKind::{Attribution, Connector, Recommender, Report};
        let with = |failure| RolloutPolicy { failure, ..RolloutPolicy::default() };
        for (kind, allowed) in [(Connector, 1), (Attribution, 2), (Report, 2), (Recommender, 3)] {
            let ways = [Failure::FailClosed, Failure::RetryOnce, Failure::FailOpen];
            assert_eq!(ways.iter().filter(|way| wrong(&with(**way), &[kind]).is_empty()).count(), allowed, "{kind}");
        }
        assert_eq!(wrong(&with(Failure::FailOpen), &[Recommender, Report]), ["failure"], "the strictest kind decides");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut policy = RolloutPolicy::default();
        assert_eq!(wrong(&policy, &[PluginKind::Connector]), Vec::<String>::new());
        policy.canary.percent = 91;
        policy.canary.cost_percent = 99;
        policy.crash_loop = 0;
        assert_eq!(wrong(&policy, &[]), ["canary.percent", "canary.cost_percent", "crash_loop"]);
    }

    #[test]
    fn a_breaker_is_only_made_stricter() {
        let own = BreakerConfig::default();
        let lax = BreakerTerms { consecutive: Some(500), cpu_ms_per_minute: Some(1_000), ..BreakerTerms::default() };
        let config = lax.over(&own);
        assert_eq!((config.consecutive, config.cpu_ms_per_minute), (own.consecutive, 1_000));
    }
}
