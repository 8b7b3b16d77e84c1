//! What the store can fail with.

use rialto_kernel::Problem;

/// A failure of the store. Nothing of the write it answers has happened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key is there already.
    #[error("a row with the same key exists ({constraint})")]
    Duplicate {
        /// The constraint or index, as far as the database names it.
        constraint: String,
    },
    /// A row refers to one that is not there, or is referred to.
    #[error("a referenced row is missing or in use")]
    Reference,
    /// The database is away, locked or out of connections; try again.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// No space is left, or the file system refuses to write.
    #[error("the database cannot write: the disk is full or read-only")]
    DiskFull(#[source] sqlx::Error),
    /// The store was shut down.
    #[error("the store is closed")]
    Closed,
    /// A write closure panicked; its savepoint was rolled back.
    #[error("the write `{label}` panicked")]
    Panicked {
        /// Which write.
        label: &'static str,
    },
    /// The schema is not one this program knows.
    #[error("migration `{name}`: {reason}")]
    Migration {
        /// Which migration.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Where the database is cannot be understood.
    #[error("the database address is not usable: {0}")]
    Address(String),
    /// Anything else the database said.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(cause: sqlx::Error) -> Self {
        let Some(db) = cause.as_database_error() else {
            return match cause {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => Self::Unavailable(cause),
                other => Self::Database(other),
            };
        };
        if db.is_unique_violation() {
            let constraint = db.constraint().map_or_else(|| db.message().to_owned(), str::to_owned);
            return Self::Duplicate { constraint };
        }
        if db.is_foreign_key_violation() {
            return Self::Reference;
        }
        match db.code().as_deref() {
            // SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR; disk_full.
            Some("13" | "8" | "10" | "778" | "53100") => Self::DiskFull(cause),
            // SQLITE_BUSY, SQLITE_LOCKED; connection, shutdown and lock classes.
            Some("5" | "6" | "517" | "261" | "57P01" | "57P02" | "57P03" | "55P03" | "53300" | "40001" | "40P01") => {
                Self::Unavailable(cause)
            }
            _ => Self::Database(cause),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Duplicate { .. } => Self::conflict("exists", "one with the same key exists already"),
            StoreError::Reference => Self::conflict("in-use", "something it refers to is missing, or it is in use"),
            StoreError::Unavailable(_) | StoreError::Closed => {
                tracing::warn!(error = ?error, "store unavailable");
                Self::unavailable("the database does not answer; try again")
            }
            StoreError::DiskFull(_) => {
                tracing::error!(error = ?error, "store cannot write");
                Self::new(507, "disk-full", "the database cannot write: free some space, then try again")
            }
            _ => {
                tracing::error!(error = ?error, "store failed");
                Self::internal("the database refused a statement; the log says more")
            }
        }
    }
}
