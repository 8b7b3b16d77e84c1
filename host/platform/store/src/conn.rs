//! A connection to either database.

use crate::StoreError;
use sqlx::{Executor as _, Postgres, Sqlite, pool::PoolConnection};

/// Which database it is. Only the named pairs of this crate and queries built
/// at run time may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The embedded database.
    Sqlite,
    /// The server.
    Postgres,
}

/// A connection: inside [`crate::Store::write`] a transaction, else one that
/// only reads.
pub struct Conn {
    pub(crate) inner: Inner,
    /// Whether the commit is to wake those who wait on [`crate::Store::signals`].
    pub(crate) signal: bool,
}

pub(crate) enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Conn").field(&self.dialect()).finish()
    }
}

impl Conn {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner, signal: false }
    }

    /// Wake those who wait on [`crate::Store::signals`] once this transaction
    /// is committed: it left work for them. A rollback may wake them in vain.
    pub fn signal_on_commit(&mut self) {
        self.signal = true;
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Run a text of one or more statements without values.
    pub(crate) async fn raw(&mut self, text: &'static str) -> Result<(), StoreError> {
        match &mut self.inner {
            Inner::Sqlite(c) => c.execute(sqlx::raw_sql(text)).await.map(drop)?,
            Inner::Postgres(c) => c.execute(sqlx::raw_sql(text)).await.map(drop)?,
        }
        Ok(())
    }
}
