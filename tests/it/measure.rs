//! The metrics catalogue against numbers computed by hand, on both databases,
//! and every text that it can put together.

pub mod fixture;
pub mod season;

use fixture::{case, id, load};
use rialto_kernel::{Locale, Problem, words::said};
use rialto_measure::{
    Answer, Question, answer,
    catalogue::Dimension,
    metrics::{catalogue, find},
};
use rialto_testkit::{TestDatabase, TestHost, both};
use season::Season;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    ask: Value,
    rows: Vec<Vec<Value>>,
    total: Option<f64>,
}

async fn spring(db: &TestDatabase) {
    load(&db.store, db.workspace, "metrics/spring/data.json", &[]).await;
}

async fn ask(db: &TestDatabase, question: &Question, people: bool) -> Result<Answer, Problem> {
    let mut conn = db.store.read(db.workspace).await.unwrap();
    answer(&mut conn, db.workspace, Locale::En, question, people).await.map_err(Problem::from)
}

fn named(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('@') => json!(id(text)),
        Value::Array(list) => list.iter().map(named).collect(),
        Value::Object(members) => members.iter().map(|(k, v)| (k.clone(), named(v))).collect(),
        other => other.clone(),
    }
}

fn close(found: Option<f64>, wanted: &Value) -> bool {
    match (found, wanted.as_f64()) {
        (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-9,
        (None, None) => true,
        _ => false,
    }
}

both! {
    async fn numbers_are_those_computed_by_hand(db: TestDatabase) {
        spring(&db).await;
        let cases: Vec<Case> = serde_json::from_str(&case("metrics/spring/questions.json")).unwrap();
        for case in cases {
            let question: Question = serde_json::from_value(named(&case.ask)).unwrap();
            let answer = ask(&db, &question, true).await.unwrap_or_else(|e| panic!("{}: {}", case.ask, e.detail));
            let shown = format!("{}: {:?}", case.ask, answer.rows);
            assert_eq!(answer.rows.len(), case.rows.len(), "{shown}");
            for wanted in &case.rows {
                let (value, keys) = wanted.split_last().unwrap();
                let keys: Vec<String> = keys.iter().map(|k| named(k).as_str().unwrap().to_owned()).collect();
                let found = answer.rows.iter().find(|row| row.keys == keys);
                let row = found.unwrap_or_else(|| panic!("no row {keys:?} in {shown}"));
                assert!(close(row.value, value), "{keys:?} should be {value} in {shown}");
            }
            if let Some(total) = case.total {
                assert!(close(answer.total, &json!(total)), "total {:?} should be {total} in {shown}", answer.total);
            }
        }
    }

    async fn every_metric_answers_by_every_dimension(db: TestDatabase) {
        spring(&db).await;
        for metric in catalogue() {
            for dimension in metric.dimensions() {
                for pair in metric.dimensions() {
                    let both_time = dimension.is_time() && pair.is_time();
                    if dimension == Dimension::Conversion || pair == Dimension::Conversion || both_time {
                        continue;
                    }
                    let mut question = Question::of(metric.name).by(dimension.as_str());
                    if pair != dimension {
                        question = question.by(pair.as_str());
                    }
                    if metric.needs_conversion() {
                        question = question.only("conversion", "coupon-lines");
                    }
                    if metric.needs_run() && !question.by.iter().any(|by| by == "run" || by == "model") {
                        question = question.only("run", id("@k2"));
                    }
                    let answered = ask(&db, &question, true).await;
                    let apart = |p: &Problem| p.detail.contains("cannot be asked by all of these at once");
                    assert!(answered.is_ok() || answered.as_ref().is_err_and(apart), "{question:?}: {answered:?}");
                }
            }
        }
    }

    async fn a_breakdown_of_an_additive_metric_sums_to_the_whole(db: TestDatabase) {
        spring(&db).await;
        for metric in catalogue().filter(|m| m.kind.as_str() == "additive" && !m.needs_run()) {
            let whole = ask(&db, &Question::of(metric.name), false).await.unwrap().total;
            for dimension in metric.dimensions() {
                let parts = ask(&db, &Question::of(metric.name).by(dimension.as_str()), false).await.unwrap();
                let sum: f64 = parts.rows.iter().filter_map(|row| row.value).sum();
                assert!((sum - whole.unwrap()).abs() < 1e-9, "{} by {dimension}: {sum} {whole:?}", metric.name);
            }
        }
    }

    async fn another_span_is_compared_bucket_by_bucket(db: TestDatabase) {
        spring(&db).await;
        let question: Question = serde_json::from_value(json!({
            "metric": "revenue", "by": ["day"], "compare": "previous-period",
            "start": "2017-03-12T05:00:00Z", "end": "2017-03-13T04:00:00Z",
        })).unwrap();
        let answer = ask(&db, &question, false).await.unwrap();
        assert_eq!(answer.rows[0].keys, ["2017-03-12"]);
        assert_eq!((answer.rows[0].value, answer.rows[0].compared), (Some(750.0), Some(1000.0)));
        assert_eq!(answer.comparison.unwrap().total, Some(1000.0));
    }

    async fn another_workspace_sees_nothing(db: TestDatabase) {
        spring(&db).await;
        let other = rialto_kernel::WorkspaceId(db.ids.make());
        db.store.write(other, "test", move |conn| Box::pin(async move {
            rialto_store::sql(
                "INSERT INTO workspace (id, slug, name, locale, zone, currency, labels, version, created_at)
                 VALUES ($1, 'other', 'Other', 'en', 'UTC', 'USD', '{}', 1, 0)",
            ).bind(other).execute(conn).await
        })).await.unwrap();
        let mut conn = db.store.read(other).await.unwrap();
        for metric in catalogue().filter(|m| !m.needs_conversion() && !m.needs_run()) {
            let found = answer(&mut conn, other, Locale::En, &Question::of(metric.name), false).await.unwrap();
            assert!(found.total.unwrap_or(0.0) == 0.0, "{} is {:?}", metric.name, found.total);
        }
    }
}

#[tokio::test]
async fn a_wrong_question_says_what_to_do() {
    let db = TestDatabase::sqlite().await;
    spring(&db).await;
    for (question, words) in [
        (Question::of("conversions"), "several conversion definitions"),
        (Question::of("conversions").only("conversion", "nothing"), "no such conversion definition"),
        (Question::of("conversions").only("conversion", "any-order").by("campaign"), "does not tell campaigns apart"),
        (Question::of("sends").only("campaign", "c9"), "neither an id nor a known code"),
        (Question { currency: Some("usd".into()), ..Question::of("revenue") }, "ISO 4217"),
    ] {
        let problem = ask(&db, &question, false).await.unwrap_err();
        assert_eq!(problem.status, 422);
        assert!(problem.detail.contains(words), "{}", problem.detail);
    }
    assert!(find("revenue").unwrap().tables().contains(&"sales_order"));
}

#[test]
fn every_formula_is_said_in_chinese() {
    let english: Vec<_> =
        catalogue().map(|metric| metric.formula).filter(|en| said(en, Locale::ZhCn) == **en).collect();
    assert!(english.is_empty(), "formulas without Chinese: {english:?}");
}

#[test]
fn the_catalogue_is_as_people_know_it() {
    let lines: Vec<String> = catalogue()
        .map(|metric| {
            let by: Vec<_> = metric.dimensions().iter().map(|d| d.as_str()).collect();
            format!(
                "{} [{}] {} = {} | {}",
                metric.name,
                metric.kind.as_str(),
                metric.title.zh,
                metric.formula,
                by.join(" ")
            )
        })
        .collect();
    insta::assert_snapshot!("catalogue", lines.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalogue_is_asked_over_http() {
    let season = Season::of(TestHost::sqlite().await).await;
    let list = season.get("/api/v1/metrics").await;
    let revenue = list["items"].as_array().unwrap().iter().find(|m| m["name"] == "revenue").unwrap();
    assert_eq!((&revenue["unit"], &revenue["titles"]["zh-CN"]), (&json!("money:USD"), &json!("销售额")));
    let roi = season.get("/api/v1/metrics/roi").await;
    assert_eq!(roi["lineage"]["metrics"], json!(["conversion-value", "spend"]));
    let asked = json!({ "metric": "revenue", "by": ["sales_channel"], "order": "value-descending", "limit": 1 });
    let answer = season.post("/api/v1/metrics:query", asked, 200).await;
    assert_eq!((&answer["total"], &answer["truncated"]), (&json!(2850.0), &json!(true)));
    assert_eq!((&answer["rows"][0]["labels"], &answer["rows"][0]["value"]), (&json!(["First shop"]), &json!(2600.0)));
    let problem = season.post("/api/v1/metrics:query", json!({ "metric": "luck" }), 422).await;
    assert_eq!(problem["errors"][0]["field"], "metric");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_is_made_read_and_changed() {
    let season = Season::of(TestHost::sqlite().await).await;
    let rule = json!({ "on": "order", "of": "any", "value": "fixed", "fixed_minor": 5 });
    let made =
        season.post("/conversion-definitions", json!({ "code": "flat", "name": "Flat", "rule": rule }), 201).await;
    let at = format!("/conversion-definitions/{}", made["id"].as_str().unwrap());
    assert_eq!(season.get(&at).await["window_days"], 30);
    let patch = |tag: &str| {
        let request = season.http.request(reqwest::Method::PATCH, &at).header("if-match", tag);
        rialto_testkit::answer(request.json(&json!({ "window_days": 7 })))
    };
    let (status, changed) = patch("\"1\"").await;
    assert_eq!((status.as_u16(), &changed["version"], &changed["window_days"]), (200, &json!(2), &json!(7)));
    assert_eq!(patch("\"1\"").await.0.as_u16(), 412);
    season.post("/conversion-definitions", json!({ "code": "flat", "name": "Flat", "rule": rule }), 409).await;
    let bad = json!({ "on": "order", "of": "any", "value": "fixed" });
    let problem = season.post("/conversion-definitions", json!({ "code": "x", "name": "X", "rule": bad }), 422).await;
    assert_eq!(problem["errors"][0]["field"], "rule.fixed_minor");
    assert_eq!(season.get("/conversion-definitions").await["items"].as_array().map(Vec::len), Some(7));
}
