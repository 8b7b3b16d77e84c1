//! How an installation fares, version by version, from the newest lines of its
//! run log, its breakers, its line and what it was denied.

use crate::{
    Error,
    model::{Installation, VersionRow},
    rollout::{VersionState, canary::CanaryRow},
    sql::{self, RunCost},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::{BreakerState, PackageDigest, QueueState};
use rialto_slice::Host;
use rialto_store::Conn;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Runs that health looks back on.
pub(crate) const RUNS_MAX: u32 = 1_000;

/// How an installation fares.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = InstallationHealth)]
pub struct Health {
    /// Runs looked back on, at most 1,000.
    pub runs: u64,
    /// Of these, how many failed.
    pub failed: u64,
    /// How many failures each bound caused.
    pub failures_by_limit: BTreeMap<String, u64>,
    /// Time that half of the runs stayed under, in microseconds.
    pub p50_wall_us: i64,
    /// Time that 99 of 100 runs stayed under.
    pub p99_wall_us: i64,
    /// Processor time of these runs together.
    pub cpu_us: i64,
    /// The breaker of the version that serves: `closed`, `open` (with
    /// `until_us`), `half-open`.
    #[schema(value_type = Object)]
    pub breaker: BreakerState,
    /// Each version that serves, tries, or ran lately.
    pub versions: Vec<VersionHealth>,
    /// Its runs under way and in line, and the bounds on them.
    #[schema(value_type = Object)]
    pub queue: QueueState,
    /// Calls that were denied, since it was installed.
    pub denied_calls: i64,
}

/// How one version fares.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionHealth {
    /// The version.
    pub id: Uuid,
    /// What it calls itself, such as `1.4.0`.
    pub version: String,
    /// Where it stands.
    pub state: String,
    /// Its runs among those looked back on.
    pub runs: u64,
    /// Of these, how many failed.
    pub failed: u64,
    /// How many failures each bound caused.
    pub failures_by_limit: BTreeMap<String, u64>,
    /// Time that half of its runs stayed under, in microseconds.
    pub p50_wall_us: i64,
    /// Time that 99 of 100 of its runs stayed under.
    pub p99_wall_us: i64,
    /// Processor time of its runs together.
    pub cpu_us: i64,
    /// Its breaker.
    #[schema(value_type = Object)]
    pub breaker: BreakerState,
    /// How often in a row its breaker opened.
    pub crashes: i64,
    /// Its share of the runs, in a hundred.
    pub share_percent: u32,
}

/// Health over the newest runs.
pub(crate) async fn health(
    host: &Host,
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &Installation,
    runs: u32,
) -> Result<Health, Error> {
    let costs = sql::run_costs(conn, workspace, row.id, runs.min(RUNS_MAX)).await?;
    let versions = sql::version_list(conn, workspace, row.id).await?;
    let canary = match row.canary {
        Some(canary) => sql::canary_find(conn, workspace, canary).await?,
        None => None,
    };
    let breaker = |version: &VersionRow| {
        let package = PackageDigest::from_hex(&version.digest);
        package.map_or(BreakerState::Closed, |package| host.plugins.breaker(workspace, row.id, package))
    };
    let serving = versions.iter().find(|version| row.active_version == Some(version.id));
    let all = Figures::of(costs.iter());
    Ok(Health {
        runs: all.runs,
        failed: all.failed,
        failures_by_limit: all.failures_by_limit,
        p50_wall_us: all.p50_wall_us,
        p99_wall_us: all.p99_wall_us,
        cpu_us: all.cpu_us,
        breaker: serving.map_or(BreakerState::Closed, breaker),
        versions: versions
            .iter()
            .filter_map(|version| of_version(version, row, &costs, canary.as_ref(), breaker(version)))
            .collect(),
        queue: host.plugins.queue(workspace, row.id),
        denied_calls: sql::denial_total(conn, workspace, row.id).await?,
    })
}

fn of_version(
    version: &VersionRow,
    row: &Installation,
    costs: &[RunCost],
    canary: Option<&CanaryRow>,
    breaker: BreakerState,
) -> Option<VersionHealth> {
    let figures = Figures::of(costs.iter().filter(|cost| cost.version == version.id));
    let share_percent = share(version.id, row, canary);
    let quarantined = version.state == VersionState::Quarantined.as_str();
    (figures.runs > 0 || share_percent > 0 || quarantined).then(|| VersionHealth {
        id: version.id,
        version: version.version.clone(),
        state: version.state.clone(),
        runs: figures.runs,
        failed: figures.failed,
        failures_by_limit: figures.failures_by_limit,
        p50_wall_us: figures.p50_wall_us,
        p99_wall_us: figures.p99_wall_us,
        cpu_us: figures.cpu_us,
        breaker,
        crashes: version.crashes,
        share_percent,
    })
}

fn share(version: Id, row: &Installation, canary: Option<&CanaryRow>) -> u32 {
    if !row.enabled {
        return 0;
    }
    let tried = canary.and_then(|canary| Some((canary.version, canary.terms().ok()?.percent)));
    match tried {
        Some((candidate, percent)) if candidate == version => percent,
        Some((_, percent)) if row.active_version == Some(version) => 100_u32.saturating_sub(percent),
        None if row.active_version == Some(version) => 100,
        _ => 0,
    }
}

/// Runs put together.
struct Figures {
    runs: u64,
    failed: u64,
    failures_by_limit: BTreeMap<String, u64>,
    p50_wall_us: i64,
    p99_wall_us: i64,
    cpu_us: i64,
}

impl Figures {
    fn of<'a>(costs: impl Iterator<Item = &'a RunCost>) -> Self {
        let (mut walls, mut failures_by_limit) = (Vec::new(), BTreeMap::new());
        let (mut failed, mut cpu_us) = (0, 0_i64);
        for cost in costs {
            walls.push(cost.wall_us);
            cpu_us = cpu_us.saturating_add(cost.cpu_us);
            failed += u64::from(cost.outcome != "succeeded");
            if let Some(limit) = &cost.limit_name {
                *failures_by_limit.entry(limit.clone()).or_insert(0) += 1;
            }
        }
        walls.sort_unstable();
        Self {
            runs: walls.len() as u64,
            failed,
            failures_by_limit,
            p50_wall_us: percentile(&walls, 50),
            p99_wall_us: percentile(&walls, 99),
            cpu_us,
        }
    }
}

/// The smallest value that so many percent do not exceed.
fn percentile(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        assert_eq!(percentile(&[], 99), 0);
        assert_eq!(percentile(&[7], 50), 7);
        assert_eq!(percentile(&[1, 2, 3, 4], 50), 2);
        assert_eq!(percentile(&(1..=200).collect::<Vec<_>>(), 99), 198);
    }
}
