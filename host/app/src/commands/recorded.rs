//! `rialto plugin run`, `rialto plugin replay` and `rialto plugin shadow`:
//! recorded runs looked at, taken away, and made again with no effects.

use super::wait;
use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    open, output,
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use rialto_contract::{
    Comparison, Costs, Fixture, Verdict, compare::compare, fixture::FIXTURE_BYTES_MAX, replay, replay_grants,
};
use rialto_kernel::{Id, Keys, OsRandom, SharedClock, SharedRandom, SystemClock, WorkspaceId};
use rialto_plugin_host::{HostConfig, PluginHost};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use uuid::Uuid;

/// Runs of plugins
#[derive(Debug, Subcommand)]
pub enum Run {
    /// List an installation's runs, newest first
    List {
        /// The installation's id
        installation: Uuid,
        /// Only succeeded, failed or abandoned ones
        #[arg(long)]
        outcome: Option<String>,
        #[command(flatten)]
        target: Target,
    },
    /// Show one run
    Show {
        /// The run's id
        run: Uuid,
        /// Word for word too, where it is recorded
        #[arg(long)]
        words: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Take a recorded run away as a fixture: nobody is in it
    Export {
        /// The run's id
        run: Uuid,
        /// The file to write
        #[arg(long, short)]
        out: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// Run a recorded run again, with no effects
    Replay {
        /// The run's id
        run: Uuid,
        /// A version of its installation; the one that serves when left out
        #[arg(long, value_name = "VERSION")]
        on: Option<Uuid>,
        #[command(flatten)]
        target: Target,
    },
}

impl Run {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::List { installation, outcome, target } => {
                let outcome = outcome.map(|word| format!("&outcome={word}")).unwrap_or_default();
                let path = format!("/installations/{installation}/runs?limit=100{outcome}");
                let page = Client::open(&target, common).await?.get(&path).await?;
                output::answer(common.json, &page, |page| {
                    page["items"].as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
                })
            }
            Self::Show { run, words, target } => {
                let path = format!("/runs/{run}{}", if words { "?words=true" } else { "" });
                let shown = Client::open(&target, common).await?.get(&path).await?;
                output::answer(common.json, &shown, detail)
            }
            Self::Export { run, out, target } => {
                let fixture = Client::open(&target, common).await?.get(&format!("/runs/{run}/fixture")).await?;
                let text = serde_json::to_string_pretty(&fixture)?;
                std::fs::write(&out, &text).with_context(|| out.display().to_string())?;
                let shown = json!({ "file": out, "bytes": text.len(), "plugin": fixture["plugin"] });
                output::answer(common.json, &shown, |_| format!("{} ({} bytes)", out.display(), text.len()))
            }
            Self::Replay { run, on, target } => {
                let path = format!("/runs/{run}/replay");
                let told = Client::open(&target, common).await?.post(&path, &json!({ "version": on })).await?;
                let comparison: Comparison = serde_json::from_value(told.clone())?;
                output::answer(common.json, &told, |_| spoken(&comparison))?;
                settle(&comparison)
            }
        }
    }
}

fn line(run: &Value) -> String {
    let text = |name: &str| run[name].as_str().unwrap_or("").to_owned();
    format!("{}  {}  {:12} {:10} {}", text("id"), text("started_at"), text("kind"), text("outcome"), text("error"))
}

fn detail(run: &Value) -> String {
    let mut lines = vec![line(run)];
    let digest = |value: &Value| value.as_str().map_or("", |text| text.get(..12).unwrap_or(text)).to_owned();
    for entry in run["record"]["entries"].as_array().into_iter().flatten() {
        let (name, error) = (entry["name"].as_str().unwrap_or(""), entry["error"].as_str().unwrap_or(""));
        let (given, said) = (digest(&entry["input"]), digest(&entry["output"]));
        lines.push(format!("entry  {name:12} {given:12} -> {said:12} {:>8} us {error}", entry["cpu_us"]));
    }
    for (at, call) in run["record"]["calls"].as_array().into_iter().flatten().enumerate() {
        let capability = call["capability"].as_str().unwrap_or("");
        let (asked, said) = (digest(&call["call"]), digest(&call["answer"]));
        lines.push(format!("call {at} {capability:12} {asked:12} -> {said:12} {:>8} us", call["wall_us"]));
    }
    match &run["recording"] {
        Value::Null => lines.push("not recorded word for word".to_owned()),
        kept => lines.push(format!("recorded word for word until {}", kept["until"].as_str().unwrap_or(""))),
    }
    if let Some(words) = run.get("words") {
        lines.push(format!("{words:#}"));
    }
    lines.join("\n")
}

