//! What really happened, once the weeks have passed: who redeemed, and what the
//! campaign changed, by matching where nobody was held out and by lot where
//! some were. What cannot be known is said to be so.

use super::{Demo, data::metric_where, memory::Told, plugins::id_of, replay::Replayed, until};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;

/// What the retailer's campaign brought, beside what the eve expected.
pub async fn of_the_files(demo: &Demo, replayed: &Replayed, eve: &Told, told: &mut Told) -> Result<()> {
    let found = demo.api.find("/campaigns", "code", &replayed.code).await?;
    let campaign = id_of(&found.with_context(|| format!("{} is not seen", replayed.code))?)?;
    let reached = metric_where(demo, "reached-people", "campaign", &campaign).await?;
    let redeemed = metric_where(demo, "redeemers", "campaign", &campaign).await?;
    ensure!(reached > 0.0 && redeemed > 0.0, "{redeemed} of {reached} redeemed for {}", replayed.code);
    let came = 100.0 * redeemed / reached;
    told.say(format!("{} wrote to {reached:.0} people; {redeemed:.0} redeemed: {came:.2} %", replayed.code));
    told.say(format!("expected on the eve: {:.2} %", 100.0 * eve.number("expected-rate")?));
    let result = lift(demo, &campaign).await?;
    let number = |of: &str| result["naive"][of].as_f64().with_context(|| format!("no naive {of}: {result}"));
    told.say(format!("naive ratio {:.2}, ratio before {:.2}", number("ratio")?, number("ratio_before")?));
    let matched = &result["matched"];
    told.say(format!("matched change of value a person: {}", interval(&matched["value_minor"])?));
    told.say_both(&result["sentence"])?;
    told.keep("campaign", campaign);
    Ok(())
}

/// What our own campaign changed, against those held out by lot.
pub async fn of_our_own(demo: &Demo, campaign: &str, told: &mut Told) -> Result<()> {
    let result = lift(demo, campaign).await?;
    ensure!(result["design"] == "randomised", "the campaign has a hold-out, and was compared otherwise: {result}");
    told.say(format!(
        "our campaign, by lot: change of value a person {}",
        interval(&result["randomised"]["value_minor"])?
    ));
    told.say_both(&result["sentence"])?;
    Ok(())
}

async fn lift(demo: &Demo, campaign: &str) -> Result<Value> {
    let run = id_of(&demo.api.post("/lift-runs", json!({ "campaign": campaign })).await?)?;
    let run = until("lift", Duration::from_secs(300), || ended(demo, &run)).await?;
    ensure!(run["state"] == "finished", "the lift run failed: {run}");
    ensure!(run["result"]["complete"] == true, "the weeks have passed, and the run does not know: {run}");
    Ok(run["result"].clone())
}

async fn ended(demo: &Demo, id: &str) -> Result<Option<Value>> {
    let run = demo.api.get(&format!("/lift-runs/{id}")).await?;
    Ok((!matches!(run["state"].as_str(), Some("waiting" | "running"))).then_some(run))
}

/// `-1.25 USD (-3.00 … 0.50)`.
fn interval(of: &Value) -> Result<String> {
    let number = |name: &str| of[name].as_f64().with_context(|| format!("no {name} in {of}"));
    let (estimate, low, high) = (number("estimate")?, number("low")?, number("high")?);
    ensure!(low <= estimate && estimate <= high, "the estimate is outside its interval: {of}");
    Ok(format!("{:.2} USD ({:.2} … {:.2})", estimate / 100.0, low / 100.0, high / 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_its_estimate() {
        let of = |low: f64| json!({ "estimate": -125.0, "low": low, "high": 50.0 });
        assert_eq!(interval(&of(-300.0)).unwrap(), "-1.25 USD (-3.00 … 0.50)");
        assert!(interval(&of(-100.0)).is_err() && interval(&Value::Null).is_err());
    }
}
