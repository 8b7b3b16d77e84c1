//! What a plugin costs: every entry of its kinds many times over on the same
//! input, and a budget that it must keep. Times are of this machine; the count
//! of instructions is the same everywhere for one version of the engine, so a
//! budget on it holds in any continuous integration.

use crate::{
    attribution, connector,
    model::Miss,
    recommender, report,
    subject::Subject,
    world::{Catalogue, World},
};
use rialto_plugin_host::{Ability, PluginKind, RunError, RunRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most runs of one entry.
pub const RUNS_MAX: u32 = 100_000;
/// Paths of an attribution run.
const PATHS: usize = 10_000;
/// Candidates of a ranking.
const CANDIDATES: usize = 1_000;

/// What one entry costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryCost {
    /// The kind and the entry, such as `connector.deliver`.
    pub entry: String,
    /// What it is asked.
    pub asked: String,
    /// How often it was entered.
    pub runs: u64,
    /// Processor time of the middle one, microseconds.
    pub cpu_p50_us: u64,
    /// Processor time that one in a hundred goes over, microseconds.
    pub cpu_p99_us: u64,
    /// Time of the middle one, microseconds.
    pub wall_p50_us: u64,
    /// Time that one in a hundred goes over, microseconds.
    pub wall_p99_us: u64,
    /// Instructions of the dearest one, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<u64>,
    /// The most memory of a run with this entry.
    pub memory_peak_bytes: u64,
}

/// What an entry may cost at most; what is left out is not bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct EntryBudget {
    /// Processor time that one in a hundred goes over, microseconds.
    pub cpu_p99_us: Option<u64>,
    /// Time that one in a hundred goes over, microseconds.
    pub wall_p99_us: Option<u64>,
    /// Instructions of the dearest one.
    pub instructions: Option<u64>,
    /// The most memory.
    pub memory_peak_bytes: Option<u64>,
}

/// A budget file: a table an entry, `["connector.deliver"]`.
pub type Budget = BTreeMap<String, EntryBudget>;

#[derive(Default)]
struct Samples {
    asked: &'static str,
    cpu_us: Vec<u64>,
    wall_us: Vec<u64>,
    instructions: Option<u64>,
    memory_peak_bytes: u64,
}

/// The samples of a bench while it goes on.
#[derive(Default)]
pub struct Bench(BTreeMap<String, Samples>);

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Bench").field(&self.0.len()).finish()
    }
}

impl Bench {
    /// Run everything the plugin can do so often, after one run to warm up.
    ///
    /// # Errors
    /// Why a run failed, or why it cannot be asked at all.
    pub async fn run(&mut self, subject: &Subject, runs: u32, mut heard: impl FnMut(u32) + Send) -> Result<(), String> {
        for run in 0..=runs.min(RUNS_MAX) {
            for kind in subject.inspection().kinds() {
                let records = once(subject, kind).await.map_err(|miss| match miss {
                    Miss::Failed(why) | Miss::NotApplicable(why) => why,
                })?;
                if run > 0 {
                    records.iter().for_each(|(asked, record)| self.note(asked, record));
                }
            }
            heard(run);
        }
        Ok(())
    }

    fn note(&mut self, asked: &'static str, record: &RunRecord) {
        for entry in &record.entries {
            let samples = self.0.entry(format!("{}.{}", record.kind, entry.name)).or_default();
            samples.asked = asked;
            samples.cpu_us.push(entry.cpu_us);
            samples.wall_us.push(entry.wall_us);
            samples.instructions = samples.instructions.max(entry.instructions);
            samples.memory_peak_bytes = samples.memory_peak_bytes.max(record.memory_peak_bytes);
        }
    }

    /// Take the counts of instructions from a bench under a host that counts.
    pub fn count_from(&mut self, counted: &Self) {
        for (entry, samples) in &counted.0 {
            if let Some(own) = self.0.get_mut(entry) {
                own.instructions = samples.instructions;
            }
        }
    }

    /// What each entry cost.
    #[must_use]
    pub fn costs(&self) -> Vec<EntryCost> {
        let one = |(entry, samples): (&String, &Samples)| EntryCost {
            entry: entry.clone(),
            asked: samples.asked.to_owned(),
            runs: samples.cpu_us.len() as u64,
            cpu_p50_us: percentile(&samples.cpu_us, 50),
            cpu_p99_us: percentile(&samples.cpu_us, 99),
            wall_p50_us: percentile(&samples.wall_us, 50),
            wall_p99_us: percentile(&samples.wall_us, 99),
            instructions: samples.instructions,
            memory_peak_bytes: samples.memory_peak_bytes,
        };
        self.0.iter().map(one).collect()
    }
}

/// The value that so many in a hundred do not go over (nearest rank).
fn percentile(values: &[u64], percent: usize) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

