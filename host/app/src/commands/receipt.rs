//! `rialto receipt`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::{Value, json};
use std::path::PathBuf;
use uuid::Uuid;

/// Receipts of attribution runs and reports
#[derive(Debug, Subcommand)]
pub enum Receipt {
    /// Print the receipt of an attribution run or a report run, or write it to a file
    Show {
        /// The run's id
        run: Uuid,
        /// Write it to this file
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        target: Target,
    },
    /// Make what a receipt is of once more, and say whether it is the same
    Verify {
        /// The receipt's file, or the id of the attribution run or report run
        #[arg(value_name = "FILE|RUN-ID")]
        what: String,
        /// With data, settings and version as they stand now, although the run is recorded
        #[arg(long)]
        standing: bool,
        #[command(flatten)]
        target: Target,
    },
}

impl Receipt {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Show { run, out, target } => {
                let client = Client::open(&target, common).await?;
                let receipt = match client.get(&format!("/attribution-runs/{run}/receipt")).await {
                    Ok(receipt) => receipt,
                    Err(_) => client.get(&format!("/report-runs/{run}/receipt")).await?,
                };
                let text = serde_json::to_string_pretty(&receipt)?;
                let Some(out) = out else { return output::answer(common.json, &receipt, |_| text) };
                std::fs::write(&out, &text).with_context(|| out.display().to_string())?;
                output::answer(common.json, &json!({ "file": out }), |_| out.display().to_string())
            }
            Self::Verify { what, standing, target } => {
                let asked = match what.parse::<Uuid>() {
                    Ok(run) => json!({ "run": run, "standing": standing }),
                    Err(_) => {
                        let text = std::fs::read_to_string(&what).with_context(|| what.clone())?;
                        let receipt: Value =
                            serde_json::from_str(&text).with_context(|| format!("{what} is not JSON"))?;
                        json!({ "receipt": receipt, "standing": standing })
                    }
                };
                let check = Client::open(&target, common).await?.post("/receipts/verify", &asked).await?;
                output::answer(common.json, &check, spoken)?;
                if check["verified"] == true { Ok(()) } else { bail!("the receipt does not hold") }
            }
        }
    }
}

fn spoken(check: &Value) -> String {
    if check["verified"] == true {
        return match check["from"].as_str() {
            Some("recorder") => "verified: the same came out, from the recorder".to_owned(),
            _ => "verified: the same came out, as things stand now".to_owned(),
        };
    }
    let mut lines = vec!["not verified".to_owned()];
    for one in check["differences"].as_array().into_iter().flatten() {
        let text = |name: &str| one[name].as_str().unwrap_or("").to_owned();
        lines.push(format!("  {}: the receipt says {}, found {}", text("what"), text("receipt"), text("found")));
    }
    lines.join("\n")
}
