//! `rialto retention`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use clap::Subcommand;
use serde_json::{Value, json};

/// How long things are kept
#[derive(Debug, Subcommand)]
pub enum Retention {
    /// Show how long everything is kept
    List(#[command(flatten)] Target),
    /// Choose how long one kind of thing is kept
    Set {
        /// Which, such as events
        what: String,
        /// Days; for ever when left out
        #[arg(long)]
        days: Option<i64>,
        #[command(flatten)]
        target: Target,
    },
}

impl Retention {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::List(target) => {
                let list = Client::open(&target, common).await?.get("/retention").await?;
                output::answer(common.json, &list, |list| {
                    list["items"].as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
                })
            }
            Self::Set { what, days, target } => {
                let client = Client::open(&target, common).await?;
                let rule = client.put(&format!("/retention/{what}"), &json!({ "days": days })).await?;
                output::answer(common.json, &rule, line)
            }
        }
    }
}

fn line(rule: &Value) -> String {
    let days = rule["days"].as_i64().map_or_else(|| "for ever".to_owned(), |days| format!("{days} days"));
    format!("{:18} {days:10} {}", rule["what"].as_str().unwrap_or(""), rule["about"].as_str().unwrap_or(""))
}
