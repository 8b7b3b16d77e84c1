//! A connection to either database.

use crate::StoreError;
use sqlx::{Executor as _, Postgres, Sqlite, pool::PoolConnection};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::Instant,
};

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
    /// Nothing that happened later is seen; none for all of it.
    pub(crate) as_of: Option<i64>,
    /// Whether all of it is seen anyway.
    pub(crate) all: bool,
    /// Whether the commit is to wake those who wait on [`crate::Store::signals`].
    pub(crate) signal: bool,
    /// What is known of the PostgreSQL behind it.
    pub(crate) ground: Option<Arc<Ground>>,
}

/// What a process knows of a PostgreSQL's schema.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    /// Whether the roles and policies of row-level security are there.
    pub(crate) walled: AtomicBool,
    /// Months of `event` that are there, and when they were seen.
    pub(crate) months: Mutex<HashMap<i64, Instant>>,
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
    pub(crate) fn sqlite(conn: PoolConnection<Sqlite>) -> Self {
        Self { inner: Inner::Sqlite(conn), as_of: None, all: false, signal: false, ground: None }
    }

    pub(crate) fn postgres(conn: PoolConnection<Postgres>, ground: Arc<Ground>) -> Self {
        Self { inner: Inner::Postgres(conn), as_of: None, all: false, signal: false, ground: Some(ground) }
    }

    /// See what is later than the workspace's clock too: for what takes data in
    /// and has to find again what it took in before.
    pub fn see_all(&mut self) {
        self.all = true;
    }

    /// Where the workspace stands, UTC microseconds, when it stands in the
    /// past: what is to hold later has to wait.
    #[must_use]
    pub fn stands_at(&self) -> Option<i64> {
        self.as_of
    }

    /// Where the workspace stands, or else this present: what happens in it is
    /// stamped with it.
    #[must_use]
    pub fn now_or(&self, present: i64) -> i64 {
        self.as_of.unwrap_or(present)
    }

    pub(crate) fn standing(mut self, as_of: Option<i64>) -> Self {
        self.as_of = as_of;
        self
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