/// What a comparison says, for a person.
pub(super) fn spoken(told: &Comparison) -> String {
    let mut lines = vec![match (told.verdict, told.at_call) {
        (Verdict::Same, _) => "the same".to_owned(),
        (Verdict::Diverged, Some(at)) => format!("diverged at host call {at}"),
        (Verdict::Diverged, None) => "diverged".to_owned(),
        (Verdict::Differs, _) => "differs".to_owned(),
        (Verdict::Fails, _) => "fails where it did not".to_owned(),
        (Verdict::Mended, _) => "does not fail where it did".to_owned(),
    }];
    lines.extend(told.detail.iter().map(|detail| format!("  {detail}")));
    lines.extend(told.differences.iter().map(|difference| format!("  {difference}")));
    lines.join("\n")
}

/// What is not the same ends the command with an error.
fn settle(told: &Comparison) -> anyhow::Result<()> {
    match told.verdict {
        Verdict::Same => Ok(()),
        _ => bail!("the run does not go as it was recorded"),
    }
}

/// Run a fixture offline and point at the first divergence
#[derive(Debug, Args)]
pub struct Replay {
    /// The fixture, as `rialto plugin run export` wrote it
    fixture: PathBuf,
    /// The plugin file; what `rialto plugin build` wrote in this folder when left out
    #[arg(long, value_name = "FILE")]
    plugin: Option<PathBuf>,
}

impl Replay {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<()> {
        let plugin = super::plugin::file_of(Path::new("."), self.plugin)?;
        let at = || self.fixture.display().to_string();
        let size = std::fs::metadata(&self.fixture).with_context(at)?.len();
        if size > FIXTURE_BYTES_MAX as u64 {
            bail!("{}: over the limit `fixture-bytes` of {FIXTURE_BYTES_MAX}", at());
        }
        let fixture = Fixture::from_json(&std::fs::read_to_string(&self.fixture).with_context(at)?).with_context(at)?;
        let bytes = std::fs::read(&plugin).with_context(|| plugin.display().to_string())?;
        wait(replayed(common, &fixture, bytes))
    }
}

async fn replayed(common: &Common, fixture: &Fixture, bytes: Vec<u8>) -> anyhow::Result<()> {
    let settings = Settings::read(common)?;
    let (clock, random): (SharedClock, SharedRandom) = (Arc::new(SystemClock), Arc::new(OsRandom));
    let config = HostConfig {
        package_bytes: settings.limits.plugin_bytes_max,
        compile_child: open::compile_child(),
        ..HostConfig::default()
    };
    let host = PluginHost::new(config, Keys::generate(random.as_ref()), clock, random)?;
    let inspection = host.inspect(&bytes)?;
    let plugin = host.load(bytes, &replay_grants(&inspection)).await?;
    let nobody = (WorkspaceId(Id::nil()), Id::nil());
    let again = replay(&host, &plugin, fixture.head.kind, &fixture.tape, nobody).await?;
    let told = compare(&fixture.tape, &again);
    let cost = again.record.as_ref().map(Costs::of).unwrap_or_default();
    let mut shown = serde_json::to_value(&told)?;
    shown["plugin"] = json!(inspection.manifest.id);
    shown["version"] = json!(inspection.manifest.version);
    shown["recorded_version"] = json!(fixture.head.version);
    shown["cost"] = json!(cost);
    output::answer(common.json, &shown, |_| {
        let counts = format!("{} entries, {} host calls", fixture.tape.entries.len(), fixture.tape.calls.len());
        format!("{} ({counts}, {} us)", spoken(&told), cost.cpu_us)
    })?;
    settle(&told)
}
