//! A plan and its money over HTTP: budgets in two currencies, refunds, goals,
//! return on investment, approval, comments and annotations.

use rialto_identity::TokenKind;
use rialto_testkit::{TestClient, TestHost, both};
use serde_json::{Value, json};

async fn made(http: &TestClient, path: &str, body: Value) -> Value {
    let (status, made) = http.post(path, &body).await;
    assert!(status.is_success(), "POST {path} {body}: {status} {made}");
    made
}

async fn refused(http: &TestClient, path: &str, body: Value, words: &[&str]) {
    let (status, said) = http.post(path, &body).await;
    assert!(status.is_client_error(), "POST {path} {body}: {status} {said}");
    let text = said.to_string();
    assert!(words.iter().all(|word| text.contains(word)), "{path}: {text} lacks one of {words:?}");
}

async fn campaign(http: &TestClient, more: Value) -> String {
    let mut new = json!({ "name": "Spring", "currency": "USD" });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(http, "/campaigns", new).await["id"].as_str().unwrap().to_owned()
}

async fn order(http: &TestClient, number: &str, currency: &str, minor: i64) -> Value {
    let items = json!([{ "sku": "tea", "quantity": 4, "amount_minor": minor }]);
    made(http, "/orders", json!({ "number": number, "currency": currency, "items": items })).await
}

/// Read a file in over HTTP, to its end; answers its errors as a file.
async fn import(host: &TestHost, http: &TestClient, kind: &str, text: &str) -> String {
    let path = format!("/imports?kind={kind}&file_name={kind}.csv");
    let request = http.request(reqwest::Method::POST, &path).header("content-type", "text/csv").body(text.to_owned());
    let (status, begun) = rialto_testkit::answer(request).await;
    assert!(status.is_success(), "{kind}: {status} {begun}");
    let drained = host.drain().await;
    assert!(drained.failures.is_empty(), "{:?}", drained.failures);
    http.text(&format!("/imports/{}/errors.csv", begun["id"].as_str().unwrap())).await.1
}

