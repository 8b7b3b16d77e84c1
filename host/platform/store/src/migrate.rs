//! Brings a schema up to date: migrations run in order, each in a transaction
//! of its own with the row that records it, so a kill leaves it done or not
//! begun.

use crate::{Conn, Dialect, MIGRATIONS, StoreError, months, query::sql, statistics, wall};
use sha2::{Digest as _, Sha256};

/// A migration: one name, a text for each database.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `0001_kernel`, in order.
    pub name: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl Migration {
    fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }

    fn digest(&self, dialect: Dialect) -> String {
        hex::encode(Sha256::digest(self.text(dialect).as_bytes()))
    }
}

pub(crate) async fn apply(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    conn.raw("CREATE TABLE IF NOT EXISTS schema_migration (name TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL)")
        .await?;
    lock(conn).await?;
    let outcome = apply_locked(conn).await;
    if let (Dialect::Postgres, Ok(_)) = (conn.dialect(), &outcome) {
        let raised = raise(conn).await;
        if raised.is_err() {
            unlock(conn).await?;
            return raised.and(outcome);
        }
    }
    if let (Dialect::Sqlite, Ok(done)) = (conn.dialect(), &outcome)
        && (!done.is_empty() || !statistics::written(conn).await?)
    {
        statistics::write(conn).await?;
    }
    unlock(conn).await?;
    outcome
}

/// What PostgreSQL needs besides its tables: the wall around them, the months.
async fn raise(conn: &mut Conn) -> Result<(), StoreError> {
    wall::raise(conn).await?;
    months::ahead(conn).await
}

async fn apply_locked(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let applied: Vec<(String, String)> =
        sql("SELECT name, digest FROM schema_migration ORDER BY name").fetch_all(conn).await?;
    check_known(&applied, conn.dialect())?;
    let mut done = Vec::new();
    for migration in MIGRATIONS {
        if applied.iter().any(|(name, _)| name == migration.name) {
            continue;
        }
        apply_one(conn, migration).await?;
        done.push(migration.name.to_owned());
    }
    Ok(done)
}

fn check_known(applied: &[(String, String)], dialect: Dialect) -> Result<(), StoreError> {
    for (name, digest) in applied {
        let Some(known) = MIGRATIONS.iter().find(|m| m.name == name) else {
            return Err(failed(name, "the database was written by a newer program; upgrade this one"));
        };
        if *digest != known.digest(dialect) {
            return Err(failed(name, "it was changed after it was applied; restore its text"));
        }
    }
    Ok(())
}

async fn apply_one(conn: &mut Conn, migration: &Migration) -> Result<(), StoreError> {
    let dialect = conn.dialect();
    conn.raw(if dialect == Dialect::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await?;
    let outcome = async {
        conn.raw(migration.text(dialect)).await?;
        sql("INSERT INTO schema_migration (name, digest) VALUES ($1, $2)")
            .bind(migration.name)
            .bind(migration.digest(dialect))
            .execute(conn)
            .await
    }
    .await;
    match outcome {
        Ok(_) => conn.raw("COMMIT").await,
        Err(StoreError::Database(cause)) => {
            conn.raw("ROLLBACK").await?;
            Err(failed(migration.name, &cause.to_string()))
        }
        Err(error) => {
            conn.raw("ROLLBACK").await?;
            Err(error)
        }
    }
}

/// Two hosts that start at once on one PostgreSQL take turns.
async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    match conn.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => conn.raw("SELECT pg_advisory_lock(827034512)").await,
    }
}

async fn unlock(conn: &mut Conn) -> Result<(), StoreError> {
    match conn.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => conn.raw("SELECT pg_advisory_unlock(827034512)").await,
    }
}

fn failed(name: &str, reason: &str) -> StoreError {
    StoreError::Migration { name: name.to_owned(), reason: reason.to_owned() }
}
