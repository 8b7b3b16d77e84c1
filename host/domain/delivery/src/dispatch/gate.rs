//! The last moment. One transaction settles what came back and lets the next
//! rows go: it locks the occurrence and each person, then checks that the
//! occurrence runs, the time, consent, suppression and budget, and only then
//! makes a row `dispatching`. An opt-out takes the same lock, so whichever
//! commits first wins.

use super::settle::{Ledger, Verdict, not_sent, settle};
use crate::{
    Error,
    fan_out::problem,
    model::{Occurrence, OccurrenceState, Reason, SendState},
    sql::{self, Dispatching},
};
use rialto_audience::{consent_allowed, gate_turn, suppressed};
use rialto_jobs::{Fence, JobError};
use rialto_kernel::Id;
use rialto_plugins::StateWrites;
use rialto_store::{Conn, StoreError};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// A leased row that asks to go.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) send: Id,
    pub(crate) contact: Id,
    pub(crate) attempt: i64,
    pub(crate) address_hash: Option<Vec<u8>>,
    /// What it has cost already; a second attempt costs nothing.
    pub(crate) paid_minor: i64,
    pub(crate) content_hash: Vec<u8>,
    pub(crate) connector_version: String,
    pub(crate) run: Option<Id>,
}

/// What was decided.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decided {
    /// These are `dispatching` now: their bytes may leave.
    pub(crate) go: HashSet<Id>,
    /// These never will be, with the reason.
    pub(crate) refused: HashMap<Id, Reason>,
    /// The occurrence does not run: nothing was decided, and nothing may leave.
    pub(crate) halted: Option<OccurrenceState>,
}

/// What one transaction is about.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) ledger: Ledger,
    pub(crate) fence: Fence,
    pub(crate) now_us: i64,
    /// Progress, for the job.
    pub(crate) settled: u64,
    pub(crate) total: u64,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) asking: Vec<Asking>,
    /// What the run that gave the verdicts wants kept.
    pub(crate) state: Option<Arc<StateWrites>>,
}

/// Settle and let go, inside the caller's transaction.
///
/// # Errors
/// [`JobError::Fenced`] when another host has the job or a row: roll back.
pub(crate) async fn step(conn: &mut Conn, step: &Step) -> Result<Decided, Error> {
    let mark = serde_json::json!({ "settled": step.settled });
    step.fence.save(conn, &mark, step.settled, step.total).await?;
    if let Some(state) = &step.state {
        state.apply(conn).await.map_err(|cause| Error::Answer(cause.to_string()))?;
    }
    settle(conn, &step.ledger, step.now_us, &step.verdicts).await?;
    if step.asking.is_empty() {
        return Ok(Decided::default());
    }
    let (ws, id) = (step.ledger.workspace, step.ledger.occurrence);
    // Writing the row first holds off a pause until this commits, and a pause
    // that committed first is seen here.
    let running = sql::occurrence_hold(conn, ws, id).await?;
    let occurrence = sql::occurrence_find(conn, ws, id).await?.ok_or(Error::NotFound("occurrence"))?;
    if !running {
        return Ok(Decided { halted: Some(occurrence.state()), ..Decided::default() });
    }
    let refused = refuse(conn, step, &occurrence).await?;
    let decided = let_go(conn, step, &occurrence, refused).await?;
    let verdicts: Vec<Verdict> = step
        .asking
        .iter()
        .filter_map(|asking| decided.refused.get(&asking.send).map(|reason| refusal(asking, *reason)))
        .collect();
    settle(conn, &step.ledger, step.now_us, &verdicts).await?;
    Ok(decided)
}

/// Under each person's lock: who may not be written to any more?
async fn refuse(conn: &mut Conn, step: &Step, occurrence: &Occurrence) -> Result<HashMap<Id, Reason>, Error> {
    let ws = step.ledger.workspace;
    let mut people: Vec<Id> = step.asking.iter().map(|asking| asking.contact).collect();
    // One order everywhere, so that two hosts never wait for each other.
    people.sort_unstable();
    people.dedup();
    for contact in &people {
        gate_turn(conn, ws, *contact).await.map_err(problem)?;
    }
    let (channel, topic) = (&occurrence.channel, &occurrence.topic);
    let agreed = consent_allowed(conn, ws, &people, channel, topic).await.map_err(problem)?;
    let expired = occurrence.expires_at.is_some_and(|at| at <= step.now_us);
    let mut refused = HashMap::new();
    for asking in &step.asking {
        let barred = match &asking.address_hash {
            Some(hash) => suppressed(conn, ws, channel, hash).await.map_err(problem)?,
            None => false,
        };
        let reason = match (expired, agreed.contains(&asking.contact), barred) {
            (true, _, _) => Reason::Expired,
            (_, false, _) => Reason::NoConsent,
            (_, _, true) => Reason::Suppressed,
            _ => continue,
        };
        refused.insert(asking.send, reason);
    }
    Ok(refused)
}

/// Take the budget and make the rest `dispatching`.
async fn let_go(
    conn: &mut Conn,
    step: &Step,
    occurrence: &Occurrence,
    mut refused: HashMap<Id, Reason>,
) -> Result<Decided, Error> {
    let ws = step.ledger.workspace;
    let mut groups: HashMap<Dispatching, Vec<(Id, Vec<u8>)>> = HashMap::new();
    let mut cost = 0;
    for asking in &step.asking {
        if refused.contains_key(&asking.send) {
            continue;
        }
        let due = if asking.paid_minor > 0 { 0 } else { occurrence.unit_cost_minor };
        if occurrence.budget_minor.is_some_and(|budget| occurrence.budget_used + cost + due > budget) && due > 0 {
            refused.insert(asking.send, Reason::OverBudget);
            continue;
        }
        cost += due;
        let to = Dispatching {
            attempt: asking.attempt,
            cost_minor: asking.paid_minor + due,
            connector_version: asking.connector_version.clone(),
        };
        groups.entry(to).or_default().push((asking.send, asking.content_hash.clone()));
    }
    if cost > 0 && !sql::occurrence_charge(conn, ws, occurrence.id, occurrence.budget_used, cost).await? {
        return Err(Error::Raced);
    }
    let mut go = HashSet::new();
    for (to, rows) in groups {
        if sql::send_dispatching(conn, ws, step.now_us, &to, &rows).await? != rows.len() as u64 {
            return Err(JobError::Fenced.into());
        }
        go.extend(rows.into_iter().map(|(send, _)| send));
    }
    Ok(Decided { go, refused, halted: None })
}

fn refusal(asking: &Asking, reason: Reason) -> Verdict {
    Verdict {
        send: asking.send,
        contact: asking.contact,
        turn: not_sent(SendState::Leased, asking.attempt, reason),
        run: asking.run,
        started_at: 0,
        words: String::new(),
        shown: None,
        suppress: None,
    }
}

/// Run a step in its own transaction; one that the database turned away for
/// the moment (a deadlock, say) is run again.
///
/// # Errors
/// As [`step()`].
pub(crate) async fn commit(store: &rialto_store::Store, work: Step) -> Result<Decided, Error> {
    const TRIES: u32 = 25;
    let mut tried = 0;
    loop {
        let again = work.clone();
        let workspace = again.ledger.workspace;
        let done = store
            .write(workspace, "delivery.gate", move |conn| Box::pin(async move { step(conn, &again).await }))
            .await;
        tried += 1;
        match done {
            Err(Error::Raced | Error::Store(StoreError::Unavailable(_))) if tried < TRIES => {
                tokio::time::sleep(Duration::from_millis(u64::from(20 * tried * tried).min(1_000))).await;
            }
            other => return other,
        }
    }
}
