//! Attribution runs end to end: paths from the fixture's touches, first-party
//! models through the sandbox, credit that sums, and models that lie.

use crate::guests::Guest;
use crate::measure::{
    fixture::id,
    season::{Season, package_of},
};
use rialto_plugin_host::{Parts, pack};
use rialto_sales::placement::{Packed, Placed, pack as packed_list};
use rialto_store::sql;
use rialto_testkit::{TestHost, both};
use serde_json::{Value, json};

const START: &str = "2017-03-01T05:00:00Z";
const END: &str = "2017-04-01T04:00:00Z";

fn lying(name: &str, answer: &str) -> Vec<u8> {
    let component = Guest { answer: answer.into(), ..Guest::default() }.attribution();
    let manifest = format!("id = \"test/{name}\"\nversion = \"1.0.0\"\n[title]\nen = \"Liar\"\nzh-CN = \"说谎者\"\n");
    pack(&component, &Parts { manifest: Some(manifest), ..Parts::default() }).unwrap()
}

async fn runs(season: &Season, models: Value) -> Vec<Value> {
    let asked = json!({ "conversion": "coupon-lines", "start": START, "end": END, "models": models });
    let started = season.post("/attribution-runs", asked, 202).await;
    season.host.drain().await;
    let mut runs = Vec::new();
    for run in started["runs"].as_array().unwrap() {
        runs.push(season.get(&format!("/attribution-runs/{}", run["id"].as_str().unwrap())).await);
    }
    runs
}

fn of<'a>(run: &'a Value, channel: &str) -> &'a Value {
    run["channels"].as_array().unwrap().iter().find(|c| c["channel"] == channel).unwrap_or(&Value::Null)
}

async fn credit_rows(season: &Season, run: &Value) -> Vec<(i64, i64)> {
    let mut conn = season.host.read().await;
    let run: rialto_kernel::Id = run["id"].as_str().unwrap().parse().unwrap();
    sql("SELECT conversions_micro, value_minor FROM attribution_credit WHERE workspace = $1 AND run = $2 ORDER BY number")
        .bind(season.host.workspace())
        .bind(run)
        .fetch_all(&mut conn)
        .await
        .unwrap()
}

both! {
    async fn rules_and_markov_share_the_same_paths(host: TestHost) {
        let season = Season::of(host).await;
        let rules = season.install("attribution-rules", package_of("attribution-rules"), json!({})).await;
        let markov = season.install("attribution-markov", package_of("attribution-markov"), json!({})).await;
        let models = json!([
            { "installation": rules, "settings": { "model": "first" } },
            { "installation": rules, "settings": { "model": "last" } },
            { "installation": rules, "settings": { "model": "linear" } },
            { "installation": markov },
        ]);
        let runs = runs(&season, models).await;
        let names: Vec<_> = runs.iter().map(|run| run["model"].as_str().unwrap()).collect();
        assert_eq!(names, ["first", "last", "linear", "markov"]);
        for run in &runs {
            assert_eq!(run["state"], "finished", "{run}");
            assert_eq!((&run["paths"], &run["touches"]), (&json!(5), &json!(12)));
            assert_eq!((&run["conversions"], &run["value"]["minor"]), (&json!(2), &json!(1100)));
            assert_eq!((&run["untouched"], &run["untouched_value"]["minor"]), (&json!(1), &json!(250)));
            let rows = credit_rows(&season, run).await;
            assert_eq!(rows.iter().map(|(micro, _)| micro).sum::<i64>(), 2_000_000);
            assert_eq!(rows.iter().map(|(_, minor)| minor).sum::<i64>(), 1100);
            assert_eq!(run["digests"]["input"], runs[0]["digests"]["input"]);
            assert_eq!(run["digests"]["output"].as_str().map(str::len), Some(64));
        }
        assert_eq!((&of(&runs[0], "mail")["conversions_micro"], &of(&runs[0], "mail")["value_minor"]), (&json!(2_000_000), &json!(1100)));
        assert_eq!((&of(&runs[1], "email")["conversions_micro"], &of(&runs[1], "email")["value_minor"]), (&json!(2_000_000), &json!(1100)));
        assert_eq!((&of(&runs[2], "mail")["conversions_micro"], &of(&runs[2], "mail")["value_minor"]), (&json!(666_667), &json!(367)));
        assert_eq!(of(&runs[2], "email")["people"], 2);

        for run in &runs {
            let ways = season.get(&format!("/attribution-runs/{}/paths", run["id"].as_str().unwrap())).await;
            let told: Vec<_> = ways["items"].as_array().unwrap().iter().map(|way| {
                let channels: Vec<_> = way["channels"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
                (channels.join(" > "), way["paths"].as_i64().unwrap(), way["conversions"].as_i64().unwrap(), way["value_minor"].as_i64().unwrap())
            }).collect();
            assert_eq!(told, [("mail".to_owned(), 3, 0, 0), ("mail > email".to_owned(), 2, 2, 1100)]);
            assert_eq!((&ways["others"], &ways["rest"]["paths"]), (&json!(0), &json!(0)));
            assert_eq!((&ways["untouched"], &ways["untouched_value"]), (&run["untouched"], &run["untouched_value"]));
        }

        let linear = runs[2]["id"].as_str().unwrap();
        let days = season.get(&format!("/attribution-runs/{linear}/credit?by=day")).await;
        let keys: Vec<_> = days["rows"].as_array().unwrap().iter().map(|row| row["keys"][0].as_str().unwrap()).collect();
        assert_eq!(keys, ["2017-03-02", "2017-03-05", "2017-03-06"]);
        let campaigns = season.get(&format!("/attribution-runs/{linear}/credit?by=campaign&of=value")).await;
        assert_eq!(campaigns["rows"][0]["keys"][0], json!(id("@c1")));
        assert_eq!((&campaigns["rows"][0]["value"], &campaigns["total"]), (&json!(1100.0), &json!(1100.0)));

        let markov = runs[3]["id"].as_str().unwrap();
        assert_eq!(runs[3]["drillable"], false);
        let (status, problem) = season.http.get(&format!("/attribution-runs/{markov}/credit?by=day")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("not-drillable")));
        let side = season.get(&format!("/attribution-runs/compare?runs={linear},{markov}")).await;
        assert_eq!(side["same_paths"], true);
        assert_eq!(side["channels"].as_array().map(Vec::len), Some(2));
    }

    async fn a_model_that_lies_leaves_nothing_and_stops_nobody(host: TestHost) {
        let season = Season::of(host).await;
        let rules = season.install("rules", package_of("attribution-rules"), json!({})).await;
        let lies = [
            ("nan", "(f64.store (local.get $share) (f64.const nan))", "finite"),
            ("too-much", "(f64.store (local.get $share) (f64.const 3))", "observed"),
            ("too-many", "(global.set $channels (i32.add (global.get $channels) (i32.const 1)))", "channels"),
            ("negative", "(f64.store (local.get $share) (f64.const -2))", "negative"),
            ("trap", "unreachable", "trap"),
        ];
        let mut models = vec![];
        for (name, answer, _) in lies {
            models.push(json!({ "installation": season.install(name, lying(name, answer), json!({})).await, "label": name }));
        }
        models.push(json!({ "installation": rules }));
        let runs = runs(&season, json!(models)).await;
        for (run, (name, _, words)) in runs.iter().zip(lies) {
            assert_eq!(run["state"], "failed", "{name}");
            assert!(run["error"].as_str().unwrap().contains(words), "{name}: {}", run["error"]);
            assert!(credit_rows(&season, run).await.is_empty() && run["channels"] == json!([]), "{name}");
        }
        assert_eq!(runs[5]["state"], "finished", "{}", runs[5]);
    }
}

