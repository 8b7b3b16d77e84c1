//! Crediting the past campaigns by several models side by side, and the report.

use super::{
    Demo, memory,
    plugins::{Installed, id_of},
    until,
};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::time::Duration;

const RULES: [&str; 6] = ["first", "last", "last-non-direct", "linear", "time-decay", "position"];

/// Run every rule and the Markov model over the same paths.
pub async fn attribution(demo: &Demo, installed: &Installed) -> Result<()> {
    let code = "coupon-basket";
    let definition = json!({
        "code": code, "name": "A basket with a coupon product while the campaign ran",
        "rule": { "on": "order", "of": "campaign-offers", "value": "qualifying-lines" },
        "window_days": 60, "counting": "every",
    });
    demo.api.ensure("/conversion-definitions", "code", code, definition).await?;
    memory::once(demo, "exposures", async |told| {
        told.say(format!("{} exposures to mailers and displays", exposures(demo).await?));
        Ok(())
    })
    .await?;
    let kept = demo.folder.join("attribution-runs.json");
    let ids = match std::fs::read(&kept) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(_) => {
            let ids = start(demo, installed, code).await?;
            std::fs::write(&kept, serde_json::to_vec(&ids)?)?;
            ids
        }
    };
    let mut runs = Vec::new();
    for id in &ids {
        let run = until("attribution", Duration::from_secs(600), || ended(demo, "/attribution-runs", id)).await?;
        if run["state"] != "finished" {
            bail!("an attribution run failed: {run}");
        }
        runs.push(run);
    }
    show(&runs)
}

/// Touches of mailer and display, from what stood where when people came by.
async fn exposures(demo: &Demo) -> Result<i64> {
    let past = demo.api.get("/campaigns?state=past&limit=100").await?;
    let mut recorded = 0;
    for campaign in past["items"].as_array().into_iter().flatten() {
        let path = format!("/campaigns/{}/exposures", id_of(campaign)?);
        let started = demo.api.post(&path, json!({})).await?;
        let job = started["job"].as_str().context("no job")?.to_owned();
        let done = until("exposures", Duration::from_secs(300), || job_ended(demo, &job)).await?;
        if done["state"] != "done" {
            bail!("the exposures of {} failed: {done}", campaign["code"]);
        }
        recorded += done["result"]["touches"].as_i64().unwrap_or(0);
    }
    Ok(recorded)
}

async fn job_ended(demo: &Demo, id: &str) -> Result<Option<Value>> {
    let job = demo.api.get(&format!("/jobs/{id}")).await?;
    Ok((!matches!(job["state"].as_str(), Some("pending" | "running"))).then_some(job))
}

async fn start(demo: &Demo, installed: &Installed, conversion: &str) -> Result<Vec<String>> {
    let mut models: Vec<Value> = RULES
        .iter()
        .map(|rule| json!({ "installation": installed["attribution-rules"], "settings": { "model": rule }, "label": rule }))
        .collect();
    models.push(json!({ "installation": installed["attribution-markov"], "label": "markov" }));
    let body = json!({
        "conversion": conversion, "start": "2017-01-01T00:00:00Z", "end": "2018-01-02T00:00:00Z", "models": models,
    });
    let started = demo.api.post("/attribution-runs", body).await?;
    started["runs"].as_array().into_iter().flatten().map(id_of).collect()
}

async fn ended(demo: &Demo, path: &str, id: &str) -> Result<Option<Value>> {
    let run = demo.api.get(&format!("{path}/{id}")).await?;
    Ok((!matches!(run["state"].as_str(), Some("waiting" | "running"))).then_some(run))
}

/// A table of channels by models; every model must share out the same conversions.
fn show(runs: &[Value]) -> Result<()> {
    let first = runs.first().context("no run")?;
    println!("  {} paths, {} touches, {} conversions", first["paths"], first["touches"], first["conversions"]);
    let channels: Vec<&str> =
        first["channels"].as_array().into_iter().flatten().filter_map(|c| c["channel"].as_str()).collect();
    print!("  {:<20}", "");
    for run in runs {
        print!("{:>16}", run["model"].as_str().unwrap_or(""));
    }
    println!();
    for channel in &channels {
        print!("  {channel:<20}");
        for run in runs {
            print!("{:>16.1}", credit(run, channel));
        }
        println!();
    }
    for run in runs {
        let sum: f64 = channels.iter().map(|channel| credit(run, channel)).sum();
        let all = run["conversions"].as_f64().context("no conversions")?;
        if (sum - all).abs() > 1e-6 * all.max(1.0) {
            bail!("{} credits {sum} of {all} conversions", run["model"]);
        }
    }
    Ok(())
}

fn credit(run: &Value, channel: &str) -> f64 {
    run["channels"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|c| c["channel"] == channel)
        .and_then(|c| c["conversions"].as_f64())
        .unwrap_or(0.0)
}

/// Write the report in both languages, in every form.
pub async fn report(demo: &Demo, installed: &Installed, campaign: &str, told: &mut memory::Told) -> Result<()> {
    for locale in ["en", "zh-CN"] {
        let body = json!({
            "installation": installed["report-campaign"], "locale": locale,
            "parameters": { "campaign": campaign },
        });
        let id = id_of(&demo.api.post("/report-runs", body).await?)?;
        let run = until("report", Duration::from_secs(120), || ended(demo, "/report-runs", &id)).await?;
        if run["state"] != "finished" {
            bail!("the report failed: {run}");
        }
        for form in ["html", "md", "csv"] {
            let text = demo.api.text(&format!("/report-runs/{id}.{form}")).await?;
            let file = demo.folder.join(format!("report.{locale}.{form}"));
            std::fs::write(&file, text)?;
        }
        told.say(format!("{locale}: {}", demo.folder.join(format!("report.{locale}.html")).display()));
    }
    Ok(())
}
