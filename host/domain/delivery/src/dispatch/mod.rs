//! Making the sends of an occurrence: take what is due, render, one connector
//! run a batch, the gate at the last moment, settle. One run of the job holds
//! the occurrence at a time; it may be killed at any point, and the next finds
//! in the ledger all it needs.

mod columns;
mod connector;
mod doors;
mod gate;
mod mail;
mod outcome;
mod recover;
mod render;
mod settle;
mod work;

pub(crate) use render::{Again, Content};

use crate::{
    Error,
    fan_out::problem,
    mail_server::server_of,
    model::{Occurrence, OccurrenceKey, OccurrenceState, Reason, SendState},
    occurrence::DISPATCH,
    smtp::Pools,
    sql::{self, Due},
};
use async_trait::async_trait;
use rialto_contract::connector::BATCH_MAX;
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_slice::Host;
use settle::Ledger;
use std::{
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};
use tokio::{sync::mpsc, task::JoinSet};
use work::{Halt, Why, Work};

/// Time after which a run makes room for other occurrences.
const SLICE: Duration = Duration::from_secs(60);
/// How often a held occurrence is looked at.
const HELD: Duration = Duration::from_secs(2);
/// How long to wait for a fan-out that is under way.
const FAN_OUT_WAIT: Duration = Duration::from_millis(200);
/// The longest wait for rows that are due later.
const LATER_MAX: Duration = Duration::from_secs(60);
/// How long a row stays taken; a run that ends gives it back at once.
const LEASE_US: i64 = 20 * 60 * 1_000_000;

/// The job [`DISPATCH`].
pub(crate) struct Dispatch {
    pub(crate) host: Host,
}

#[async_trait]
impl JobHandler for Dispatch {
    fn kind(&self) -> &'static str {
        DISPATCH
    }

    fn reaches_outside(&self) -> bool {
        true
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let key: OccurrenceKey = job.payload()?;
        let Some(work) = self.prepare(job, key).await? else {
            return Ok(Step::Done(serde_json::json!({ "gone": true })));
        };
        let doubtful = recover::recover(&work).await?;
        if doubtful > 0 {
            tracing::warn!(occurrence = %key.occurrence, doubtful, "an earlier run left sends in doubt");
        }
        Ok(go_on(&work).await?)
    }
}

impl Dispatch {
    async fn prepare(&self, job: &JobRun, key: OccurrenceKey) -> Result<Option<Arc<Work>>, Error> {
        let (host, ws) = (&self.host, job.workspace);
        let mut conn = host.store.read(ws).await?;
        let Some(occurrence) = sql::occurrence_find(&mut conn, ws, key.occurrence).await? else { return Ok(None) };
        let content = render::Content::load(&mut conn, host, ws, &occurrence).await?;
        let server = server_of(&mut conn, host, ws, occurrence.mail_server).await?;
        drop(conn);
        let ledger = Ledger {
            workspace: ws,
            occurrence: occurrence.id,
            campaign: occurrence.campaign,
            channel: occurrence.channel.clone(),
            host: host.name.clone(),
            ids: host.ids().clone(),
        };
        let settled: Option<Mark> = job.checkpoint()?;
        Ok(Some(Arc::new(Work {
            host: host.clone(),
            ledger,
            fence: job.fence(),
            content,
            pool: server.map(|server| host.slot::<Pools>().of(&server)),
            settled: AtomicU64::new(settled.map_or(0, |mark| mark.settled)),
            halt: Halt::under(&job.stop),
            occurrence,
        })))
    }
}

#[derive(serde::Deserialize)]
struct Mark {
    settled: u64,
}

/// Do what the occurrence's state asks for, and say when to come back.
async fn go_on(work: &Arc<Work>) -> Result<Step, Error> {
    match work.occurrence.state() {
        OccurrenceState::Running => {}
        OccurrenceState::Paused => return Ok(Step::Again(HELD)),
        OccurrenceState::Cancelled | OccurrenceState::Finished => return end(work).await,
    }
    let (ws, starts_at) = (work.ledger.workspace, work.occurrence.starts_at);
    if starts_at > work.host.now_in(ws) {
        // A clock that stands is moved by hand: look again soon.
        let stands = work.host.clocks().stands_at(ws).is_some();
        return Ok(Step::Again(if stands { FAN_OUT_WAIT } else { until(work, starts_at) }));
    }
    let done = send_all(work).await;
    // Rows that were taken and did not leave are free again at once.
    recover::recover(work).await?;
    done?;
    match work.halt.why() {
        Some(Why::State(OccurrenceState::Paused)) => Ok(Step::Again(HELD)),
        Some(Why::Away(rest)) => Ok(Step::Again(rest)),
        Some(Why::State(_) | Why::Enough) => Ok(Step::Again(Duration::ZERO)),
        None => wait_or_end(work).await,
    }
}

/// Nothing is due: either all is done, or something comes later.
async fn wait_or_end(work: &Work) -> Result<Step, Error> {
    let expired = work.occurrence.expires_at.is_some_and(|at| at <= work.host.now_in(work.ledger.workspace));
    if expired {
        recover::sweep(work, Reason::Expired).await?;
    }
    if recover::finish(work).await? {
        return Ok(Step::Done(serde_json::json!({ "finished": true })));
    }
    let mut conn = work.host.store.read(work.ledger.workspace).await?;
    let next = sql::send_next_due(&mut conn, work.ledger.workspace, work.occurrence.id).await?;
    let next = match (next, work.occurrence.expires_at) {
        (Some(due), Some(expires)) => Some(due.min(expires)),
        (next, _) => next,
    };
    Ok(Step::Again(next.map_or(FAN_OUT_WAIT, |due| until(work, due))))
}

