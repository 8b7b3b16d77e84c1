//! `rialto lift`: what a campaign changed, how rankings did, and how far the
//! intervals can be trusted.

use super::worker::Worker;
use crate::{
    client::{Client, Target},
    config::{Common, Settings},
    output,
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use rialto_measure::lift::{self, coverage};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// How often a run is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What campaigns changed
#[derive(Debug, Subcommand)]
pub enum Lift {
    /// Compute what a campaign changed, against its hold-out or people like those it wrote to
    Run(Run),
    /// How rankings made before a campaign did on it
    Gains(Gains),
    /// How often the intervals hold the truth, by simulation
    Coverage(Coverage),
}

/// Compute what a campaign changed
#[derive(Debug, Args)]
pub struct Run {
    /// The campaign's code or id; or --experiment
    campaign: Option<String>,
    /// An experiment's id, such as a workspace-wide hold-out
    #[arg(long, conflicts_with = "campaign")]
    experiment: Option<Uuid>,
    /// A conversion definition's code or id; all orders if left out
    #[arg(long)]
    conversion: Option<String>,
    /// From this instant, such as 2026-01-01T00:00:00Z; the campaign's begin if left out
    #[arg(long)]
    start: Option<jiff::Timestamp>,
    /// To this instant; the campaign's end if left out
    #[arg(long)]
    end: Option<jiff::Timestamp>,
    #[command(flatten)]
    target: Target,
}

/// How rankings did on a campaign
#[derive(Debug, Args)]
pub struct Gains {
    /// The campaign's code or id
    campaign: String,
    /// A recommendation of people made before it
    #[arg(long)]
    recommendation: Option<Uuid>,
    #[command(flatten)]
    target: Target,
}

/// How often the intervals hold the truth
#[derive(Debug, Args)]
pub struct Coverage {
    /// Worlds drawn a row
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    replications: u64,
    /// What decides the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Lift {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Run(run) => run.run(common).await,
            Self::Gains(gains) => gains.run(common).await,
            Self::Coverage(coverage) => coverage.run(common),
        }
    }
}

impl Run {
    async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let mut new = json!({});
        if let Some(campaign) = &self.campaign {
            new["campaign"] = json!(campaign_id(&client, campaign).await?);
        }
        let optional = [
            ("experiment", self.experiment.map(|id| json!(id))),
            ("conversion", self.conversion.as_ref().map(|code| json!(code))),
            ("start", self.start.map(|at| json!(at))),
            ("end", self.end.map(|at| json!(at))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                new[name] = value;
            }
        }
        let begun = client.post("/lift-runs", &new).await?;
        let path = format!("/lift-runs/{}", begun["id"].as_str().unwrap_or_default());
        let worker = match &client {
            Client::Local { app, .. } => {
                Some(Worker::begin(&Settings::read(common)?, app, vec![lift::handler(&app.host)])?)
            }
            Client::Remote { .. } => None,
        };
        let done = followed(&client, &path).await;
        if let Some(worker) = worker {
            worker.end().await;
        }
        let done = done?;
        if let Some(why) = done["error"].as_str() {
            bail!("{why}");
        }
        output::answer(common.json, &done, shown)
    }
}

