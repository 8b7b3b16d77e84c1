//! `rialto plan preflight`: what a launch would do; a large audience is counted
//! by a job, which this waits for.

use super::{Of, word};
use crate::{
    client::Client,
    commands::worker::Worker,
    config::{Common, Settings},
    output,
};
use anyhow::bail;
use rialto_campaign::preflight_handler;
use serde_json::{Value, json};
use std::time::Duration;

/// How often a job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(super) async fn run(of: Of, background: bool, common: &Common) -> anyhow::Result<()> {
    let client = Client::open(&of.target, common).await?;
    let path = format!("/campaigns/{}/preflight", of.campaign);
    let asked = client.post(&format!("{path}?background={background}"), &json!({})).await?;
    let counted = if asked["job"].is_null() { asked } else { followed(&client, common, &path).await? };
    output::answer(common.json, &counted, shown)
}

/// Wait until the job has counted; a data folder that no host serves has nobody
/// else to do it.
async fn followed(client: &Client, common: &Common, path: &str) -> anyhow::Result<Value> {
    let worker = match client {
        Client::Local { app, .. } => {
            Some(Worker::begin(&Settings::read(common)?, app, vec![preflight_handler(&app.host)])?)
        }
        Client::Remote { .. } => None,
    };
    let done = watched(client, path).await;
    if let Some(worker) = worker {
        worker.end().await;
    }
    done
}

async fn watched(client: &Client, path: &str) -> anyhow::Result<Value> {
    let bar = output::bar(0, "counting", false);
    loop {
        let mut run = client.get(path).await?;
        bar.set_length(run["total"].as_u64().unwrap_or(0));
        bar.set_position(run["done"].as_u64().unwrap_or(0));
        match run["state"].as_str() {
            Some("finished") => {
                bar.finish_and_clear();
                return Ok(run["result"].take());
            }
            Some("failed") => bail!("{}", word(&run, "error")),
            _ => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

fn shown(preflight: &Value) -> String {
    let cost = &preflight["cost"];
    let mut out = vec![format!(
        "{} people, cost {} {} (minor units)",
        preflight["audience"],
        word(cost, "minor"),
        word(cost, "currency")
    )];
    for channel in preflight["channels"].as_array().into_iter().flatten() {
        for row in channel["rows"].as_array().into_iter().flatten() {
            let what = if row["reason"].is_null() { "to be sent".to_owned() } else { word(row, "reason") };
            out.push(format!("{:10} {:>10}  {what}", word(channel, "channel"), row["count"]));
        }
        if channel["after_quiet_hours"].as_i64().is_some_and(|count| count > 0) {
            out.push(format!("{:10} {:>10}  of them after their quiet hours", "", channel["after_quiet_hours"]));
        }
    }
    let blockers = preflight["blockers"].as_array().into_iter().flatten();
    out.extend(blockers.map(|blocker| format!("! {}: {}", word(blocker, "field"), word(blocker, "message"))));
    out.join("\n")
}
