//! Opening a store, and reading from it.

use crate::{
    Clocks, Conn, Dialect, StoreError,
    conn::Ground,
    migrate,
    query::pair,
    wall::{self, Wall},
    write::{Queued, sqlite_writer},
};
use rialto_kernel::WorkspaceId;
use sqlx::{
    Connection as _,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    path::PathBuf,
    str::FromStr as _,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::sync::{mpsc, watch};

/// Writes that may wait for the SQLite writer before callers wait themselves.
const WRITE_QUEUE_MAX: usize = 1_024;

/// In whose name a transaction runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One workspace; with row-level security the database sees no other.
    Workspace(WorkspaceId),
    /// The host itself, for the few texts in `unscoped.rs` files.
    Host,
}

impl From<WorkspaceId> for Scope {
    fn from(workspace: WorkspaceId) -> Self {
        Self::Workspace(workspace)
    }
}

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreOptions {
    /// A SQLite file.
    Sqlite {
        /// The file; made if it is not there.
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres {
        /// `postgres://…`
        url: String,
        /// The most connections this host opens.
        connections: u32,
    },
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    pub(crate) signal: Signal,
    pub(crate) clocks: Arc<Clocks>,
}

/// Counts the commits that left work for somebody.
pub(crate) type Signal = Arc<watch::Sender<u64>>;

#[derive(Clone)]
pub(crate) enum Pools {
    Sqlite { readers: sqlx::SqlitePool, writer: sqlx::SqlitePool, queue: mpsc::Sender<Queued> },
    Postgres { pool: sqlx::PgPool, ground: Arc<Ground> },
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.dialect()).finish()
    }
}

impl Store {
    /// Open the database and bring its schema up to date.
    ///
    /// # Errors
    /// When it cannot be opened, or its schema is newer than this program.
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let store = Self::open_unmigrated(options).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Open the database and leave its schema alone.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open_unmigrated(options: &StoreOptions) -> Result<Self, StoreError> {
        match options {
            StoreOptions::Sqlite { path } => open_sqlite(path).await,
            StoreOptions::Postgres { url, connections } => open_postgres(url, *connections).await,
        }
    }

