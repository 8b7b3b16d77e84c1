//! Sending, and the ledger held against what was counted before: the same
//! people, reason by reason; and why somebody got the mail or not.

use super::{Demo, answers::mails, memory::Told, plugins::id_of, until};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// People of an audience by state and reason.
#[derive(Debug, PartialEq)]
pub struct Counts(BTreeMap<(String, String), i64>);

/// Read counts as preflight and ledger give them.
pub fn counts(rows: &Value) -> Result<Counts> {
    let mut all = BTreeMap::new();
    for row in rows.as_array().with_context(|| format!("no rows in {rows}"))? {
        let word = |name: &str| row[name].as_str().unwrap_or("").to_owned();
        let count = row["count"].as_i64().with_context(|| format!("no count in {row}"))?;
        *all.entry((word("state"), word("reason"))).or_insert(0) += count;
    }
    Ok(Counts(all))
}

impl Counts {
    pub fn sum(&self) -> i64 {
        self.0.values().sum()
    }

    /// People not written to for a reason.
    pub fn of(&self, reason: &str) -> i64 {
        self.0.iter().filter(|((_, why), _)| why == reason).map(|(_, count)| count).sum()
    }

    /// People with nothing in the way.
    pub fn pending(&self) -> i64 {
        self.of("")
    }

    pub fn lines(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|((state, reason), count)| format!("  {count:>6}  {state} {reason}").trim_end().to_owned())
            .collect()
    }

    /// Those who were not written to, by reason.
    fn not_sent(&self) -> BTreeMap<&str, i64> {
        self.0
            .iter()
            .filter(|((state, _), _)| state == "not_sent")
            .map(|((_, why), count)| (why.as_str(), *count))
            .collect()
    }

    /// Whether a ledger came out as it was counted before.
    fn agrees(&self, ledger: &Self) -> bool {
        self.sum() == ledger.sum() && self.not_sent() == ledger.not_sent()
    }
}

/// Launch and wait until everybody has a final row.
pub async fn send(demo: &Demo, plan: &Told, told: &mut Told) -> Result<()> {
    let path = format!("/campaigns/{}", plan.text("campaign")?);
    if demo.api.get(&path).await?["state"] == "draft" {
        demo.api.post(&format!("{path}:launch"), json!({})).await?;
    }
    let ledger = until("sending", Duration::from_secs(600), || finished(demo, &path)).await?;
    let (planned, came) = (counts(plan.kept("preflight")?)?, counts(&ledger["rows"])?);
    came.lines().into_iter().for_each(|line| told.say(line));
    ensure!(Some(came.sum()) == ledger["audience"].as_i64(), "the ledger does not sum to its audience: {ledger}");
    ensure!(planned.agrees(&came), "preflight counted {planned:?}, the ledger has {came:?}");
    told.say("as the preflight counted, reason by reason");
    let accepted = came.0.get(&("accepted".to_owned(), String::new())).copied().unwrap_or(0);
    let mails = mails(demo).await?.len() as i64;
    told.say(format!("{accepted} accepted by the mail server, {mails} in its window"));
    ensure!(accepted > 0 && mails == accepted, "{accepted} were accepted, but the mail server shows {mails}");
    Ok(())
}

async fn finished(demo: &Demo, path: &str) -> Result<Option<Value>> {
    let ledger = demo.api.get(&format!("{path}/ledger")).await?;
    Ok((ledger["state"] == "finished").then_some(ledger))
}

/// Why one person got the mail, one was held out, and one had not agreed.
pub async fn why(demo: &Demo, campaign: &str, told: &mut Told) -> Result<()> {
    for (filter, wanted) in [("state=accepted", true), ("reason=held_out", true), ("reason=no_consent", false)] {
        let page = demo.api.get(&format!("/sends?campaign={campaign}&{filter}&limit=1")).await?;
        let Some(send) = page["items"].get(0) else {
            ensure!(!wanted, "nobody with {filter}");
            continue;
        };
        let why = demo.api.get(&format!("/contacts/{}/why?campaign={campaign}", id_of_contact(send)?)).await?;
        let one = &why["sends"][0];
        ensure!(one["send"]["id"] == send["id"], "the answer is about another send: {why}");
        told.say(format!(
            "{}: {}{}",
            filter.replace('=', " "),
            why["answer"].as_str().context("no answer")?,
            basis(&why)
        ));
    }
    Ok(())
}

fn id_of_contact(send: &Value) -> Result<String> {
    id_of(&json!({ "id": send["contact"] }))
}

/// What the answer rests on: consent, arm, content and connector, as far as
/// each had a part in it.
fn basis(why: &Value) -> String {
    let send = &why["sends"][0];
    let mut parts = Vec::new();
    if let Some(state) = send["send"]["consent"][0]["state"].as_str() {
        parts.push(format!("consent {state} by {}", send["send"]["consent"][0]["source"].as_str().unwrap_or("?")));
    }
    if let Some(arm) = why["experiments"][0]["arm"].as_str() {
        parts.push(format!("arm “{arm}”"));
    }
    if let Some(digest) = send["content"]["digest"].as_str() {
        parts.push(format!("content {}", digest.chars().take(8).collect::<String>()));
    }
    if let Some(version) = send["connector"]["version"].as_str() {
        parts.push(format!("connector {version}"));
    }
    if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[(&str, &str, i64)]) -> Counts {
        let row = |(state, reason, count): &(&str, &str, i64)| match *reason {
            "" => json!({ "state": state, "count": count }),
            reason => json!({ "state": state, "reason": reason, "count": count }),
        };
        counts(&rows.iter().map(row).collect()).unwrap()
    }

    #[test]
    fn a_ledger_agrees_when_every_reason_has_as_many() {
        let planned = rows(&[("pending", "", 90), ("not_sent", "held_out", 7), ("not_sent", "no_consent", 3)]);
        assert_eq!((planned.sum(), planned.pending(), planned.of("held_out")), (100, 90, 7));
        let as_counted =
            [("accepted", "", 89), ("rejected", "", 1), ("not_sent", "held_out", 7), ("not_sent", "no_consent", 3)];
        assert!(planned.agrees(&rows(&as_counted)));
        assert!(!planned.agrees(&rows(&[
            ("accepted", "", 90),
            ("not_sent", "held_out", 6),
            ("not_sent", "no_consent", 4)
        ])));
        assert!(!planned.agrees(&rows(&[
            ("accepted", "", 89),
            ("not_sent", "held_out", 7),
            ("not_sent", "no_consent", 3)
        ])));
        assert!(counts(&json!([{ "state": "pending" }])).is_err() && counts(&json!(null)).is_err());
    }

    #[test]
    fn a_basis_names_what_had_a_part() {
        let why = json!({
            "experiments": [{ "arm": "held out" }],
            "sends": [{ "content": { "digest": "0123456789ab" }, "send": {} }],
        });
        assert_eq!(basis(&why), " [arm “held out”, content 01234567]");
        assert_eq!(basis(&json!({})), "");
    }
}
