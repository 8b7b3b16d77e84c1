//! Whom to write to, asked on the eve: those who spend the most, and those a
//! recommender ranks for the coming campaign; and how many are both.

use super::{
    Demo,
    memory::Told,
    plugins::{Installed, id_of},
    replay::Replayed,
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// The campaign that is planned on the eve.
pub const CODE: &str = "demo-coupons";
pub const NAME: &str = "Winter coupons";
pub const OBJECTIVE: &str = "redeem-coupons";

/// Two audiences for the coming campaign, and a segment of both together.
pub async fn choose(demo: &Demo, installed: &Installed, replayed: &Replayed, told: &mut Told) -> Result<()> {
    let spenders = high_spenders(demo).await?;
    let segment = json!({ "segment": id_of(&spenders)? });
    let top = demo.api.post("/segments:preview", json!({ "of": segment, "sample": 1 })).await?["count"].clone();
    let top = top.as_u64().filter(|top| *top > 0).context("nobody is of high value")?;
    told.say(format!("high spenders: {top} people. {}", spenders["description"].as_str().unwrap_or("")));
    let campaign = draft(demo, replayed).await?;
    let ranking = rank(demo, installed, &json!({ "campaign": campaign })).await?;
    told.say(format!(
        "recommended: the best {top} of {} people ranked as of {}",
        ranking["ranked"],
        ranking["brief"]["at"].as_str().unwrap_or("")
    ));
    for reason in ranking["items"][0]["reasons"].as_array().into_iter().flatten().take(2) {
        told.say(format!("  the first of them: {}", reason["text"].as_str().unwrap_or("")));
    }
    let recommendation = id_of(&ranking)?;
    let body = json!({ "top": top, "name": "Recommended for winter coupons" });
    let snapshot = demo.api.post(&format!("/recommendations/{recommendation}/audience"), body).await?;
    let listed = json!({ "on": "snapshot", "id": id_of(&snapshot)? });
    let overlap = demo.api.post("/segments:overlap", json!({ "a": segment, "b": { "rule": listed } })).await?;
    let (a, b, both) = overlap_of(&overlap)?;
    ensure!(a == top && b == top, "the overlap is of other audiences: {overlap}");
    told.say(format!(
        "both: {both} people, {:.0} % of each; either: {}",
        100.0 * both as f64 / top as f64,
        a + b - both
    ));
    let body = json!({
        "name": "High spenders or recommended", "rule": { "any": [spenders["rule"], listed] },
        "strategy": "Coupons for what they buy", "owner": "CRM", "measure": "conversion-rate",
    });
    let either = demo.api.ensure("/segments", "name", "High spenders or recommended", body).await?;
    told.keep("segment", id_of(&either)?);
    told.keep("campaign", campaign);
    told.keep("recommendation", recommendation);
    Ok(())
}

/// People in the one, in the other, and in both.
fn overlap_of(overlap: &Value) -> Result<(u64, u64, u64)> {
    let of = |name: &str| overlap[name].as_u64().with_context(|| format!("no {name} in {overlap}"));
    let (a, b, both) = (of("a")?, of("b")?, of("both")?);
    ensure!(both <= a.min(b), "more people are in both than in one: {overlap}");
    Ok((a, b, both))
}

/// The segment that the host suggests for people of high value.
async fn high_spenders(demo: &Demo) -> Result<Value> {
    let name = "High spenders";
    match demo.api.find("/segments", "name", name).await? {
        Some(found) => Ok(found),
        None => demo.api.post("/segments/suggestions", json!({ "code": "high-value", "name": name })).await,
    }
}

/// The coming campaign as a draft: its type is known, and the offers of the
/// last of this type; what it will really carry is not seen on its eve.
async fn draft(demo: &Demo, replayed: &Replayed) -> Result<String> {
    let last = replayed.earlier.last().context("no earlier campaign of this type")?;
    let last = demo.api.find("/campaigns", "code", &last.code).await?.context("the last campaign is not seen")?;
    let last = demo.api.get(&format!("/campaigns/{}", id_of(&last)?)).await?;
    ensure!(last["offers"].as_array().is_some_and(|offers| !offers.is_empty()), "{} has no offers", last["code"]);
    let body = json!({
        "code": CODE, "name": NAME, "kind": last["kind"], "objective": OBJECTIVE, "topic": "offers", "currency": "USD",
        "unit_cost_minor": 2, "budget_minor": 100_000, "starts_at": replayed.eve, "ends_at": replayed.ends_at,
        "offers": last["offers"],
    });
    id_of(&demo.api.ensure("/campaigns", "code", CODE, body).await?)
}

/// Have the recommender rank people for a campaign.
async fn rank(demo: &Demo, installed: &Installed, of: &Value) -> Result<Value> {
    let mut body = json!({
        "kind": "contact", "objective": OBJECTIVE, "locale": "en", "installation": installed["recommender-playbook"],
    });
    for (name, value) in of.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let answer = demo.api.post("/recommendations", body).await?;
    ensure!(answer["ranked"].as_u64().is_some_and(|ranked| ranked > 0), "the recommender ranked nobody: {answer}");
    Ok(answer)
}

/// Rank people for earlier campaigns, each by what was known on its own eve.
pub async fn look_back(demo: &Demo, installed: &Installed, replayed: &Replayed, told: &mut Told) -> Result<()> {
    for earlier in &replayed.judged {
        let found = demo.api.find("/campaigns", "code", &earlier.code).await?;
        let campaign = id_of(&found.with_context(|| format!("{} is not seen", earlier.code))?)?;
        let began = std::time::Instant::now();
        let ranking = rank(demo, installed, &json!({ "campaign": campaign, "at": earlier.eve })).await?;
        let at: jiff::Timestamp = ranking["brief"]["at"].as_str().context("no instant")?.parse()?;
        ensure!(at == earlier.eve.parse()?, "{} was ranked as of {at}", earlier.code);
        told.say(format!(
            "{}: {} people ranked as of {at}, its eve, in {:.1} s",
            earlier.code,
            ranking["ranked"],
            began.elapsed().as_secs_f64()
        ));
        told.keep(&earlier.code, id_of(&ranking)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_never_more_than_either() {
        assert_eq!(overlap_of(&json!({ "a": 5, "b": 4, "both": 4 })).unwrap(), (5, 4, 4));
        assert!(overlap_of(&json!({ "a": 5, "b": 4, "both": 5 })).is_err());
        assert!(overlap_of(&json!({ "a": 5 })).is_err());
    }
}
