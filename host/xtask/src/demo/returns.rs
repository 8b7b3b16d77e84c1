//! What the campaign earned against its plan, taken apart into what cost and
//! what revenue did to it, and what people wrote beside it.

use super::{
    Demo,
    memory::Told,
    plan::{CONVERSION, money},
    replay::Replayed,
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// What the design cost in the end, minor units: more than was planned.
const DESIGN_BILL_MINOR: i64 = 165_000;

/// Return on investment, goals, and the notes of the day.
pub async fn judge(demo: &Demo, campaign: &str, replayed: &Replayed, told: &mut Told) -> Result<()> {
    let path = format!("/campaigns/{campaign}");
    bill(demo, &path, &replayed.ends_at).await?;
    let roi = demo.api.get(&format!("{path}/roi?conversion={CONVERSION}")).await?;
    for (name, side) in [("plan", &roi["plan"]), ("actual", &roi["actual"])] {
        let percent = side["roi"].as_f64().with_context(|| format!("no {name} ROI: {roi}"))? * 100.0;
        told.say(format!(
            "{name}: cost {}, revenue {}, ROI {percent:.0} %",
            money(&side["cost_minor"]),
            money(&side["value_minor"])
        ));
    }
    for line in parts(&roi["parts"])? {
        told.say(line);
    }
    told.say_both(&roi["sentences"])?;
    let goals = demo.api.get(&format!("{path}/goals?conversion={CONVERSION}")).await?;
    for goal in goals["items"].as_array().into_iter().flatten() {
        ensure!(goal["state"] != "unknown", "a goal cannot be told: {goal}");
        told.say(format!(
            "goal {}: {:.0} expected, {:.0} came, {}",
            goal["metric"].as_str().unwrap_or(""),
            goal["expected"].as_f64().unwrap_or(f64::NAN),
            goal["so_far"].as_f64().unwrap_or(f64::NAN),
            goal["state"].as_str().unwrap_or("")
        ));
    }
    note(demo, campaign, &path, replayed, told).await
}

/// The bill of the design comes in, on its line.
async fn bill(demo: &Demo, path: &str, at: &str) -> Result<()> {
    let line = demo
        .api
        .find(&format!("{path}/budget-lines"), "kind", "production")
        .await?
        .context("no line for the design")?;
    let amount = json!({ "minor": DESIGN_BILL_MINOR, "currency": "USD" });
    let body =
        json!({ "channel": "email", "at": at, "amount": amount, "note": "Design bill", "budget_line": line["id"] });
    if demo.api.find(&format!("{path}/spend"), "note", "Design bill").await?.is_none() {
        demo.api.post(&format!("{path}/spend"), body).await?;
    }
    let budget = demo.api.get(&format!("{path}/budget")).await?;
    let told = budget["warnings"].as_array().into_iter().flatten().any(|warning| warning["code"] == "over_planned");
    ensure!(told, "the design cost more than planned, and the budget does not say so: {budget}");
    Ok(())
}

/// The parts, which sum to the difference on each level.
fn parts(parts: &Value) -> Result<Vec<String>> {
    let points = |part: &Value| part["points"].as_f64().with_context(|| format!("no points in {parts}"));
    let sums = |whole: f64, of: &[f64]| (whole - of.iter().sum::<f64>()).abs() < 0.005;
    let (all, cost, revenue) = (points(parts)?, points(&parts["cost"])?, points(&parts["revenue"])?);
    ensure!(sums(all, &[cost, revenue]), "cost and revenue do not sum to the difference: {parts}");
    let three = [points(&parts["volume"])?, points(&parts["rate"])?, points(&parts["price"])?];
    ensure!(sums(revenue, &three), "volume, rate and price do not sum to the revenue part: {parts}");
    let [volume, rate, price] = three;
    Ok(vec![
        format!("{all:+.2} points: cost {cost:+.2}, revenue {revenue:+.2}"),
        format!("  of the revenue part: volume {volume:+.2}, rate {rate:+.2}, price {price:+.2}"),
    ])
}

/// A comment on the campaign, and an annotation on the day it ended.
async fn note(demo: &Demo, campaign: &str, path: &str, replayed: &Replayed, told: &mut Told) -> Result<()> {
    let body =
        "Revenue is what those we wrote to bought of the offers' products; what we caused is the hold-out's to say.";
    demo.api.ensure(&format!("{path}/comments"), "body", body, json!({ "body": body })).await?;
    let text = format!("{} and our own campaign end", replayed.code);
    let annotation = json!({ "campaign": campaign, "at": replayed.ends_at, "text": text });
    demo.api.ensure("/annotations", "text", &text, annotation).await?;
    told.say(format!("comment: {body}"));
    told.say(format!("annotation on {}: {text}", replayed.ends_at));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_must_sum_on_both_levels() {
        let of = |cost: f64, rate: f64| {
            json!({
                "points": -12.0, "cost": { "points": cost }, "revenue": { "points": -3.0 },
                "volume": { "points": -2.5 }, "rate": { "points": rate }, "price": { "points": -1.5 },
            })
        };
        assert_eq!(parts(&of(-9.0, 1.0)).unwrap()[0], "-12.00 points: cost -9.00, revenue -3.00");
        assert!(parts(&of(-8.0, 1.0)).is_err() && parts(&of(-9.0, 2.0)).is_err() && parts(&Value::Null).is_err());
    }
}