    /// Apply the migrations that are not applied yet.
    ///
    /// # Errors
    /// When one fails (nothing of it stays) or the schema is unknown.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let mut conn = self.migration_conn().await?;
        migrate::apply(&mut conn).await
    }

    /// Look whether every table with a workspace is behind the second wall.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn wall(&self) -> Result<Wall, StoreError> {
        let mut conn = self.migration_conn().await?;
        wall::look(&mut conn).await
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// A connection to read with; each statement sees what is committed. Give
    /// it back soon: they are few.
    ///
    /// # Errors
    /// When no connection is to be had in time.
    pub async fn read(&self, scope: impl Into<Scope>) -> Result<Conn, StoreError> {
        let scope = scope.into();
        let as_of = self.as_of(scope);
        match &self.pools {
            Pools::Sqlite { readers, .. } => Ok(Conn::sqlite(readers.acquire().await?).standing(as_of)),
            Pools::Postgres { pool, ground } => {
                let mut conn = Conn::postgres(pool.acquire().await?, Arc::clone(ground)).standing(as_of);
                conn.enter(scope).await?;
                Ok(conn)
            }
        }
    }

    /// The clocks that stand: what reads and writes see is bounded by them.
    #[must_use]
    pub fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    pub(crate) fn as_of(&self, scope: Scope) -> Option<i64> {
        match scope {
            Scope::Workspace(workspace) => self.clocks.stands_at(workspace),
            Scope::Host => None,
        }
    }

    /// The database's own clock, UTC microseconds: leases read it and nothing
    /// else does, so that hosts whose clocks differ agree.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn lease_now(&self) -> Result<i64, StoreError> {
        let mut conn = self.read(Scope::Host).await?;
        lease_now(&mut conn).await
    }

    /// Which server and database this is: a dump restored elsewhere is another.
    /// Empty for the embedded one, which is its file.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn cluster(&self) -> Result<String, StoreError> {
        let mut conn = self.read(Scope::Host).await?;
        let (number,): (String,) = pair(
            "SELECT CAST('' AS TEXT)",
            "SELECT CAST(oid AS TEXT) FROM pg_database WHERE datname = current_database()",
        )
        .fetch_one(&mut conn)
        .await?;
        // A server that does not tell its number leaves the database's own.
        let server: Result<(String,), _> =
            pair("SELECT CAST('' AS TEXT)", "SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()")
                .fetch_one(&mut conn)
                .await;
        Ok(server.map_or(number.clone(), |(server,)| format!("{server}/{number}")))
    }

    /// Changes whenever a commit of this process left work to be done
    /// ([`Conn::signal_on_commit`]), so that nobody has to poll for it.
    #[must_use]
    pub fn signals(&self) -> watch::Receiver<u64> {
        self.signal.subscribe()
    }

    /// Copy the embedded database into a new file, as of one moment, while it is
    /// in use.
    ///
    /// # Errors
    /// When it is not the embedded one, or the file cannot be written.
    pub async fn copy_to(&self, file: &std::path::Path) -> Result<(), StoreError> {
        let Pools::Sqlite { readers, .. } = &self.pools else {
            return Err(StoreError::Address("only the embedded database is copied; use pg_dump".to_owned()));
        };
        let name = file.to_str().ok_or_else(|| StoreError::Address("the copy's name is not UTF-8".to_owned()))?;
        // A connection of its own: readers are kept from writing anything at all.
        let options = SqliteConnectOptions::clone(&readers.connect_options()).pragma("query_only", "off");
        let mut conn = sqlx::SqliteConnection::connect_with(&options).await?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(&mut conn).await?;
        conn.close().await?;
        Ok(())
    }

    /// Close every connection; writes already queued are done first.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { pool, .. } => pool.close().await,
        }
    }

    async fn migration_conn(&self) -> Result<Conn, StoreError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => Ok(Conn::sqlite(writer.acquire().await?)),
            Pools::Postgres { pool, ground } => {
                let mut conn = Conn::postgres(pool.acquire().await?, Arc::clone(ground));
                conn.raw("RESET ROLE").await?;
                Ok(conn)
            }
        }
    }
}

/// [`Store::lease_now`] inside a transaction.
///
/// # Errors
/// When the database is away.
pub(crate) async fn lease_now(conn: &mut Conn) -> Result<i64, StoreError> {
    let (now,): (i64,) = pair(
        "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    )
    .fetch_one(conn)
    .await?;
    Ok(now)
}

impl Conn {
    /// The database's own clock inside this transaction, UTC microseconds.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn lease_now(&mut self) -> Result<i64, StoreError> {
        lease_now(self).await
    }
}

async fn open_sqlite(path: &std::path::Path) -> Result<Store, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(true)
        .statement_cache_capacity(512)
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-32000")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("trusted_schema", "off");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone())
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(6)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options.pragma("query_only", "on"));
    let (queue, waiting) = mpsc::channel(WRITE_QUEUE_MAX);
    let signal = Signal::default();
    tokio::spawn(sqlite_writer(writer.clone(), waiting, Arc::clone(&signal)));
    Ok(Store { pools: Pools::Sqlite { readers, writer, queue }, signal, clocks: Arc::default() })
}

async fn open_postgres(url: &str, connections: u32) -> Result<Store, StoreError> {
    let options = sqlx::postgres::PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::Address("expected postgres://user@host/database".to_owned()))?
        .application_name("rialto")
        // A host that froze in the middle of a write does not keep its locks: no
        // write of ours is silent for that long.
        .options([
            ("statement_timeout", "30s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("TimeZone", "UTC"),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?;
    let ground = Arc::<Ground>::default();
    let mut conn = Conn::postgres(pool.acquire().await?, Arc::clone(&ground));
    ground.walled.store(wall::stands(&mut conn).await?, Ordering::Release);
    drop(conn);
    Ok(Store { pools: Pools::Postgres { pool, ground }, signal: Signal::default(), clocks: Arc::default() })
}
