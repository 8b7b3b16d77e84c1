//! The plan of the campaign: what it is to reach and to cost, who is held out,
//! who approved which version of it, and what a launch would do.

use super::{
    Demo,
    api::Api,
    data::metric_of,
    ledger::{Counts, counts},
    memory::Told,
    message,
    plugins::{Installed, id_of},
    replay::Replayed,
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// What counts as a conversion of a campaign: an order with a product of its
/// offers, of somebody it wrote to, while it ran.
pub const CONVERSION: &str = "offer-basket";
/// What one send costs, and what the design is planned to cost, minor units.
const SEND_MINOR: i64 = 2;
const DESIGN_MINOR: i64 = 150_000;
/// One in ten is held out.
const HELD_OUT_BP: i64 = 1_000;

/// Plan, have it approved, and say what a launch would do. `chosen` is what was
/// chosen on the eve: campaign and segment.
pub async fn plan(
    demo: &Demo,
    installed: &Installed,
    replayed: &Replayed,
    chosen: &Told,
    told: &mut Told,
) -> Result<()> {
    let campaign = chosen.text("campaign")?.to_owned();
    let path = format!("/campaigns/{campaign}");
    let message = message::message(demo).await?;
    let body = json!({
        "segment": chosen.text("segment")?, "unit_cost_minor": SEND_MINOR, "experiment": experiment(demo).await?,
        "messages": [{
            "channel": "email", "message": id_of(&message)?, "installation": installed["connector-email"],
            "sender": message::sender(demo).await?, "mail_server": message::mail_server(demo).await?,
        }],
    });
    demo.api.patch(&path, body).await?;
    // Asked before goals and budget, which rest on it.
    let first = demo.api.post(&format!("{path}:preflight"), json!({})).await?;
    goals(demo, replayed, &path, &counts(&first["channels"][0]["rows"])?, told).await?;
    budget(demo, &path, first["audience"].as_i64().context("no audience")?, told).await?;
    approve(demo, &path, told).await?;
    let preflight = demo.api.post(&format!("{path}:preflight"), json!({})).await?;
    let rows = counts(&preflight["channels"][0]["rows"])?;
    told.say(format!("preflight: {} people, cost {}", preflight["audience"], preflight["cost"]));
    rows.lines().into_iter().for_each(|line| told.say(line));
    ensure!(preflight["blockers"].as_array().is_some_and(Vec::is_empty), "in the way: {}", preflight["blockers"]);
    ensure!(Some(rows.sum()) == preflight["audience"].as_i64(), "preflight does not sum to its audience: {preflight}");
    ensure!(rows.of("held_out") > 0, "nobody is held out: {preflight}");
    told.keep("campaign", campaign);
    told.keep("preflight", preflight["channels"][0]["rows"].clone());
    Ok(())
}

async fn experiment(demo: &Demo) -> Result<String> {
    let arms = json!([
        { "name": "written to", "share_bp": 10_000 - HELD_OUT_BP },
        { "name": "held out", "share_bp": HELD_OUT_BP, "held_out": true },
    ]);
    let body = json!({ "name": "Winter coupons or none", "scope": "campaign", "arms": arms });
    id_of(&demo.api.ensure("/experiments", "name", "Winter coupons or none", body).await?)
}

/// Goals as the last campaign of this type came in, for as many as can be
/// written to now.
async fn goals(demo: &Demo, replayed: &Replayed, path: &str, rows: &Counts, told: &mut Told) -> Result<()> {
    let definition = json!({
        "code": CONVERSION, "name": "A basket with an offer's product, of somebody written to",
        "rule": { "on": "order", "of": "campaign-offers", "written_to": true, "value": "qualifying-lines" },
        "window_days": 60, "counting": "every",
    });
    demo.api.ensure("/conversion-definitions", "code", CONVERSION, definition).await?;
    let last = replayed.earlier.last().context("no earlier campaign of this type")?;
    let of = json!({ "campaign": [last.code], "conversion": [CONVERSION] });
    let wrote = metric_of(demo, "audience", &json!({ "campaign": [last.code] })).await?;
    let converted = metric_of(demo, "converted-people", &of).await?;
    let value = metric_of(demo, "value-per-person", &of).await?;
    ensure!(
        wrote > 0.0 && converted > 0.0 && converted <= wrote,
        "{} of {wrote} converted for {}",
        converted,
        last.code
    );
    let expected = (rows.pending() as f64 * converted / wrote).round();
    let all = [("audience", rows.sum() as f64), ("converted-people", expected), ("value-per-person", value.round())];
    let due: Vec<Value> = all
        .iter()
        .map(|(metric, expected)| json!({ "metric": metric, "expected": expected, "due_at": replayed.ends_at }))
        .collect();
    demo.api.patch(path, json!({ "goals": due })).await?;
    told.say(format!(
        "goals by {}, as {} came in: {expected:.0} people buy of the offers' products ({:.1} %), for {:.2} USD each",
        replayed.ends_at,
        last.code,
        100.0 * converted / wrote,
        value / 100.0
    ));
    Ok(())
}

async fn budget(demo: &Demo, path: &str, audience: i64, told: &mut Told) -> Result<()> {
    let lines = format!("{path}/budget-lines");
    if demo.api.find(&lines, "kind", "sends").await?.is_none() {
        let sends = json!({
            "kind": "sends", "channel": "email", "name": "Mails", "unit_cost_minor": SEND_MINOR, "quantity": audience,
        });
        demo.api.post(&lines, sends).await?;
        let design = json!({ "kind": "production", "name": "Design", "planned_minor": DESIGN_MINOR, "committed_minor": DESIGN_MINOR });
        demo.api.post(&lines, design).await?;
    }
    let budget = demo.api.get(&format!("{path}/budget")).await?;
    let totals = &budget["totals"];
    let planned = SEND_MINOR * audience + DESIGN_MINOR;
    ensure!(totals["planned_minor"] == planned, "the lines do not sum to {planned}: {totals}");
    told.say(format!(
        "budget: {} planned, {} committed, {} spent",
        money(&totals["planned_minor"]),
        money(&totals["committed_minor"]),
        money(&totals["actual_minor"])
    ));
    Ok(())
}

pub fn money(minor: &Value) -> String {
    minor.as_i64().map_or_else(|| "?".to_owned(), |minor| format!("{:.2} USD", minor as f64 / 100.0))
}

/// Nothing is launched without approval; somebody else than who asks gives it.
async fn approve(demo: &Demo, path: &str, told: &mut Told) -> Result<()> {
    demo.api.put("/plan-settings", json!({ "approval_required": true })).await?;
    let early = demo.api.post(&format!("{path}:launch"), json!({})).await;
    ensure!(early.is_err(), "the plan was launched before anybody approved it");
    told.say("launch before approval: refused");
    let asked = demo.api.post(&format!("{path}/approvals"), json!({ "comment": "The plan of the eve." })).await?;
    let decide = format!("{path}/approvals/{}:decide", id_of(&asked)?);
    let decision = json!({ "approved": true, "comment": "Within the budget of the quarter." });
    let own = demo.api.post(&decide, decision.clone()).await;
    ensure!(own.is_err(), "whoever asked approved it");
    let name = "Finance director";
    let body = json!({ "kind": "api", "name": name, "role": "manager" });
    let token = demo.api.post("/tokens", body).await?;
    let other = Api::new(&demo.api.base, token["secret"].as_str().context("no secret")?)?;
    let done = other.post(&decide, decision).await?;
    ensure!(done["state"] == "approved" && done["decided_by"] != done["requested_by"], "not approved: {done}");
    let version: String = done["plan"].as_str().unwrap_or("").chars().take(12).collect();
    told.say(format!("approved: version {version}, by {name} ({})", done["decided_by"].as_str().unwrap_or("")));
    Ok(())
}
