//! Receipts: the same verifies; what was changed is named.

use crate::{
    guests::Guest,
    measure::season::{Season, package_of},
};
use rialto_plugin_host::{BodyPolicy, Parts, Recording, pack};
use rialto_store::{StoreError, sql};
use rialto_testkit::{TestDatabase, TestHost, both};
use serde_json::{Value, json};

fn model(version: &str) -> Vec<u8> {
    let manifest = format!(
        "id = \"test/model\"\nversion = \"{version}\"\n[title]\nen = \"M\"\nzh-CN = \"模\"\n\
         [settings]\ntype = \"object\"\n[settings.properties.order]\ntype = \"integer\"\ndefault = 1\n"
    );
    pack(&Guest::default().attribution(), &Parts { manifest: Some(manifest), ..Parts::default() }).unwrap()
}

async fn season(db: TestDatabase, policy: BodyPolicy) -> Season {
    Season::of(TestHost::on(db, |config| config.recording = Recording { policy, sample_percent: 0 }).await).await
}

async fn credited(season: &Season, installation: &str) -> String {
    let asked = json!({
        "conversion": "coupon-lines", "start": "2017-03-01T05:00:00Z", "end": "2017-04-01T04:00:00Z",
        "models": [{ "installation": installation }],
    });
    let started = season.post("/attribution-runs", asked, 202).await;
    season.host.drain().await;
    started["runs"][0]["id"].as_str().unwrap().to_owned()
}

/// Verify; answers what is told and the names of what differs.
async fn verify(season: &Season, asked: Value) -> (Value, Vec<String>) {
    let told = season.post("/receipts/verify", asked, 200).await;
    let names =
        told["differences"].as_array().unwrap().iter().map(|d| d["what"].as_str().unwrap().to_owned()).collect();
    (told, names)
}

async fn write(season: &Season, text: &'static str) {
    let ws = season.host.workspace();
    let done = season.host.host().store.write(ws, "test.change", move |conn| {
        Box::pin(async move {
            let rows = sql(text).bind(ws).execute(conn).await?;
            assert!(rows > 0, "{text}");
            Ok::<_, StoreError>(())
        })
    });
    done.await.unwrap();
}

