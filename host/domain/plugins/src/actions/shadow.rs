//! A shadow run: the last recorded runs of the version that serves, made again
//! on a candidate with no effects, and what differs by its meaning. The report
//! and its verdict are kept with the candidate: where it differs, the candidate
//! serves only when somebody says so.

use super::{
    installation, package,
    recorded::{Replayed, cost_of, once},
    scope, version,
};
use crate::{
    Error,
    model::VersionRow,
    recording,
    rollout::{ShadowVerdict, VersionState, shadow_begins, shadow_ends},
    sql::{self, RecordingRow},
};
use rialto_contract::{Comparison, Costs, Verdict};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::Caller;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::{Duration, Instant};
use utoipa::ToSchema;
use uuid::Uuid;

/// Recorded runs that are replayed when nobody says otherwise, at most and at
/// least.
pub(crate) const SHADOW_RUNS_DEFAULT: u32 = 20;
pub(crate) const SHADOW_RUNS_MAX: u32 = 100;
pub(crate) const SHADOW_RUNS_MIN: u32 = 1;
/// How long one shadow run goes on; what is not replayed by then is left out.
const SHADOW_TIME_MAX: Duration = Duration::from_secs(30);
/// A run costs too much more from this factor on, and from so much more.
const COST_FACTOR: u64 = 2;
const CPU_MORE_US: u64 = 20_000;
const MEMORY_MORE_BYTES: u64 = 16 << 20;

/// What replaying recorded runs on a version showed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowReport)]
pub(crate) struct Report {
    /// Its id.
    pub(crate) id: Uuid,
    /// The version that the runs were replayed on.
    pub(crate) version: Uuid,
    /// The version that they were recorded of.
    pub(crate) against: Uuid,
    /// Who asked for it.
    pub(crate) by: String,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// Recorded runs that were replayed.
    pub(crate) runs: u64,
    /// Recorded runs that could not be read, or for which no time was left.
    pub(crate) left_out: u64,
    /// How many said the same at no more cost.
    pub(crate) same: u64,
    /// How many said something else.
    pub(crate) differ: u64,
    /// How many asked the host for something else.
    pub(crate) diverged: u64,
    /// How many failed where they had not.
    pub(crate) fail: u64,
    /// How many did not fail where they had.
    pub(crate) mended: u64,
    /// How many cost too much more.
    pub(crate) costlier: u64,
    /// Whether every run said the same at no more cost.
    pub(crate) alike: bool,
    /// What the runs cost when they were recorded, together.
    #[schema(value_type = Object)]
    pub(crate) recorded_cost: Costs,
    /// What they cost now, together.
    #[schema(value_type = Object)]
    pub(crate) cost: Costs,
    /// The runs, those that differ first.
    pub(crate) items: Vec<Item>,
}

/// One recorded run on the candidate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ShadowItem)]
pub(crate) struct Item {
    /// The run.
    pub(crate) run: Uuid,
    /// `verdict` (`same`, `differs`, `diverged`, `fails`, `mended`), `at_call` where it diverged, `detail`, and
    /// `differences`: field, what was recorded, what is now.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) comparison: Comparison,
    /// It cost too much more.
    pub(crate) costlier: bool,
    /// What it cost when it was recorded: `cpu_us`, `memory_peak_bytes`, `host_calls`.
    #[schema(value_type = Object)]
    pub(crate) recorded_cost: Costs,
    /// What it cost now.
    #[schema(value_type = Object)]
    pub(crate) cost: Costs,
}

fn costlier(before: Costs, now: Costs) -> bool {
    let more = |before: u64, now: u64, least: u64| {
        now > before.saturating_mul(COST_FACTOR) && now > before.saturating_add(least)
    };
    more(before.cpu_us, now.cpu_us, CPU_MORE_US)
        || more(before.memory_peak_bytes, now.memory_peak_bytes, MEMORY_MORE_BYTES)
}

