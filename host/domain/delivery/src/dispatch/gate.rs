//! The last moment. One transaction settles what came back and lets the next
//! rows go: it locks the occurrence and each person, gathers what is known now
//! (time, consent, suppression, what reached the person lately, budget), asks
//! `rules` and only then makes a row `dispatching`. An opt-out takes the same
//! lock, so whichever commits first wins.

use super::settle::{Ledger, Verdict, later, not_sent, settle};
use crate::{
    Error,
    fan_out::problem,
    judge::reached,
    model::{Occurrence, OccurrenceState, Reason, SendState},
    policy::{EffectivePolicy, policy_of},
    rules::{Decision, Facts, Wave, decide},
    sql::{self, Dispatching, PersonHead},
};
use rialto_audience::{consent_allowed, gate_turns, suppressed_among};
use rialto_jobs::{Fence, JobError};
use rialto_kernel::{Id, WorkspaceId};
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
    /// These will be, later.
    pub(crate) waiting: HashSet<Id>,
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
    let policy = policy_of(conn, ws, occurrence.unit).await?;
    let at_us = conn.now_or(step.now_us);
    let known = know(conn, step, &occurrence, &policy, at_us).await?;
    let judged = judge(step, &occurrence, &policy, &known, at_us);
    let decided = let_go(conn, step, &occurrence, &policy, judged).await?;
    Ok(decided)
}

/// What is known of the people who are to be written to, under their locks.
struct Known {
    agreed: HashSet<Id>,
    /// Hashes of addresses.
    suppressed: HashSet<Vec<u8>>,
    people: HashMap<Id, PersonHead>,
    /// For each cap, what reached each person.
    reached: Vec<HashMap<Id, i64>>,
    /// Persons to whom this wave went under another of their contacts.
    doubled: HashSet<Id>,
}

async fn know(
    conn: &mut Conn,
    step: &Step,
    occurrence: &Occurrence,
    policy: &EffectivePolicy,
    at_us: i64,
) -> Result<Known, Error> {
    let ws = step.ledger.workspace;
    let mut people: Vec<Id> = step.asking.iter().map(|asking| asking.contact).collect();
    people.sort_unstable();
    people.dedup();
    gate_turns(conn, ws, &people).await.map_err(problem)?;
    let (channel, topic) = (&occurrence.channel, &occurrence.topic);
    let agreed = consent_allowed(conn, ws, &people, channel, topic).await.map_err(problem)?;
    let hashes: Vec<Vec<u8>> = step.asking.iter().filter_map(|asking| asking.address_hash.clone()).collect();
    let suppressed = suppressed_among(conn, ws, channel, &hashes).await.map_err(problem)?;
    let heads = sql::person_heads(conn, ws, &people).await?;
    let mut roots: Vec<Id> = heads.values().map(|head| head.root).collect();
    roots.sort_unstable();
    roots.dedup();
    let contacts = sql::person_contacts(conn, ws, &roots).await?;
    let reached = reached(conn, ws, policy, (channel, topic), at_us, &contacts).await?;
    let doubled = doubled(conn, ws, occurrence, &people, &contacts).await?;
    Ok(Known { agreed, suppressed, people: heads, reached, doubled })
}

/// Merged persons who have this wave's message already.
async fn doubled(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: &Occurrence,
    asking: &[Id],
    contacts: &HashMap<Id, Id>,
) -> Result<HashSet<Id>, Error> {
    let others: Vec<Id> = contacts.keys().filter(|id| asking.binary_search(id).is_err()).copied().collect();
    if others.is_empty() {
        return Ok(HashSet::new());
    }
    let gone = sql::send_gone_to(conn, ws, occurrence.id, &others).await?;
    Ok(gone.iter().filter_map(|id| contacts.get(id)).copied().collect())
}