both! {
    async fn an_attribution_verifies_and_what_was_changed_is_named(db: TestDatabase) {
        let season = season(db, BodyPolicy::Always).await;
        let installation = season.install("model", model("1.0.0"), json!({})).await;
        let run = credited(&season, &installation).await;
        let receipt = season.get(&format!("/attribution-runs/{run}/receipt")).await;
        assert_eq!((&receipt["subject"], &receipt["plugin"]), (&json!(run), &json!("test/model")));
        let names: Vec<_> = receipt["entries"].as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["instantiate", "start", "observe", "credit", "drop"]);

        for (asked, from) in [
            (json!({ "run": run }), "recorder"),
            (json!({ "receipt": receipt }), "recorder"),
            (json!({ "run": run, "standing": true }), "standing"),
        ] {
            let (told, names) = verify(&season, asked).await;
            assert_eq!((&told["verified"], &told["from"], names), (&json!(true), &json!(from), vec![]), "{told}");
        }

        for field in ["output", "input", "settings", "component", "seed", "version", "at-us"] {
            let mut forged = receipt.clone();
            forged[field] = match &forged[field] {
                Value::String(text) => json!(text.replace(['0', '1'], "2")),
                number => json!(number.as_i64().unwrap() + 1),
            };
            let (told, names) = verify(&season, json!({ "receipt": forged })).await;
            assert_eq!((&told["verified"], &told["from"], names), (&json!(false), &json!("none"), vec!["receipt".to_owned()]), "{field}");
        }

        let path = format!("/installations/{installation}");
        let (status, view) = season.http.patch(&path, &json!({ "settings": { "order": 2 } })).await;
        assert_eq!(status, 200, "{view}");
        assert_eq!(verify(&season, json!({ "run": run, "standing": true })).await.1, ["settings"]);
        assert_eq!(verify(&season, json!({ "run": run })).await.0["verified"], true, "what was made stays as it was made");
        season.http.patch(&path, &json!({ "settings": { "order": 1 } })).await;

        write(&season, "UPDATE order_line SET amount_minor = amount_minor + 100 WHERE workspace = $1").await;
        let (_, names) = verify(&season, json!({ "run": run, "standing": true })).await;
        assert_eq!(names, ["input", "output"]);
        write(&season, "UPDATE order_line SET amount_minor = amount_minor - 100 WHERE workspace = $1").await;

        let upload = season.http.request(reqwest::Method::POST, "/plugins").header("content-type", "application/wasm");
        let (_, view) = rialto_testkit::answer(upload.body(model("1.1.0"))).await;
        let new = json!({ "package": view["digest"], "activate": true });
        season.post(&format!("{path}/versions"), new, 201).await;
        let (_, names) = verify(&season, json!({ "run": run, "standing": true })).await;
        assert!(names.contains(&"component".to_owned()), "{names:?}");
        assert_eq!(verify(&season, json!({ "run": run })).await.0["verified"], true, "its own component is in the store");
        write(&season, "UPDATE plugin_binary SET bytes = substr(bytes, 1, 100) WHERE workspace = $1").await;
        assert_eq!(verify(&season, json!({ "run": run })).await.1, ["component"]);
    }

    async fn a_recording_that_was_changed_is_named_as_input(db: TestDatabase) {
        let season = season(db, BodyPolicy::Always).await;
        let installation = season.install("model", model("1.0.0"), json!({})).await;
        let run = credited(&season, &installation).await;
        let receipt = season.get(&format!("/attribution-runs/{run}/receipt")).await;
        let folder = season.host.host().data_dir.join("recordings").join(season.host.workspace().0.to_string());
        let file = folder.join(format!("{}.rec", receipt["run"].as_str().unwrap()));
        let mut bytes = std::fs::read(&file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let (told, names) = verify(&season, json!({ "run": run })).await;
        assert_eq!((names, &told["from"]), (vec!["input".to_owned()], &json!("recorder")), "{told}");
        std::fs::remove_file(&file).unwrap();
        let (told, _) = verify(&season, json!({ "run": run })).await;
        assert_eq!((&told["verified"], &told["from"]), (&json!(true), &json!("standing")), "{told}");
    }

    async fn a_report_verifies_until_the_numbers_change(db: TestDatabase) {
        let season = season(db, BodyPolicy::Always).await;
        let report = season.install("campaign", package_of("report-campaign"), json!({ "query": true })).await;
        let parameters = json!({ "campaign": crate::measure::fixture::id("@c1") });
        let started = season.post("/report-runs", json!({ "installation": report, "parameters": parameters }), 202).await;
        season.host.drain().await;
        let run = started["id"].as_str().unwrap();
        let receipt = season.get(&format!("/report-runs/{run}/receipt")).await;
        assert!(!receipt["calls"].as_array().unwrap().is_empty(), "{receipt}");
        for standing in [false, true] {
            let (told, _) = verify(&season, json!({ "run": run, "standing": standing })).await;
            assert_eq!(told["verified"], true, "{told}");
        }
        write(&season, "UPDATE send SET state = 'rejected' WHERE workspace = $1 AND state = 'accepted'").await;
        let (_, names) = verify(&season, json!({ "run": run, "standing": true })).await;
        assert!(names.iter().any(|name| name.starts_with("answer to host call")), "{names:?}");
        assert_eq!(verify(&season, json!({ "run": run })).await.0["verified"], true);
        let (status, _) = season.http.get(&format!("/attribution-runs/{run}/receipt")).await;
        assert_eq!(status.as_u16(), 404, "it is a report's");
    }
}
