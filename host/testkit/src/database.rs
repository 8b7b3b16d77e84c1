//! A fresh database for one test, with the clock and the randomness that go
//! with it.

use rialto_jobs::{Consumer, JobHandler, Runner, RunnerOptions, RunnerParts};
use rialto_kernel::{FixedClock, Id, Ids, SeededRandom, WorkspaceId};
use rialto_store::{Scope, Store, StoreOptions, sql, sql_dynamic};
use std::sync::Arc;
use tempfile::TempDir;
use url::Url;

/// Names a PostgreSQL cluster in which tests may make databases.
pub const POSTGRES_VARIABLE: &str = "RIALTO_TEST_POSTGRES";
/// Monday morning; every test begins here unless it moves the clock.
const BEGINNING: &str = "2026-01-05T09:00:00Z";

/// A fresh database; its data is gone when it is dropped.
pub struct TestDatabase {
    /// The database, its schema up to date.
    pub store: Store,
    /// Where it is, for a second store on the same data.
    pub options: StoreOptions,
    /// A clock that stands still.
    pub clock: Arc<FixedClock>,
    /// Randomness of a fixed seed.
    pub random: Arc<SeededRandom>,
    /// Ids from these two.
    pub ids: Ids,
    /// A workspace's id; there is no row behind it.
    pub workspace: WorkspaceId,
    _place: Place,
}

enum Place {
    Folder { _folder: TempDir },
    Database { cluster: Url, name: String },
}

impl TestDatabase {
    /// A fresh SQLite database in a temporary folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("no temporary folder: {e}"));
        let options = StoreOptions::Sqlite { path: folder.path().join("rialto.db") };
        Self::open(options, Place::Folder { _folder: folder }).await
    }

    /// A fresh PostgreSQL database; `None`, with a line that says so, when
    /// [`POSTGRES_VARIABLE`] names no cluster.
    pub async fn postgres() -> Option<Self> {
        #[allow(clippy::disallowed_methods, reason = "tests are told of the cluster by the environment")]
        let Ok(text) = std::env::var(POSTGRES_VARIABLE) else {
            eprintln!("SKIPPED on PostgreSQL: {POSTGRES_VARIABLE} is not set (cargo xtask test sets it)");
            return None;
        };
        let cluster = Url::parse(&text).unwrap_or_else(|e| panic!("{POSTGRES_VARIABLE} is not a URL: {e}"));
        let name = format!("rialto_test_{}", fresh_word());
        make_database(&cluster, &name).await;
        let options = StoreOptions::Postgres { url: with_database(&cluster, &name), connections: 8 };
        Some(Self::open(options, Place::Database { cluster, name }).await)
    }

    async fn open(options: StoreOptions, place: Place) -> Self {
        let store = Store::open(&options).await.unwrap_or_else(|e| panic!("the test database does not open: {e:?}"));
        let at = BEGINNING.parse().unwrap_or_else(|e| panic!("{BEGINNING}: {e}"));
        let clock = Arc::new(FixedClock::new(at));
        let random = Arc::new(SeededRandom::new(7));
        let ids = Ids::new(clock.clone(), random.clone());
        let workspace = WorkspaceId(ids.make());
        Self { store, options, clock, random, ids, workspace, _place: place }
    }

    /// A second store on the same data, as another host would have.
    pub async fn another_store(&self) -> Store {
        Store::open(&self.options).await.unwrap_or_else(|e| panic!("the test database does not open: {e:?}"))
    }

    /// A runner over this database.
    #[must_use]
    pub fn runner(
        &self,
        handlers: Vec<Arc<dyn JobHandler>>,
        consumers: Vec<Arc<dyn Consumer>>,
        options: RunnerOptions,
    ) -> Runner {
        Runner::new(RunnerParts {
            store: self.store.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            name: "test-host".to_owned(),
            handlers,
            consumers,
            options,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Database { cluster, name } = self else { return };
        let (cluster, name) = (cluster.clone(), name.clone());
        // The test's own runtime may be ending: use one of its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(in_cluster(&cluster, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
            std::io::Result::Ok(())
        });
        let _ = dropped.join();
    }
}

/// The schema is laid down once in a template; every database is a copy.
async fn make_database(cluster: &Url, name: &str) {
    let template = template_name();
    let admin = open_cluster(cluster).await;
    let mut conn = admin.read(Scope::Host).await.unwrap_or_else(|e| panic!("the cluster does not answer: {e:?}"));
    let lock = "SELECT CAST(pg_advisory_lock(827034513) AS TEXT)";
    let _: Vec<(Option<String>,)> = sql_dynamic(lock.to_owned()).fetch_all(&mut conn).await.unwrap_or_default();
    let known: Option<(String,)> = sql("SELECT CAST(datname AS TEXT) FROM pg_database WHERE datname = $1")
        .bind(&template)
        .fetch_optional(&mut conn)
        .await
        .unwrap_or_else(|e| panic!("the cluster does not answer: {e:?}"));
    if known.is_none() {
        let draft = format!("{template}_draft");
        run(&mut conn, format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await;
        run(&mut conn, format!("CREATE DATABASE {draft}")).await;
        let options = StoreOptions::Postgres { url: with_database(cluster, &draft), connections: 1 };
        let store = Store::open(&options).await.unwrap_or_else(|e| panic!("the schema does not apply: {e:?}"));
        store.close().await;
        run(&mut conn, format!("ALTER DATABASE {draft} RENAME TO {template}")).await;
    }
    run(&mut conn, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let unlock = "SELECT pg_advisory_unlock(827034513)";
    let _: Vec<(bool,)> = sql_dynamic(unlock.to_owned()).fetch_all(&mut conn).await.unwrap_or_default();
    drop(conn);
    admin.close().await;
}

/// One template for each state of the schema.
fn template_name() -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hash = DefaultHasher::new();
    for migration in rialto_store::MIGRATIONS {
        migration.postgres.hash(&mut hash);
    }
    format!("rialto_template_{:016x}", hash.finish())
}

async fn in_cluster(cluster: &Url, text: String) {
    let admin = open_cluster(cluster).await;
    if let Ok(mut conn) = admin.read(Scope::Host).await {
        run(&mut conn, text).await;
    }
    admin.close().await;
}

async fn open_cluster(cluster: &Url) -> Store {
    let options = StoreOptions::Postgres { url: cluster.to_string(), connections: 1 };
    Store::open_unmigrated(&options).await.unwrap_or_else(|e| panic!("the cluster does not answer: {e:?}"))
}

async fn run(conn: &mut rialto_store::Conn, text: String) {
    sql_dynamic(text.clone()).execute(conn).await.unwrap_or_else(|e| panic!("{text}: {e:?}"));
}

fn with_database(cluster: &Url, name: &str) -> String {
    let mut url = cluster.clone();
    url.set_path(name);
    url.to_string()
}

/// A word no other test process has.
fn fresh_word() -> String {
    let id: Id = uuid::Builder::from_random_bytes(random_bytes()).into_uuid();
    id.simple().to_string()
}

fn random_bytes() -> [u8; 16] {
    use rialto_kernel::Randomness as _;
    let mut bytes = [0_u8; 16];
    rialto_kernel::OsRandom.fill(&mut bytes);
    bytes
}
