//! Sales: files with everything wrong in them, totals to the cent, files read
//! twice, and lists over HTTP.

use rialto_audience::{
    IdentityKind,
    contact::{NewContact, NewIdentity, contact_create},
    import::{Import, ImportOptions, ImportState, NewImport, import_find, start_import},
};
use rialto_kernel::Id;
use rialto_sales::{
    SalesTotals,
    placement::{placements_between, placements_of},
    products_by_number, sales_totals,
};
use rialto_store::sql;
use rialto_testkit::{TestHost, both};
use serde_json::{Value, json};
use std::{collections::BTreeMap, io::Write as _};

/// Read a file in, to its end.
async fn import(t: &TestHost, kind: &str, text: &str, with: &[(&str, &str)]) -> Import {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file.flush().unwrap();
    let new = NewImport {
        kind: kind.to_owned(),
        path: file.path().to_owned(),
        file_name: format!("{kind}.csv"),
        digest: String::new(),
        options: ImportOptions {
            with: with.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            ..ImportOptions::default()
        },
    };
    let started = start_import(t.host(), &t.caller(), new).await.unwrap();
    let drained = t.drain().await;
    assert!(drained.failures.is_empty(), "{:?}", drained.failures);
    import_find(t.host(), t.workspace(), started.id).await.unwrap()
}

/// What was wrong, by row and field.
async fn errors(t: &TestHost, import: &Import) -> Vec<(i64, String, String)> {
    let mut conn = t.read().await;
    sql("SELECT row, field, message FROM import_error WHERE workspace = $1 AND import = $2 ORDER BY row, field LIMIT 1000")
        .bind(t.workspace())
        .bind(import.id)
        .fetch_all(&mut conn)
        .await
        .unwrap()
}

async fn fields(t: &TestHost, import: &Import) -> Vec<(i64, String)> {
    errors(t, import).await.into_iter().map(|(row, field, _)| (row, field)).collect()
}

async fn totals(t: &TestHost) -> SalesTotals {
    sales_totals(&mut t.read().await, t.workspace()).await.unwrap()
}

async fn contact(t: &TestHost, external: &str) -> Id {
    let new = NewContact {
        name: format!("Household {external}"),
        identities: vec![NewIdentity {
            kind: IdentityKind::External,
            issuer: String::new(),
            value: external.to_owned(),
        }],
        ..NewContact::default()
    };
    contact_create(t.host(), &t.caller(), new).await.unwrap().id
}

async fn order_total(t: &TestHost, number: &str) -> (i64, i64, i64) {
    let mut conn = t.read().await;
    sql("SELECT total_minor, discount_minor, lines FROM sales_order WHERE workspace = $1 AND number = $2")
        .bind(t.workspace())
        .bind(number)
        .fetch_one(&mut conn)
        .await
        .unwrap()
}

const PRODUCTS: &str = "sku,name,brand,department,category,kind,price,currency,colour\n\
    1,Milk,Farm,Grocery,Dairy,milk,1.50,USD,white\n\
    2,\"=cmd|' /C calc'!A0\",Farm,Grocery,Dairy,milk,,,\n\
    3,茶,山,食品,饮料,茶,12.345,CNY,\n\
    ,Nameless,,,,,,,\n\
    1,Whole milk,,,,,,,creamy\n";

