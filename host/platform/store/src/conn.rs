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
pub struct Conn(pub(crate) Inner);

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
    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Run a text of one or more statements without values.
    pub(crate) async fn raw(&mut self, text: &'static str) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Sqlite(c) => c.execute(sqlx::raw_sql(text)).await.map(drop)?,
            Inner::Postgres(c) => c.execute(sqlx::raw_sql(text)).await.map(drop)?,
        }
        Ok(())
    }
}
