//! What intake is held against: the same event rows inserted bare, a hundred a
//! transaction, over one connection with the host's own settings of the
//! database. It runs in a process of its own, so that its fsyncs can be delayed
//! like the host's.

use anyhow::Context as _;
use clap::Args;
use rialto_kernel::{Id, Ids, OsRandom, SystemClock};
use rialto_store::{Store, StoreOptions};
use serde_json::json;
use sqlx::{
    Arguments as _, AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _, SqliteConnection,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// Events of one transaction, and of one request.
pub const BATCH: usize = 100;
/// Users that the events are of.
pub const USERS: usize = 2_000;
const EVENT_COLUMNS: usize = 14;

/// Insert batches of events and say how long it took.
#[derive(Debug, Args)]
pub struct Inserts {
    /// The database; made with the host's own schema where it is not there
    #[arg(long)]
    database: PathBuf,
    /// The number of the first batch
    #[arg(long)]
    first: usize,
    /// How many batches
    #[arg(long)]
    batches: usize,
    /// Insert the claims of message ids too, as the host does
    #[arg(long)]
    claims: bool,
}

/// One event, as a client sends it and as a row holds it.
pub(crate) struct Event {
    pub(crate) user: String,
    pub(crate) message_id: String,
    pub(crate) name: &'static str,
    pub(crate) at: i64,
    pub(crate) properties: serde_json::Value,
}

/// The n-th event from an instant on, the same every time.
pub(crate) fn event(n: usize, began: i64) -> Event {
    let spread = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let user = usize::try_from(spread).unwrap_or(0) % USERS;
    Event {
        user: format!("user-{user}"),
        message_id: format!("bench-{began:x}-{n:08}"),
        name: ["Product Viewed", "Product Added", "Cart Viewed", "Page Read"][n % 4],
        at: began + i64::try_from(n).unwrap_or(0),
        properties: json!({ "product_id": format!("sku-{}", spread % 5_000), "category": "garden", "position": n % 40 }),
    }
}

impl Inserts {
    /// Seconds as text.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn run(&self) -> anyhow::Result<String> {
        // The schema is the host's, indexes and all.
        Store::open(&StoreOptions::Sqlite { path: self.database.clone() }).await?.close().await;
        let mut conn = connect(&self.database).await?;
        let now = rialto_kernel::Clock::now_us(&SystemClock);
        let ids = Ids::new(Arc::new(SystemClock), Arc::new(OsRandom));
        let (events, claims) = (event_text(), claim_text());
        let mut rows = Vec::with_capacity(self.batches);
        for batch in self.first..self.first + self.batches {
            let batch: Vec<Event> = (batch * BATCH..(batch + 1) * BATCH).map(|n| event(n, now)).collect();
            rows.push((claim_arguments(&batch, now)?, event_arguments(&batch, &ids, now)?));
        }
        let began = Instant::now();
        for (claimed, inserted) in rows {
            conn.execute(sqlx::raw_sql("BEGIN IMMEDIATE")).await?;
            if self.claims {
                sqlx::query_with(AssertSqlSafe(claims.clone()), claimed).execute(&mut conn).await?;
            }
            sqlx::query_with(AssertSqlSafe(events.clone()), inserted).execute(&mut conn).await?;
            conn.execute(sqlx::raw_sql("COMMIT")).await?;
        }
        let took = began.elapsed();
        conn.close().await?;
        Ok(took.as_secs_f64().to_string())
    }
}

/// As the store opens its writer.
async fn connect(database: &Path) -> anyhow::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-32000")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("trusted_schema", "off");
    SqliteConnection::connect_with(&options).await.context("the reference's database")
}

/// Bare signs: SQLite looks a named one up among all of a statement.
fn placeholders(rows: usize, width: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    vec![row; rows].join(", ")
}

fn event_text() -> String {
    format!(
        "INSERT INTO event (workspace, at, id, kind, name, contact, channel, campaign, send, source, value_minor, currency, \
         properties, received_at) VALUES {}",
        placeholders(BATCH, EVENT_COLUMNS)
    )
}

fn claim_text() -> String {
    format!("INSERT INTO event_seen (workspace, at, message_id) VALUES {}", placeholders(BATCH, 3))
}

fn event_arguments(batch: &[Event], ids: &Ids, now: i64) -> anyhow::Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    let nothing = || anyhow::anyhow!("a value cannot be bound");
    for event in batch {
        let contact = Id::from_u128(0x0190_0000_0000_7000 << 64 | u128::from(hash(&event.user)));
        let added = arguments
            .add(Id::from_u128(1))
            .and_then(|()| arguments.add(event.at))
            .and_then(|()| arguments.add(ids.at(event.at)))
            .and_then(|()| arguments.add("track"))
            .and_then(|()| arguments.add(event.name))
            .and_then(|()| arguments.add(contact))
            .and_then(|()| arguments.add(None::<String>))
            .and_then(|()| arguments.add(None::<Id>))
            .and_then(|()| arguments.add(None::<Id>))
            .and_then(|()| arguments.add("intake"))
            .and_then(|()| arguments.add(None::<i64>))
            .and_then(|()| arguments.add(None::<String>))
            .and_then(|()| arguments.add(event.properties.to_string()))
            .and_then(|()| arguments.add(now));
        added.map_err(|_| nothing())?;
    }
    Ok(arguments)
}

fn claim_arguments(batch: &[Event], now: i64) -> anyhow::Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for event in batch {
        let added = arguments
            .add(Id::from_u128(1))
            .and_then(|()| arguments.add(now))
            .and_then(|()| arguments.add(event.message_id.clone()));
        added.map_err(|_| anyhow::anyhow!("a value cannot be bound"))?;
    }
    Ok(arguments)
}

/// Contacts stand in no order of time among events.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// How many events a database holds, and the bytes that differ between
/// ways of writing them.
pub(crate) async fn weight(database: &Path) -> anyhow::Result<(i64, i64)> {
    let mut conn = connect(database).await?;
    let text = "SELECT COUNT(*), COALESCE(SUM(LENGTH(kind) + LENGTH(name) + LENGTH(source) + LENGTH(properties)
         + COALESCE(LENGTH(contact), 0) + COALESCE(LENGTH(channel), 0)), 0) FROM event";
    let weight = sqlx::query_as(AssertSqlSafe(text).into_sql_str()).fetch_one(&mut conn).await?;
    conn.close().await?;
    Ok(weight)
}
