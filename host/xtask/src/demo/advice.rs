//! Asking the recommender which type of campaign and which past creative fit.

use super::{
    Demo,
    audiences::OBJECTIVE,
    data::metric_where,
    memory::Told,
    plugins::{Installed, id_of},
};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// The best campaign type and the best creative, each with its reasons.
pub async fn ask(demo: &Demo, installed: &Installed, told: &mut Told) -> Result<()> {
    library(demo).await?;
    for kind in ["campaign-type", "creative"] {
        let body = json!({
            "kind": kind, "objective": OBJECTIVE, "locale": "en", "installation": installed["recommender-playbook"],
        });
        let answer = demo.api.post("/recommendations", body).await?;
        let best = &answer["items"][0];
        ensure!(best.is_object(), "the recommender ranked no {kind}: {answer}");
        told.say(format!("best {kind}: {} ({:.3})", word(&best["name"]), best["score"].as_f64().unwrap_or(f64::NAN)));
        for reason in best["reasons"].as_array().into_iter().flatten().take(2) {
            told.say(format!("  {}", word(&reason["text"])));
        }
    }
    Ok(())
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// Past campaigns become cases of the library, with what they brought.
async fn library(demo: &Demo) -> Result<()> {
    let page = demo.api.get("/campaigns?state=past&limit=100").await?;
    for past in page["items"].as_array().into_iter().flatten() {
        let title = word(&past["name"]);
        if demo.api.find("/creatives", "title", title).await?.is_some() {
            continue;
        }
        let id = id_of(past)?;
        let creative = json!({
            "code": past["code"], "kind": "case", "origin": "own", "title": title, "channel": "direct_mail",
            "interaction": "coupon", "campaign_type": past["kind"], "theme": "coupons", "objectives": OBJECTIVE,
        });
        let creative = demo.api.post("/creatives", creative).await?;
        let tried = metric_where(demo, "reached-people", "campaign", &id).await?;
        let reached = metric_where(demo, "redeemers", "campaign", &id).await?;
        let result = json!({
            "campaign": id, "objective": OBJECTIVE, "label": title, "at": past["ends_at"],
            "tried": tried as i64, "reached": reached as i64,
        });
        demo.api.post(&format!("/creatives/{}/results", id_of(&creative)?), result).await?;
    }
    Ok(())
}
