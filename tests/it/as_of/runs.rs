//! Nothing of the future reaches what is handed to a plugin: runs of every kind
//! are started while the workspace stands in the past, before and after rows
//! later than the clock are planted, and are given the same, byte for byte.

use super::planted::{first, plant, stand};
use crate::measure::season::{Season, package_of};
use rialto_testkit::{TestHost, both};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A window that what is planted lies in.
const START: &str = "2017-03-01T05:00:00Z";
const END: &str = "2017-12-01T04:00:00Z";

/// One installation of each kind that is handed data.
struct Plugins {
    attribution: String,
    recommender: String,
    report: String,
    /// The campaign, and the offer, that rows are planted for.
    campaign: String,
    offer: String,
}

impl Plugins {
    async fn of(season: &Season) -> Self {
        let attribution = season.install("rules", package_of("attribution-rules"), json!({})).await;
        let recommender = season.install("playbook", package_of("recommender-playbook"), json!({})).await;
        let report = season.install("campaign", package_of("report-campaign"), json!({ "query": true })).await;
        let mut conn = season.host.read().await;
        let campaign = first(&mut conn, season, "campaign").await.to_string();
        let offer = first(&mut conn, season, "offer").await.to_string();
        Self { attribution, recommender, report, campaign, offer }
    }

    /// What a run was given and gave, by the digests of its record.
    async fn record(season: &Season, installation: &str, run: &Value) -> Value {
        let run = season.get(&format!("/installations/{installation}/runs/{}", run.as_str().unwrap())).await;
        assert_eq!(run["outcome"], "succeeded", "{run}");
        let mut digests = Vec::new();
        collect(&run["record"], &mut digests);
        assert!(!digests.is_empty(), "the record holds no digest: {run}");
        json!(digests)
    }

    async fn paths(&self, season: &Season, seen: &mut BTreeMap<String, String>) {
        let models = json!([{ "installation": self.attribution, "settings": { "model": "linear" } }]);
        let asked = json!({ "conversion": "coupon-lines", "start": START, "end": END, "models": models });
        let started = season.post("/attribution-runs", asked, 202).await;
        season.host.drain().await;
        let run = season.get(&format!("/attribution-runs/{}", started["runs"][0]["id"].as_str().unwrap())).await;
        assert_eq!(run["state"], "finished", "{run}");
        for part in ["digests", "paths", "touches", "conversions", "value", "untouched", "channels"] {
            seen.insert(format!("attribution {part}"), run[part].to_string());
        }
    }

    async fn briefs(&self, season: &Season, seen: &mut BTreeMap<String, String>) {
        for (kind, more) in [
            ("creative", json!({})),
            ("campaign-type", json!({})),
            ("contact", json!({})),
            ("contact", json!({ "campaign": self.campaign })),
            ("contact", json!({ "offer": self.offer })),
        ] {
            let mut ask = json!({ "kind": kind, "objective": "repeat", "installation": self.recommender });
            ask.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let made = season.post("/recommendations", ask.clone(), 201).await;
            seen.insert(format!("{ask} brief"), made["brief"].to_string());
            seen.insert(format!("{ask} items"), made["items"].to_string());
            let given = Self::record(season, &self.recommender, &made["run"]).await;
            seen.insert(format!("{ask} given"), given.to_string());
        }
    }

    async fn queries(&self, season: &Season, seen: &mut BTreeMap<String, String>) {
        let asked = json!({ "installation": self.report, "parameters": { "campaign": self.campaign }, "locale": "en" });
        let started = season.post("/report-runs", asked, 202).await;
        season.host.drain().await;
        let at = format!("/report-runs/{}", started["id"].as_str().unwrap());
        let run = season.get(&at).await;
        assert_eq!(run["state"], "finished", "{run}");
        seen.insert("report".to_owned(), season.http.text(&format!("{at}.md")).await.1);
        seen.insert("report given".to_owned(), run["digests"].to_string());
    }

    async fn all(&self, season: &Season) -> BTreeMap<String, String> {
        let mut seen = BTreeMap::new();
        self.paths(season, &mut seen).await;
        self.briefs(season, &mut seen).await;
        self.queries(season, &mut seen).await;
        seen
    }
}

/// The texts of a record that are digests, in order.
fn collect(part: &Value, into: &mut Vec<String>) {
    match part {
        Value::String(text) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
            into.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, into)),
        _ => {}
    }
}

both! {
    async fn what_is_later_than_the_clock_reaches_no_path_brief_or_query(host: TestHost) {
        let season = Season::of(host).await;
        season.post("/creatives", json!({ "title": "A case", "campaign_type": "coupon" }), 201).await;
        let plugins = Plugins::of(&season).await;
        stand(&season).await;
        let before = plugins.all(&season).await;
        assert_eq!(before, plugins.all(&season).await, "the same question gives the same answer");
        plant(&season).await;
        let after = plugins.all(&season).await;
        for (asked, answer) in &before {
            assert_eq!(Some(answer), after.get(asked), "{asked} was given what is later");
            assert!(!answer.contains("planted"), "{asked}: {answer}");
        }
        // The same rows are given once the clock has passed them.
        let (status, moved) = season.http.put("/workspace/clock", &json!({ "stands_at": "2017-09-02T00:00:00Z" })).await;
        assert!(status.is_success(), "{moved}");
        let passed = plugins.all(&season).await;
        for asked in ["attribution digests", "attribution touches", "report given"] {
            assert_ne!(before.get(asked), passed.get(asked), "{asked} did not change when the clock moved on");
        }
        assert!(passed["attribution channels"].contains("planted"), "{}", passed["attribution channels"]);
        let people = |seen: &BTreeMap<String, String>| {
            let given = |(asked, answer): (&String, &String)| asked.contains("contact").then(|| answer.clone());
            seen.iter().filter_map(given).collect::<Vec<_>>()
        };
        assert_ne!(people(&before), people(&passed));
    }
}
