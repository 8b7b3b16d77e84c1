//! Nothing of the future is seen: rows later than the clock are planted in
//! every table that keeps what happened, or what becomes known, at a time; and
//! every address, metric and rule answers as it did without them.

use super::instant;
use crate::{api::openapi::operations, measure::season::Season};
use rialto_identity::clocks_read;
use rialto_kernel::Id;
use rialto_store::{AS_OF, Bound, Conn, StoreError, Value as Cell, sql, sql_dynamic};
use rialto_testkit::{TestHost, both};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// After everything in the fixture, and before what is planted.
const NOW: &str = "2017-08-01T00:00:00Z";
const LATER: &str = "2017-09-01T00:00:00Z";

/// One row later than the clock for each table, by what stands for it: `{id}`
/// is the planted row's own id, which is the same in all of them.
const PLANTS: &[(&str, &str)] = &[
    ("contact", "(workspace, id, name, first_name, last_name, locale, zone, region, source, version, created_at, updated_at)
        VALUES ({ws}, {id}, 'planted', '', '', 'en', 'UTC', 'planted', 'planted', 1, {later}, {later})"),
    ("event", "(workspace, at, id, kind, name, contact, channel, source, value_minor, currency, properties, received_at)
        VALUES ({ws}, {later}, {id}, 'touch', 'campaign-targeted', {contact}, 'planted', 'planted', 777, 'USD', '{}', {later})"),
    ("sales_order", "(workspace, id, number, contact, at, currency, total_minor, discount_minor, lines, state, source, version, created_at)
        VALUES ({ws}, {id}, 'planted', {contact}, {later}, 'USD', 7777, 0, 1, 'placed', 'planted', 1, {later})"),
    ("order_line", "(workspace, sales_order, line, product, quantity, amount_minor, discount_minor)
        VALUES ({ws}, {id}, 1, {product}, 1, 7777, 0)"),
    ("refund", "(workspace, id, number, sales_order, line, at, quantity, amount_minor, source, created_at)
        VALUES ({ws}, {id}, 'planted', {id}, 1, {later}, 1, 77, 'planted', {later})"),
    ("offer", "(workspace, id, code, name, terms, starts_at, version, created_at)
        VALUES ({ws}, {id}, 'planted', 'planted', '', {later}, 1, {later})"),
    ("offer_product", "(workspace, offer, product) VALUES ({ws}, {id}, {product})"),
    ("redemption", "(workspace, id, number, offer, contact, campaign, code, at, source)
        VALUES ({ws}, {id}, 'planted', {offer}, {contact}, {campaign}, 'planted', {later}, 'planted')"),
    ("placement", "(workspace, sales_channel, medium, starts_at, ends_at, products, entries)
        VALUES ({ws}, {sales_channel}, 'display', {later}, {end}, 0, {bytes})"),
    ("campaign", "(workspace, id, code, name, kind, objective, state, topic, currency, unit_cost_minor, starts_at, ends_at,
                   launched_at, on_uncertain, source, version, created_by, created_at, updated_at)
        VALUES ({ws}, {id}, 'planted', 'planted', '', '', 'past', '', 'USD', 0, {later}, {end},
                {later}, 'park', 'import', 1, 'planted', {later}, {later})"),
    ("campaign_offer", "(workspace, campaign, offer) VALUES ({ws}, {id}, {offer})"),
    ("spend", "(workspace, id, campaign, channel, at, amount_minor, currency, note, created_by, created_at)
        VALUES ({ws}, {id}, {campaign}, 'planted', {later}, 777, 'USD', 'planted', 'planted', {later})"),
    ("exchange_rate", "(workspace, base, quote, at, rate, source, created_by, created_at)
        VALUES ({ws}, 'EUR', 'USD', {later}, '7.77', 'planted', 'planted', {later})"),
    ("annotation", "(workspace, id, campaign, at, text, author, created_at)
        VALUES ({ws}, {id}, {campaign}, {later}, 'planted', 'planted', {later})"),
    ("creative_result", "(workspace, id, creative, objective, label, at, tried, reached)
        VALUES ({ws}, {id}, {creative}, 'planted', 'planted', {later}, 10, 7)"),
    ("consent_record", "(workspace, id, contact, channel, topic, state, source, proof, actor, at)
        VALUES ({ws}, {id}, {contact}, 'email', 'planted', 'granted', 'planted', 'planted', 'planted', {later})"),
    ("consent", "(workspace, contact, channel, topic, state, record, at)
        VALUES ({ws}, {contact}, 'email', 'planted', 'granted', {id}, {later})"),
    ("trait", "(workspace, contact, key, kind, text, source, at)
        VALUES ({ws}, {contact}, 'planted', 'text', 'planted', 'planted', {later})"),
    ("tag", "(workspace, contact, name, source, at) VALUES ({ws}, {contact}, 'planted', 'planted', {later})"),
    ("contact_merge", "(workspace, id, winner, loser, reason, actor, at)
        VALUES ({ws}, {id}, {contact}, {id}, 'planted', 'planted', {later})"),
    ("experiment_assignment", "(workspace, experiment, contact, place, at) VALUES ({ws}, {id}, {contact}, 0, {later})"),
];

/// What stands for the names in [`PLANTS`].
type Names = BTreeMap<&'static str, Cell>;

pub(super) async fn first(conn: &mut Conn, season: &Season, table: &str) -> Id {
    let text = format!("SELECT id FROM {table} WHERE workspace = $1 ORDER BY id LIMIT 1");
    let found: (Id,) = sql_dynamic(text).bind(season.host.workspace()).fetch_one(conn).await.unwrap();
    found.0
}

async fn names(season: &Season) -> Names {
    let mut names = Names::new();
    let mut conn = season.host.read().await;
    for table in ["contact", "product", "offer", "sales_channel", "campaign", "creative"] {
        names.insert(table, first(&mut conn, season, table).await.into());
    }
    names.insert("ws", season.host.workspace().into());
    names.insert("id", season.host.id().into());
    names.insert("later", instant(LATER).into());
    names.insert("end", (instant(LATER) + 86_400_000_000).into());
    names.insert("bytes", Vec::<u8>::new().into());
    names
}

/// A text with its names turned into placeholders, and their values in order.
fn filled(text: &str, names: &Names) -> (String, Vec<Cell>) {
    let (mut out, mut values) = (text.to_owned(), Vec::new());
    for (name, value) in names {
        let token = format!("{{{name}}}");
        if out.contains(&token) {
            values.push(value.clone());
            out = out.replace(&token, &format!("${}", values.len()));
        }
    }
    (out, values)
}

pub(super) async fn plant(season: &Season) {
    let names = names(season).await;
    let (ws, rows) = (
        season.host.workspace(),
        PLANTS.iter().map(|(table, text)| {
            let (text, values) = filled(&format!("INSERT INTO {table} {text}"), &names);
            sql_dynamic(text).bind_all(values)
        }),
    );
    let rows: Vec<_> = rows.collect();
    let write = season.host.host().store.write(ws, "test.plant", move |conn| {
        Box::pin(async move {
            conn.event_months([instant(LATER)]).await?;
            for row in rows {
                row.execute(conn).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    write.await.unwrap();
}

/// Ids of the lists, to look at single things.
fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["id"].as_str()).take(3).map(str::to_owned).collect()
}

/// Everything that can be read: every address, every metric by each of its
/// dimensions, every family of rules.
async fn picture(season: &Season, document: &Value) -> BTreeMap<String, String> {
    const MOVING: &[&str] = &["/api/v1/tokens", "/api/v1/me", "/api/v1/audit", "/api/v1/jobs", "/api/v1/workspace"];
    let (mut seen, mut known) = (BTreeMap::new(), BTreeMap::new());
    let reads: Vec<(String, Value)> = operations(document)
        .into_iter()
        .filter(|(method, path, _)| method == "GET" && !MOVING.iter().any(|moving| path.starts_with(moving)))
        .filter(|(_, _, operation)| operation["responses"]["200"]["content"]["text/event-stream"].is_null())
        .map(|(_, path, operation)| (path, operation))
        .collect();
    for (path, _) in reads.iter().filter(|(path, _)| !path.contains('{')) {
        let (_, page) = season.http.get(path).await;
        known.insert(path.clone(), ids(&page));
        seen.insert(path.clone(), page.to_string());
    }
    for (path, _) in reads.iter().filter(|(path, _)| path.matches('{').count() == 1) {
        let (list, rest) = path.split_once("/{").unwrap();
        let rest = rest.split_once('}').unwrap().1;
        for id in known.get(list).into_iter().flatten() {
            let one = format!("{list}/{id}{rest}");
            let (_, answer) = season.http.get(&one).await;
            seen.insert(one, answer.to_string());
        }
    }
    metrics(season, &mut seen).await;
    rules(season, &mut seen).await;
    seen
}

async fn metrics(season: &Season, seen: &mut BTreeMap<String, String>) {
    let catalogue = season.get("/api/v1/metrics").await;
    for metric in catalogue["items"].as_array().unwrap() {
        let by: Vec<Value> = metric["dimensions"].as_array().cloned().unwrap_or_default();
        for by in [vec![]].into_iter().chain(by.into_iter().map(|one| vec![one])) {
            let question = json!({ "metric": metric["name"], "by": by });
            let (_, answer) = season.http.post("/api/v1/metrics:query", &question).await;
            seen.insert(question.to_string(), answer.to_string());
        }
    }
}

async fn rules(season: &Season, seen: &mut BTreeMap<String, String>) {
    for rule in [
        json!({ "all": [] }),
        json!({ "on": "event" }),
        json!({ "on": "event", "name": "campaign-targeted", "count": { "op": "gte", "value": 1 } }),
        json!({ "on": "order", "count": { "op": "gte", "value": 1 } }),
        json!({ "on": "order", "sum_minor": { "op": "gte", "value": 7_000, "currency": "USD" } }),
        json!({ "on": "redemption" }),
        json!({ "on": "trait", "key": "planted", "op": "is", "value": "planted" }),
        json!({ "on": "tag", "name": "planted" }),
        json!({ "on": "consent", "channel": "email", "topic": "planted" }),
        json!({ "on": "contact", "field": "region", "op": "is", "value": "planted" }),
    ] {
        let question = json!({ "of": { "rule": rule }, "sample": 10 });
        let (status, answer) = season.http.post("/segments:preview", &question).await;
        assert!(status.is_success(), "{question}: {answer}");
        seen.insert(question.to_string(), answer.to_string());
    }
}

pub(super) async fn stand(season: &Season) {
    let (ws, at) = (season.host.workspace(), instant(NOW));
    // The fixture is in the database already, so the API would refuse.
    let write = season.host.host().store.write(ws, "test.stand", move |conn| {
        Box::pin(async move {
            sql("UPDATE workspace SET stands_at = $2 WHERE id = $1").bind(ws).bind(at).execute(conn).await
        })
    });
    assert_eq!(write.await.unwrap(), 1);
    clocks_read(season.host.host()).await.unwrap();
}

#[test]
fn every_table_that_hides_rows_has_one_planted() {
    let bounded: BTreeSet<&str> = AS_OF.iter().filter(|(_, b)| matches!(b, Bound::Where(_))).map(|(t, _)| *t).collect();
    let planted: BTreeSet<&str> = PLANTS.iter().map(|(table, _)| *table).collect();
    assert_eq!(planted, bounded, "host/schema/as_of.txt and the rows planted here go together");
}

both! {
    async fn what_is_later_than_the_clock_is_seen_nowhere(host: TestHost) {
        let season = Season::of(host).await;
        season.post("/creatives", json!({ "title": "A case" }), 201).await;
        stand(&season).await;
        let document = season.http.get("/api/v1/openapi.json").await.1;
        let mut before = picture(&season, &document).await;
        // What differs from call to call by itself tells nothing; it must be little.
        let (all, again) = (before.len(), picture(&season, &document).await);
        before.retain(|asked, answer| again.get(asked) == Some(answer));
        assert!(all > 100 && before.len() * 10 > all * 9, "{} of {all} answers can be compared", before.len());
        plant(&season).await;
        let after = picture(&season, &document).await;
        for (asked, answer) in &before {
            assert_eq!(Some(answer), after.get(asked), "{asked} sees what is later");
        }
        assert_eq!(all, after.len(), "there is more to look at than before");
        // The same rows are seen once the clock has passed them.
        let (status, moved) = season.http.put("/workspace/clock", &json!({ "stands_at": "2017-09-02T00:00:00Z" })).await;
        assert!(status.is_success(), "{moved}");
        let passed = picture(&season, &document).await;
        let changed = before.iter().filter(|(asked, answer)| passed.get(*asked) != Some(*answer)).count();
        assert!(changed > 10, "only {changed} answers changed when the clock moved on");
    }
}