impl Report {
    fn new(host: &Host, caller: &Caller, on: &VersionRow, against: Id) -> Self {
        Self {
            id: host.id(),
            version: on.id,
            against,
            by: caller.actor.to_string(),
            at: rialto_kernel::from_micros(host.now_us()).to_string(),
            runs: 0,
            left_out: 0,
            same: 0,
            differ: 0,
            diverged: 0,
            fail: 0,
            mended: 0,
            costlier: 0,
            alike: false,
            recorded_cost: Costs::default(),
            cost: Costs::default(),
            items: Vec::new(),
        }
    }

    fn take(&mut self, again: Replayed) {
        let Replayed { run, comparison, recorded_cost, cost, .. } = again;
        let costlier = costlier(recorded_cost, cost);
        self.runs += 1;
        self.costlier += u64::from(costlier);
        match comparison.verdict {
            Verdict::Same => self.same += u64::from(!costlier),
            Verdict::Differs => self.differ += 1,
            Verdict::Diverged => self.diverged += 1,
            Verdict::Fails => self.fail += 1,
            Verdict::Mended => self.mended += 1,
        }
        for (sum, one) in [(&mut self.recorded_cost, recorded_cost), (&mut self.cost, cost)] {
            sum.cpu_us += one.cpu_us;
            sum.memory_peak_bytes = sum.memory_peak_bytes.max(one.memory_peak_bytes);
            sum.host_calls += one.host_calls;
        }
        self.items.push(Item { run, comparison, costlier, recorded_cost, cost });
    }

    fn close(&mut self) {
        self.alike = self.same == self.runs;
        self.items.sort_by_key(|item| item.comparison.verdict == Verdict::Same && !item.costlier);
    }

    /// What stays with the version.
    fn verdict(&self) -> ShadowVerdict {
        ShadowVerdict {
            report: self.id,
            runs: self.runs,
            same: self.same,
            differ: self.runs.saturating_sub(self.same + self.diverged),
            diverged: self.diverged,
        }
    }
}

/// Replay the last recorded runs of the version that serves on another.
pub(crate) async fn shadow(host: &Host, caller: &Caller, id: Id, version_id: Id, runs: u32) -> Result<Report, Error> {
    let workspace = caller.workspace;
    let (on, against, recorded) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
        let on = version(&mut conn, workspace, id, version_id).await?;
        let against = row.active_version.ok_or(Error::NothingActive)?;
        let since = recording::oldest(host);
        (on, against, sql::recording_list(&mut conn, workspace, against, since, runs).await?)
    };
    package(&mut host.store.read(workspace).await?, workspace, &on.digest).await?;
    begin(host, caller, &on).await?;
    let mut report = Report::new(host, caller, &on, against);
    let began = Instant::now();
    for row in &recorded {
        match one(host, caller, &on, row).await {
            _ if began.elapsed() > SHADOW_TIME_MAX => report.left_out += 1,
            Ok(Some(again)) => report.take(again),
            Ok(None) => report.left_out += 1,
            Err(cause) => {
                keep(host, caller, &on, &mut report).await?;
                return Err(cause);
            }
        }
    }
    keep(host, caller, &on, &mut report).await?;
    Ok(report)
}

async fn begin(host: &Host, caller: &Caller, on: &VersionRow) -> Result<(), Error> {
    let (workspace, at, actor) = (caller.workspace, host.now_us(), caller.actor.to_string());
    let (installation, version) = (on.installation, on.id);
    host.store
        .write(workspace, "plugins.shadow-begin", move |conn| {
            Box::pin(async move { shadow_begins(conn, workspace, installation, version, at, &actor).await })
        })
        .await
}

