//! `rialto plugin shadow`

use super::plugin::{find, find_version};
use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use clap::Args;
use rialto_contract::{Comparison, Verdict};
use serde_json::{Value, json};

/// Replay the last recorded runs of the serving version on another, with no effects
#[derive(Debug, Args)]
pub struct Shadow {
    /// The installation, by name or id
    installation: String,
    /// The version, such as 2.0.0, or its id
    #[arg(id = "wanted", value_name = "VERSION")]
    version: String,
    /// How many recorded runs, 1 to 100
    #[arg(long, default_value_t = 20)]
    runs: u32,
    /// Only show what the last shadow run showed
    #[arg(long)]
    show: bool,
    #[command(flatten)]
    target: Target,
}

impl Shadow {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let installation = find(&client, &self.installation).await?;
        let version = find_version(&client, &installation, &self.version).await?;
        let path = format!("/installations/{installation}/versions/{version}/shadow");
        let report = match self.show {
            true => client.get(&path).await?,
            false => client.post(&path, &json!({ "runs": self.runs })).await?,
        };
        output::answer(common.json, &report, told)
    }
}

fn told(report: &Value) -> String {
    let count = |name: &str| report[name].as_u64().unwrap_or(0);
    let mut lines = vec![format!(
        "{} runs: {} same, {} differ, {} diverged, {} fail, {} mended, {} costlier, {} left out",
        count("runs"),
        count("same"),
        count("differ"),
        count("diverged"),
        count("fail"),
        count("mended"),
        count("costlier"),
        count("left_out"),
    )];
    let cost = |side: &str| report[side]["cpu_us"].as_u64().unwrap_or(0);
    lines.push(format!("processor time {} us recorded, {} us now", cost("recorded_cost"), cost("cost")));
    for item in report["items"].as_array().into_iter().flatten() {
        let Ok(comparison) = serde_json::from_value::<Comparison>(item.clone()) else { continue };
        if comparison.verdict != Verdict::Same || item["costlier"] == true {
            let run = item["run"].as_str().unwrap_or("");
            lines.push(format!("{run}  {}", super::recorded::spoken(&comparison)));
        }
    }
    lines.join("\n")
}
