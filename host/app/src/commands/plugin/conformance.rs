//! `rialto plugin conformance`: what the host's own run of the suite found.

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

/// What the suite found of a package
#[derive(Debug, Args)]
pub struct Conformance {
    /// The package's SHA-256, as `rialto plugin check` prints it
    digest: String,
    /// Run the suite once more
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    target: Target,
}

impl Conformance {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let at = format!("/plugins/{}/conformance", self.digest);
        let list = match self.again {
            true => client.post(&at, &json!({})).await?,
            false => client.get(&at).await?,
        };
        output::answer(common.json, &list, told)?;
        match list["holds"].as_bool() {
            Some(false) => bail!("{} of the checks failed", list["failed"]),
            _ => Ok(()),
        }
    }
}

fn told(list: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines: Vec<String> = Vec::new();
    for check in list["checks"].as_array().into_iter().flatten() {
        lines.push(format!("{:16} {:34} {}", text(&check["verdict"]), text(&check["name"]), text(&check["proves"])));
        if check["detail"].is_string() {
            lines.push(format!("     {}", text(&check["detail"])));
        }
    }
    if list["error"].is_string() {
        lines.push(text(&list["error"]));
    }
    let done = match (list["done"].as_i64(), list["total"].as_i64()) {
        (Some(done), Some(total)) if total > 0 => format!(" {done}/{total}"),
        _ => String::new(),
    };
    lines.push(format!("{}{done}", text(&list["state"])));
    lines.join("\n")
}
