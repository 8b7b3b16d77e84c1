//! Standing in the past: the clock is stood at the eve of a campaign that the
//! data knows the end of, moved on to that end once the advice was given and the
//! mails were sent, and let go with the present when all was judged.

use super::{
    Demo,
    data::{self, metric_where},
    memory::Told,
    plugins::id_of,
};
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::{collections::BTreeSet, path::Path};

/// The campaign whose eve it is, of the retailer's year and of the synthetic
/// shop, and the earlier ones its rankings are judged on too.
const CAMPAIGNS: [(&str, [&str; 2]); 2] = [("cj-18", ["cj-8", "cj-13"]), ("shop-8", ["shop-4", "shop-5"])];

/// A campaign of the files.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    pub code: String,
    kind: String,
    /// The last instant before it begins.
    pub eve: String,
    starts_at: jiff::Timestamp,
    ends_at: jiff::Timestamp,
}

/// The campaign that is lived through again, as the files say.
pub struct Replayed {
    pub code: String,
    /// The last instant before it begins.
    pub eve: String,
    /// Its last instant.
    pub ends_at: String,
    /// Those of its type that were over by then, oldest first.
    pub earlier: Vec<Past>,
    /// Those of them that rankings are judged on.
    pub judged: Vec<Past>,
}

pub fn replayed(demo: &Demo) -> Result<Replayed> {
    let (code, judged) = CAMPAIGNS[usize::from(!demo.source.real)];
    of_files(&demo.source.folder, code, &judged)
}

fn of_files(folder: &Path, code: &str, judged: &[&str]) -> Result<Replayed> {
    let rows = data::rows(folder, "campaigns", &["code", "kind", "starts_at", "ends_at"])?;
    let all = rows.iter().map(|row| past(row)).collect::<Result<Vec<Past>>>()?;
    let this = all.iter().find(|one| one.code == code).with_context(|| format!("no campaign {code}"))?;
    let mut earlier: Vec<Past> =
        all.iter().filter(|one| one.kind == this.kind && one.ends_at < this.starts_at).cloned().collect();
    earlier.sort_by_key(|one| one.starts_at);
    let judged: Vec<Past> = earlier.iter().filter(|one| judged.contains(&one.code.as_str())).cloned().collect();
    let (eve, ends_at) = (this.eve.clone(), this.ends_at.to_string());
    Ok(Replayed { code: code.to_owned(), eve, ends_at, earlier, judged })
}

fn past(row: &[String]) -> Result<Past> {
    let starts_at: jiff::Timestamp = row[2].parse()?;
    let eve = starts_at.checked_sub(jiff::SignedDuration::from_secs(1))?;
    Ok(Past { code: row[0].clone(), kind: row[1].clone(), eve: eve.to_string(), starts_at, ends_at: row[3].parse()? })
}

/// Stand at the eve.
pub async fn stand(demo: &Demo, replayed: &Replayed, told: &mut Told) -> Result<()> {
    let stood = demo.api.put("/workspace/clock", json!({ "stands_at": replayed.eve })).await;
    let answer = stood.context("data of an earlier demo is in the way: begin anew with --fresh")?;
    told.say(format!(
        "the workspace stands at {}, the eve of {}",
        answer["stands_at"].as_str().unwrap_or(""),
        replayed.code
    ));
    Ok(())
}

/// How much of what was imported is seen, and how much waits for its time.
pub async fn visible(demo: &Demo, replayed: &Replayed, told: &mut Told) -> Result<()> {
    let eve: jiff::Timestamp = replayed.eve.parse()?;
    for (metric, file) in [("orders", "orders"), ("redemptions", "redemptions")] {
        let all = data::rows(&demo.source.folder, file, &["number", "at"])?;
        let (past, later) = sides(&all, eve)?;
        let seen = data::metric_value(demo, metric).await?;
        told.say(format!("{metric}: {seen:.0} seen, {later} wait for their time"));
        ensure!((seen - past as f64).abs() < 0.5, "{metric}: {seen} are seen, and the files know {past} by {eve}");
    }
    let hidden = demo.api.find("/campaigns", "code", &replayed.code).await?;
    ensure!(hidden.is_none(), "{} is seen on its eve", replayed.code);
    let rate = past_rate(demo).await?;
    told.say(format!("earlier campaigns were redeemed by {:.2} % of those they wrote to", rate * 100.0));
    told.keep("expected-rate", rate);
    Ok(())
}

