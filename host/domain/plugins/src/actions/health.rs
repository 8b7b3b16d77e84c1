//! How an installation fares, from the newest lines of its run log.

use crate::{Error, sql};
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
    /// Its breaker: `closed`, `open` (with `until_us`), `half-open`.
    #[schema(value_type = Object)]
    pub breaker: rialto_plugin_host::BreakerState,
}

/// Health over the newest runs.
pub(crate) async fn health(
    host: &Host,
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    runs: u32,
) -> Result<Health, Error> {
    let costs = sql::run_costs(conn, workspace, installation, runs.min(RUNS_MAX)).await?;
    let mut walls: Vec<i64> = costs.iter().map(|(_, _, wall, _)| *wall).collect();
    walls.sort_unstable();
    let mut failures_by_limit = BTreeMap::new();
    for limit in costs.iter().filter_map(|(_, limit, _, _)| limit.clone()) {
        *failures_by_limit.entry(limit).or_insert(0) += 1;
    }
    Ok(Health {
        runs: costs.len() as u64,
        failed: costs.iter().filter(|(outcome, ..)| outcome != "succeeded").count() as u64,
        failures_by_limit,
        p50_wall_us: percentile(&walls, 50),
        p99_wall_us: percentile(&walls, 99),
        cpu_us: costs.iter().map(|(.., cpu)| cpu).sum(),
        breaker: host.plugins.breaker(workspace, installation),
    })
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