/// Every way in which costs are over a budget.
#[must_use]
pub fn over(costs: &[EntryCost], budget: &Budget) -> Vec<String> {
    let mut told = Vec::new();
    for (entry, budget) in budget {
        let Some(cost) = costs.iter().find(|cost| cost.entry == *entry) else {
            told.push(format!("the budget names `{entry}`, which was not entered"));
            continue;
        };
        let figures = [
            ("cpu-p99-us", Some(cost.cpu_p99_us), budget.cpu_p99_us),
            ("wall-p99-us", Some(cost.wall_p99_us), budget.wall_p99_us),
            ("instructions", cost.instructions, budget.instructions),
            ("memory-peak-bytes", Some(cost.memory_peak_bytes), budget.memory_peak_bytes),
        ];
        for (name, used, most) in figures {
            if let (Some(used), Some(most)) = (used, most)
                && used > most
            {
                told.push(format!("`{entry}` has {name} {used}; its budget is {most}"));
            }
        }
    }
    told
}

type Records = Vec<(&'static str, RunRecord)>;

/// Each entry of a kind once.
async fn once(subject: &Subject, kind: PluginKind) -> Result<Records, Miss> {
    match kind {
        PluginKind::Connector => connector_once(subject).await,
        PluginKind::Attribution => attribution_once(subject).await,
        PluginKind::Recommender => recommender_once(subject).await,
        PluginKind::Report => report_once(subject).await,
    }
}

fn done<T>((answer, record): (Result<T, RunError>, RunRecord)) -> Result<RunRecord, Miss> {
    answer?;
    Ok(record)
}

async fn connector_once(subject: &Subject) -> Result<Records, Miss> {
    let settings = subject.settings()?;
    let mut records = Vec::new();
    let mut run = subject.open(PluginKind::Connector, &World::fine()).await?;
    let answer = rialto_contract::connector::describe(&mut run).await;
    records.push(("what it is", done(subject.end(run, answer).await)?));
    if subject.inspection().can(Ability::Check) {
        let mut run = subject.open(PluginKind::Connector, &World::fine()).await?;
        let answer = rialto_contract::connector::check(&mut run, &settings).await;
        records.push(("its settings", done(subject.end(run, answer).await)?));
    }
    if subject.inspection().can(Ability::Deliver) {
        let batch = connector::bench_batch(subject).await?;
        let mut run = subject.open(PluginKind::Connector, &World::fine()).await?;
        let answer = rialto_contract::connector::deliver(&mut run, &settings, batch).await;
        records.push(("its largest batch of short messages", done(subject.end(run, answer).await)?));
    }
    Ok(records)
}

async fn attribution_once(subject: &Subject) -> Result<Records, Miss> {
    let settings = subject.settings()?;
    let (channels, paths) = attribution::bench_paths(PATHS);
    let split = subject.inspection().can(Ability::Split);
    let mut run = subject.open(PluginKind::Attribution, &World::fine()).await?;
    let limits = run.limits().clone();
    let cut = rialto_contract::attribution::batches(paths, &limits).collect();
    let answer = crate::subject::fit(&mut run, &settings, &channels, cut, split).await;
    Ok(vec![("10,000 paths over 20 channels", done(subject.end(run, answer).await)?)])
}

async fn recommender_once(subject: &Subject) -> Result<Records, Miss> {
    let settings = subject.settings()?;
    let mut records = Vec::new();
    for kind in subject.kinds.get_or_init(|| recommender::bench_kinds(subject)).await {
        let (brief, candidates) = recommender::bench_question(kind, CANDIDATES);
        let limits = crate::subject::recommender_limits(kind);
        let mut run = subject.open_within(PluginKind::Recommender, &World::fine(), Some(limits)).await?;
        let answer = rialto_contract::recommender::recommend(&mut run, &settings, brief, candidates).await;
        records.push(("1,000 candidates", done(subject.end(run, answer).await)?));
    }
    Ok(records)
}

async fn report_once(subject: &Subject) -> Result<Records, Miss> {
    let (settings, parameters) = (subject.settings()?, report::bench_parameters(subject).await?);
    let world = World::catalogue(Catalogue::Rows(100));
    let mut run = subject.open(PluginKind::Report, &world).await?;
    let answer = rialto_contract::report::build(&mut run, &settings, "en", &parameters).await;
    Ok(vec![("answers of a hundred rows", done(subject.end(run, answer).await)?)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(cpu_p99_us: u64) -> EntryCost {
        EntryCost {
            entry: "report.build".to_owned(),
            asked: String::new(),
            runs: 1,
            cpu_p50_us: 1,
            cpu_p99_us,
            wall_p50_us: 1,
            wall_p99_us: 1,
            instructions: Some(1_000),
            memory_peak_bytes: 1,
        }
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!((percentile(&hundred, 50), percentile(&hundred, 99), percentile(&hundred, 100)), (50, 99, 100));
        assert_eq!((percentile(&[7], 50), percentile(&[7], 99), percentile(&[], 50)), (7, 7, 0));
    }

    #[test]
    fn what_is_over_its_budget_is_named() {
        let budget = |instructions| {
            let entry =
                EntryBudget { cpu_p99_us: Some(10), instructions: Some(instructions), ..EntryBudget::default() };
            Budget::from([("report.build".to_owned(), entry)])
        };
        assert!(over(&[cost(10)], &budget(1_000)).is_empty());
        assert_eq!(over(&[cost(11)], &budget(1_000)), ["`report.build` has cpu-p99-us 11; its budget is 10"]);
        assert_eq!(over(&[cost(1)], &budget(999)).len(), 1);
        assert!(over(&[], &budget(1))[0].contains("was not entered"));
    }
}