/// The first product stood in the first shop for a week, in each medium.
async fn place(season: &Season) {
    let list = Packed { positions: vec!["front".into()], entries: vec![Placed { product: 1, position: 0 }] };
    let (ws, bytes) = (season.host.workspace(), packed_list(&list).unwrap());
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let (start, end) = (at("2017-03-06T05:00:00Z"), at("2017-03-13T04:00:00Z"));
    let write = season.host.host().store.write(ws, "test.place", move |conn| {
        Box::pin(async move {
            for medium in ["display", "mailer"] {
                sql("INSERT INTO placement (workspace, sales_channel, medium, starts_at, ends_at, products, entries)
                     VALUES ($1, $2, $3, $4, $5, 1, $6)")
                .bind(ws)
                .bind(id("@shop1"))
                .bind(medium)
                .bind(start)
                .bind(end)
                .bind(bytes.clone())
                .execute(conn)
                .await?;
            }
            Ok::<_, rialto_store::StoreError>(())
        })
    });
    write.await.unwrap();
}

async fn touches(season: &Season, channel: &str) -> Value {
    let asked = json!({ "metric": "touches", "where": { "channel": [channel] } });
    season.post("/api/v1/metrics:query", asked, 200).await["total"].clone()
}

both! {
    async fn who_shopped_where_a_product_stood_saw_it_once(host: TestHost) {
        let season = Season::of(host).await;
        place(&season).await;
        let at = format!("/campaigns/{}/exposures", id("@c1"));
        let first = season.post(&at, json!({}), 202).await;
        season.host.drain().await;
        // Two visits while it stood there; the cancelled order was none.
        assert_eq!((touches(&season, "display").await, touches(&season, "mailer").await), (json!(2.0), json!(2.0)));
        let again = season.post(&at, json!({}), 202).await;
        season.host.drain().await;
        assert_eq!(first["job"], again["job"]);
        assert_eq!(touches(&season, "display").await, json!(2.0));
        season.post(&format!("/campaigns/{}/exposures", id("@none")), json!({}), 404).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_request_names_its_field() {
    let season = Season::of(TestHost::sqlite().await).await;
    let model = json!([{ "installation": id("@nobody") }]);
    for (body, field) in [
        (json!({ "conversion": "nothing", "start": START, "end": END, "models": model }), "conversion"),
        (json!({ "conversion": "coupon-lines", "start": END, "end": START, "models": model }), "end"),
        (json!({ "conversion": "coupon-lines", "start": START, "end": END, "models": [] }), "models"),
        (json!({ "conversion": "coupon-lines", "start": START, "end": END, "models": model }), "models.0.installation"),
        (
            json!({ "conversion": "any-order", "campaign": id("@c1"), "start": START, "end": END, "models": model }),
            "campaign",
        ),
        (json!({ "conversion": "coupon-lines", "start": START, "end": END, "models": model, "colour": 1 }), "colour"),
    ] {
        let problem = season.post("/attribution-runs", body, 422).await;
        assert!(problem["detail"].as_str().unwrap().contains(field), "{field}: {problem}");
    }
}