both! {
    async fn rates_and_refunds_come_from_files(host: TestHost) {
        let http = host.http().await;
        made(&http, "/products", json!({ "sku": "tea" })).await;
        order(&http, "o1", "EUR", 1_000).await;
        let rates = "from,to,date,rate\nEUR,USD,2020-01-01,1.10\nEUR,USD,2020-01-01,1.20\nEUR,USD,then,1\nEUR,USD,2020-01-02,0\n";
        let wrong = import(&host, &http, "rates", rates).await;
        assert!(wrong.contains("date") && wrong.contains("rate"), "{wrong}");
        assert_eq!(made(&http, "/api/v1/metrics/query", json!({ "metric": "revenue" })).await["total"], 1_200.0, "the last row counts");
        let now = rialto_kernel::from_micros(host.host().now_us());
        let refunds = format!(
            "number,order,line,at,amount\nr1,o1,1,{now},6.00\nr2,o1,1,{now},4.01\nr1,o1,1,{now},6.00\nr3,o9,1,{now},1.00\nr4,o1,1,2001-01-01,1.00\n"
        );
        let wrong = import(&host, &http, "refunds", &refunds).await;
        assert!(wrong.contains("above what remains of the line: 4.00 EUR"), "{wrong}");
        assert!(wrong.contains("there is no such order") && wrong.contains("lies before the order"), "{wrong}");
        import(&host, &http, "refunds", &refunds).await;
        assert_eq!(made(&http, "/api/v1/metrics/query", json!({ "metric": "refunds" })).await["total"], 720.0, "a file twice counts once");
    }

    async fn two_currencies_in_one_budget_need_a_dated_rate(host: TestHost) {
        let http = host.http().await;
        let id = campaign(&http, json!({})).await;
        let lines = format!("/campaigns/{id}/budget-lines");
        let euros = json!({ "kind": "media", "channel": "radio", "planned_minor": 10_000, "currency": "EUR" });
        refused(&http, &lines, euros.clone(), &["no-rate", "EUR", "USD", "20"]).await;
        let spend = format!("/campaigns/{id}/spend");
        let now = rialto_kernel::from_micros(host.host().now_us());
        let paid = json!({ "channel": "radio", "at": now, "amount": { "minor": 100, "currency": "EUR" } });
        refused(&http, &spend, paid, &["no-rate", "EUR", "USD"]).await;
        for (field, body) in [
            ("rate", json!({ "from": "EUR", "to": "USD", "date": "2020-01-01", "rate": "1,10" })),
            ("to", json!({ "from": "EUR", "to": "EUR", "date": "2020-01-01", "rate": "1" })),
            ("date", json!({ "from": "EUR", "to": "USD", "date": "soon", "rate": "1.1" })),
            ("from", json!({ "from": "euro", "to": "USD", "date": "2020-01-01", "rate": "1.1" })),
        ] {
            refused(&http, "/exchange-rates", body, &[field]).await;
        }
        made(&http, "/exchange-rates", json!({ "from": "EUR", "to": "USD", "date": "2020-01-01", "rate": "1.10" })).await;
        let line = made(&http, &lines, euros).await;
        made(&http, &lines, json!({ "kind": "sends", "unit_cost_minor": 5, "quantity": 1_000 })).await;
        refused(&http, &lines, json!({ "kind": "sends", "planned_minor": 1 }), &["channel"]).await;
        refused(&http, &lines, json!({ "kind": "media" }), &["planned_minor"]).await;
        let paid = |minor: i64, currency: &str| {
            json!({ "channel": "radio", "at": now, "amount": { "minor": minor, "currency": currency } })
        };
        made(&http, &spend, paid(10_001, "EUR")).await;
        made(&http, &spend, paid(99, "USD")).await;
        let mut elsewhere = paid(500, "USD");
        elsewhere["channel"] = json!("posters");
        made(&http, &spend, elsewhere).await;
        let budget = http.get(&format!("/campaigns/{id}/budget")).await.1;
        // 100.00 EUR planned is 110.00 USD; 100.01 EUR is 110.011, so 110.01, and 0.99 on top.
        assert_eq!(budget["totals"]["planned_minor"], 16_000, "{budget}");
        let radio = budget["lines"].as_array().unwrap().iter().find(|status| status["line"]["id"] == line["id"]).unwrap();
        assert_eq!(radio["actual_minor"], 11_100, "{budget}");
        assert_eq!(budget["totals"]["actual_minor"], 11_600);
        assert_eq!(budget["unplanned"][0]["actual_minor"], 500);
        let warned: Vec<&str> = budget["warnings"].as_array().unwrap().iter().filter_map(|w| w["code"].as_str()).collect();
        assert_eq!(warned, ["over_planned", "unplanned"], "{budget}");
        // The catalogue says the same.
        let asked = made(&http, "/api/v1/metrics/query", json!({ "metric": "spend", "where": { "campaign": [id] } })).await;
        assert_eq!(asked["total"], 11_600.0);
        let asked = made(&http, "/api/v1/metrics/query", json!({ "metric": "planned-cost", "where": { "campaign": [id] } })).await;
        assert_eq!(asked["total"], 16_000.0);
        let (_, csv) = http.text(&format!("/campaigns/{id}/budget.csv")).await;
        assert!(csv.contains("media,radio,media,EUR,,,100.00,0.00,USD,110.00,0.00,111.00,-1.00"), "{csv}");
        let path = format!("{lines}/{}", line["id"].as_str().unwrap());
        let (status, changed) = http.patch(&path, &json!({ "planned_minor": 12_000 })).await;
        assert!(status.is_success() && changed["version"] == 2, "{changed}");
        assert!(http.delete(&path).await.0.is_success());
        assert_eq!(http.get(&format!("/campaigns/{id}/budget")).await.1["unplanned"].as_array().unwrap().len(), 2);
    }

    async fn no_refund_is_above_what_remains_of_its_line(host: TestHost) {
        let http = host.http().await;
        made(&http, "/products", json!({ "sku": "tea" })).await;
        let order = order(&http, "o1", "USD", 1_000).await;
        let id = order["id"].clone();
        let refund = |minor: i64, quantity: f64| {
            json!({ "sales_order": id, "line": 1, "amount_minor": minor, "quantity": quantity })
        };
        refused(&http, "/refunds", refund(1_001, 0.0), &["amount_minor", "above what remains", "10.00 USD"]).await;
        refused(&http, "/refunds", json!({ "sales_order": id, "line": 2, "amount_minor": 1 }), &["line"]).await;
        made(&http, "/refunds", refund(600, 2.0)).await;
        refused(&http, "/refunds", refund(401, 0.0), &["above what remains", "4.00 USD"]).await;
        refused(&http, "/refunds", refund(400, 3.0), &["quantity"]).await;
        made(&http, "/refunds", refund(400, 2.0)).await;
        let total = |name: &str| json!({ "metric": name });
        assert_eq!(made(&http, "/api/v1/metrics/query", total("refunds")).await["total"], 1_000.0);
        assert_eq!(made(&http, "/api/v1/metrics/query", total("revenue")).await["total"], 1_000.0);
        assert_eq!(made(&http, "/api/v1/metrics/query", total("net-revenue")).await["total"], 0.0);
        assert_eq!(http.get(&format!("/refunds?sales_order={}", id.as_str().unwrap())).await.1["items"].as_array().unwrap().len(), 2);
    }

    async fn what_is_said_to_have_happened_in_the_future_is_a_mistake(host: TestHost) {
        let http = host.http().await;
        made(&http, "/products", json!({ "sku": "tea" })).await;
        let (order, id) = (order(&http, "o1", "USD", 1_000).await, campaign(&http, json!({})).await);
        let offer = made(&http, "/offers", json!({ "code": "tea", "name": "Tea" })).await;
        let later = "2087-01-01T00:00:00Z";
        let items = json!([{ "sku": "tea", "quantity": 1, "amount_minor": 1 }]);
        let spends = format!("/campaigns/{id}/spend");
        for (path, body) in [
            ("/orders", json!({ "number": "o2", "currency": "USD", "items": items, "at": later })),
            ("/refunds", json!({ "sales_order": order["id"], "line": 1, "amount_minor": 1, "at": later })),
            ("/redemptions", json!({ "offer": offer["id"], "at": later })),
            (&spends, json!({ "channel": "radio", "at": later, "amount": { "minor": 1, "currency": "USD" } })),
        ] {
            refused(&http, path, body, &["at", "lies in the future"]).await;
        }
        assert_eq!(http.get("/orders").await.1["items"].as_array().unwrap().len(), 1, "nothing was taken in");
    }

    async fn money_of_another_currency_is_converted_or_refused_never_left_out(host: TestHost) {
        let http = host.http().await;
        made(&http, "/products", json!({ "sku": "tea" })).await;
        order(&http, "o1", "USD", 1_000).await;
        order(&http, "o2", "CNY", 7_000).await;
        let revenue = json!({ "metric": "revenue" });
        refused(&http, "/api/v1/metrics/query", revenue.clone(), &["no-rate", "CNY", "USD"]).await;
        made(&http, "/exchange-rates", json!({ "from": "USD", "to": "CNY", "date": "2020-01-01", "rate": "7.0000" })).await;
        assert_eq!(made(&http, "/api/v1/metrics/query", revenue).await["total"], 2_000.0);
        let euros = json!({ "metric": "revenue", "currency": "EUR" });
        refused(&http, "/api/v1/metrics/query", euros.clone(), &["no-rate", "EUR"]).await;
        // Over the workspace's currency: 70.00 CNY is 10.00 USD is 8.00 EUR.
        made(&http, "/exchange-rates", json!({ "from": "EUR", "to": "USD", "date": "2020-01-01", "rate": "1.25" })).await;
        assert_eq!(made(&http, "/api/v1/metrics/query", euros).await["total"], 1_600.0);
        let orders = made(&http, "/api/v1/metrics/query", json!({ "metric": "average-order-value" })).await;
        assert_eq!(orders["total"], 1_000.0);
    }

    async fn goals_and_roi_say_what_is_and_what_cannot_be(host: TestHost) {
        let http = host.http().await;
        let new = |metric: &str| json!({ "name": "x", "goals": [{ "metric": metric, "expected": 1.0 }] });
        refused(&http, "/campaigns", new("luck"), &["goals[0].metric", "no metric `luck`"]).await;
        refused(&http, "/campaigns", new("attributed-revenue"), &["goals[0].metric", "attribution"]).await;
        let rule = json!({ "on": "event", "name": "Bought", "value": "event-value" });
        made(&http, "/conversion-definitions", json!({ "code": "bought", "name": "Bought", "rule": rule })).await;
        let id = campaign(&http, json!({ "goals": [
            { "metric": "conversion-value", "expected": 30_000.0 }, { "metric": "spend", "expected": 20_000.0 },
        ] })).await;
        let roi = http.get(&format!("/campaigns/{id}/roi")).await.1;
        let cannot = roi["cannot"].to_string();
        assert!(cannot.contains("no cost is planned") && cannot.contains("nothing was spent"), "{roi}");
        assert!(roi["sentence"].is_null() && roi["parts"].is_null(), "{roi}");
        let line = json!({ "kind": "media", "channel": "radio", "planned_minor": 20_000 });
        made(&http, &format!("/campaigns/{id}/budget-lines"), line).await;
        let now = rialto_kernel::from_micros(host.host().now_us());
        let paid = json!({ "channel": "radio", "at": now, "amount": { "minor": 25_000, "currency": "USD" } });
        made(&http, &format!("/campaigns/{id}/spend"), paid).await;
        let roi = http.get(&format!("/campaigns/{id}/roi")).await.1;
        // Planned 50 %, came in at −100 %: nothing was earned.
        assert_eq!((roi["plan"]["roi"].as_f64(), roi["actual"]["roi"].as_f64()), (Some(0.5), Some(-1.0)), "{roi}");
        let points = |part: &str| roi["parts"][part]["points"].as_f64().unwrap();
        assert!((points("cost") + points("revenue") + 150.0).abs() < 1e-9, "{roi}");
        assert!(roi["sentence"].as_str().unwrap().starts_with("ROI came in 150 points under plan"), "{roi}");
        assert!(roi["sentences"]["zh-CN"].as_str().unwrap().contains("比计划低 150 个百分点"), "{roi}");
        let goals = http.get(&format!("/campaigns/{id}/goals")).await.1;
        let spend = goals["items"].as_array().unwrap().iter().find(|goal| goal["metric"] == "spend").unwrap();
        assert_eq!((spend["so_far"].as_f64(), spend["left"].as_f64()), (Some(25_000.0), Some(-5_000.0)), "{goals}");
        assert_eq!(spend["state"], "missed");
    }

    async fn a_plan_is_approved_by_another_and_a_change_voids_it(host: TestHost) {
        let http = host.http().await;
        let other = http.with_token(Some(host.token(host.workspace(), TokenKind::Api, Some("manager")).await));
        let marketer = http.with_token(Some(host.token(host.workspace(), TokenKind::Api, Some("marketer")).await));
        let id = campaign(&http, json!({})).await;
        let launch = format!("/campaigns/{id}/preflight");
        let blocked = |preflight: &Value| preflight["blockers"].to_string().contains("approval");
        assert!(!blocked(&http.post(&launch, &json!({})).await.1), "off by default");
        let (status, settings) = http.put("/plan-settings", &json!({ "approval_required": true })).await;
        assert!(status.is_success(), "{settings}");
        assert!(blocked(&http.post(&launch, &json!({})).await.1));
        let approvals = format!("/campaigns/{id}/approvals");
        let asked = made(&http, &approvals, json!({ "comment": "please" })).await;
        refused(&http, &approvals, json!({}), &["requested"]).await;
        let decide = format!("{approvals}/{}/decide", asked["id"].as_str().unwrap());
        refused(&http, &decide, json!({ "approved": true }), &["self-approval"]).await;
        assert_eq!(marketer.post(&decide, &json!({ "approved": true })).await.0, 403);
        refused(&other, &decide, json!({ "approved": false }), &["comment"]).await;
        let done = made(&other, &decide, json!({ "approved": true, "comment": "go" })).await;
        assert_eq!((done["state"].as_str(), done["plan"].clone()), (Some("approved"), asked["plan"].clone()));
        assert!(!blocked(&http.post(&launch, &json!({})).await.1));
        made(&http, &format!("/campaigns/{id}/budget-lines"), json!({ "kind": "media", "planned_minor": 100 })).await;
        let plan = http.get(&format!("/campaigns/{id}/plan")).await.1;
        assert_eq!((plan["approved"].as_bool(), plan["latest"]["state"].as_str()), (Some(false), Some("void")), "{plan}");
        assert_eq!(plan["latest"]["changed"], json!(["budget"]));
        let preflight = http.post(&launch, &json!({})).await.1;
        assert!(preflight["blockers"].to_string().contains("changed after it was approved (budget)"), "{preflight}");
        refused(&http, &format!("/campaigns/{id}/launch"), json!({}), &["approval"]).await;
        // What is worth less than the threshold needs nobody.
        http.put("/plan-settings", &json!({ "approval_required": true, "threshold_minor": 101 })).await;
        assert!(!blocked(&http.post(&launch, &json!({})).await.1));
        http.put("/plan-settings", &json!({ "approval_required": true, "threshold_minor": 100 })).await;
        assert!(blocked(&http.post(&launch, &json!({})).await.1));
    }

    async fn comments_are_their_authors_and_annotations_are_on_days(host: TestHost) {
        let http = host.http().await;
        let other = http.with_token(Some(host.token(host.workspace(), TokenKind::Api, Some("manager")).await));
        let id = campaign(&http, json!({})).await;
        let comments = format!("/campaigns/{id}/comments");
        let first = made(&http, &comments, json!({ "body": "Is the radio spot booked?" })).await;
        let answer = made(&other, &comments, json!({ "body": "Yes", "parent": first["id"] })).await;
        let deep = made(&http, &comments, json!({ "body": "Thanks", "parent": answer["id"] })).await;
        assert_eq!(deep["parent"], first["id"], "a thread is one deep");
        refused(&http, &comments, json!({ "body": " " }), &["body"]).await;
        refused(&http, &comments, json!({ "body": "x", "mentions": [host.id()] }), &["mentions"]).await;
        let mine = format!("{comments}/{}", first["id"].as_str().unwrap());
        assert_eq!(other.patch(&mine, &json!({ "body": "changed" })).await.0, 403);
        assert_eq!(other.delete(&mine).await.0, 403);
        assert!(http.patch(&mine, &json!({ "body": "Is it booked?" })).await.0.is_success());
        assert!(http.delete(&mine).await.0.is_success());
        let list = http.get(&comments).await.1;
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        let gone = list["items"].as_array().unwrap().iter().find(|comment| comment["id"] == first["id"]).unwrap();
        assert!(gone["body"] == "" && !gone["deleted_at"].is_null(), "{list}");
        let now = rialto_kernel::from_micros(host.host().now_us());
        let note = made(&http, "/annotations", json!({ "at": now, "text": "Site was down", "campaign": id })).await;
        made(&http, "/annotations", json!({ "at": now, "text": "Holiday" })).await;
        let elsewhere = campaign(&http, json!({ "name": "Other" })).await;
        let of = async |campaign: &str| {
            http.get(&format!("/annotations?campaign={campaign}")).await.1["items"].as_array().unwrap().len()
        };
        assert_eq!((of(&id).await, of(&elsewhere).await), (2, 1));
        assert!(http.delete(&format!("/annotations/{}", note["id"].as_str().unwrap())).await.0.is_success());
        assert_eq!(of(&id).await, 1);
    }
}
