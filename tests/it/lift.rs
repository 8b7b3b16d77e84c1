//! Lift, gains and suggested segments end to end, on a small shop whose truth
//! is known: nothing later than the workspace's clock is ever told.

use rialto_audience::{Error, NewEvent, record_events};
use rialto_kernel::Id;
use rialto_store::{BulkInsert, StoreError, sql};
use rialto_testkit::{TestClient, TestHost, both};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000_000;
/// Days of the campaign, and of each period before it.
const LENGTH: i64 = 10;

/// A shop: `campaign` wrote to the odd ones of the people who spend most.
struct Shop {
    host: TestHost,
    http: TestClient,
    campaign: Id,
    people: Vec<Id>,
    start: i64,
}

impl Shop {
    /// 400 people; the first 200 spend 100.00 a day, the others 10.00, each with
    /// a little of their own. During the campaign those written to spend `more`
    /// per cent more.
    async fn of(host: TestHost, more: i64) -> Self {
        let http = host.http().await;
        let start = host.host().now_us() - (LENGTH + 2) * DAY;
        let at = |us: i64| rialto_kernel::from_micros(us).to_string();
        let body =
            json!({ "name": "spring", "kind": "coupon", "starts_at": at(start), "ends_at": at(start + LENGTH * DAY) });
        let (status, made) = http.post("/campaigns", &body).await;
        assert_eq!(status, 201, "{made}");
        let campaign = made["id"].as_str().unwrap().parse().unwrap();
        let people: Vec<Id> = (0..400).map(|_| host.id()).collect();
        let shop = Self { host, http, campaign, people, start };
        shop.fill(more).await;
        shop
    }

    fn written(n: usize) -> bool {
        (n < 200) != n.is_multiple_of(4)
    }

    async fn fill(&self, more: i64) {
        let (ws, start, campaign) = (self.host.workspace(), self.start, self.campaign);
        let ids: Vec<Id> = (0..self.people.len() * 31).map(|_| self.host.id()).collect();
        for chunk in (0..self.people.len()).collect::<Vec<_>>().chunks(40) {
            let (chunk, people, ids) = (chunk.to_vec(), self.people.clone(), ids.clone());
            let makes = self.host.host().ids().clone();
            let write = self.host.host().store.write(ws, "test.shop", move |conn| {
                Box::pin(async move {
                    let mut contacts = BulkInsert::new("contact", CONTACT, "");
                    let mut orders = BulkInsert::new("sales_order", ORDER, "");
                    let mut touches = Vec::new();
                    for n in chunk {
                        let (person, text) = (people[n], || "".into());
                        contacts.push([
                            ws.into(),
                            person.into(),
                            text(),
                            text(),
                            text(),
                            text(),
                            text(),
                            text(),
                            text(),
                            1_i64.into(),
                            (start - 90 * DAY).into(),
                            start.into(),
                        ]);
                        for day in 0..30_i64 {
                            let base = if n < 200 { 10_000 } else { 1_000 } + (n as i64 * 7 + day * 13) % 50;
                            let during = day >= 20 && Self::written(n);
                            let minor = if during { base * (100 + more) / 100 } else { base };
                            let id = ids[n * 31 + day as usize];
                            orders.push([
                                ws.into(),
                                id.into(),
                                id.to_string().into(),
                                person.into(),
                                (start + (day - 20) * DAY).into(),
                                "USD".into(),
                                minor.into(),
                                0_i64.into(),
                                1_i64.into(),
                                "paid".into(),
                                "test".into(),
                                1_i64.into(),
                                start.into(),
                            ]);
                        }
                        if Self::written(n) {
                            touches.push(NewEvent {
                                at: start,
                                kind: "touch".to_owned(),
                                name: "campaign-targeted".to_owned(),
                                contact: Some(person),
                                channel: Some("mail".to_owned()),
                                campaign: Some(campaign),
                                source: "test".to_owned(),
                                ..NewEvent::default()
                            });
                        }
                    }
                    contacts.execute(conn).await?;
                    orders.execute(conn).await?;
                    record_events(conn, &makes, start, ws, touches).await?;
                    Ok::<_, Error>(())
                })
            });
            write.await.unwrap();
        }
    }

