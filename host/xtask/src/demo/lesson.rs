//! The lesson of the campaign: drafted from the numbers, kept, and found again
//! when something similar is planned.

use super::{Demo, audiences::OBJECTIVE, memory::Told, plan::CONVERSION, plugins::id_of};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// Draft, keep, and find again.
pub async fn learn(demo: &Demo, campaign: &str, told: &mut Told) -> Result<()> {
    let drafts = demo.api.get(&format!("/lessons?campaign={campaign}&limit=1")).await?;
    let lesson = match drafts["items"].get(0) {
        Some(drafted) => drafted.clone(),
        None => {
            let path = format!("/campaigns/{campaign}/lessons?conversion={CONVERSION}");
            demo.api.post(&path, json!({})).await?
        }
    };
    for (locale, words) in [("en", ["ROI", "held out"]), ("zh-CN", ["投资回报率", "对照组"])] {
        let text = &lesson["texts"][locale];
        told.say(text["title"].as_str().with_context(|| format!("the lesson lacks {locale}: {lesson}"))?);
        let body = text["text"].as_str().unwrap_or("");
        ensure!(words.iter().all(|word| body.contains(word)), "the lesson does not tell of {words:?}: {body}");
        body.lines().for_each(|line| told.say(format!("  {line}")));
    }
    let id = id_of(&lesson)?;
    let tags = json!({ "state": "kept", "tags": ["coupons", "winter"] });
    let kept = demo.api.patch(&format!("/lessons/{id}"), tags).await?;
    ensure!(kept["state"] == "kept" && kept["kept_by"].is_string(), "the lesson is not kept: {kept}");
    found_again(demo, &id, told).await
}

/// Whoever plans something similar is offered the lesson, with the reasons.
async fn found_again(demo: &Demo, lesson: &str, told: &mut Told) -> Result<()> {
    let plan =
        json!({ "code": "demo-next", "name": "Spring coupons", "kind": "coupon-mailing", "objective": OBJECTIVE });
    let next = id_of(&demo.api.ensure("/campaigns", "code", "demo-next", plan).await?)?;
    let offered = demo.api.get(&format!("/campaigns/{next}/lessons")).await?;
    let is_it = |one: &&Value| one["lesson"]["id"] == lesson;
    let found = offered["items"].as_array().into_iter().flatten().find(is_it);
    let found = found.with_context(|| format!("the lesson is not offered to a similar plan: {offered}"))?;
    let reasons: Vec<&str> = found["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    ensure!(!reasons.is_empty(), "the lesson is offered without a reason: {found}");
    told.say(format!("kept, and offered to the plan of “Spring coupons”: {}", reasons.join("; ")));
    Ok(())
}
