//! Segments over a million contacts: the query a rule is compiled into, beside
//! SQL that a person wrote for the same question, on both databases. Two
//! people's ways are tried (sets joined, and questions asked of each contact);
//! the quicker one is the reference. Both must count the same.

use crate::{
    Bench,
    figure::{Figure, Reference, Samples, Target},
};
use anyhow::{Context as _, ensure};
use rialto_audience::segment::{Rule, compile};
use rialto_kernel::{Clock as _, Id, SystemClock, WorkspaceId};
use rialto_store::{Conn, Dialect, Store, StoreError, StoreOptions, sql_dynamic};
use rialto_testkit_postgres::PostgresCluster;
use serde_json::json;
use sqlx::{Connection as _, Executor as _};
use std::time::Instant;

/// Rows made in one transaction.
const STEP: usize = 50_000;
const DAY_US: i64 = 86_400_000_000;
/// Days that the events spread over.
const EVENT_DAYS: i64 = 40;

const WORKSPACE: WorkspaceId = WorkspaceId(Id::from_u128(1));

/// Measure it.
///
/// # Errors
/// When a query fails or two of them count differently.
pub async fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let folder = bench.folder()?;
    let options = StoreOptions::Sqlite { path: folder.path().join("segments.db") };
    let mut figures = on(bench, "SQLite", &options).await?;
    match PostgresCluster::start() {
        Ok(cluster) => {
            let options = StoreOptions::Postgres { url: cluster.url(), connections: 4 };
            figures.extend(on(bench, "PostgreSQL", &options).await?);
        }
        Err(why) => eprintln!("segment: PostgreSQL is left out: {why:#}"),
    }
    Ok(figures)
}

async fn on(bench: &Bench, name: &str, options: &StoreOptions) -> anyhow::Result<Vec<Figure>> {
    let store = Store::open(options).await?;
    let (contacts, now) = (bench.size(1_000_000, 5_000), SystemClock.now_us());
    fill(&store, contacts, now).await?;
    analyze(options).await?;
    let mut figures = Vec::new();
    for question in questions(store.dialect(), now) {
        figures.push(one(bench, &store, name, contacts, now, &question).await?);
    }
    store.close().await;
    Ok(figures)
}

/// A question as a rule, and as two people would write it.
struct Question {
    what: &'static str,
    rule: serde_json::Value,
    ways: [String; 2],
}

async fn one(
    bench: &Bench,
    store: &Store,
    database: &str,
    contacts: usize,
    now: i64,
    question: &Question,
) -> anyhow::Result<Figure> {
    let compiled = compile(&Rule::parse(question.rule.clone())?, WORKSPACE, now);
    let mut conn = store.read(WORKSPACE).await?;
    let (mut ours, mut theirs, mut people) = (Vec::new(), [Vec::new(), Vec::new()], 0);
    for round in 0..=bench.repetitions() {
        let began = Instant::now();
        people = compiled.count(&mut conn).await.with_context(|| format!("{database}: {}, the rule", question.what))?;
        let took = began.elapsed().as_secs_f64() * 1e3;
        for (at, (way, times)) in question.ways.iter().zip(&mut theirs).enumerate() {
            let began = Instant::now();
            let asked = sql_dynamic(way.clone()).bind(WORKSPACE).fetch_one(&mut conn).await;
            let (count,): (i64,) =
                asked.with_context(|| format!("{database}: {}, by hand, way {}", question.what, at + 1))?;
            if round > 0 {
                times.push(began.elapsed().as_secs_f64() * 1e3);
            }
            ensure!(u64::try_from(count) == Ok(people), "{}: the rule fits {people}, by hand {count}", question.what);
        }
        if round > 0 {
            ours.push(took);
        }
    }
    let [sets, each] = theirs.map(Samples::new);
    let (how, quicker, slower) =
        if sets.median() <= each.median() { ("sets joined", sets, each) } else { ("asked of each", each, sets) };
    Ok(Figure {
        what: format!("segment over {contacts} contacts, {database}: {}", question.what),
        unit: "ms",
        ours: Samples::new(ours),
        reference: Some(Reference { name: format!("by hand, {how}"), samples: quicker }),
        target: Target::TimesAtMost(1.2),
        note: format!("{people} people fit; written by hand the other way: {:.0} ms", slower.median()),
    })
}

