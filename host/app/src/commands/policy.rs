//! `rialto policy`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::Value;
use std::{io::Read as _, path::PathBuf};
use uuid::Uuid;

/// The most bytes of a policy.
const POLICY_BYTES_MAX: u64 = 1 << 20;

/// How often and when people may be written to
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Show the policy; with --unit what holds in a unit of the tree, and where each part comes from
    Show {
        /// The unit's id; the whole workspace if absent
        #[arg(long)]
        unit: Option<Uuid>,
        #[command(flatten)]
        target: Target,
    },
    /// Set the whole policy from a JSON file, as `show --json` prints it; with --unit the parts that a unit sets itself
    Set(Set),
    /// Take away what a unit sets itself: what is above it holds again
    Remove {
        /// The unit's id
        #[arg(long)]
        unit: Uuid,
        #[command(flatten)]
        target: Target,
    },
}

/// Set the whole policy
#[derive(Debug, Args)]
pub struct Set {
    /// The file; `-` for standard input
    file: PathBuf,
    /// The unit's id; the whole workspace if absent
    #[arg(long)]
    unit: Option<Uuid>,
    #[command(flatten)]
    target: Target,
}

impl Policy {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        match self {
            Self::Show { unit, target } => {
                let policy = Client::open(&target, common).await?.get(&path(unit)).await?;
                output::answer(common.json, &policy, lines)
            }
            Self::Set(set) => {
                let rules = set.rules()?;
                let policy = Client::open(&set.target, common).await?.put(&path(set.unit), &rules).await?;
                output::answer(common.json, &policy, lines)
            }
            Self::Remove { unit, target } => {
                let client = Client::open(&target, common).await?;
                client.delete(&path(Some(unit))).await?;
                output::answer(common.json, &client.get(&path(Some(unit))).await?, lines)
            }
        }
    }
}

fn path(unit: Option<Uuid>) -> String {
    unit.map_or_else(|| "/delivery-policy".to_owned(), |unit| format!("/units/{unit}/delivery-policy"))
}

impl Set {
    /// The rules alone: what the host adds when it shows them is left out.
    fn rules(&self) -> anyhow::Result<Value> {
        let mut text = String::new();
        let name = self.file.display();
        if self.file.as_os_str() == "-" {
            std::io::stdin().take(POLICY_BYTES_MAX).read_to_string(&mut text)?;
        } else {
            let file = std::fs::File::open(&self.file).with_context(|| name.to_string())?;
            file.take(POLICY_BYTES_MAX).read_to_string(&mut text).with_context(|| name.to_string())?;
        }
        let mut rules: Value = serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
        // Of what is shown of a unit, what it sets itself.
        if rules["own"].is_object() {
            rules = rules["own"].take();
        }
        if let Some(fields) = rules.as_object_mut() {
            for added in ["version", "updated_by", "updated_at"] {
                fields.remove(added);
            }
        }
        Ok(rules)
    }
}

fn lines(policy: &Value) -> String {
    if policy["own"].is_null() {
        return format!("version {}\n{}", policy["version"], rules(policy));
    }
    unit(policy)
}

/// What holds in a unit, and whose each part is.
fn unit(policy: &Value) -> String {
    let mut lines = vec![format!("version {}", policy["version"]), rules(&policy["effective"])];
    for (part, unit) in policy["from"].as_object().into_iter().flatten() {
        let whose = match unit.as_str() {
            None => "from the workspace".to_owned(),
            own if own == policy["unit"].as_str() => "set by this unit".to_owned(),
            Some(above) => format!("from the unit {above}"),
        };
        lines.push(format!("{part:12}  {whose}"));
    }
    lines.join("\n")
}

fn rules(policy: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let or_all = |value: &Value| value.as_str().unwrap_or("all").to_owned();
    let mut lines = Vec::new();
    for cap in policy["caps"].as_array().into_iter().flatten() {
        let (channel, topic) = (or_all(&cap["channel"]), or_all(&cap["topic"]));
        lines.push(format!("at most {} in {} days  channel {channel}  topic {topic}", cap["sends"], cap["days"]));
    }
    let quiet = &policy["quiet_hours"];
    if quiet.is_object() {
        lines.push(format!("quiet from {} to {}, the person's time", text(&quiet["from"]), text(&quiet["to"])));
    }
    for barred in policy["barred"].as_array().into_iter().flatten() {
        lines.push(format!("nothing to {}  channel {}", text(&barred["region"]), or_all(&barred["channel"])));
    }
    let pause = &policy["auto_pause"];
    lines.push(format!(
        "held at a share of {} hard bounces or {} complaints, after {} sends",
        pause["hard_bounces"], pause["complaints"], pause["after"]
    ));
    lines.join("\n")
}