/// How many different numbers there are up to an instant, and after it. Lines
/// of one number stand together.
fn sides(rows: &[Vec<String>], eve: jiff::Timestamp) -> Result<(usize, usize)> {
    let (mut past, mut later, mut last) = (BTreeSet::new(), BTreeSet::new(), "");
    for row in rows.iter() {
        if row[0] != last {
            let at: jiff::Timestamp = row[1].parse()?;
            if at <= eve {
                past.insert(&row[0])
            } else {
                later.insert(&row[0])
            };
            last = &row[0];
        }
    }
    Ok((past.len(), later.len()))
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

/// Let the weeks of the campaign pass: the clock goes on to its end.
pub async fn pass(demo: &Demo, replayed: &Replayed, told: &mut Told) -> Result<()> {
    let answer = demo.api.put("/workspace/clock", json!({ "stands_at": replayed.ends_at })).await?;
    let stands_at = answer["stands_at"].as_str().unwrap_or("");
    told.say(format!("{} is over: the workspace stands at {stands_at}", replayed.code));
    let back = demo.api.put("/workspace/clock", json!({ "stands_at": replayed.eve })).await;
    ensure!(back.is_err(), "the clock was set back: what was seen cannot be unseen");
    told.say("set back to the eve: refused");
    Ok(())
}

/// Let the workspace go with the present: what waited is seen.
pub async fn let_go(demo: &Demo, told: &mut Told) -> Result<()> {
    demo.api.put("/workspace/clock", json!({ "stands_at": null })).await?;
    told.say("the workspace goes with the present: everything is seen");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
\"code\",\"name\",\"kind\",\"starts_at\",\"ends_at\"
\"b\",\"B\",\"type_a\",\"2017-03-01T00:00:00Z\",\"2017-03-31T23:59:59Z\"
\"a\",\"A\",\"type_a\",\"2017-01-01T00:00:00Z\",\"2017-01-31T23:59:59Z\"
\"c\",\"C\",\"type_b\",\"2017-02-01T00:00:00Z\",\"2017-02-20T23:59:59Z\"
\"d\",\"D\",\"type_a\",\"2017-03-20T00:00:00Z\",\"2017-05-20T23:59:59Z\"
\"e\",\"E\",\"type_a\",\"2017-05-01T00:00:00Z\",\"2017-06-30T23:59:59Z\"
";

    #[test]
    fn earlier_are_those_of_its_type_that_were_over_on_its_eve() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("campaigns.csv"), FILE).unwrap();
        let found = of_files(folder.path(), "e", &["b", "c"]).unwrap();
        assert_eq!((found.eve.as_str(), found.ends_at.as_str()), ("2017-04-30T23:59:59Z", "2017-06-30T23:59:59Z"));
        let codes = |all: &[Past]| all.iter().map(|one| one.code.clone()).collect::<Vec<_>>();
        assert_eq!((codes(&found.earlier), codes(&found.judged)), (vec!["a".into(), "b".into()], vec!["b".into()]));
        assert_eq!(found.judged[0].eve, "2017-02-28T23:59:59Z");
    }

    #[test]
    fn a_number_counts_once_on_its_side() {
        let row = |number: &str, at: &str| vec![number.to_owned(), at.to_owned()];
        let rows =
            [row("1", "2017-01-01T00:00:00Z"), row("1", "2017-01-01T00:00:00Z"), row("2", "2017-02-01T00:00:00Z")];
        let eve: jiff::Timestamp = "2017-01-15T00:00:00Z".parse().unwrap();
        assert_eq!(sides(&rows, eve).unwrap(), (1, 1));
        assert!(sides(&[row("3", "in May")], eve).is_err());
    }
}