/// The person a fact is of: whoever its contact was merged into.
const PERSON: &str = "COALESCE(m.merged_into, t.contact)";
const MERGED: &str =
    "LEFT JOIN contact m ON m.workspace = t.workspace AND m.id = t.contact AND m.merged_into IS NOT NULL";

fn questions(dialect: Dialect, now: i64) -> Vec<Question> {
    let since = now - 10 * DAY_US;
    let (gold, rich) = ("t.key = 'tier' AND t.text = 'gold'", "t.key = 'spend' AND t.number > 500");
    let facts = |test: &str| format!("SELECT {PERSON} AS id FROM trait t {MERGED} WHERE t.workspace = $1 AND {test}");
    let bought = format!("t.name = 'Order Completed' AND t.at >= {since} AND t.at <= {now}");
    let live = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact c";
    let whole = "c.workspace = $1 AND c.merged_into IS NULL";
    // Those merged into a contact first, then what is theirs: left alone, SQLite begins with every fact there is.
    let merged = "l.workspace = c.workspace AND l.merged_into IS NOT NULL AND l.merged_into = c.id
                  AND t.workspace = l.workspace AND t.contact = l.id";
    // A fact of the contact's own, or of one merged into it.
    let has = |test: &str| {
        format!(
            "(EXISTS (SELECT 1 FROM trait t WHERE t.workspace = c.workspace AND t.contact = c.id AND {test}) OR EXISTS (
               SELECT 1 FROM contact l CROSS JOIN trait t WHERE {merged} AND {test}))"
        )
    };
    let event = if dialect == Dialect::Sqlite { "event t INDEXED BY event_contact" } else { "event t" };
    vec![
        Question {
            what: "two facts and a region",
            rule: json!({"all": [
                {"on": "trait", "key": "tier", "op": "is", "value": "gold"},
                {"on": "trait", "key": "spend", "op": "gt", "value": 500},
                {"on": "contact", "field": "region", "op": "in", "value": ["north", "east"]},
            ]}),
            ways: [
                format!(
                    "WITH gold AS ({}), rich AS ({}), fits AS (SELECT id FROM gold INTERSECT SELECT id FROM rich)
                     {live} JOIN fits f ON f.id = c.id WHERE {whole} AND c.region IN ('north', 'east')",
                    facts(gold),
                    facts(rich)
                ),
                format!(
                    "{live} WHERE {whole} AND c.region IN ('north', 'east') AND {} AND {}",
                    has(gold),
                    has(rich)
                ),
            ],
        },
        Question {
            what: "bought twice in ten days",
            rule: json!({"on": "event", "name": "Order Completed", "within_days": 10, "count": {"op": "gte", "value": 2}}),
            ways: [
                format!(
                    "WITH buyers AS (SELECT {PERSON} AS id FROM event t {MERGED} WHERE t.workspace = $1 AND {bought} AND t.contact \
                     IS NOT NULL GROUP BY {PERSON} HAVING COUNT(*) >= 2)
                     {live} JOIN buyers b ON b.id = c.id WHERE {whole}"
                ),
                format!(
                    "{live} WHERE {whole} AND 2 <=
                       (SELECT COUNT(*) FROM {event} WHERE t.workspace = c.workspace AND t.contact = c.id AND {bought})
                     + (SELECT COUNT(*) FROM contact l CROSS JOIN {event} WHERE {merged} AND {bought})"
                ),
            ],
        },
    ]
}

