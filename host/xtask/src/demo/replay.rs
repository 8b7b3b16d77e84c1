//! Standing in the past: the clock is stood at the eve of a campaign that the
//! data knows the end of, and moved on once the advice was given and the mails
//! were sent. Then what really happened is held beside what was expected.

use super::{
    Demo,
    data::{self, metric_where},
    plugins::id_of,
    until,
};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};

/// The campaign whose eve it is, of the retailer's year and of the synthetic shop.
const CAMPAIGNS: [&str; 2] = ["cj-18", "shop-8"];

/// The campaign that is lived through again, as the files say.
pub struct Replayed {
    code: String,
    /// The last instant before it begins.
    pub eve: String,
}

pub fn replayed(demo: &Demo) -> Result<Replayed> {
    let code = CAMPAIGNS[usize::from(!demo.source.real)];
    let rows = data::rows(&demo.source.folder, "campaigns", &["code", "starts_at"])?;
    let row = rows.into_iter().find(|row| row[0] == code).with_context(|| format!("no campaign {code}"))?;
    let starts: jiff::Timestamp = row[1].parse()?;
    let eve = starts.checked_sub(jiff::SignedDuration::from_secs(1))?;
    Ok(Replayed { code: code.to_owned(), eve: eve.to_string() })
}

fn moved(demo: &Demo) -> PathBuf {
    demo.folder.join("clock-moved")
}

/// Whether an earlier run has moved the clock on already.
pub fn is_over(demo: &Demo) -> bool {
    moved(demo).exists()
}

/// Stand at the eve.
pub async fn stand(demo: &Demo, replayed: &Replayed) -> Result<()> {
    if is_over(demo) {
        println!("  the clock was moved on before");
        return Ok(());
    }
    let stood = demo.api.put("/workspace/clock", json!({ "stands_at": replayed.eve })).await;
    let answer = stood.context("data of an earlier demo is in the way: begin anew with --fresh")?;
    println!("  the workspace stands at {}, the eve of {}", answer["stands_at"], replayed.code);
    Ok(())
}

/// How much of what was imported is seen, and how much waits for its time.
pub async fn visible(demo: &Demo, replayed: &Replayed) -> Result<()> {
    if is_over(demo) {
        return Ok(());
    }
    let kinds = [("orders", "orders", "number"), ("redemptions", "redemptions", "number")];
    for (metric, file, key) in kinds {
        let all = data::rows(&demo.source.folder, file, &[key, "at"])?;
        let of = |past: bool| -> usize {
            let eve: Option<jiff::Timestamp> = replayed.eve.parse().ok();
            let is_past = |at: &str| at.parse::<jiff::Timestamp>().ok() <= eve;
            let mut numbers: Vec<&String> = all.iter().filter(|r| is_past(&r[1]) == past).map(|r| &r[0]).collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers.len()
        };
        let (past, later) = (of(true), of(false));
        let seen = data::metric_value(demo, metric).await?;
        println!("  {metric}: {seen:.0} seen, {later} wait for their time");
        if (seen - past as f64).abs() > 0.5 {
            anyhow::bail!("{metric}: {seen} are seen, and the files know {past} by {}", replayed.eve);
        }
    }
    let hidden = demo.api.find("/campaigns", "code", &replayed.code).await?;
    anyhow::ensure!(hidden.is_none(), "{} is seen on its eve", replayed.code);
    let rate = past_rate(demo).await?;
    println!("  earlier campaigns were redeemed by {:.2} % of those they wrote to", rate * 100.0);
    std::fs::write(demo.folder.join("expected-rate"), rate.to_string())?;
    Ok(())
}

/// People who redeemed, of those written to, over the campaigns seen so far.
async fn past_rate(demo: &Demo) -> Result<f64> {
    let page = demo.api.get("/campaigns?state=past&limit=100").await?;
    let (mut reached, mut redeemed) = (0.0, 0.0);
    for past in page["items"].as_array().into_iter().flatten() {
        let id = id_of(past)?;
        reached += metric_where(demo, "reached-people", "campaign", &id).await?;
        redeemed += metric_where(demo, "redeemers", "campaign", &id).await?;
    }
    Ok(if reached > 0.0 { redeemed / reached } else { 0.0 })
}

/// Let the workspace go with the present: what waited is seen.
pub async fn move_on(demo: &Demo) -> Result<()> {
    if is_over(demo) {
        println!("  moved on before");
        return Ok(());
    }
    demo.api.put("/workspace/clock", json!({ "stands_at": null })).await?;
    std::fs::write(moved(demo), "")?;
    println!("  the year is over: everything is seen");
    Ok(())
}

/// What really happened, beside what the eve knew.
pub async fn truth(demo: &Demo, replayed: &Replayed) -> Result<()> {
    let found = demo.api.find("/campaigns", "code", &replayed.code).await?;
    let campaign = id_of(&found.with_context(|| format!("{} is not seen", replayed.code))?)?;
    let reached = metric_where(demo, "reached-people", "campaign", &campaign).await?;
    let redeemed = metric_where(demo, "redeemers", "campaign", &campaign).await?;
    let wanted = std::fs::read_to_string(demo.folder.join("expected-rate")).unwrap_or_default();
    let expected: f64 = wanted.parse().unwrap_or(f64::NAN);
    let real = if reached > 0.0 { redeemed / reached } else { 0.0 };
    println!("  {} wrote to {reached:.0} people; {redeemed:.0} redeemed: {:.2} %", replayed.code, real * 100.0);
    println!("  expected on the eve: {:.2} %", expected * 100.0);
    let kept = demo.folder.join("lift-run");
    let run = match std::fs::read_to_string(&kept) {
        Ok(id) => id,
        Err(_) => {
            let id = id_of(&demo.api.post("/lift-runs", json!({ "campaign": campaign })).await?)?;
            std::fs::write(&kept, &id)?;
            id
        }
    };
    let run = until("lift", Duration::from_secs(300), || lift_ended(demo, &run)).await?;
    anyhow::ensure!(run["state"] == "finished", "the lift run failed: {run}");
    lift(&run["result"]);
    let gains = demo.api.get(&format!("/campaigns/{campaign}/gains")).await?;
    for ranking in gains["rankings"].as_array().into_iter().flatten() {
        println!("  ranking by {}: Gini {}", ranking["by"], ranking["gini"]);
    }
    both(&gains["sentence"]);
    Ok(())
}

async fn lift_ended(demo: &Demo, id: &str) -> Result<Option<Value>> {
    let run = demo.api.get(&format!("/lift-runs/{id}")).await?;
    Ok((!matches!(run["state"].as_str(), Some("waiting" | "running"))).then_some(run))
}

fn lift(result: &Value) {
    println!("  naive ratio {}, before {}", result["naive"]["ratio"], result["naive"]["ratio_before"]);
    println!("  matched change of value a person, minor units: {}", result["matched"]["value_minor"]);
    both(&result["sentence"]);
}

fn both(sentence: &Value) {
    for locale in ["en", "zh-CN"] {
        println!("    {}", sentence[locale].as_str().unwrap_or(""));
    }
}
