//! `rialto segment`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

/// Segments worth having, and whom two share
#[derive(Debug, Subcommand)]
pub enum Segment {
    /// Suggest segments from the workspace's own orders
    Suggest(#[command(flatten)] Target),
    /// Save a suggestion as a segment
    Accept(Accept),
    /// Count whom two segments share
    Overlap(Overlap),
}

/// Save a suggestion
#[derive(Debug, Args)]
pub struct Accept {
    /// Which: high-value, prospects, at-risk or lost
    code: String,
    /// Another name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    target: Target,
}

/// Count whom two segments share
#[derive(Debug, Args)]
pub struct Overlap {
    /// The one's id
    a: Uuid,
    /// The other's id
    b: Uuid,
    #[command(flatten)]
    target: Target,
}

impl Segment {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Suggest(target) => {
                let all = Client::open(&target, common).await?.get("/segments/suggestions").await?;
                output::answer(common.json, &all, |all| {
                    all["items"].as_array().into_iter().flatten().map(suggested).collect::<Vec<_>>().join("\n")
                })
            }
            Self::Accept(accept) => {
                let mut body = json!({ "code": accept.code });
                if let Some(name) = &accept.name {
                    body["name"] = json!(name);
                }
                let made = Client::open(&accept.target, common).await?.post("/segments/suggestions", &body).await?;
                output::answer(common.json, &made, |made| {
                    format!("{}  {}", made["id"].as_str().unwrap_or(""), made["name"].as_str().unwrap_or(""))
                })
            }
            Self::Overlap(overlap) => {
                let body = json!({ "a": { "segment": overlap.a }, "b": { "segment": overlap.b } });
                let found = Client::open(&overlap.target, common).await?.post("/segments/overlap", &body).await?;
                output::answer(common.json, &found, |found| {
                    format!("{} and {}, both {}", found["a"], found["b"], found["both"])
                })
            }
        }
    }
}

fn suggested(one: &Value) -> String {
    let text = |name: &str| one[name].as_str().unwrap_or("").to_owned();
    format!(
        "{:>9}  {} ({}): {} {}",
        one["people"].as_u64().unwrap_or(0),
        text("name"),
        text("code"),
        text("description"),
        text("strategy")
    )
}