/// What was decided of each row that asks.
struct Judged<'a> {
    go: Vec<(&'a Asking, i64)>,
    refused: HashMap<Id, Reason>,
    waits: Vec<(&'a Asking, i64)>,
    cost: i64,
}

fn judge<'a>(
    step: &'a Step,
    occurrence: &Occurrence,
    policy: &EffectivePolicy,
    known: &Known,
    at_us: i64,
) -> Judged<'a> {
    let wave = Wave {
        rules: &policy.rules,
        channel: &occurrence.channel,
        topic: &occurrence.topic,
        zone: "",
        at_us,
        expires_at: occurrence.expires_at,
        nobody: None,
    };
    let mut judged = Judged { go: Vec::new(), refused: HashMap::new(), waits: Vec::new(), cost: 0 };
    let mut gone: HashSet<Id> = HashSet::new();
    for asking in &step.asking {
        let head = known.people.get(&asking.contact);
        let root = head.map_or(asking.contact, |head| head.root);
        let due = if asking.paid_minor > 0 { 0 } else { occurrence.unit_cost_minor };
        let used = occurrence.budget_used + judged.cost + due;
        let facts = Facts {
            address: true,
            consent: known.agreed.contains(&asking.contact),
            suppressed: asking.address_hash.as_ref().is_some_and(|hash| known.suppressed.contains(hash)),
            duplicate: known.doubled.contains(&root) || gone.contains(&root),
            region: head.map_or("", |head| head.region.as_str()),
            zone: head.map_or("", |head| head.zone.as_str()),
            reached: known.reached.iter().map(|cap| cap.get(&root).copied().unwrap_or(0)).collect(),
            held_out: false,
            affordable: due == 0 || occurrence.budget_minor.is_none_or(|budget| used <= budget),
        };
        match decide(&Wave { zone: known.zone(&asking.contact), ..wave }, &facts) {
            Decision::Go => {
                gone.insert(root);
                judged.cost += due;
                judged.go.push((asking, asking.paid_minor + due));
            }
            // Rows come due by the machine's time.
            Decision::Wait(until) => judged.waits.push((asking, step.now_us + until - at_us)),
            Decision::Never(reason) => drop(judged.refused.insert(asking.send, reason)),
        }
    }
    judged
}

impl Known {
    /// The workspace's zone, as each person's row has it.
    fn zone(&self, contact: &Id) -> &str {
        self.people.get(contact).map_or("", |head| head.otherwise.as_str())
    }
}

/// Take the budget, make `dispatching` what may go, and settle the rest.
async fn let_go(
    conn: &mut Conn,
    step: &Step,
    occurrence: &Occurrence,
    policy: &EffectivePolicy,
    judged: Judged<'_>,
) -> Result<Decided, Error> {
    let ws = step.ledger.workspace;
    let mut groups: HashMap<Dispatching, Vec<(Id, Vec<u8>)>> = HashMap::new();
    for (asking, cost_minor) in &judged.go {
        let to = Dispatching {
            attempt: asking.attempt,
            cost_minor: *cost_minor,
            connector_version: asking.connector_version.clone(),
            policy_version: policy.version,
        };
        groups.entry(to).or_default().push((asking.send, asking.content_hash.clone()));
    }
    let cost = judged.cost;
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
    let mut verdicts: Vec<Verdict> = step
        .asking
        .iter()
        .filter_map(|asking| judged.refused.get(&asking.send).map(|reason| refusal(asking, *reason)))
        .collect();
    verdicts.extend(judged.waits.iter().map(|(asking, until)| waits(asking, *until, step.now_us)));
    settle(conn, &step.ledger, step.now_us, &verdicts).await?;
    let refused: Vec<Id> = judged.refused.keys().copied().collect();
    sql::send_policy_note(conn, ws, policy.version, &refused).await?;
    let waiting = judged.waits.iter().map(|(asking, _)| asking.send).collect();
    Ok(Decided { go, refused: judged.refused, waiting, halted: None })
}

fn waits(asking: &Asking, until: i64, now_us: i64) -> Verdict {
    Verdict {
        send: asking.send,
        contact: asking.contact,
        turn: later(asking.attempt, until),
        run: asking.run,
        started_at: now_us,
        words: "quiet hours".to_owned(),
        shown: None,
        suppress: None,
    }
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