async fn followed(client: &Client, path: &str) -> anyhow::Result<Value> {
    let spinner = output::spinner("comparing");
    loop {
        let run = client.get(path).await?;
        if matches!(run["state"].as_str(), Some("finished" | "failed")) {
            spinner.finish_and_clear();
            return Ok(run);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

impl Gains {
    async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let mut path = format!("/campaigns/{}/gains", campaign_id(&client, &self.campaign).await?);
        if let Some(recommendation) = self.recommendation {
            path.push_str(&format!("?recommendation={recommendation}"));
        }
        output::answer(common.json, &client.get(&path).await?, charts)
    }
}

impl Coverage {
    fn run(self, common: &Common) -> anyhow::Result<()> {
        let rows = coverage::table(&coverage::worlds(), self.replications, self.seed);
        output::answer(common.json, &rows, |rows| {
            let mut lines = vec![format!(
                "{:46} {:10} {:6} {:>6} {:>8} {:>9} {:>7} {:>7}",
                "world", "design", "of", "truth", "nominal", "achieved", "bias", "width"
            )];
            lines.extend(rows.iter().map(|row| {
                let design = if row.design == lift::Design::Randomised { "randomised" } else { "matched" };
                format!(
                    "{:46} {design:10} {:6} {:>6.2} {:>8.3} {:>9.3} {:>+7.3} {:>7.3}",
                    row.world, row.of, row.truth, row.nominal, row.achieved, row.bias, row.width
                )
            }));
            lines.join("\n")
        })
    }
}

/// The id of a campaign that is named by its code or its id.
async fn campaign_id(client: &Client, named: &str) -> anyhow::Result<Uuid> {
    if let Ok(id) = named.parse() {
        return Ok(id);
    }
    let search: String = url::form_urlencoded::byte_serialize(named.as_bytes()).collect();
    let page = client.get(&format!("/campaigns?limit=500&search={search}")).await?;
    let found = page["items"].as_array().into_iter().flatten().find(|one| one["code"].as_str() == Some(named));
    let id = found.and_then(|one| one["id"].as_str()).with_context(|| format!("no campaign has the code `{named}`"))?;
    Ok(id.parse()?)
}

fn shown(run: &Value) -> String {
    let result = &run["result"];
    let mut lines = Vec::new();
    for group in result["groups"].as_array().into_iter().flatten() {
        lines.push(format!(
            "{:>9}  {:8} {:>6.2} % converted, {:.2} a person, {} before",
            group["people"].as_u64().unwrap_or(0),
            group["group"].as_str().unwrap_or(""),
            group["rate"].as_f64().unwrap_or(0.0) * 100.0,
            group["value_per_person_minor"].as_f64().unwrap_or(0.0) / 100.0,
            group["before_per_person_minor"]
                .as_f64()
                .map_or_else(|| "unknown".to_owned(), |minor| format!("{:.2}", minor / 100.0)),
        ));
    }
    if let Some(matched) = result["matched"].as_object() {
        let count = |name: &str| matched.get(name).and_then(Value::as_u64).unwrap_or(0);
        lines.push(format!(
            "matched {} of {} in {} strata",
            count("treated_matched"),
            count("treated"),
            count("strata")
        ));
        for row in matched.get("balance").and_then(Value::as_array).into_iter().flatten() {
            let number = |name: &str| row[name].as_f64().unwrap_or(0.0);
            lines.push(format!(
                "  {:16} {:>+7.3} → {:>+7.3}",
                row["of"].as_str().unwrap_or(""),
                number("raw"),
                number("matched")
            ));
        }
    }
    for locale in ["en", "zh-CN"] {
        lines.push(result["sentence"][locale].as_str().unwrap_or("").to_owned());
    }
    lines.join("\n")
}

fn charts(gains: &Value) -> String {
    let mut lines = Vec::new();
    for ranking in gains["rankings"].as_array().into_iter().flatten() {
        let points = ranking["points"].as_array().into_iter().flatten();
        let points: Vec<String> = points
            .map(|point| format!("{} %: {:.1} %", point["top_percent"], point["share"].as_f64().unwrap_or(0.0) * 100.0))
            .collect();
        let gini = ranking["gini"].as_f64().map_or_else(|| "-".to_owned(), |gini| format!("{gini:.3}"));
        lines.push(format!("{:14} Gini {gini}  {}", ranking["by"].as_str().unwrap_or(""), points.join("  ")));
    }
    for locale in ["en", "zh-CN"] {
        lines.push(gains["sentence"][locale].as_str().unwrap_or("").to_owned());
    }
    lines.join("\n")
}
