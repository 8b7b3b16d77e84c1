//! Every table of a PostgreSQL database into files and back: one snapshot out,
//! one transaction in. It asks nothing of what is in the rows, and writes only
//! into a database whose tables are empty.

use crate::{Store, StoreError, StoreOptions, open::Pools};
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions,
};
use std::{path::Path, str::FromStr as _};
use tokio::{
    fs::File,
    io::{AsyncWriteExt as _, BufWriter},
};

/// Tables that the schema itself fills.
const OF_THE_SCHEMA: &[&str] = &["schema_migration"];

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedTable {
    /// Its name, and that of its file with `.copy` behind it.
    pub name: String,
    /// Its columns in the order of the file.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: u64,
}

/// What was copied, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The tables, by name.
    pub tables: Vec<CopiedTable>,
    /// From when to when there are events, UTC microseconds.
    pub events: Option<(i64, i64)>,
}

/// Copy every table into a folder, in PostgreSQL's own text format, all as of
/// one moment and while others go on.
///
/// # Errors
/// When the database is away or the folder cannot be written.
pub async fn tables_out(store: &Store, folder: &Path) -> Result<Copied, StoreError> {
    let Pools::Postgres { pool, .. } = &store.pools else {
        return Err(StoreError::Address("only PostgreSQL is copied table by table".to_owned()));
    };
    // A connection of its own: the pool's are for short work.
    let options = PgConnectOptions::clone(&pool.connect_options());
    let mut conn = options.application_name("rialto backup").connect().await?;
    conn.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    step_down(&mut conn).await?;
    let events: (Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT MIN(at), MAX(at) FROM event").fetch_one(&mut conn).await?;
    let mut tables = Vec::new();
    for (name, columns) in tables_of(&mut conn).await? {
        let rows = table_out(&mut conn, &name, &columns, &folder.join(format!("{name}.copy"))).await?;
        tables.push(CopiedTable { name, columns, rows });
    }
    conn.execute("COMMIT").await?;
    conn.close().await?;
    Ok(Copied { tables, events: events.0.zip(events.1) })
}

/// Bytes that the tables take on the database's disk; `None` where the database
/// is a file, which can be looked at.
///
/// # Errors
/// When the database is away.
pub async fn tables_bytes(store: &Store) -> Result<Option<u64>, StoreError> {
    let Pools::Postgres { pool, .. } = &store.pools else { return Ok(None) };
    let (bytes,): (i64,) = sqlx::query_as("SELECT pg_database_size(current_database())").fetch_one(pool).await?;
    Ok(Some(u64::try_from(bytes).unwrap_or(0)))
}

/// Fill an empty database, whose schema is up to date, from such a folder; all
/// of it or nothing.
///
/// # Errors
/// When a table is not empty, is not there, or does not take its rows.
pub async fn tables_in(options: &StoreOptions, folder: &Path, copied: &Copied) -> Result<(), StoreError> {
    let mut conn = connect(options).await?;
    conn.execute("BEGIN").await?;
    let known = tables_of(&mut conn).await?;
    step_down(&mut conn).await?;
    for (name, _) in &known {
        let text = format!("SELECT EXISTS (SELECT 1 FROM \"{name}\")");
        let (filled,): (bool,) = sqlx::query_as(AssertSqlSafe(text)).fetch_one(&mut conn).await?;
        if filled && !OF_THE_SCHEMA.contains(&name.as_str()) {
            return Err(StoreError::Address(format!("it is not empty: `{name}` has rows")));
        }
    }
    conn.execute("RESET ROLE").await?;
    if let Some((first, last)) = copied.events {
        sqlx::query("SELECT event_months_make($1, $2)").bind(first).bind(last).execute(&mut conn).await?;
    }
    for table in copied.tables.iter().filter(|table| !OF_THE_SCHEMA.contains(&table.name.as_str())) {
        let Some((_, columns)) = known.iter().find(|(name, _)| *name == table.name) else {
            return Err(StoreError::Address(format!("its schema has no table `{}`", table.name)));
        };
        if *columns != table.columns {
            return Err(StoreError::Address(format!("its table `{}` has other columns", table.name)));
        }
        let rows = table_in(&mut conn, table, &folder.join(format!("{}.copy", table.name))).await?;
        if rows != table.rows {
            return Err(StoreError::Address(format!("`{}` took {rows} of {} rows", table.name, table.rows)));
        }
    }
    conn.execute("COMMIT").await?;
    conn.close().await?;
    Ok(())
}

/// See all rows until the role is reset: whoever owns the tables is behind the
/// wall himself.
async fn step_down(conn: &mut PgConnection) -> Result<(), StoreError> {
    let (walled,): (bool,) =
        sqlx::query_as("SELECT EXISTS (SELECT 1 FROM pg_policies WHERE policyname = 'rialto_host')")
            .fetch_one(&mut *conn)
            .await?;
    if walled {
        conn.execute("SET LOCAL ROLE rialto_host").await?;
    }
    Ok(())
}

async fn connect(options: &StoreOptions) -> Result<PgConnection, StoreError> {
    let StoreOptions::Postgres { url, .. } = options else {
        return Err(StoreError::Address("only PostgreSQL is copied table by table".to_owned()));
    };
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::Address("expected postgres://user@host/database".to_owned()))?;
    Ok(options.application_name("rialto backup").options([("TimeZone", "UTC")]).connect().await?)
}

