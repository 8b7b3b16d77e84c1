//! Report runs end to end, and what a report may see.

use crate::measure::{
    fixture::id,
    season::{Season, package_of},
};
use rialto_kernel::Locale;
use rialto_measure::CatalogueDoor;
use rialto_plugin_host::capability::{QueryDoor as _, Question};
use rialto_testkit::{TestHost, both};
use serde_json::json;

fn question(metric: &str, by: &[&str]) -> Question {
    Question {
        metric: metric.to_owned(),
        by: by.iter().map(|d| (*d).to_owned()).collect(),
        filter: vec![],
        start: None,
        end: None,
        options: vec![],
    }
}

both! {
    async fn small_cells_are_withheld(host: TestHost) {
        let season = Season::of(host).await;
        let door = CatalogueDoor::new(season.host.host(), season.host.workspace(), Locale::En);
        let mut open_rate = question("open-rate", &[]);
        open_rate.filter.push(("campaign".to_owned(), id("@c1").to_string()));
        let asked = [
            question("audience", &["channel"]),
            question("sends", &[]),
            question("revenue", &["region"]),
            open_rate,
            question("spend", &["channel"]),
            question("luck", &[]),
        ];
        let answers = door.ask(&asked).await;
        let shown = |at: usize| {
            let answer = answers[at].as_ref().unwrap();
            answer.values.iter().zip(&answer.hidden).map(|(v, hidden)| (!hidden).then_some(*v)).collect::<Vec<_>>()
        };
        assert_eq!(shown(0), [Some(6.0), Some(5.0)]);
        assert_eq!(shown(1), [None], "four people");
        assert_eq!(shown(2), [None, None, None], "three, two and one");
        assert_eq!(shown(3), [None], "two people opened");
        assert_eq!(shown(4), [Some(40.0), Some(1210.0)], "money spent is nobody's");
        assert_eq!(answers[5].as_ref().unwrap_err().code, "invalid-input");
        let metrics = door.metrics().await;
        assert!(metrics.iter().any(|m| m.name == "revenue" && m.unit == "money:USD"));
    }

    async fn a_report_is_written_and_read_in_three_forms(host: TestHost) {
        let season = Season::of(host).await;
        let report = season.install("campaign", package_of("report-campaign"), json!({ "query": true })).await;
        for (locale, words, head) in [("en", "Reach", "Figure,Value,Unit"), ("zh-CN", "触达", "指标,数值,单位")] {
            let asked = json!({ "installation": report, "parameters": { "campaign": id("@c1") }, "locale": locale });
            let started = season.post("/report-runs", asked, 202).await;
            let at = format!("/report-runs/{}", started["id"].as_str().unwrap());
            let (status, _) = season.http.get(&format!("{at}.html")).await;
            assert_eq!(status.as_u16(), 409, "it is not written yet");
            season.host.drain().await;
            let run = season.get(&at).await;
            assert_eq!(run["state"], "finished", "{run}");
            let (_, html) = season.http.text(&format!("{at}.html")).await;
            assert!(html.contains(&format!("<html lang=\"{locale}\">")) && html.contains(words), "{html}");
            let (_, markdown) = season.http.text(&format!("{at}.md")).await;
            assert!(markdown.starts_with("# ") && markdown.contains(words));
            let (_, csv) = season.http.text(&format!("{at}.csv")).await;
            assert!(csv.contains(head), "{csv}");
            assert_eq!(season.http.get(&format!("{at}.pdf")).await.0.as_u16(), 404);
        }
        // What the report's own schema refuses never becomes a job.
        for wrong in [json!({}), json!({ "campaign": 7 }), json!({ "campaign": "" })] {
            let asked = json!({ "installation": report, "parameters": wrong });
            let (status, problem) = season.http.post("/report-runs", &asked).await;
            assert_eq!(status.as_u16(), 422, "{problem}");
            assert_eq!(problem["errors"][0]["field"], "parameters.campaign", "{problem}");
        }
        let asked = json!({ "installation": report, "parameters": { "campaign": "no such campaign" } });
        let started = season.post("/report-runs", asked, 202).await;
        season.host.drain().await;
        let run = season.get(&format!("/report-runs/{}", started["id"].as_str().unwrap())).await;
        assert_eq!(run["state"], "failed");
        assert!(run["error"].as_str().unwrap().contains("answered none of the report's questions"), "{run}");
    }

    async fn a_report_says_what_was_planned_and_what_came_of_it(host: TestHost) {
        let season = Season { http: host.http().await, host };
        let rule = json!({ "on": "event", "name": "Bought", "value": "event-value" });
        season.post("/conversion-definitions", json!({ "code": "bought", "name": "Bought", "rule": rule }), 201).await;
        let report = season.install("campaign", package_of("report-campaign"), json!({ "query": true })).await;
        let goals = json!([
            { "metric": "conversion-value", "expected": 30_000.0 }, { "metric": "spend", "expected": 20_000.0 },
        ]);
        let planned = season.post("/campaigns", json!({ "name": "Radio", "currency": "USD", "goals": goals }), 201).await;
        let id = planned["id"].as_str().unwrap();
        let line = json!({
            "kind": "media", "channel": "radio", "name": "=Radio", "planned_minor": 20_000, "committed_minor": 12_000,
        });
        season.post(&format!("/campaigns/{id}/budget-lines"), line, 201).await;
        let now = rialto_kernel::from_micros(season.host.host().now_us());
        let paid = json!({ "channel": "radio", "at": now, "amount": { "minor": 25_000, "currency": "USD" } });
        season.post(&format!("/campaigns/{id}/spend"), paid, 201).await;
        let roi = season.get(&format!("/campaigns/{id}/roi")).await;
        assert_eq!((roi["plan"]["roi"].as_f64(), roi["actual"]["roi"].as_f64()), (Some(0.5), Some(-1.0)), "{roi}");
        let points = |part: &str| roi["parts"][part]["points"].as_f64().unwrap();
        for (locale, section, figures, line, parts) in [
            ("en", "Plan and money", ["Planned", "Committed", "Spent"], "Plan against actual", ["Cost", "Revenue"]),
            ("zh-CN", "计划与资金", ["计划", "已承诺", "实际花费"], "预实对比", ["费用", "收入"]),
        ] {
            let asked = json!({ "installation": report, "parameters": { "campaign": id }, "locale": locale });
            let started = season.post("/report-runs", asked, 202).await;
            let at = format!("/report-runs/{}", started["id"].as_str().unwrap());
            season.host.drain().await;
            let run = season.get(&at).await;
            assert_eq!(run["state"], "finished", "{run}");
            let (_, csv) = season.http.text(&format!("{at}.csv")).await;
            for (name, value) in figures.iter().zip(["200.00", "120.00", "250.00"]) {
                assert!(csv.contains(&format!("{name},{value},USD")), "{name}: {csv}");
            }
            assert!(csv.contains(line) && csv.contains("'=Radio,200.00,120.00,250.00,"), "{csv}");
            for (name, part, minor) in [(parts[0], "cost", "50.00"), (parts[1], "revenue", "-300.00")] {
                assert!(csv.contains(&format!("{name},{},{minor}", points(part))), "{name}: {csv}");
            }
            let sentence = roi["sentences"][locale].as_str().unwrap();
            assert!(sentence.contains("150"), "{sentence}");
            let (_, html) = season.http.text(&format!("{at}.html")).await;
            let (_, markdown) = season.http.text(&format!("{at}.md")).await;
            for text in [&html, &markdown] {
                assert!(text.contains(section), "{text}");
            }
            // HTML writes a few characters as references, and none of these sentences has one.
            assert!(html.contains(sentence) || html.contains(&sentence.replace('\'', "&#39;")), "{sentence}: {html}");
        }
    }
}
