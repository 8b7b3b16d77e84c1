//! Hands outbox rows to their consumer, a small batch at a time: rows taken in
//! are deleted, failed ones come back with backoff, and what keeps failing is
//! parked with its error, never lost.

use super::{Drained, Inner, micros};
use crate::{
    Consumer, JobError, OutboxItem,
    backoff::backoff,
    sql,
    unscoped::{self, ClaimedItem, PARKED_DUE_AT},
};
use futures::{FutureExt as _, StreamExt as _};
use rialto_kernel::{Problem, WorkspaceId};
use rialto_store::{Conn, Scope};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Failures in a row after which a row waits for a person: about two hours.
const FAILURES_MAX: i64 = 16;
/// Rows of one consumer in work at a time.
const TOGETHER: usize = 4;
/// How long to leave a database alone that did not answer.
const STORE_PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn run(inner: Arc<Inner>, consumer: Arc<dyn Consumer>, stop: CancellationToken) {
    let mut signals = inner.store.signals();
    while !stop.is_cancelled() {
        let pause = match take_batch(&inner, &consumer, &stop, &mut Drained::default()).await {
            Ok(0) => inner.options.poll,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(consumer = consumer.name(), %error, "the outbox cannot be read");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            Ok(()) = signals.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Take one batch in; answers how many rows it had.
pub(super) async fn take_batch(
    inner: &Inner,
    consumer: &Arc<dyn Consumer>,
    stop: &CancellationToken,
    drained: &mut Drained,
) -> Result<usize, JobError> {
    let claimed = claim(inner, consumer.name()).await?;
    if claimed.is_empty() {
        return Ok(0);
    }
    let size = claimed.len();
    let verdicts = take_all(inner, consumer, claimed, stop).await;
    for (item, ended) in &verdicts {
        match ended {
            Some(Ok(())) => drained.items += 1,
            Some(Err(problem)) => drained.failures.push(format!("{} of {}: {problem}", consumer.name(), item.topic)),
            None => {}
        }
    }
    settle(inner, consumer.name(), verdicts).await?;
    Ok(size)
}

async fn claim(inner: &Inner, consumer: &'static str) -> Result<Vec<ClaimedItem>, JobError> {
    let (owner, now_us, lease) = (inner.name.clone(), inner.now_us(), micros(inner.options.lease));
    let mut conn = inner.store.read(Scope::Host).await?;
    let lease_now = conn.lease_now().await?;
    if !unscoped::outbox_waits(&mut conn, consumer, now_us, lease_now).await? {
        return Ok(Vec::new());
    }
    drop(conn);
    inner
        .store
        .write(Scope::Host, "outbox.claim", move |conn| {
            Box::pin(async move {
                let lease_now = conn.lease_now().await?;
                let leased = (lease_now, lease_now + lease);
                Ok(unscoped::outbox_claim(conn, consumer, &owner, now_us, leased).await?)
            })
        })
        .await
}

type Verdicts = Vec<(ClaimedItem, Option<Result<(), Problem>>)>;

/// How each row ended; `None` for those the host's stop left untouched.
async fn take_all(
    inner: &Inner,
    consumer: &Arc<dyn Consumer>,
    claimed: Vec<ClaimedItem>,
    stop: &CancellationToken,
) -> Verdicts {
    let mut verdicts: Verdicts = claimed.iter().map(|item| (item.clone(), None)).collect();
    let mut running = futures::stream::iter(claimed.into_iter().enumerate())
        .map(|(at, item)| async move { (at, take_one(consumer, item).await) })
        .buffer_unordered(TOGETHER);
    let mut beat = tokio::time::interval(inner.options.heartbeat);
    beat.tick().await;
    loop {
        tokio::select! {
            ended = running.next() => match ended {
                Some((at, ended)) => verdicts[at].1 = Some(ended),
                None => return verdicts,
            },
            _ = beat.tick() => renew(inner, consumer.name(), &verdicts).await,
            () = grace(inner, stop) => return verdicts,
        }
    }
}

/// Ends some time after the host was asked to stop.
async fn grace(inner: &Inner, stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(inner.options.grace).await;
}

async fn take_one(consumer: &Arc<dyn Consumer>, item: ClaimedItem) -> Result<(), Problem> {
    let item = OutboxItem {
        workspace: WorkspaceId(item.workspace),
        id: item.id,
        topic: item.topic,
        payload: item.payload,
        created_at: item.created_at,
    };
    AssertUnwindSafe(consumer.take(&item))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Problem::internal("the consumer's code panicked")))
}

async fn renew(inner: &Inner, consumer: &'static str, verdicts: &Verdicts) {
    let open: Vec<ClaimedItem> =
        verdicts.iter().filter(|(_, ended)| ended.is_none()).map(|(item, _)| item.clone()).collect();
    let lease = micros(inner.options.lease);
    let renewed: Result<(), JobError> = inner
        .store
        .write(Scope::Host, "outbox.renew", move |conn| {
            Box::pin(async move {
                let until = conn.lease_now().await? + lease;
                for item in open {
                    let workspace = WorkspaceId(item.workspace);
                    sql::outbox_renew(conn, workspace, item.id, consumer, item.attempt, until).await?;
                }
                Ok(())
            })
        })
        .await;
    if let Err(error) = renewed {
        tracing::warn!(consumer, %error, "leases of the outbox cannot be renewed");
    }
}

/// One transaction for the whole batch: rows taken in go, the others come back.
async fn settle(inner: &Inner, consumer: &'static str, verdicts: Verdicts) -> Result<(), JobError> {
    let (now_us, unit) = (inner.now_us(), inner.random.unit());
    inner
        .store
        .write(Scope::Host, "outbox.settle", move |conn| {
            Box::pin(async move {
                for (item, ended) in verdicts {
                    settle_one(conn, consumer, &item, ended, now_us, unit).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn settle_one(
    conn: &mut Conn,
    consumer: &'static str,
    item: &ClaimedItem,
    ended: Option<Result<(), Problem>>,
    now_us: i64,
    unit: f64,
) -> Result<(), JobError> {
    let (workspace, id, attempt) = (WorkspaceId(item.workspace), item.id, item.attempt);
    let problem = match ended {
        Some(Ok(())) => {
            sql::outbox_delete(conn, workspace, id, consumer, attempt).await?;
            return Ok(());
        }
        Some(Err(problem)) => problem,
        None => {
            sql::outbox_put_back(conn, workspace, id, consumer, attempt, (now_us, item.failures, None)).await?;
            return Ok(());
        }
    };
    let failures = item.failures.saturating_add(1);
    let parked = failures >= FAILURES_MAX;
    let wait = backoff(u32::try_from(failures).unwrap_or(u32::MAX), unit);
    let due_at = if parked { PARKED_DUE_AT } else { now_us.saturating_add(micros(wait)) };
    let error = format!("{}: {}", problem.code, problem.detail);
    sql::outbox_put_back(conn, workspace, id, consumer, attempt, (due_at, failures, Some(&error))).await?;
    if parked {
        metrics::counter!("rialto_outbox_parked_total", "consumer" => consumer).increment(1);
        tracing::error!(consumer, batch = %id, error, "an outbox row is parked; replay it once the cause is mended");
    } else {
        tracing::warn!(consumer, batch = %id, failures, error, "an outbox row failed and will be tried again");
    }
    Ok(())
}
