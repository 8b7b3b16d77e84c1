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
        let asked = json!({ "installation": report, "parameters": { "campaign": "" } });
        let started = season.post("/report-runs", asked, 202).await;
        season.host.drain().await;
        let run = season.get(&format!("/report-runs/{}", started["id"].as_str().unwrap())).await;
        assert_eq!(run["state"], "failed");
        assert!(run["error"].as_str().unwrap().contains("campaign"), "{run}");
    }
}