both! {
    async fn products_are_read_brought_up_to_date_and_wrong_ones_told(t: TestHost) {
        let first = import(&t, "products", PRODUCTS, &[]).await;
        assert_eq!((first.state, first.rows_good, first.rows_bad), (ImportState::Done, 3, 2));
        assert_eq!(fields(&t, &first).await, [(3, "price".to_owned()), (4, "sku".to_owned())]);
        assert_eq!(totals(&t).await.products, 2);
        let http = t.http().await;
        let (status, page) = http.get("/products?search=whole").await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        let milk = &page["items"][0];
        // Of two rows for one SKU the later holds; its empty cells change nothing.
        assert_eq!((&milk["sku"], &milk["name"], &milk["brand"]), (&json!("1"), &json!("Whole milk"), &json!("Farm")));
        assert_eq!(milk["attributes"], json!({"colour": "creamy"}));
        let version = milk["version"].clone();
        import(&t, "products", PRODUCTS, &[]).await;
        let (_, page) = http.get("/products").await;
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        let (_, page) = http.get("/products?search=whole").await;
        // The file read again: first `Milk`, then `Whole milk`; in one batch the later holds at once.
        assert_eq!(page["items"][0]["version"], version, "nothing changed");
        // Numbers are dense, so that packed lists are short.
        let numbers = products_by_number(&mut t.read().await, t.workspace(), &[0, 1, 2]).await.unwrap();
        assert_eq!(numbers.len(), 2);
    }

    async fn orders_add_up_whatever_the_order_of_their_lines(t: TestHost) {
        let buyer = contact(&t, "105").await;
        let file = "number,line,customer,sales_channel,at,sku,quantity,amount,discount,currency\n\
            A,1,105,31,2017-01-01T11:53:26Z,1,1,0.01,0,USD\n\
            B,1,,31,2017-01-02T00:00:00Z,1,0,0.00,0,USD\n\
            A,2,105,31,2017-01-01T11:53:26Z,2,2.5,1999.99,0.50,USD\n\
            A,2,105,31,2017-01-01T11:53:26Z,2,2.5,1999.99,0.50,USD\n\
            C,1,105,31,2017-01-03,9,1,-5.00,0,USD\n\
            A,3,105,31,2017-01-01T11:53:26Z,1,1,3.00,,EUR\n\
            D,1,999,31,2017-01-01T11:53:26Z,1,1,3.00,,USD\n\
            D,1,105,31,yesterday,1,1,3.00,,USD\n\
            D,1,105,31,2017-01-01T11:53:26Z,1,many,3.00,,USD\n\
            D,1,105,31,2017-01-01T11:53:26Z,1,1,3.001,,USD\n\
            D,one,105,31,2017-01-01T11:53:26Z,1,1,3.00,,USD\n\
            ,1,105,31,2017-01-01T11:53:26Z,1,1,3.00,,USD\n\
            D,1,105,31,2017-01-01T11:53:26Z,1,1\n";
        let done = import(&t, "orders", file, &[]).await;
        let wrong = ["currency", "customer", "at", "quantity", "amount", "line", "number", "row"];
        let expected: Vec<(i64, String)> = (6..).zip(wrong).map(|(row, field)| (row, field.to_owned())).collect();
        assert_eq!(fields(&t, &done).await, expected);
        assert_eq!((done.rows_read, done.rows_good, done.rows_bad), (13, 5, 8));
        let sums = totals(&t).await;
        assert_eq!((sums.orders, sums.lines, sums.lines_minor, sums.orders_minor), (3, 4, 199_500, 199_500));
        // What no list of products holds was sold all the same.
        assert_eq!((sums.products, sums.sales_channels), (3, 1));
        assert_eq!(order_total(&t, "A").await, (200_000, 50, 2));
        // The same file again, and a later file with one line more.
        import(&t, "orders", file, &[]).await;
        assert_eq!(totals(&t).await, sums);
        let more = "number,line,customer,sales_channel,at,sku,quantity,amount,currency\n\
            A,7,105,31,2017-01-01T11:53:26Z,1,1,0.42,USD\nA,7,105,31,2017-01-01T11:53:26Z,1,1,0.42,USD\n";
        import(&t, "orders", more, &[]).await;
        assert_eq!(order_total(&t, "A").await, (200_042, 50, 3));
        let http = t.http().await;
        let (_, page) = http.get(&format!("/orders?contact={buyer}&limit=1")).await;
        assert_eq!(page["items"][0]["number"], json!("C"));
        let next = page["next"].as_str().unwrap();
        let (_, page) = http.get(&format!("/orders?contact={buyer}&limit=1&cursor={next}")).await;
        assert_eq!(page["items"][0]["total"], json!({"minor": 200_042, "currency": "USD"}));
        assert!(page.get("next").is_none(), "{page}");
        let id = page["items"][0]["id"].as_str().unwrap();
        let (_, order) = http.get(&format!("/orders/{id}")).await;
        assert_eq!(order["items"].as_array().unwrap().len(), 3);
        assert_eq!(order["items"][1]["quantity"], json!(2.5));
    }

    async fn many_batches_add_up_to_the_cent(t: TestHost) {
        // Lines of one order lie thousands of rows apart, in other batches.
        let mut file = "number,line,at,sku,quantity,amount,currency\n".to_owned();
        let (mut sum, mut orders) = (0_i64, BTreeMap::<i64, i64>::new());
        for row in 0..5_000_i64 {
            let (order, cents) = (row % 701, (row * 7_919) % 10_007 - 20);
            sum += cents;
            *orders.entry(order).or_default() += cents;
            let sign = if cents < 0 { "-" } else { "" };
            file += &format!("{order},{row},2017-05-05,{},1,{sign}{}.{:02},USD\n", row % 97, cents.abs() / 100, cents.abs() % 100);
        }
        let done = import(&t, "orders", &file, &[]).await;
        assert_eq!((done.rows_good, done.rows_bad), (5_000, 0), "{:?}", errors(&t, &done).await);
        let sums = totals(&t).await;
        assert_eq!((sums.orders, sums.lines, sums.lines_minor, sums.orders_minor), (701, 5_000, sum, sum));
        for order in [0, 350, 700] {
            assert_eq!(order_total(&t, &order.to_string()).await.0, orders[&order]);
        }
    }

    async fn unknown_columns_are_told_and_missing_ones_refused(t: TestHost) {
        let file = "number,at,sku,amount,currency,moon_phase\nA,2017-01-01,1,1.00,USD,full\n";
        let done = import(&t, "orders", file, &[]).await;
        assert_eq!((done.state, done.report.unknown.as_slice()), (ImportState::Done, &["moon_phase".to_owned()][..]));
        let done = import(&t, "orders", "number,at,sku,currency\nA,2017-01-01,1,USD\n", &[]).await;
        assert_eq!(done.state, ImportState::Failed);
        assert!(done.error.as_deref().unwrap_or("").contains("amount"), "{:?}", done.error);
        let done = import(&t, "orders", file, &[("zone", "Mars/Olympus")]).await;
        assert_eq!((done.rows_good, done.rows_bad), (0, 1));
        assert_eq!(fields(&t, &done).await, [(1, "zone".to_owned())]);
    }

    async fn offers_and_redemptions_are_read_once(t: TestHost) {
        let buyer = contact(&t, "105").await;
        import(&t, "products", PRODUCTS, &[]).await;
        let offers = "code,name,sku,campaign\n10,Coupon 10,1,cj-1\n10,Coupon 10,2,cj-1\n10,Coupon 10,1,cj-2\n11,,1,cj-1\n12,x,,cj-1\n";
        for _ in 0..2 {
            let done = import(&t, "offers", offers, &[]).await;
            assert_eq!(fields(&t, &done).await, [(5, "sku".to_owned())]);
            assert_eq!(totals(&t).await.offer_products, 3);
        }
        let redemptions = "number,customer,offer,campaign,at\n\
            r1,105,10,,2017-03-01\nr1,105,10,,2017-03-01\nr2,105,10,,2017-03-01\n\
            r3,999,10,,2017-03-01\nr4,105,77,,2017-03-01\nr5,105,10,cj-1,2017-03-01\nr6,105,10,,soon\n";
        for _ in 0..2 {
            let done = import(&t, "redemptions", redemptions, &[]).await;
            let wrong = ["customer", "offer", "campaign", "at"];
            let expected: Vec<(i64, String)> = (4..).zip(wrong).map(|(row, field)| (row, field.to_owned())).collect();
            assert_eq!(fields(&t, &done).await, expected);
            assert_eq!(totals(&t).await.redemptions, 2);
        }
        let http = t.http().await;
        let (_, page) = http.get(&format!("/redemptions?contact={buyer}")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        assert_eq!(page["items"][0]["code"], json!("10"));
        // Without numbers a row is known by its file and its place in it.
        let plain = "customer,offer,at\n105,10,2017-03-01\n105,10,2017-03-01\n";
        for _ in 0..2 {
            import(&t, "redemptions", plain, &[]).await;
            assert_eq!(totals(&t).await.redemptions, 4);
        }
    }

    async fn placements_are_packed_and_found_again(t: TestHost) {
        let mut products = "sku,name\n".to_owned();
        for sku in 0..400 {
            products += &format!("{sku},P{sku}\n");
        }
        import(&t, "products", &products, &[]).await;
        let mut file = "sales_channel,week,sku,display,mailer\n".to_owned();
        for week in 1..=3 {
            for store in [31, 32] {
                for sku in 0..400 {
                    let display = sku % 10;
                    let mailer = if sku % 3 == 0 { "A" } else { "0" };
                    file += &format!("{store},{week},{sku},{display},{mailer}\n");
                }
            }
        }
        file += "31,0,1,1,A\n31,4,nothing,1,A\n31,x,1,1,A\n";
        let options = [("week_one", "2016-12-26T05:00:00Z")];
        let done = import(&t, "placements", &file, &options).await;
        let expected = [(2401, "week".to_owned()), (2402, "sku".to_owned()), (2403, "week".to_owned())];
        assert_eq!(fields(&t, &done).await, expected);
        let sums = totals(&t).await;
        assert_eq!(sums.placements, 6 * (360 + 134));
        import(&t, "placements", &file, &options).await;
        assert_eq!(totals(&t).await, sums, "the same file again changes nothing");

        let mut conn = t.read().await;
        let (channel,): (Id,) = sql("SELECT id FROM sales_channel WHERE workspace = $1 AND code = '31'")
            .bind(t.workspace()).fetch_one(&mut conn).await.unwrap();
        let (product,): (Id,) = sql("SELECT id FROM product WHERE workspace = $1 AND sku = '33'")
            .bind(t.workspace()).fetch_one(&mut conn).await.unwrap();
        let number = rialto_sales::products_numbers(&mut conn, t.workspace(), &[product]).await.unwrap()[&product];
        // Week 2 is from 2 January 05:00Z on, and not before.
        let at: jiff::Timestamp = "2017-01-02T05:00:00Z".parse().unwrap();
        let lists = placements_of(&mut conn, t.workspace(), channel, at.as_microsecond()).await.unwrap();
        assert_eq!(lists.len(), 2);
        assert!(lists.iter().all(|list| list.starts_at == at.as_microsecond()));
        let found: Vec<(&str, Vec<&str>)> =
            lists.iter().map(|list| (list.medium.as_str(), list.list.positions_of(number).collect())).collect();
        assert_eq!(found, [("display", vec!["3"]), ("mailer", vec!["A"])]);
        let mut lists = 0;
        placements_between(&mut conn, t.workspace(), i64::MIN, i64::MAX, |_| { lists += 1; Ok(()) }).await.unwrap();
        assert_eq!(lists, 12);
        drop(conn);
        let (status, shown) = t.http().await.get(&format!("/placements?sales_channel={channel}&at=2017-01-02T05:00:00Z")).await;
        assert_eq!(status, 200, "{shown}");
        assert_eq!((shown["items"].as_array().unwrap().len(), &shown["complete"]), (494, &json!(true)));
        let refused = import(&t, "placements", "sales_channel,week,sku,mailer\n31,1,1,A\n", &[]).await;
        assert_eq!(fields(&t, &refused).await, [(1, "week".to_owned())]);
    }

    async fn things_are_made_changed_and_guarded_over_http(t: TestHost) {
        let http = t.http().await;
        let (status, channel) = http.post("/sales-channels", &json!({"code": "web", "kind": "web"})).await;
        assert_eq!(status, 201, "{channel}");
        let (status, again) = http.post("/sales-channels", &json!({"code": "web"})).await;
        assert_eq!((status.as_u16(), &again["errors"][0]["field"]), (409, &json!("code")));
        let (status, unknown) = http.post("/products", &json!({"sku": "1", "colour": "red"})).await;
        assert_eq!(status, 422, "{unknown}");
        let price = json!({"minor": 150, "currency": "USD"});
        let (status, product) = http.post("/products", &json!({"sku": "1", "name": "Milk", "price": price})).await;
        assert_eq!((status.as_u16(), &product["price"]), (201, &price));
        let path = format!("/products/{}", product["id"].as_str().unwrap());
        let (status, changed) = http.patch(&path, &json!({"price": null, "brand": "Farm"})).await;
        assert_eq!((status.as_u16(), &changed["price"], &changed["name"], &changed["version"]), (200, &Value::Null, &json!("Milk"), &json!(2)));
        let stale = rialto_testkit::answer(
            http.request(reqwest::Method::PATCH, &path).header("If-Match", "\"1\"").json(&json!({"brand": "x"})),
        ).await;
        assert_eq!(stale.0, 412, "{}", stale.1);
        let order = json!({
            "number": "W-1", "sales_channel": channel["id"], "currency": "USD",
            "items": [{"sku": "1", "quantity": 2, "amount_minor": 300}, {"sku": "1", "quantity": 0, "amount_minor": 0}],
        });
        let (status, made) = http.post("/orders", &order).await;
        assert_eq!((status.as_u16(), &made["total"]["minor"], &made["lines"]), (201, &json!(300), &json!(2)));
        for (at, value, field) in [
            ("/number", json!(""), "number"),
            ("/currency", json!("usd"), "currency"),
            ("/items", json!([]), "items"),
            ("/items/0/sku", json!("nope"), "items[0].sku"),
            ("/sales_channel", json!(Id::nil()), "sales_channel"),
        ] {
            let mut wrong = order.clone();
            wrong["number"] = json!("W-2");
            *wrong.pointer_mut(at).unwrap() = value;
            let (status, refused) = http.post("/orders", &wrong).await;
            assert_eq!((status.as_u16(), &refused["errors"][0]["field"]), (422, &json!(field)), "{refused}");
        }
        let (status, _) = http.post("/orders", &order).await;
        assert_eq!(status, 409);
        let (status, _) = http.patch(&format!("/orders/{}", made["id"].as_str().unwrap()), &json!({"state": "eaten"})).await;
        assert_eq!(status, 422);
        let (status, offer) = http.post("/offers", &json!({"code": "O", "skus": ["1"]})).await;
        assert_eq!(status, 201, "{offer}");
        let offer_path = format!("/offers/{}/products", offer["id"].as_str().unwrap());
        assert_eq!(http.post(&offer_path, &json!({"skus": ["1"]})).await.1, json!({"added": 0}));
        let (_, under) = http.get(&offer_path).await;
        assert_eq!(under["items"][0]["sku"], json!("1"));
        let gone = http.delete(&format!("{offer_path}/{}", product["id"].as_str().unwrap())).await;
        assert_eq!(gone.0, 204);
        let used = json!({"offer": offer["id"], "sales_order": made["id"]});
        assert_eq!(http.post("/redemptions", &used).await.0, 201);
        // Nobody else sees any of it.
        let stranger = t.another_workspace("stranger").await;
        let token = t.token(stranger, rialto_identity::TokenKind::Admin, None).await;
        let theirs = http.with_token(Some(token));
        assert_eq!(theirs.get(&path).await.0, 404);
        assert_eq!(theirs.get("/orders").await.1["items"], json!([]));
        assert_eq!(http.with_token(None).get("/orders").await.0, 401);
        let viewer = t.token(t.workspace(), rialto_identity::TokenKind::Api, Some("viewer")).await;
        assert_eq!(http.with_token(Some(viewer)).post("/products", &json!({"sku": "2"})).await.0, 403);
    }

    async fn exports_run_no_formula(t: TestHost) {
        import(&t, "products", PRODUCTS, &[]).await;
        let (status, text) = t.http().await.text("/products.csv").await;
        assert_eq!(status, 200, "{text}");
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines[0], "sku,name,brand,department,category,kind,price,currency,archived");
        assert_eq!(lines[1], "1,Whole milk,Farm,Grocery,Dairy,milk,1.50,USD,false");
        assert!(lines[2].starts_with("2,'=cmd|' /C calc'!A0,"), "{}", lines[2]);
        let order = "number,at,sku,quantity,amount,currency\n-1,2017-01-01,1,1,-3.50,USD\n";
        import(&t, "orders", order, &[]).await;
        let (_, text) = t.http().await.text("/orders.csv").await;
        assert!(text.lines().nth(1).unwrap().starts_with("'-1,2017-01-01T00:00:00Z,,,-3.50,0.00,USD,1,placed,"), "{text}");
    }
}
