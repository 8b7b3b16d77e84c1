//! Segment rules: the cases of `tests/cases/segments` on both databases, as a
//! stranger, through merges, and as snapshots that stay.

use rialto_audience::{NewEvent, record_events};
use rialto_audience::{
    Rule, RuleSource,
    consent::{ConsentState, NewConsent, consent_set},
    contact::{NewMerge, contact_merge},
    segment::compile,
    snapshot_create, snapshot_members,
};
use rialto_kernel::{Id, Money};
use rialto_store::{BulkInsert, StoreError, sql};
use rialto_testkit::{TestHost, both};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path};

/// The cases' folder.
fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/segments")
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn us(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap_or_else(|e| panic!("{text}: {e}")).as_microsecond()
}

/// Put the people of the cases into a host; answers their ids by key.
async fn people(host: &TestHost) -> BTreeMap<String, Id> {
    let all = read(&folder().join("people.json"));
    let people = all.as_array().unwrap().clone();
    let ids: BTreeMap<String, Id> = people.iter().map(|p| (p["key"].as_str().unwrap().to_owned(), host.id())).collect();
    for person in &people {
        contact(host, ids[person["key"].as_str().unwrap()], person).await;
    }
    for person in people.iter().filter(|p| p["merged_into"].is_string()) {
        let (winner, loser) = (ids[person["merged_into"].as_str().unwrap()], ids[person["key"].as_str().unwrap()]);
        merge(host, winner, loser).await;
    }
    ids
}

async fn merge(host: &TestHost, winner: Id, loser: Id) -> Id {
    let (workspace, id) = (host.workspace(), host.id());
    let new =
        NewMerge { id, winner, loser, reason: "test".to_owned(), actor: "test".to_owned(), at: host.host().now_us() };
    host.host()
        .store
        .write(workspace, "test", move |conn| Box::pin(async move { contact_merge(conn, workspace, new).await }))
        .await
        .unwrap();
    id
}

