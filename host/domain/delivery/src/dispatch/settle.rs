//! Writing down how attempts ended, many in one transaction. Every write says
//! which attempt it ends: one that another host has taken over changes nothing.

use crate::{
    Error,
    fan_out::problem,
    model::{Reason, SendState},
    sql::{self, AttemptPut, Turn},
};
use rialto_audience::{NewEvent, record_events, suppress};
use rialto_jobs::JobError;
use rialto_kernel::{Id, Ids, WorkspaceId};
use rialto_store::Conn;
use std::collections::HashMap;

/// How one attempt of one row ended.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) send: Id,
    pub(crate) contact: Id,
    pub(crate) turn: Turn,
    pub(crate) run: Option<Id>,
    pub(crate) started_at: i64,
    /// What was said, for the attempt; the row keeps it only where it explains.
    pub(crate) words: String,
    /// What the attempt is remembered as, where that is not what the row became.
    pub(crate) shown: Option<SendState>,
    /// The address, where it must never be sent to again.
    pub(crate) suppress: Option<Vec<u8>>,
}

/// What settling needs to know of the occurrence.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) workspace: WorkspaceId,
    pub(crate) occurrence: Id,
    pub(crate) campaign: Option<Id>,
    pub(crate) channel: String,
    pub(crate) host: String,
    pub(crate) ids: Ids,
}

/// Write all verdicts down, inside the caller's transaction.
///
/// # Errors
/// [`JobError::Fenced`] when a row is in another state or attempt than it ends:
/// another host has taken over, so nothing of this may stay.
pub(crate) async fn settle(conn: &mut Conn, ledger: &Ledger, now_us: i64, verdicts: &[Verdict]) -> Result<(), Error> {
    let mut groups: HashMap<&Turn, Vec<Id>> = HashMap::new();
    for verdict in verdicts {
        debug_assert!(verdict.turn.from.may_become(verdict.turn.to), "{:?}", verdict.turn);
        groups.entry(&verdict.turn).or_default().push(verdict.send);
    }
    for (turn, ids) in groups {
        let turned = sql::send_turn(conn, ledger.workspace, now_us, turn, &ids).await?;
        if turned != ids.len() as u64 {
            return Err(JobError::Fenced.into());
        }
        let labels = [("channel", ledger.channel.clone()), ("state", turn.to.word().to_owned())];
        metrics::counter!("rialto_sends_total", &labels).increment(turned);
    }
    tally(conn, ledger, verdicts).await?;
    let attempts = verdicts.iter().filter(|v| v.turn.to != SendState::NotSent).map(attempt).collect();
    sql::attempt_insert(conn, ledger.workspace, &ledger.host, now_us, attempts).await?;
    for verdict in verdicts {
        if let Some(hash) = &verdict.suppress {
            let (ws, channel) = (ledger.workspace, &ledger.channel);
            suppress(conn, ws, channel, hash, "hard_bounce", "delivery", now_us).await.map_err(problem)?;
        }
    }
    let at = conn.now_or(now_us);
    let touches: Vec<NewEvent> =
        verdicts.iter().filter(|v| v.turn.to == SendState::Accepted).map(|v| touch(ledger, v, at)).collect();
    if !touches.is_empty() {
        record_events(conn, &ledger.ids, now_us, ledger.workspace, touches).await.map_err(problem)?;
    }
    Ok(())
}

/// Count what a wave is held by: what was tried, and mailboxes that are gone.
async fn tally(conn: &mut Conn, ledger: &Ledger, verdicts: &[Verdict]) -> Result<(), Error> {
    let ended = |v: &&Verdict| {
        v.turn.from == SendState::Dispatching && matches!(v.turn.to, SendState::Accepted | SendState::Rejected)
    };
    let tried = verdicts.iter().filter(ended).count() as i64;
    let gone = verdicts.iter().filter(ended).filter(|v| v.suppress.is_some()).count() as i64;
    if tried > 0 {
        sql::occurrence_tally(conn, ledger.workspace, ledger.occurrence, tried, gone, 0).await?;
    }
    Ok(())
}

fn attempt(verdict: &Verdict) -> AttemptPut {
    let Verdict { send, turn, run, started_at, words, shown, .. } = verdict;
    AttemptPut {
        send: *send,
        attempt: turn.attempt,
        run: *run,
        started_at: *started_at,
        state: shown.unwrap_or(turn.to),
        code: turn.code.clone(),
        detail: Some(words.clone()).filter(|words| !words.is_empty()),
    }
}

/// What was taken by the other side is a touch of its channel and campaign.
fn touch(ledger: &Ledger, verdict: &Verdict, at: i64) -> NewEvent {
    NewEvent {
        message_id: Some(format!("send/{}", verdict.send)),
        at,
        kind: "send".to_owned(),
        name: "send".to_owned(),
        contact: Some(verdict.contact),
        channel: Some(ledger.channel.clone()),
        campaign: ledger.campaign,
        send: Some(verdict.send),
        source: "delivery".to_owned(),
        ..NewEvent::default()
    }
}

/// A row that is not sent after all, from the state it is in.
pub(crate) fn not_sent(from: SendState, attempt: i64, reason: Reason) -> Turn {
    Turn {
        from,
        attempt,
        to: SendState::NotSent,
        reason: Some(reason),
        code: None,
        detail: None,
        provider_id: None,
        due_at: None,
        failures: 0,
    }
}

/// A row that waits until an instant; nothing was tried.
pub(crate) fn later(attempt: i64, until: i64) -> Turn {
    let at = rialto_kernel::from_micros(until);
    Turn {
        from: SendState::Leased,
        attempt,
        to: SendState::Deferred,
        reason: None,
        code: Some("quiet-hours".to_owned()),
        detail: Some(format!("quiet hours for this person until {at}")),
        provider_id: None,
        due_at: Some(until),
        failures: 0,
    }
}