/// One recorded run; `None` where it cannot be read here.
async fn one(host: &Host, caller: &Caller, on: &VersionRow, row: &RecordingRow) -> Result<Option<Replayed>, Error> {
    let workspace = caller.workspace;
    let tape = match recording::read(host, workspace, row).await {
        Ok(tape) => tape,
        Err(Error::RecordingElsewhere | Error::RecordingChanged | Error::Tape(_)) => return Ok(None),
        Err(cause) => return Err(cause),
    };
    let kept = {
        let mut conn = host.store.read(workspace).await?;
        sql::run_find_any(&mut conn, workspace, row.run).await?
    };
    let Some(kept) = kept else { return Ok(None) };
    let (comparison, cost) = once(host, caller, &on.digest, row, &tape).await?;
    let recorded_cost = cost_of(&kept);
    let package = on.digest.clone();
    Ok(Some(Replayed { run: row.run, version: on.id, package, comparison, recorded_cost, cost }))
}

async fn keep(host: &Host, caller: &Caller, on: &VersionRow, report: &mut Report) -> Result<(), Error> {
    report.close();
    let (workspace, at, text) = (caller.workspace, host.now_us(), serde_json::to_string(report)?);
    let (ids, actor) = ((report.id, on.installation, on.id, report.against), report.by.clone());
    let (installation, on_id, verdict) = (on.installation, on.id, report.verdict());
    let entry = AuditEntry::new(host, caller, "plugins.shadow", "installation", on.installation).detail(json!({
        "version": on.id, "report": report.id, "runs": report.runs, "same": report.same, "diverged": report.diverged,
    }));
    host.store
        .write(workspace, "plugins.shadow", move |conn| {
            Box::pin(async move {
                sql::shadow_insert(conn, workspace, ids, (at, actor), text).await?;
                let stands = version(conn, workspace, installation, on_id).await?.state()?;
                // Somebody may have let it serve or try, or removed it, meanwhile.
                if matches!(stands, VersionState::Shadow | VersionState::Approved) {
                    shadow_ends(conn, workspace, installation, on_id, &verdict, at).await?;
                }
                audit(conn, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// What the last shadow run of a version showed.
pub(crate) async fn report(host: &Host, caller: &Caller, id: Id, version_id: Id) -> Result<Report, Error> {
    let workspace = caller.workspace;
    let mut conn = host.store.read(workspace).await?;
    let row = installation(&mut conn, workspace, id).await?;
    scope::require(&mut conn, caller, row.unit, "plugins.read").await?;
    let on = version(&mut conn, workspace, id, version_id).await?;
    let kept = sql::shadow_find(&mut conn, workspace, on.id).await?.ok_or(Error::Unknown("shadow report"))?;
    Ok(serde_json::from_str(&kept)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_the_same_needs_a_person() {
        let counts = |same, diverged, runs| {
            let report = Report {
                id: Uuid::nil(),
                version: Uuid::nil(),
                against: Uuid::nil(),
                by: String::new(),
                at: String::new(),
                runs,
                left_out: 0,
                same,
                differ: 0,
                diverged,
                fail: 0,
                mended: 0,
                costlier: 0,
                alike: false,
                recorded_cost: Costs::default(),
                cost: Costs::default(),
                items: Vec::new(),
            };
            let verdict = report.verdict();
            (verdict.differ, verdict.needs_person())
        };
        assert_eq!(counts(3, 0, 3), (0, false));
        assert_eq!(counts(2, 1, 3), (0, true));
        assert_eq!(counts(2, 0, 3), (1, true), "it failed, was mended, or cost too much more");
        assert_eq!(counts(0, 0, 0), (0, false), "nothing was recorded");
    }

    #[test]
    fn a_little_more_is_not_too_much_more() {
        let cost = |cpu_us, memory_peak_bytes| Costs { cpu_us, memory_peak_bytes, host_calls: 0 };
        assert!(!costlier(cost(10, 0), cost(5_000, 0)), "a few milliseconds are noise");
        assert!(!costlier(cost(100_000, 0), cost(190_000, 0)));
        assert!(costlier(cost(100_000, 0), cost(210_000, 0)));
        assert!(costlier(cost(0, 1 << 20), cost(0, 64 << 20)));
        assert!(!costlier(cost(0, 1 << 20), cost(0, 8 << 20)));
    }
}