/// Contacts (one in a hundred merged into the one before), two facts each, and
/// as many events as contacts.
async fn fill(store: &Store, contacts: usize, now: i64) -> anyhow::Result<()> {
    let sqlite = store.dialect() == Dialect::Sqlite;
    let numbers = match sqlite {
        true => "WITH RECURSIVE n(i) AS (SELECT $2 UNION ALL SELECT i + 1 FROM n WHERE i < $3)",
        false => "WITH n AS (SELECT generate_series(CAST($2 AS BIGINT), CAST($3 AS BIGINT)) AS i)",
    };
    let id = |number: &str| match sqlite {
        true => format!("unhex(printf('%032x', {number}))"),
        false => format!("CAST(lpad(to_hex({number}), 32, '0') AS uuid)"),
    };
    let workspace = if sqlite { "$1" } else { "CAST($1 AS uuid)" };
    let (own, before) = (id("i"), id("i - 1"));
    let mixed = |salt: u32| format!("((i + {salt}) * 2654435761 % 1000003)");
    let event_contact = id(&format!("(1 + {} * 7919 % {contacts})", mixed(3)));
    let nobody = if sqlite { "NULL" } else { "CAST(NULL AS uuid)" };
    let texts = [
        format!(
            "INSERT INTO contact (workspace, id, unit, name, first_name, last_name, locale, zone, region, source, merged_into,
               version, created_at, updated_at)
             {numbers} SELECT {workspace}, {own}, {nobody}, '', 'P', '', 'en', 'UTC',
               CASE i % 4 WHEN 0 THEN 'north' WHEN 1 THEN 'east' WHEN 2 THEN 'south' ELSE 'west' END, 'bench',
               CASE WHEN i % 100 = 0 THEN {before} END, 1, {now}, {now} FROM n"
        ),
        format!(
            "INSERT INTO trait (workspace, contact, key, kind, text, number, source, at)
             {numbers} SELECT {workspace}, {own}, 'tier', 'text', CASE WHEN {} % 10 = 0 THEN 'gold' ELSE 'plain' END, NULL, 'bench', {now} FROM n",
            mixed(1)
        ),
        format!(
            "INSERT INTO trait (workspace, contact, key, kind, text, number, source, at)
             {numbers} SELECT {workspace}, {own}, 'spend', 'number', NULL, CAST({} % 1000 AS REAL), 'bench', {now} FROM n",
            mixed(2)
        ),
        format!(
            "INSERT INTO event (workspace, at, id, kind, name, contact, channel, campaign, send, source, value_minor, currency,
               properties, received_at)
             {numbers} SELECT {workspace}, {now} - {} * 997 % {EVENT_DAYS} * {DAY_US} - i, {own}, 'track',
               CASE i % 3 WHEN 0 THEN 'Order Completed' ELSE 'Product Viewed' END, {event_contact}, NULL, {nobody}, {nobody},
               'bench', NULL, NULL, '{{}}', {now} FROM n",
            mixed(4)
        ),
    ];
    months(store, now).await?;
    for text in texts {
        for first in (1..=contacts).step_by(STEP) {
            let last = (first + STEP - 1).min(contacts);
            run(store, text.clone(), (first, last)).await?;
        }
    }
    Ok(())
}

/// What PostgreSQL's autovacuum does by and by; only the owner of the tables
/// may. SQLite's statistics are the host's own.
async fn analyze(options: &StoreOptions) -> anyhow::Result<()> {
    if let StoreOptions::Postgres { url, .. } = options {
        let mut owner = sqlx::PgConnection::connect(url).await?;
        owner.execute(sqlx::raw_sql("ANALYZE")).await?;
        owner.close().await?;
    }
    Ok(())
}

/// The months that the events are of; PostgreSQL keeps each in a table of its own.
async fn months(store: &Store, now: i64) -> anyhow::Result<()> {
    let made: Result<(), StoreError> = store
        .write(WORKSPACE, "bench.months", move |conn: &mut Conn| {
            Box::pin(async move { conn.event_months((0..=EVENT_DAYS).map(|day| now - day * DAY_US)).await })
        })
        .await;
    Ok(made?)
}

async fn run(store: &Store, text: String, (first, last): (usize, usize)) -> anyhow::Result<()> {
    let done: Result<(), StoreError> = store
        .write(WORKSPACE, "bench.fill", move |conn: &mut Conn| {
            Box::pin(async move {
                let as_i64 = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
                let query = sql_dynamic(text).bind(WORKSPACE).bind(as_i64(first)).bind(as_i64(last));
                query.execute(conn).await.map(drop)
            })
        })
        .await;
    Ok(done?)
}
