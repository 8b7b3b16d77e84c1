//! `store.write` is the only door for writes.
//!
//! On SQLite one task takes what is queued, up to [`WRITE_GROUP_MAX`] closures
//! or two milliseconds, runs each under a SAVEPOINT inside one BEGIN IMMEDIATE,
//! commits once, and only then answers all of them: the cost of a durable
//! commit is shared. On PostgreSQL each write is a transaction of its own, run
//! in a task so that a caller who goes away never leaves one half done.

use crate::{
    Conn, Scope, Store, StoreError,
    conn::Ground,
    open::{Pools, Signal},
};
use futures::{FutureExt as _, future::BoxFuture};
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

/// The most closures one SQLite commit serves.
pub const WRITE_GROUP_MAX: usize = 256;
/// The most rows one closure should touch; larger work goes in steps.
pub const WRITE_ROWS_MAX: usize = 1_000;
/// How long a group may gather once it began.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// Above this a closure is reported as slow.
const SLOW: Duration = Duration::from_millis(100);

type Work = Box<dyn for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, bool> + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

pub(crate) struct Queued {
    label: &'static str,
    as_of: Option<i64>,
    work: Work,
    answer: Answer,
}

impl Store {
    /// Run `f` in a transaction and commit it. When `f` answers an error
    /// nothing of it stays. The closure awaits nothing but SQL, for at most
    /// 100 ms and about 1,000 rows.
    ///
    /// # Errors
    /// What `f` answers, or a [`StoreError`] when the commit fails.
    pub async fn write<T, E, F>(&self, scope: impl Into<Scope>, label: &'static str, f: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let scope = scope.into();
        let slot: Arc<Mutex<Option<Result<T, E>>>> = Arc::default();
        let (done, committed) = oneshot::channel();
        let filled = Arc::clone(&slot);
        let work: Work = Box::new(move |conn| {
            Box::pin(async move {
                let result = f(conn).await;
                let keep = result.is_ok();
                *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                keep
            })
        });
        let answer: Answer = Box::new(move |commit| {
            let _ = done.send(commit);
        });
        let queued = Queued { label, as_of: self.as_of(scope), work, answer };
        match &self.pools {
            Pools::Sqlite { queue, .. } => queue.send(queued).await.map_err(|_| StoreError::Closed)?,
            Pools::Postgres { pool, ground } => {
                let (pool, ground, signal) = (pool.clone(), Arc::clone(ground), Arc::clone(&self.signal));
                tokio::spawn(async move {
                    let Queued { label, as_of, work, answer } = queued;
                    answer(postgres_transaction((&pool, ground), &signal, (scope, as_of), label, work).await);
                });
            }
        }
        let commit = committed.await.unwrap_or(Err(StoreError::Closed));
        let result = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (commit, result) {
            (Ok(()), Some(result)) | (Err(_), Some(result @ Err(_))) => result,
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(StoreError::Panicked { label }.into()),
        }
    }
}

/// The SQLite writer: lives until every [`Store`] is gone.
pub(crate) async fn sqlite_writer(pool: sqlx::SqlitePool, mut queue: mpsc::Receiver<Queued>, signal: Signal) {
    while let Some(first) = queue.recv().await {
        let mut group = Vec::with_capacity(8);
        let outcome = sqlite_group(&pool, &signal, first, &mut queue, &mut group).await;
        let size = group.len();
        metrics::histogram!("rialto_store_group_size").record(size as f64);
        let mut failure = outcome.err();
        for answer in group {
            answer(match &failure {
                None => Ok(()),
                Some(_) => Err(copy_of(failure.as_mut())),
            });
        }
    }
}

/// Run one group and commit it. `answers` holds all that were taken in, whether
/// or not the commit holds.
async fn sqlite_group(
    pool: &sqlx::SqlitePool,
    signal: &Signal,
    first: Queued,
    queue: &mut mpsc::Receiver<Queued>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreError> {
    let mut conn = match pool.acquire().await {
        Ok(conn) => Conn::sqlite(conn),
        Err(cause) => {
            answers.push(first.answer);
            return Err(cause.into());
        }
    };
    if let Err(error) = conn.raw("BEGIN IMMEDIATE").await {
        answers.push(first.answer);
        return Err(error);
    }
    let began = Instant::now();
    let mut next = Some(first);
    while let Some(queued) = next.take() {
        answers.push(queued.answer);
        (conn.as_of, conn.all) = (queued.as_of, false);
        if let Err(error) = under_savepoint(&mut conn, queued.label, queued.work).await {
            let _ = conn.raw("ROLLBACK").await;
            return Err(error);
        }
        if answers.len() < WRITE_GROUP_MAX && began.elapsed() < GROUP_TIME {
            next = queue.try_recv().ok();
        }
    }
    let committing = Instant::now();
    let committed = conn.raw("COMMIT").await;
    metrics::histogram!("rialto_store_commit_seconds").record(committing.elapsed().as_secs_f64());
    if committed.is_err() {
        let _ = conn.raw("ROLLBACK").await;
    } else if conn.signal {
        signal.send_modify(|count| *count += 1);
    }
    committed
}

async fn under_savepoint(conn: &mut Conn, label: &'static str, work: Work) -> Result<(), StoreError> {
    conn.raw("SAVEPOINT w").await?;
    if run(conn, label, work).await { conn.raw("RELEASE w").await } else { conn.raw("ROLLBACK TO w; RELEASE w").await }
}

/// Whether the closure wants its changes kept. A panic wants nothing kept.
async fn run(conn: &mut Conn, label: &'static str, work: Work) -> bool {
    let began = Instant::now();
    let keep = AssertUnwindSafe(work(conn)).catch_unwind().await.unwrap_or(false);
    let took = began.elapsed();
    metrics::histogram!("rialto_store_write_seconds", "write" => label).record(took.as_secs_f64());
    if took > SLOW {
        tracing::debug!(label, took_ms = took.as_millis() as u64, "slow write");
    }
    keep
}

async fn postgres_transaction(
    (pool, ground): (&sqlx::PgPool, Arc<Ground>),
    signal: &Signal,
    (scope, as_of): (Scope, Option<i64>),
    label: &'static str,
    work: Work,
) -> Result<(), StoreError> {
    let mut conn = Conn::postgres(pool.acquire().await?, ground).standing(as_of);
    conn.begin(scope).await?;
    if run(&mut conn, label, work).await {
        let committed = conn.raw("COMMIT").await;
        if committed.is_err() {
            let _ = conn.raw("ROLLBACK").await;
        } else if conn.signal {
            signal.send_modify(|count| *count += 1);
        }
        committed
    } else {
        conn.raw("ROLLBACK").await
    }
}

/// sqlx errors cannot be cloned: the first waiter gets the cause, the others its kind.
fn copy_of(error: Option<&mut StoreError>) -> StoreError {
    match error {
        Some(StoreError::DiskFull(cause)) => StoreError::DiskFull(sqlx::Error::Protocol(cause.to_string())),
        Some(StoreError::Database(cause)) => StoreError::Database(sqlx::Error::Protocol(cause.to_string())),
        Some(StoreError::Unavailable(cause)) => StoreError::Unavailable(sqlx::Error::Protocol(cause.to_string())),
        _ => StoreError::Closed,
    }
}
