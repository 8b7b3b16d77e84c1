//! What an earlier run left: rows it had taken go back, rows that were on
//! their way are in doubt. Only one run holds the job, so whatever is found
//! here is nobody's; a host that was merely slow finds its attempts ended.

use super::{
    outcome::{Attempt, Word},
    settle::settle,
    work::Work,
};
use crate::{
    Error,
    model::{OccurrenceState, Reason, SendState},
    sql::{self, Due},
};
use std::sync::atomic::Ordering;

/// Rows settled in one transaction.
const ROWS: u32 = 500;

/// Give back what was taken, and put in doubt (or send again, where that is
/// wanted) what was on its way.
///
/// # Errors
/// When the store fails or another host has the job.
pub(crate) async fn recover(work: &Work) -> Result<u64, Error> {
    let mut doubtful = 0;
    loop {
        let step = recover_step(work).await?;
        doubtful += step;
        if step < u64::from(ROWS) {
            return Ok(doubtful);
        }
    }
}

async fn recover_step(work: &Work) -> Result<u64, Error> {
    let (ledger, fence, now_us) = (work.ledger.clone(), work.fence, work.host.now_us());
    let (on_uncertain, total) = (work.occurrence.on_uncertain(), work.occurrence.audience_size);
    let (settled, jitter) = (work.settled.load(Ordering::Relaxed), work.host.random.unit());
    work.host
        .store
        .write(ledger.workspace, "delivery.recover", move |conn| {
            Box::pin(async move {
                let mark = serde_json::json!({ "settled": settled });
                fence.save(conn, &mark, settled, u64::try_from(total).unwrap_or(0)).await?;
                sql::send_release(conn, ledger.workspace, ledger.occurrence).await?;
                let left = sql::send_dispatching_list(conn, ledger.workspace, ledger.occurrence, ROWS).await?;
                let verdicts: Vec<_> = left
                    .into_iter()
                    .map(sql::Left::split)
                    .map(|(due, dispatched_at)| {
                        let started_at = dispatched_at.unwrap_or(now_us);
                        let attempt = Attempt { due, run: None, started_at, now_us, on_uncertain, jitter };
                        let words = "the host ended before the other side's answer was written down";
                        attempt.verdict(SendState::Dispatching, Word::Uncertain, words)
                    })
                    .collect();
                settle(conn, &ledger, now_us, &verdicts).await?;
                Ok(verdicts.len() as u64)
            })
        })
        .await
}

/// Settle the rows of an occurrence that is over before they had their turn.
///
/// # Errors
/// When the store fails.
pub(crate) async fn sweep(work: &Work, reason: Reason) -> Result<(), Error> {
    loop {
        let (ws, occurrence, now_us) = (work.ledger.workspace, work.occurrence.id, work.host.now_us());
        let swept = work
            .host
            .store
            .write(ws, "delivery.sweep", move |conn| {
                Box::pin(
                    async move { Ok::<_, Error>(sql::send_sweep(conn, ws, occurrence, reason, now_us, ROWS).await?) },
                )
            })
            .await?;
        if swept < u64::from(ROWS) {
            return Ok(());
        }
    }
}

/// Whether the ledger is done with the occurrence; if so the occurrence says so.
///
/// # Errors
/// When the store fails.
pub(crate) async fn finish(work: &Work) -> Result<bool, Error> {
    let (ws, id, now_us) = (work.ledger.workspace, work.occurrence.id, work.host.now_us());
    work.host
        .store
        .write(ws, "delivery.finish", move |conn| {
            Box::pin(async move {
                let Some(occurrence) = sql::occurrence_find(conn, ws, id).await? else { return Ok(true) };
                if occurrence.fanned_out_at.is_none() || sql::send_any_live(conn, ws, id).await? {
                    return Ok(false);
                }
                let from = occurrence.state();
                let to = if from == OccurrenceState::Cancelled { from } else { OccurrenceState::Finished };
                if occurrence.finished_at.is_none() {
                    sql::occurrence_turn(conn, ws, id, from, to, Some(now_us)).await?;
                }
                Ok::<_, Error>(true)
            })
        })
        .await
}

/// The row as an attempt sees it, with when it was dispatched.
impl sql::Left {
    pub(crate) fn split(self) -> (Due, Option<i64>) {
        let due = Due {
            id: self.id,
            contact: self.contact,
            address: None,
            address_hash: self.address_hash,
            attempt: self.attempt,
            failures: self.failures,
            cost_minor: self.cost_minor,
            created_at: self.created_at,
        };
        (due, self.dispatched_at)
    }
}
