//! The library of creatives and cases over HTTP, its import, and
//! recommendations by a plugin.

use crate::guests::Guest;
use reqwest::Method;
use rialto_plugin_host::{Parts, pack};
use rialto_testkit::{TestClient, TestHost, answer, both};
use serde_json::{Value, json};

const CASES: &str = "\
code,title,campaign_type,season,theme,objective,channel,tried,reached,revenue,currency,at
c1,Spring coupons,coupon,spring,dairy,repeat,mail,1000,80,1234.50,USD,2025-03-01
c2,\"Lucky draw, 新年抽奖\",lucky-draw,\"winter, new-year\",snacks,launch,email,500,10,,,2025-01-20
c3,No result yet,coupon,autumn,,repeat,email,,,,,
c4,Broken,coupon,,,,,10,11,,,
";

async fn import(host: &TestHost, client: &TestClient, kind: &str, text: &str) -> Value {
    let upload = client.request(Method::POST, &format!("/imports?kind={kind}")).header("content-type", "text/csv");
    let (status, started) = answer(upload.body(text.to_owned())).await;
    assert!(status.is_success(), "{started}");
    host.drain().await;
    client.get(&format!("/imports/{}", started["id"].as_str().unwrap())).await.1
}

/// A score that is the first candidate's number in a column: what the plugin
/// was shown. `$in` points at the candidates' number columns at 64, 16 bytes
/// each with the values at 8.
fn shown(column: usize) -> String {
    let at = column * 16;
    format!(
        "0)) (f64.store (i32.const 4104)
           (f64.load (i32.load offset=8 (i32.add (i32.load offset=64 (local.get $in)) (i32.const {at})))"
    )
}

/// Everything of which each file must be good.
async fn load(host: &TestHost, client: &TestClient, kind: &str, text: &str) {
    let done = import(host, client, kind, text).await;
    assert_eq!((&done["state"], &done["rows_bad"]), (&json!("done"), &json!(0)), "{kind}: {done}");
}

/// A recommender that gives the first candidate this score.
async fn recommender(client: &TestClient, name: &str, score: &str, id: &str) -> String {
    let manifest = format!("id = \"test/{id}\"\nversion = \"1.0.0\"\n[title]\nen = \"R\"\nzh-CN = \"荐\"\n");
    let guest = Guest { answer: score.to_owned(), ..Guest::default() }.recommender();
    let bytes = pack(&guest, &Parts { manifest: Some(manifest), ..Parts::default() }).unwrap();
    let upload = client.request(Method::POST, "/plugins").header("content-type", "application/wasm").body(bytes);
    let (status, package) = answer(upload).await;
    assert_eq!(status, 201, "{package}");
    let (_, made) = client.post("/installations", &json!({ "package": package["digest"], "name": name })).await;
    let (id, version) = (made["id"].as_str().unwrap(), made["waiting"][0]["id"].as_str().unwrap());
    let path = format!("/installations/{id}/versions/{version}/approve");
    let (status, view) = client.post(&path, &json!({ "activate": true })).await;
    assert_eq!((status.as_u16(), view["state"].as_str()), (200, Some("active")), "{view}");
    id.to_owned()
}

both! {
    async fn a_message_is_previewed_while_it_is_written(host: TestHost) {
        let client = host.http().await;
        let new = json!({ "name": "M", "channel": "email", "contents": { "en": { "subject": "Old", "text": "Kept" } } });
        let (_, made) = client.post("/messages", &new).await;
        let path = format!("/messages/{}", made["id"].as_str().unwrap());
        let draft = json!({ "subject": "For {{ first_name }}", "html": "<p>New</p>" });
        let question = json!({ "values": { "first_name": "Ada" }, "contents": { "en": draft } });
        let (status, shown) = client.post(&format!("{path}/preview"), &question).await;
        assert_eq!((status.as_u16(), shown["parts"]["subject"].as_str()), (200, Some("For Ada")), "{shown}");
        let (_, kept) = client.get(&path).await;
        assert_eq!((&kept["contents"], &kept["version"]), (&new["contents"], &json!(1)), "it is not kept");
        let wrong = json!({ "contents": { "en": { "subject": "S", "html": "<p onclick=x>" } } });
        let (status, told) = client.post(&format!("{path}/preview"), &wrong).await;
        assert_eq!((status.as_u16(), told["errors"][0]["field"].as_str()), (422, Some("contents.en.html")), "{told}");
    }

    async fn cases_come_in_once_and_are_found(host: TestHost) {
        let client = host.http().await;
        for _ in 0..2 {
            let done = import(&host, &client, "creatives", CASES).await;
            assert_eq!((&done["rows_good"], &done["rows_bad"]), (&json!(3), &json!(1)), "{done}");
        }
        let (_, all) = client.get("/creatives").await;
        assert_eq!(all["items"].as_array().unwrap().len(), 3, "{all}");
        let (_, found) = client.get("/creatives?season=NEW-year").await;
        assert_eq!(found["items"][0]["title"], "Lucky draw, 新年抽奖");
        let (_, found) = client.get("/creatives?search=%25&limit=10").await;
        assert_eq!(found["items"], json!([]), "a sign stands for itself");
        let (_, found) = client.get("/creatives?campaign_type=coupon&objective=repeat&limit=1").await;
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        let next = format!("/creatives?campaign_type=coupon&objective=repeat&limit=1&cursor={}", found["next"].as_str().unwrap());
        let (_, rest) = client.get(&next).await;
        assert_eq!(rest["items"][0]["code"], "c1");
        assert_eq!(rest["items"][0]["past"]["tried"], 1000);
        assert_eq!(rest["items"][0]["past"]["revenue"], json!([{ "minor": 123_450, "currency": "USD" }]));
    }

    async fn what_came_of_a_case_is_kept_by_its_label(host: TestHost) {
        let client = host.http().await;
        let (status, made) = client.post("/creatives", &json!({ "title": "夏日特惠", "kind": "asset" })).await;
        assert_eq!(status, 201, "{made}");
        let at = format!("/creatives/{}", made["id"].as_str().unwrap());
        for tried in [100, 200] {
            let result = json!({ "label": "june", "tried": tried, "reached": 5, "clicks": 9 });
            assert_eq!(client.post(&format!("{at}/results"), &result).await.0, 201);
        }
        let (_, seen) = client.get(&at).await;
        assert_eq!((&seen["past"]["results"], &seen["past"]["tried"], &seen["past"]["clicks"]), (&json!(1), &json!(200), &json!(9)));
        assert_eq!(client.get(&format!("{at}/results")).await.1["items"][0]["label"], "june");
        let (status, problem) = client.post(&format!("{at}/results"), &json!({ "label": "x", "tried": 1, "reached": 2 })).await;
        assert_eq!((status.as_u16(), &problem["errors"][0]["field"]), (422, &json!("reached")));
        let (status, problem) = client.patch(&at, &json!({ "link": "javascript:alert(1)", "origin": "else" })).await;
        let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
        assert_eq!((status.as_u16(), fields), (422, vec![json!("origin"), json!("link")]), "{problem}");
        assert_eq!(client.patch(&at, &json!({ "archived": true })).await.0, 200);
        assert_eq!(client.get("/creatives").await.1["items"], json!([]));
        assert_eq!(client.patch(&at, &json!({ "colour": "red" })).await.0, 422);
    }

    async fn a_recommendation_is_asked_for_and_kept(host: TestHost) {
        let client = host.http().await;
        let ask = json!({ "kind": "creative", "objective": "repeat", "facts": { "season": ["spring"] } });
        assert_eq!(client.post("/recommendations", &ask).await.0, 422, "there is no recommender");
        import(&host, &client, "creatives", CASES).await;
        let installation = recommender(&client, "first", "2.5", "first").await;
        let (status, made) = client.post("/recommendations", &ask).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!((made["ranked"].as_u64(), made["installation"].as_str()), (Some(1), Some(installation.as_str())));
        assert_eq!((&made["items"][0]["name"], &made["items"][0]["score"]), (&json!("Spring coupons"), &json!(2.5)));
        assert_eq!(made["brief"]["candidates"], 3);
        let (_, kept) = client.get(&format!("/recommendations/{}", made["id"].as_str().unwrap())).await;
        assert_eq!(kept["items"], made["items"]);
        let run = format!("/installations/{installation}/runs/{}", made["run"].as_str().unwrap());
        assert_eq!(client.get(&run).await.1["outcome"], "succeeded");
        let (_, types) = client.post("/recommendations", &json!({ "kind": "campaign-type", "objective": "repeat" })).await;
        assert_eq!((&types["items"][0]["id"], &types["brief"]["candidates"]), (&json!("coupon"), &json!(2)), "{types}");
        let before = json!({ "kind": "creative", "objective": "repeat", "at": "2025-02-01T00:00:00Z" });
        let (_, before) = client.post("/recommendations", &before).await;
        assert_eq!((&before["brief"]["candidates"], &before["items"][0]["name"]), (&json!(1), &json!("Lucky draw, 新年抽奖")), "nothing after the moment");
        let liar = recommender(&client, "liar", "nan", "liar").await;
        assert_eq!(client.post("/recommendations", &ask).await.0, 422, "two recommenders: one must be named");
        let named = json!({ "kind": "creative", "objective": "repeat", "installation": liar });
        let (status, problem) = client.post("/recommendations", &named).await;
        assert_eq!((status.as_u16(), problem["code"].as_str()), (502, Some("plugin-wrong-answer")), "{problem}");
        assert_eq!(client.get("/recommendations").await.1["items"].as_array().unwrap().len(), 3, "a lie is not kept");
    }

    async fn people_are_ranked_under_numbers_and_shown_by_name(host: TestHost) {
        let client = host.http().await;
        let (status, ada) = client.post("/contacts", &json!({ "name": "Ada 王" })).await;
        assert_eq!(status, 201, "{ada}");
        recommender(&client, "first", "1", "first").await;
        let (status, made) = client.post("/recommendations", &json!({ "kind": "contact", "objective": "repeat" })).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!((&made["items"][0]["id"], &made["items"][0]["name"]), (&ada["id"], &json!("Ada 王")));
        let offer = json!({ "kind": "contact", "objective": "repeat", "offer": "01890000-0000-7000-8000-000000000000" });
        assert_eq!(client.post("/recommendations", &offer).await.0, 404);
        let stranger = host.token(host.another_workspace("stranger").await, rialto_identity::TokenKind::Admin, None).await;
        let stranger = client.with_token(Some(stranger));
        let path = format!("/recommendations/{}", made["id"].as_str().unwrap());
        assert_eq!(stranger.get(&path).await.0, 404);
        assert_eq!(stranger.get("/creatives").await.1["items"], json!([]));
    }

    async fn what_is_known_of_a_person_ends_at_the_moment(host: TestHost) {
        let client = host.http().await;
        load(&host, &client, "contacts", "external_id,name\n1,Ada\n2,Bob\n").await;
        load(&host, &client, "products", "sku,name,category\nA,Milk,dairy\nB,Crisps,snacks\nC,Cheese,dairy\n").await;
        let orders = "number,line,customer,at,sku,quantity,amount,currency\n\
            o1,1,1,2025-05-22,A,1,10.00,USD\no2,1,2,2025-05-02,B,1,30.00,USD\no3,1,1,2025-07-01,A,1,100.00,USD\n";
        load(&host, &client, "orders", orders).await;
        load(&host, &client, "offers", "code,sku\ncheese,C\n").await;
        let campaigns = "code,name,starts_at,ends_at,currency\n\
            k1,One,2025-05-01T00:00:00Z,2025-05-20T00:00:00Z,USD\nk2,Two,2025-05-10T00:00:00Z,2025-05-30T00:00:00Z,USD\n\
            k3,Three,2025-05-10T00:00:00Z,2025-05-30T00:00:00Z,USD\nk4,Four,2025-09-01T00:00:00Z,2025-09-30T00:00:00Z,USD\n";
        load(&host, &client, "campaigns", campaigns).await;
        let targetings = "campaign,customer,channel,at\nk1,1,mail,2025-05-01T00:00:00Z\nk2,2,mail,2025-05-15T00:00:00Z\n\
            k3,1,email,2025-05-16T00:00:00Z\nk4,1,mail,2025-09-02T00:00:00Z\n";
        load(&host, &client, "targetings", targetings).await;
        let redemptions = "number,customer,offer,campaign,at\nr1,1,cheese,k1,2025-05-10\nr2,1,cheese,k4,2025-09-03\n";
        load(&host, &client, "redemptions", redemptions).await;
        let (_, people) = client.get("/contacts").await;
        let id = |name: &str| {
            let items = people["items"].as_array().unwrap();
            items.iter().find(|one| one["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
        };
        let merge = json!({ "loser": id("Bob"), "reason": "one household" });
        let (status, merged) = client.post(&format!("/contacts/{}/merge", id("Ada")), &merge).await;
        assert!(status.is_success(), "{merged}");
        let (_, offers) = client.get("/offers").await;
        let ask = json!({
            "kind": "contact", "objective": "repeat", "at": "2025-06-01T00:00:00Z", "offer": offers["items"][0]["id"],
            "facts": { "channel": "mail" },
        });
        // Days since, orders, spend; share on the category, spend on it, redemptions, campaigns like it, responses.
        let wanted = [(0, 10.0), (1, 2.0), (2, 4_000.0), (5, 0.25), (6, 1_000.0), (7, 1.0), (8, 2.0), (9, 1.0)];
        for (column, wanted) in wanted {
            let name = format!("column-{column}");
            let installation = recommender(&client, &name, &shown(column), &name).await;
            let mut ask = ask.clone();
            ask["installation"] = json!(installation);
            let (status, made) = client.post("/recommendations", &ask).await;
            assert_eq!(status, 201, "{made}");
            assert_eq!(made["brief"]["candidates"], 1, "two contacts, one person");
            assert_eq!(made["items"][0]["score"], json!(wanted), "{name}");
        }
    }
}
