//! `rialto experiment`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Experiments: who is held out, so that an effect can be told
#[derive(Debug, Subcommand)]
pub enum Experiment {
    /// Make one
    Create(Create),
    /// List those in use
    List(#[command(flatten)] Target),
    /// Look at one: its arms, the people in each, and whether the split is right
    Show(One),
    /// Put one away
    Archive(One),
}

/// Make an experiment
#[derive(Debug, Args)]
pub struct Create {
    /// Its name
    name: String,
    /// An arm and its share of people in basis points (1000 is 10 %), such as held_out=1000; the arm called held_out is not written to
    #[arg(long = "arm", value_name = "NAME=SHARE", required = true)]
    arms: Vec<String>,
    /// Hold out of every campaign of the workspace, from --start to --end
    #[arg(long, requires_all = ["start", "end"])]
    wide: bool,
    /// From this instant, such as 2026-01-01T00:00:00Z
    #[arg(long)]
    start: Option<jiff::Timestamp>,
    /// To this instant
    #[arg(long)]
    end: Option<jiff::Timestamp>,
    #[command(flatten)]
    target: Target,
}

/// One experiment
#[derive(Debug, Args)]
pub struct One {
    /// Its id
    id: uuid::Uuid,
    #[command(flatten)]
    target: Target,
}

impl Experiment {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => create.run(common).await,
            Self::List(target) => {
                let list = Client::open(&target, common).await?.get("/experiments").await?;
                output::answer(common.json, &list, |list| {
                    list["items"].as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
                })
            }
            Self::Show(one) => {
                let client = Client::open(&one.target, common).await?;
                let view = client.get(&format!("/experiments/{}", one.id)).await?;
                output::answer(common.json, &view, shown)
            }
            Self::Archive(one) => {
                let client = Client::open(&one.target, common).await?;
                let kept = client.post(&format!("/experiments/{}/archive", one.id), &json!({})).await?;
                output::answer(common.json, &kept, line)
            }
        }
    }
}

impl Create {
    async fn run(self, common: &Common) -> anyhow::Result<()> {
        let arms = self.arms.iter().map(|text| arm(text)).collect::<anyhow::Result<Vec<_>>>()?;
        let scope = if self.wide { "workspace" } else { "campaign" };
        let mut new = json!({ "name": self.name, "scope": scope, "arms": arms });
        for (name, at) in [("starts_at", self.start), ("ends_at", self.end)] {
            if let Some(at) = at {
                new[name] = json!(at);
            }
        }
        let made = Client::open(&self.target, common).await?.post("/experiments", &new).await?;
        output::answer(common.json, &made, line)
    }
}

fn arm(text: &str) -> anyhow::Result<Value> {
    let Some((name, share)) = text.split_once('=') else { bail!("--arm `{text}`: write it as NAME=SHARE") };
    let share: i64 =
        share.parse().with_context(|| format!("--arm `{text}`: the share is a whole number of basis points"))?;
    Ok(json!({ "name": name, "share_bp": share, "held_out": name == "held_out" }))
}

fn line(experiment: &Value) -> String {
    let text = |name: &str| experiment[name].as_str().unwrap_or("").to_owned();
    let arms = experiment["arms"].as_array().into_iter().flatten();
    let arms: Vec<String> = arms
        .map(|arm| {
            format!("{} {} %", arm["name"].as_str().unwrap_or(""), arm["share_bp"].as_f64().unwrap_or(0.0) / 100.0)
        })
        .collect();
    format!("{}  {} ({}, {}): {}", text("id"), text("name"), text("scope"), text("state"), arms.join(", "))
}

fn shown(view: &Value) -> String {
    let mut lines = vec![line(view)];
    for count in view["counts"].as_array().into_iter().flatten() {
        let empty = if count["empty"] == json!(true) { "  nobody is in it: no comparison can use it" } else { "" };
        let (people, expected) = (count["people"].as_i64().unwrap_or(0), count["expected"].as_f64().unwrap_or(0.0));
        lines.push(format!("{:>12}  {} (expected {expected:.0}){empty}", people, count["arm"].as_str().unwrap_or("")));
    }
    if let Some(p) = view["balance"]["p"].as_f64() {
        let verdict = if view["balance"]["mismatch"] == json!(true) {
            "the split is not what the shares promise"
        } else {
            "the split is as the shares promise"
        };
        lines.push(format!(
            "chi-square {:.3}, p {p:.4}: {verdict}",
            view["balance"]["chi_square"].as_f64().unwrap_or(0.0)
        ));
    }
    lines.join("\n")
}