/// Tables (not the parts of a parted one) with their columns, both from the
/// catalogue, so that they can stand in a text.
async fn tables_of(conn: &mut PgConnection) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT CAST(c.relname AS TEXT), CAST(string_agg(a.attname, ',' ORDER BY a.attnum) AS TEXT)
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = CAST(current_schema() AS REGNAMESPACE) AND c.relkind IN ('r', 'p')
           AND NOT c.relispartition
         GROUP BY c.relname ORDER BY c.relname",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(name, columns)| (name, columns.split(',').map(str::to_owned).collect())).collect())
}

async fn table_out(conn: &mut PgConnection, name: &str, columns: &[String], file: &Path) -> Result<u64, StoreError> {
    let mut out = BufWriter::new(File::create(file).await.map_err(sqlx::Error::Io)?);
    // In the order of the keys, so that equal tables make equal files.
    let order = if columns.len() > 1 { "1, 2" } else { "1" };
    let text = format!("COPY (SELECT {} FROM \"{name}\" ORDER BY {order}) TO STDOUT", quoted(columns));
    let mut rows = 0;
    let mut chunks = conn.copy_out_raw(&text).await?;
    while let Some(chunk) = chunks.try_next().await? {
        // A line break within a value is written as two letters.
        rows += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        out.write_all(&chunk).await.map_err(sqlx::Error::Io)?;
    }
    out.flush().await.map_err(sqlx::Error::Io)?;
    Ok(rows)
}

/// The wall refuses a COPY: it is opened for this transaction, which nobody sees.
async fn table_in(conn: &mut PgConnection, table: &CopiedTable, file: &Path) -> Result<u64, StoreError> {
    let name = &table.name;
    let (walled,): (bool,) = sqlx::query_as(
        "SELECT relrowsecurity FROM pg_class
         WHERE relname = $1 AND relnamespace = CAST(current_schema() AS REGNAMESPACE)",
    )
    .bind(name)
    .fetch_one(&mut *conn)
    .await?;
    if walled {
        conn.execute(sqlx::raw_sql(AssertSqlSafe(format!("ALTER TABLE \"{name}\" DISABLE ROW LEVEL SECURITY"))))
            .await?;
    }
    let source = File::open(file).await.map_err(sqlx::Error::Io)?;
    let mut copy = conn.copy_in_raw(&format!("COPY \"{name}\" ({}) FROM STDIN", quoted(&table.columns))).await?;
    copy.read_from(source).await?;
    let rows = copy.finish().await?;
    if walled {
        conn.execute(sqlx::raw_sql(AssertSqlSafe(format!("ALTER TABLE \"{name}\" ENABLE ROW LEVEL SECURITY")))).await?;
    }
    Ok(rows)
}

fn quoted(columns: &[String]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}