/// Cancelled: what had not left never will.
async fn end(work: &Work) -> Result<Step, Error> {
    recover::sweep(work, Reason::Cancelled).await?;
    if recover::finish(work).await? {
        return Ok(Step::Done(serde_json::json!({ "cancelled": true })));
    }
    Ok(Step::Again(FAN_OUT_WAIT))
}

fn until(work: &Work, due: i64) -> Duration {
    let wait = u64::try_from(due - work.host.now_us()).unwrap_or(0);
    Duration::from_micros(wait).clamp(Duration::from_millis(10), LATER_MAX)
}

/// Batches through the connector in one task, mails carried in another: while
/// a guest computes, the mails go on. Dropping this stops both.
async fn send_all(work: &Arc<Work>) -> Result<(), Error> {
    let room = work.pool.as_ref().map_or(1, |pool| pool.width() * 2).max(BATCH_MAX);
    let (ready, carried) = mpsc::channel(room);
    let mut parts = JoinSet::new();
    let producer = Arc::clone(work);
    parts.spawn(async move { produce(&producer, ready).await });
    if let Some(pool) = work.pool.clone() {
        let carrier = Arc::clone(work);
        parts.spawn(async move { mail::carry(&carrier, &pool, carried).await });
    }
    let mut outcome = Ok(());
    while let Some(ended) = parts.join_next().await {
        let ended = ended.unwrap_or_else(|cause| Err(Error::Task(cause.to_string())));
        if ended.is_err() {
            work.halt.call(Why::Enough);
            outcome = outcome.and(ended);
        }
    }
    outcome
}

/// Take what is due, batch by batch, until nothing is, or time is up.
async fn produce(work: &Arc<Work>, ready: mpsc::Sender<mail::Ready>) -> Result<(), Error> {
    let began = Instant::now();
    while !work.halt.called() {
        if began.elapsed() > SLICE {
            work.halt.call(Why::Enough);
            break;
        }
        let rows = claim(work).await?;
        if rows.is_empty() {
            break;
        }
        for batch in batches(rows) {
            if work.halt.called() {
                break;
            }
            connector::run_batch(work, batch, &ready).await?;
        }
    }
    Ok(())
}

/// Lease the rows that are due, at most a batch.
async fn claim(work: &Work) -> Result<Vec<Due>, Error> {
    let (ws, occurrence, now_us) = (work.ledger.workspace, work.occurrence.id, work.host.now_us());
    let limit = u32::try_from(BATCH_MAX).unwrap_or(1);
    work.host
        .store
        .write(ws, "delivery.claim", move |conn| {
            Box::pin(async move {
                let mut rows = sql::send_due(conn, ws, occurrence, SendState::Pending, now_us, limit).await?;
                let left = limit - u32::try_from(rows.len()).unwrap_or(limit);
                if left > 0 {
                    rows.extend(sql::send_due(conn, ws, occurrence, SendState::Deferred, now_us, left).await?);
                }
                if rows.is_empty() {
                    return Ok(rows);
                }
                let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                let until = conn.lease_now().await? + LEASE_US;
                if sql::send_lease(conn, ws, &ids, until).await? != ids.len() as u64 {
                    return Err(Error::Raced);
                }
                for row in &mut rows {
                    row.attempt += 1;
                }
                Ok(rows)
            })
        })
        .await
}

/// Rows over which runs have failed go in smaller and smaller batches, so that
/// the one that is to blame ends up alone.
fn batches(rows: Vec<Due>) -> Vec<Vec<Due>> {
    let mut batches: Vec<Vec<Due>> = Vec::new();
    let mut rows = rows;
    rows.sort_by_key(|row| row.failures);
    for row in rows {
        let size = match row.failures {
            0 => BATCH_MAX,
            1 => 20,
            2 => 4,
            _ => 1,
        };
        match batches.last_mut() {
            Some(batch) if batch.len() < size && batch[0].failures == row.failures => batch.push(row),
            _ => batches.push(vec![row]),
        }
    }
    batches
}

/// What the dispatcher needs of an occurrence that it does not hold.
pub(crate) async fn requeue(
    conn: &mut rialto_store::Conn,
    host: &Host,
    ws: rialto_kernel::WorkspaceId,
    occurrence: &Occurrence,
) -> Result<(), Error> {
    use rialto_jobs::{NewJob, enqueue};
    let now_us = host.now_us();
    let from = occurrence.state();
    if from != OccurrenceState::Finished {
        return Ok(());
    }
    sql::occurrence_turn(conn, ws, occurrence.id, from, OccurrenceState::Running, None).await?;
    let payload = serde_json::json!(OccurrenceKey { occurrence: occurrence.id });
    let job = NewJob::new(ws, DISPATCH, payload, now_us).keyed(format!("{}/{now_us}", occurrence.id));
    enqueue(conn, host.id(), now_us, job).await.map_err(problem)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Due, batches};
    use rialto_kernel::Id;

    fn row(number: u128, failures: i64) -> Due {
        Due {
            id: Id::from_u128(number),
            contact: Id::from_u128(number),
            address: None,
            address_hash: None,
            attempt: 1,
            failures,
            cost_minor: 0,
            created_at: 0,
        }
    }

    #[test]
    fn a_row_that_breaks_runs_ends_up_alone() {
        let rows: Vec<Due> = (0..100).map(|n| row(n, i64::from(u32::try_from(n).unwrap() % 4))).collect();
        let sizes: Vec<usize> = batches(rows).iter().map(Vec::len).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 100);
        assert_eq!(&sizes[..4], &[25, 20, 5, 4]);
        assert_eq!(sizes.iter().filter(|size| **size == 1).count(), 26);
    }
}
