//! `rialto plugin bench`: what each entry costs, and whether that is within the
//! author's budget.

use super::{super::attribution::setting, local};
use crate::{config::Common, output};
use anyhow::{Context as _, bail};
use clap::Args;
use rialto_conformance::bench::{self, Budget, EntryCost};
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Runs that instructions are counted over: they differ only where a plugin's
/// work does.
const COUNTED_RUNS: u32 = 3;

/// Measure a plugin
#[derive(Debug, Args)]
pub struct Bench {
    /// A packed plugin, or a plugin's folder, which is built first
    #[arg(default_value = ".")]
    path: PathBuf,
    /// A setting, such as host=example.com; what is left out is guessed from the schema
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, Value)>,
    /// How often each entry is entered
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: u32,
    /// A file of bounds, a table an entry; it fails what is over them
    #[arg(long, value_name = "FILE")]
    budget: Option<PathBuf>,
}

#[derive(Serialize)]
struct Measured {
    engine: &'static str,
    entries: Vec<EntryCost>,
    over: Vec<String>,
}

impl Bench {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let budget = self.budget.as_deref().map(read).transpose()?.unwrap_or_default();
        let bytes = local::bytes(&self.path)?;
        local::inspected(common, &self.path, &bytes)?;
        let given: Map<String, Value> = self.settings.iter().cloned().collect();
        let bar = output::bar(u64::from(self.runs), "runs", false);
        let subject = local::subject(common, bytes.clone(), &given, false).await?;
        let mut timed = bench::Bench::default();
        timed.run(&subject, self.runs, |run| bar.set_position(u64::from(run))).await.map_err(anyhow::Error::msg)?;
        bar.finish_and_clear();
        let subject = local::subject(common, bytes, &given, true).await?;
        let mut counted = bench::Bench::default();
        counted.run(&subject, COUNTED_RUNS, |_| ()).await.map_err(anyhow::Error::msg)?;
        timed.count_from(&counted);
        let entries = timed.costs();
        let over = bench::over(&entries, &budget);
        let measured = Measured { engine: "wasmtime 48", entries, over };
        output::answer(common.json, &measured, table)?;
        match measured.over.first() {
            None => Ok(()),
            Some(first) => bail!("over its budget: {first}"),
        }
    }
}

fn read(file: &Path) -> anyhow::Result<Budget> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let budget: Result<Budget, _> = toml::from_str(&text);
    budget.map_err(|cause| anyhow::anyhow!("{}: {}", file.display(), cause.message()))
}

fn table(measured: &Measured) -> String {
    let mut lines = vec![format!(
        "{:28} {:>6} {:>10} {:>10} {:>10} {:>10} {:>14} {:>9}",
        "entry", "runs", "cpu p50", "cpu p99", "wall p50", "wall p99", "instructions", "memory"
    )];
    for one in &measured.entries {
        lines.push(format!(
            "{:28} {:>6} {:>10} {:>10} {:>10} {:>10} {:>14} {:>9}",
            one.entry,
            one.runs,
            local::time(one.cpu_p50_us),
            local::time(one.cpu_p99_us),
            local::time(one.wall_p50_us),
            local::time(one.wall_p99_us),
            one.instructions.map_or("-".to_owned(), |count| count.to_string()),
            local::size(one.memory_peak_bytes)
        ));
    }
    lines.extend(measured.over.iter().cloned());
    lines.join("\n")
}