async fn contact(host: &TestHost, id: Id, person: &Value) {
    let (workspace, ids, now) = (host.workspace(), host.host().ids().clone(), host.host().now_us());
    let person = person.clone();
    host.host()
        .store
        .write(workspace, "test", move |conn| {
            Box::pin(async move {
                let text = |name: &str| person[name].as_str().unwrap_or("").to_owned();
                sql("INSERT INTO contact (workspace, id, unit, name, first_name, last_name, locale, zone, region, source,
                                          merged_into, version, created_at, updated_at)
                     VALUES ($1, $2, NULL, $3, '', '', $4, '', $5, 'test', NULL, 1, $6, $6)")
                .bind(workspace)
                .bind(id)
                .bind(text("name"))
                .bind(text("locale"))
                .bind(text("region"))
                .bind(us(&text("created_at")))
                .execute(conn)
                .await?;
                for pair in person["identities"].as_array().unwrap() {
                    sql("INSERT INTO identity (workspace, kind, issuer, value, contact, shown, source, created_at)
                         VALUES ($1, $2, '', $3, $4, $3, 'test', 1)")
                    .bind(workspace)
                    .bind(pair[0].as_str().unwrap())
                    .bind(pair[1].as_str().unwrap())
                    .bind(id)
                    .execute(conn)
                    .await?;
                }
                for (key, value) in person["traits"].as_object().unwrap() {
                    let (kind, text, number) = match value {
                        Value::Bool(yes) => ("bool", None, Some(f64::from(u8::from(*yes)))),
                        Value::Number(n) => ("number", None, n.as_f64()),
                        Value::String(t) if t.parse::<jiff::Timestamp>().is_ok() => ("instant", None, Some(us(t) as f64)),
                        other => ("text", other.as_str().map(str::to_owned), None),
                    };
                    sql("INSERT INTO trait (workspace, contact, key, kind, text, number, source, at)
                         VALUES ($1, $2, $3, $4, $5, $6, 'test', 1)")
                    .bind(workspace)
                    .bind(id)
                    .bind(key)
                    .bind(kind)
                    .bind(text)
                    .bind(number)
                    .execute(conn)
                    .await?;
                }
                for tag in person["tags"].as_array().unwrap() {
                    sql("INSERT INTO tag (workspace, contact, name, source, at, expires_at) VALUES ($1, $2, $3, 'test', 1, $4)")
                        .bind(workspace)
                        .bind(id)
                        .bind(tag["name"].as_str().unwrap())
                        .bind(tag["expires_at"].as_str().map(us))
                        .execute(conn)
                        .await?;
                }
                for said in person["consents"].as_array().unwrap() {
                    let state = if said[2] == "granted" { ConsentState::Granted } else { ConsentState::Withdrawn };
                    let new = NewConsent {
                        id: ids.make(),
                        contact: id,
                        channel: said[0].as_str().unwrap().to_owned(),
                        topic: said[1].as_str().unwrap().to_owned(),
                        state,
                        source: "test".to_owned(),
                        proof: "test".to_owned(),
                        actor: "test".to_owned(),
                        at: us(said[3].as_str().unwrap()),
                    };
                    consent_set(conn, workspace, new).await?;
                }
                let events = person["events"].as_array().unwrap().iter().map(|event| NewEvent {
                    at: us(event[2].as_str().unwrap()),
                    kind: event[0].as_str().unwrap().to_owned(),
                    name: event[1].as_str().unwrap().to_owned(),
                    contact: Some(id),
                    channel: event[3].as_str().map(str::to_owned),
                    value: event[4].as_i64().map(|minor| Money { minor, currency: "USD".parse().unwrap() }),
                    source: "test".to_owned(),
                    ..NewEvent::default()
                });
                record_events(conn, &ids, now, workspace, events.collect()).await?;
                for order in person["orders"].as_array().unwrap() {
                    orders(conn, &ids, workspace, id, order).await?;
                }
                Ok::<(), rialto_audience::Error>(())
            })
        })
        .await
        .unwrap();
}

async fn orders(
    conn: &mut rialto_store::Conn,
    ids: &rialto_kernel::Ids,
    workspace: rialto_kernel::WorkspaceId,
    contact: Id,
    order: &Value,
) -> Result<(), StoreError> {
    let id = ids.make();
    sql("INSERT INTO sales_order (workspace, id, number, contact, sales_channel, at, currency, total_minor,
                                  discount_minor, lines, state, source, version, created_at)
         VALUES ($1, $2, $3, $4, NULL, $5, 'USD', $6, 0, 1, $7, 'test', 1, 1)")
    .bind(workspace)
    .bind(id)
    .bind(id.to_string())
    .bind(contact)
    .bind(us(order[0].as_str().unwrap()))
    .bind(order[1].as_i64().unwrap())
    .bind(order[2].as_str().unwrap())
    .execute(conn)
    .await?;
    for (line, part) in order[3].as_array().unwrap().iter().enumerate() {
        let product = ids.make();
        let number = i64::from(u16::from_be_bytes([product.as_bytes()[14], product.as_bytes()[15]])) << 8 | line as i64;
        let mut rows = BulkInsert::new(
            "product",
            &[
                "workspace",
                "id",
                "number",
                "sku",
                "name",
                "brand",
                "department",
                "category",
                "kind",
                "price_minor",
                "currency",
                "attributes",
                "archived",
                "version",
                "created_at",
                "updated_at",
            ],
            "",
        );
        rows.push([
            workspace.into(),
            product.into(),
            (number | ((product.as_u128() as i64 & 0xff_ffff) << 32)).into(),
            product.to_string().into(),
            "".into(),
            "".into(),
            "".into(),
            part[0].as_str().unwrap().into(),
            "".into(),
            rialto_store::Value::Int(None),
            rialto_store::Value::Text(None),
            "{}".into(),
            false.into(),
            1_i64.into(),
            1_i64.into(),
            1_i64.into(),
        ]);
        rows.execute(conn).await?;
        sql("INSERT INTO order_line (workspace, sales_order, line, product, quantity, amount_minor, discount_minor)
             VALUES ($1, $2, $3, $4, 1.0, $5, 0)")
        .bind(workspace)
        .bind(id)
        .bind(line as i64)
        .bind(product)
        .bind(part[1].as_i64().unwrap())
        .execute(conn)
        .await?;
    }
    Ok(())
}

both! {
    async fn every_case_gives_its_people(host: TestHost) {
        let ids = people(&host).await;
        let keys: BTreeMap<Id, String> = ids.iter().map(|(key, id)| (*id, key.clone())).collect();
        let mut cases: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.retain(|path| path.to_string_lossy().ends_with(".case.json"));
        cases.sort();
        assert!(cases.len() > 40, "the cases are not where they were");
        for path in cases {
            let (case, name) = (read(&path), path.file_name().unwrap().to_string_lossy().into_owned());
            if let Some(refused) = case["refused"].as_array() {
                let problem = rialto_kernel::Problem::from(Rule::parse(case["rule"].clone()).unwrap_err());
                let places: Vec<&str> = problem.errors.iter().map(|e| e.field.as_str()).collect();
                let expected: Vec<&str> = refused.iter().map(|p| p.as_str().unwrap()).collect();
                assert_eq!(places, expected, "{name}");
                continue;
            }
            let rule = Rule::parse(case["rule"].clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
            let compiled = compile(&rule, host.workspace(), host.host().now_us());
            let mut conn = host.read().await;
            let found = compiled.everyone(&mut conn).await.unwrap_or_else(|e| panic!("{name}: {e:?}"));
            let mut found: Vec<&str> = found.iter().map(|id| keys[id].as_str()).collect();
            found.sort_unstable();
            let expected: Vec<&str> = case["expected"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
            assert_eq!(found, expected, "{name}");
            assert_eq!(compiled.count(&mut conn).await.unwrap(), expected.len() as u64, "{name}");
            let not = Rule::parse(json!({"not": case["rule"]})).unwrap();
            let others = compile(&not, host.workspace(), host.host().now_us()).count(&mut conn).await.unwrap();
            assert_eq!(others as usize + expected.len(), 4, "{name}: a rule and its opposite share everyone out");
        }
    }

    async fn a_stranger_sees_nobody(host: TestHost) {
        people(&host).await;
        let stranger = host.another_workspace("stranger").await;
        let mut conn = host.host().store.read(stranger).await.unwrap();
        for rule in [json!({"all": []}), json!({"not": {"on": "tag", "name": "x"}}), json!({"on": "event"}), json!({"on": "order"})] {
            let rule = Rule::parse(rule).unwrap();
            assert_eq!(compile(&rule, stranger, host.host().now_us()).count(&mut conn).await.unwrap(), 0);
        }
    }

    async fn a_snapshot_stays_as_it_was_taken(host: TestHost) {
        let ids = people(&host).await;
        let rule = json!({"on": "event", "name": "Bought"});
        let taken = snapshot_create(host.host(), &host.caller(), RuleSource::Rule(rule), "buyers").await.unwrap();
        assert!(taken.complete && taken.size == 2);
        let event = NewEvent {
            kind: "track".to_owned(), name: "Bought".to_owned(), contact: Some(ids["dee"]), at: host.host().now_us(),
            source: "test".to_owned(), ..NewEvent::default()
        };
        let (workspace, makes, now) = (host.workspace(), host.host().ids().clone(), host.host().now_us());
        host.host().store.write(workspace, "test", move |conn| Box::pin(async move {
            record_events(conn, &makes, now, workspace, vec![event]).await
        })).await.unwrap();
        host.drain().await;
        let mut conn = host.read().await;
        let first = snapshot_members(&mut conn, workspace, taken.id, None, 1).await.unwrap();
        let rest = snapshot_members(&mut conn, workspace, taken.id, first.last().copied(), 10).await.unwrap();
        let mut members = [first, rest].concat();
        members.sort_unstable();
        let mut expected = vec![ids["ann"], ids["cai"]];
        expected.sort_unstable();
        assert_eq!(members, expected);
    }

    async fn snapshots_are_listed_latest_first_and_found_by_name(host: TestHost) {
        people(&host).await;
        let http = host.http().await;
        let mut taken = Vec::new();
        for name in ["Buyers of tea", "买茶的人", "100% of them"] {
            let new = json!({ "of": { "rule": { "all": [] } }, "name": name });
            let (status, made) = http.post("/audience-snapshots", &new).await;
            assert_eq!(status, 201, "{made}");
            taken.push(made["id"].clone());
            host.clock().advance_seconds(1);
        }
        taken.reverse();
        let (_, first) = http.get("/audience-snapshots?limit=2").await;
        let next = first["next"].as_str().unwrap();
        let (_, rest) = http.get(&format!("/audience-snapshots?limit=2&cursor={next}")).await;
        assert!(rest["next"].is_null());
        let of = |page: &serde_json::Value| page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        assert_eq!([of(&first), of(&rest)].concat(), taken);
        for (q, found) in [("TEA", 2), ("茶", 1), ("%25", 0), ("nobody", 3)] {
            let (_, page) = http.get(&format!("/audience-snapshots?q={q}")).await;
            assert_eq!(of(&page), taken.get(found).into_iter().cloned().collect::<Vec<_>>(), "{q}");
        }
        let stranger = host.another_workspace("stranger").await;
        let stranger = http.with_token(Some(host.token(stranger, rialto_identity::TokenKind::Api, Some("admin")).await));
        assert_eq!(stranger.get("/audience-snapshots").await.1["items"], json!([]));
    }

    async fn segments_are_kept_and_asked_over_http(host: TestHost) {
        let ids = people(&host).await;
        let http = host.http().await;
        let rule = json!({"on": "trait", "key": "plan", "op": "is", "value": "pro"});
        let (status, made) = http.post("/segments", &json!({"name": "Pro", "rule": rule})).await;
        assert_eq!(status, 201, "{made}");
        let (status, again) = http.post("/segments", &json!({"name": "Pro", "rule": rule})).await;
        assert_eq!((status.as_u16(), again["code"].as_str()), (409, Some("segment-name-taken")));
        let (status, wrong) = http.post("/segments", &json!({"name": "X", "rule": {"all": [{"on": "nothing"}]}})).await;
        assert_eq!((status.as_u16(), wrong["errors"][0]["field"].as_str()), (422, Some("/rule/all/0/on")));
        let (status, seen) = http.post("/segments:preview", &json!({"of": {"segment": made["id"]}, "sample": 1})).await;
        assert_eq!((status.as_u16(), seen["count"].as_i64()), (200, Some(2)), "{seen}");
        assert_eq!(seen["sample"].as_array().map(Vec::len), Some(1));
        let both = json!({"a": {"segment": made["id"]}, "b": {"rule": {"on": "identity", "kind": "email"}}});
        let (_, shared) = http.post("/segments:overlap", &both).await;
        assert_eq!((shared["a"].as_i64(), shared["b"].as_i64(), shared["both"].as_i64()), (Some(2), Some(2), Some(1)));
        let (_, list) = http.get(&format!("/segments/{}/contacts?limit=1", made["id"].as_str().unwrap())).await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
        assert!(list["next"].is_string());
        let (status, changed) =
            http.patch(&format!("/segments/{}", made["id"].as_str().unwrap()), &json!({"archived": true})).await;
        assert_eq!((status.as_u16(), changed["version"].as_i64()), (200, Some(2)));
        let (_, none) = http.get("/segments").await;
        assert_eq!(none["items"], json!([]));
        assert!(ids.len() == 5);
    }

    async fn hostile_values_are_only_values(host: TestHost) {
        people(&host).await;
        let hostile = [
            "'", "\"", "')) OR 1=1 --", "'; DROP TABLE contact; --", "$1", "$99999", "?", "%", "_", "\\", "\u{202e}x",
            "NULL", "1; SELECT 1", "/*", "*/", "0x41", "{{x}}", "\u{feff}",
        ];
        for evil in hostile {
            for rule in [
                json!({"on": "trait", "key": evil, "op": "is", "value": evil}),
                json!({"on": "trait", "key": "plan", "op": "starts_with", "value": evil}),
                json!({"on": "trait", "key": "plan", "op": "contains", "value": evil}),
                json!({"on": "trait", "key": "plan", "op": "in", "value": [evil, "x"]}),
                json!({"on": "contact", "field": "region", "op": "is", "value": evil}),
                json!({"on": "contact", "field": "region", "op": "contains", "value": evil}),
                json!({"on": "tag", "name": evil}),
                json!({"on": "consent", "channel": evil, "topic": evil}),
                json!({"on": "identity", "kind": "email", "issuer": evil}),
                json!({"on": "event", "name": evil, "kind": [evil], "channel": evil, "source": evil}),
                json!({"on": "order", "category": evil, "sku": evil, "count": {"op": "gte", "value": 2}}),
                json!({"on": "redemption", "offer": evil, "code": evil}),
            ] {
                let compiled = compile(&Rule::parse(rule.clone()).unwrap(), host.workspace(), host.host().now_us());
                let mut conn = host.read().await;
                let found = compiled.count(&mut conn).await.unwrap_or_else(|e| panic!("{rule}: {e:?}"));
                assert_eq!(found, 0, "{rule}");
            }
        }
        assert!(Rule::parse(json!({"on": "tag", "name": "a\u{0}b"})).is_err());
    }
}
