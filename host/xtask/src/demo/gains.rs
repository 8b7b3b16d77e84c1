//! Which share of those who in fact redeemed stood at the top of each ranking:
//! by the recommendation kept on the eve, and by spend before it.

use super::{Demo, memory::Told, plugins::id_of, replay::Replayed};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// On its eve, a campaign that is not over tells nothing.
pub async fn not_yet(demo: &Demo, campaign: &str, recommendation: &str, told: &mut Told) -> Result<()> {
    let gains = demo.api.get(&format!("/campaigns/{campaign}/gains?recommendation={recommendation}")).await?;
    let silent = gains["state"] == "not_yet_known" && gains["rankings"].as_array().is_some_and(Vec::is_empty);
    ensure!(silent, "a campaign that is not over tells of its gains: {gains}");
    told.say("gains of the coming campaign, asked on the eve:");
    told.say_both(&gains["sentence"])
}

/// The gains of the campaign and of the earlier ones, each ranking made by what
/// was known on that campaign's own eve.
pub async fn judge(demo: &Demo, replayed: &Replayed, earlier: &Told, chosen: &Told, told: &mut Told) -> Result<()> {
    told.say(format!(
        "{:<8} {:<15} {:>5} {:>5}   {}",
        "", "ranked by", "of", "redm", "redeemers in the top 5, 10, 20, 30, 50 %; Gini"
    ));
    let mut judged: Vec<(&str, &str, jiff::Timestamp)> = Vec::new();
    for one in &replayed.judged {
        judged.push((&one.code, earlier.text(&one.code)?, one.eve.parse()?));
    }
    judged.push((&replayed.code, chosen.text("recommendation")?, replayed.eve.parse()?));
    for (code, recommendation, eve) in judged {
        let found = demo.api.find("/campaigns", "code", code).await?;
        let campaign = id_of(&found.with_context(|| format!("{code} is not seen"))?)?;
        let gains = demo.api.get(&format!("/campaigns/{campaign}/gains?recommendation={recommendation}")).await?;
        for line in lines(code, &gains, eve)? {
            told.say(line);
        }
        if code == replayed.code {
            told.say_both(&gains["sentence"])?;
        }
    }
    Ok(())
}

/// A line for each of both rankings; neither looked past the eve.
fn lines(code: &str, gains: &Value, eve: jiff::Timestamp) -> Result<Vec<String>> {
    ensure!(gains["state"] == "known", "{code} is over, and its gains are not known: {gains}");
    let rankings = gains["rankings"].as_array().context("no rankings")?;
    let by: Vec<&str> = rankings.iter().filter_map(|ranking| ranking["by"].as_str()).collect();
    ensure!(by == ["recommendation", "spend"], "{code} is ranked by {by:?}");
    rankings.iter().map(|ranking| line(code, gains, ranking, eve)).collect()
}

fn line(code: &str, gains: &Value, ranking: &Value, eve: jiff::Timestamp) -> Result<String> {
    let by = ranking["by"].as_str().unwrap_or("");
    let as_of: jiff::Timestamp = ranking["as_of"].as_str().context("no instant")?.parse()?;
    // Spend is counted up to the campaign's first instant, a microsecond more finely than the eve.
    let bound = eve.checked_add(jiff::SignedDuration::from_secs(1))?;
    ensure!(as_of < bound, "{code} by {by} looked up to {as_of}, past its eve");
    ensure!(ranking["ranked"].as_u64().is_some_and(|n| n > 0), "{code} by {by} ranks nobody: {ranking}");
    let gini = ranking["gini"].as_f64().with_context(|| format!("{code} by {by} has no Gini coefficient"))?;
    let shares: Vec<String> = ranking["points"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|point| Some(format!("{:>3.0}", 100.0 * point["share"].as_f64()?)))
        .collect();
    ensure!(shares.len() == 5, "{code} by {by} has a chart of {} points", shares.len());
    Ok(format!(
        "{code:<8} {by:<15} {:>5} {:>5}   {}   {gini:>6.3}",
        gains["people"],
        gains["redeemed"],
        shares.join(" ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn gains(as_of: &str) -> Value {
        let points: Vec<Value> =
            [5, 10, 20, 30, 50].iter().map(|top| json!({ "top_percent": top, "share": 0.25 })).collect();
        let ranking = |by: &str| json!({ "by": by, "as_of": as_of, "ranked": 9, "gini": 0.5, "points": points });
        json!({ "state": "known", "people": 10, "redeemed": 4, "rankings": [ranking("recommendation"), ranking("spend")] })
    }

    #[test]
    fn both_rankings_are_shown_and_neither_looks_past_the_eve() {
        let eve: jiff::Timestamp = "2017-10-29T23:59:59Z".parse().unwrap();
        let shown = lines("x", &gains("2017-10-29T23:59:59.999999Z"), eve).unwrap();
        assert_eq!(shown.len(), 2);
        assert!(shown[0].ends_with(" 25  25  25  25  25    0.500"), "{}", shown[0]);
        assert!(lines("x", &gains("2017-10-30T00:00:00Z"), eve).is_err());
        assert!(lines("x", &json!({ "state": "not_yet_known" }), eve).is_err());
    }
}