    async fn lift(&self, body: Value) -> Value {
        let (status, begun) = self.http.post("/lift-runs", &body).await;
        assert_eq!(status, 202, "{begun}");
        self.host.drain().await;
        let (_, run) = self.http.get(&format!("/lift-runs/{}", begun["id"].as_str().unwrap())).await;
        assert_eq!(run["state"], "finished", "{run}");
        run["result"].clone()
    }

    /// Someone redeems, `days` after the campaign began.
    async fn redeem(&self, n: usize, days: i64) {
        let (ws, campaign, person, id) = (self.host.workspace(), self.campaign, self.people[n], self.host.id());
        let at = self.start + days * DAY;
        let write = self.host.host().store.write(ws, "test.redeem", move |conn| {
            Box::pin(async move {
                sql("INSERT INTO redemption (workspace, id, number, offer, contact, campaign, sales_order, code, at, source)
                     VALUES ($1, $2, $3, $2, $4, $5, NULL, '', $6, 'test')")
                .bind(ws)
                .bind(id)
                .bind(id.to_string())
                .bind(person)
                .bind(campaign)
                .bind(at)
                .execute(conn)
                .await?;
                Ok::<_, StoreError>(())
            })
        });
        write.await.unwrap();
    }
}

const CONTACT: &[&str] = &[
    "workspace",
    "id",
    "name",
    "first_name",
    "last_name",
    "locale",
    "zone",
    "region",
    "source",
    "version",
    "created_at",
    "updated_at",
];
const ORDER: &[&str] = &[
    "workspace",
    "id",
    "number",
    "contact",
    "at",
    "currency",
    "total_minor",
    "discount_minor",
    "lines",
    "state",
    "source",
    "version",
    "created_at",
];

both! {
    async fn those_written_to_spent_more_but_already_did(host: TestHost) {
        let shop = Shop::of(host, 0).await;
        let found = shop.lift(json!({ "campaign": shop.campaign })).await;
        let naive = found["naive"]["ratio"].as_f64().unwrap();
        assert!((2.0..2.5).contains(&naive) && found["complete"] == json!(true), "{found}");
        let before = found["naive"]["ratio_before"].as_f64().unwrap();
        assert!((naive - before).abs() < 0.02);
        let change = &found["matched"]["change"];
        let (low, high) = (change["low"].as_f64().unwrap(), change["high"].as_f64().unwrap());
        assert!(low < 0.0 && high > 0.0 && high - low < 0.02, "{change}");
        assert_eq!(found["matched"]["treated_matched"], 200);
        assert!(found["matched"]["balance"][0]["raw"].as_f64().unwrap() > 0.5);
        assert!(found["matched"]["balance"][0]["matched"].as_f64().unwrap().abs() < 0.1);
        let said = found["sentence"]["en"].as_str().unwrap();
        assert!(said.contains("but they already spent") && said.contains("cannot be told from nothing"), "{said}");
        assert!(found["sentence"]["zh-CN"].as_str().unwrap().contains("无法与零区分"));
    }

    async fn a_real_change_is_found(host: TestHost) {
        let shop = Shop::of(host, 20).await;
        let found = shop.lift(json!({ "campaign": shop.campaign })).await;
        let change = found["matched"]["change"]["estimate"].as_f64().unwrap();
        assert!((change - 0.2).abs() < 0.02, "{found}");
        assert!(found["sentence"]["en"].as_str().unwrap().contains("more than chance explains"));
    }

    async fn a_hold_out_decides_the_design(host: TestHost) {
        let shop = Shop::of(host, 20).await;
        let arms = json!([{ "name": "treated", "share_bp": 7_000 }, { "name": "held_out", "share_bp": 3_000, "held_out": true }]);
        let (_, made) = shop.http.post("/experiments", &json!({ "name": "spring", "scope": "campaign", "arms": arms })).await;
        let experiment: Id = made["id"].as_str().unwrap().parse().unwrap();
        let (status, _) = shop.http.patch(&format!("/campaigns/{}", shop.campaign), &json!({ "experiment": experiment })).await;
        assert_eq!(status, 200);
        let body = json!({ "campaign": shop.campaign });
        let (_, begun) = shop.http.post("/lift-runs", &body).await;
        shop.host.drain().await;
        let (_, run) = shop.http.get(&format!("/lift-runs/{}", begun["id"].as_str().unwrap())).await;
        assert_eq!(run["state"], "failed", "nobody has an arm yet: {run}");
        let (_, own) = shop.http.get(&format!("/lift-runs?campaign={}", shop.campaign)).await;
        assert_eq!((own["items"].as_array().map(Vec::len), &own["items"][0]["id"]), (Some(1), &begun["id"]), "{own}");
        let (_, others) = shop.http.get(&format!("/lift-runs?campaign={experiment}")).await;
        assert_eq!(others["items"], json!([]));
        let (ws, now, people) = (shop.host.workspace(), shop.host.host().now_us(), shop.people.clone());
        let write = shop.host.host().store.write(ws, "test.assign", move |conn| {
            Box::pin(async move { rialto_audience::experiment::assign(conn, ws, experiment, &people, now).await })
        });
        let held = write.await.unwrap().iter().filter(|one| one.held_out).count();
        let found = shop.lift(body).await;
        assert_eq!((&found["design"], &found["groups"][1]["people"]), (&json!("randomised"), &json!(held)), "{found}");
        assert!(found["randomised"]["rate"]["estimate"] == json!(0.0) && found["matched"].is_null());
        assert!(found["sentence"]["en"].as_str().unwrap().contains("held out"));
    }

    async fn nothing_is_told_before_its_time(host: TestHost) {
        let shop = Shop::of(host, 0).await;
        for n in [1, 2, 3, 204] {
            shop.redeem(n, 3).await;
        }
        // Later than the present of the workspace: must never count.
        shop.redeem(5, 60).await;
        let path = format!("/campaigns/{}/gains", shop.campaign);
        let (_, known) = shop.http.get(&path).await;
        assert_eq!((&known["state"], &known["people"], &known["redeemed"]), (&json!("known"), &json!(200), &json!(4)), "{known}");
        let spend = &known["rankings"][0];
        assert_eq!((&spend["by"], spend["points"].as_array().unwrap().len()), (&json!("spend"), 5));
        let at = |days: i64| rialto_kernel::from_micros(shop.start + days * DAY).to_string();
        let (_, later) = shop.http.post("/campaigns", &json!({ "name": "later", "starts_at": at(20), "ends_at": at(30) })).await;
        let later = later["id"].as_str().unwrap();
        let (_, unknown) = shop.http.get(&format!("/campaigns/{later}/gains")).await;
        assert_eq!((&unknown["state"], &unknown["rankings"]), (&json!("not_yet_known"), &json!([])), "{unknown}");
        let (status, problem) = shop.http.post("/lift-runs", &json!({ "campaign": later })).await;
        assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("not-yet-known")), "{problem}");
        let (status, problem) = shop.http.post("/lift-runs", &json!({})).await;
        assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some("campaign")), "{problem}");
    }

    async fn segments_are_suggested_from_the_shops_own_orders(host: TestHost) {
        let shop = Shop::of(host, 0).await;
        let (_, all) = shop.http.get("/segments/suggestions").await;
        let codes: Vec<&str> = all["items"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
        assert_eq!((all["buyers"].as_u64(), codes), (Some(400), vec!["high-value", "prospects", "at-risk", "lost"]), "{all}");
        let high = &all["items"][0];
        let people = high["people"].as_u64().unwrap();
        assert!((75..=90).contains(&people), "the top fifth of 400: {high}");
        let (status, made) = shop.http.post("/segments/suggestions", &json!({ "code": "high-value", "owner": "shop" })).await;
        assert_eq!((status.as_u16(), made["owner"].as_str()), (201, Some("shop")), "{made}");
        let overlap = json!({ "a": { "segment": made["id"] }, "b": { "rule": { "all": [] } } });
        let (_, counts) = shop.http.post("/segments/overlap", &overlap).await;
        assert_eq!((&counts["a"], &counts["b"], &counts["both"]), (&json!(people), &json!(400), &json!(people)), "{counts}");
        let (status, _) = shop.http.post("/segments/suggestions", &json!({ "code": "whales" })).await;
        assert_eq!(status, 422);
    }
}
