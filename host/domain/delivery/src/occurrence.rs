//! Making, pausing, resuming, cancelling and counting occurrences: what the
//! areas above (campaign, journey) call. Each takes the caller's transaction.

use crate::{
    Error,
    model::{
        LedgerCount, LedgerCounts, LedgerOf, NewOccurrence, Occurrence, OccurrenceKey, OccurrenceState, Reason,
        SendState,
    },
    sql,
};
use rialto_jobs::{NewJob, enqueue};
use rialto_kernel::{Id, Ids, WorkspaceId};
use rialto_store::Conn;
use sha2::{Digest as _, Sha256};

/// The job that writes an occurrence's ledger.
pub const FAN_OUT: &str = "delivery.fan-out";
/// The job that makes an occurrence's sends.
pub const DISPATCH: &str = "delivery.dispatch";
/// Failures after which a person has to look: a database that is away for a
/// day is none.
const FAILURES_MAX: u32 = 1_000;

/// Make an occurrence and queue its jobs, inside the transaction that launches it.
///
/// # Errors
/// When the store fails.
pub async fn occurrence_create(
    conn: &mut Conn,
    ids: &Ids,
    now_us: i64,
    workspace: WorkspaceId,
    new: NewOccurrence,
) -> Result<Id, Error> {
    let id = ids.make();
    sql::occurrence_insert(conn, workspace, id, now_us, &new).await?;
    let content = serde_json::json!(new.content).to_string();
    let digest = Sha256::digest(content.as_bytes());
    sql::content_insert(conn, workspace, id, &content, &digest, now_us).await?;
    let payload = serde_json::json!(OccurrenceKey { occurrence: id });
    let mut fan_out = NewJob::new(workspace, FAN_OUT, payload.clone(), now_us).keyed(id.to_string());
    fan_out.failures_max = FAILURES_MAX;
    enqueue(conn, ids.make(), now_us, fan_out).await?;
    let mut dispatch = NewJob::new(workspace, DISPATCH, payload, now_us.max(new.starts_at)).keyed(id.to_string());
    dispatch.failures_max = FAILURES_MAX;
    enqueue(conn, ids.make(), now_us, dispatch).await?;
    Ok(id)
}

/// One occurrence.
///
/// # Errors
/// When there is none with this id.
pub async fn occurrence_get(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Occurrence, Error> {
    sql::occurrence_find(conn, workspace, id).await?.ok_or(Error::NotFound("occurrence"))
}

/// The occurrences of a campaign.
///
/// # Errors
/// When the store fails.
pub async fn occurrences_of(conn: &mut Conn, workspace: WorkspaceId, campaign: Id) -> Result<Vec<Occurrence>, Error> {
    Ok(sql::occurrence_list(conn, workspace, campaign).await?)
}

/// Hold an occurrence: nothing more leaves once this commits, but for what is
/// already `dispatching`.
///
/// # Errors
/// When it is not running.
pub async fn occurrence_pause(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<(), Error> {
    turn(conn, workspace, id, OccurrenceState::Running, OccurrenceState::Paused, "only a running one can be paused")
        .await
}

/// Hold an occurrence by itself, and note why.
///
/// # Errors
/// When it is not running.
pub async fn occurrence_hold(conn: &mut Conn, workspace: WorkspaceId, id: Id, reason: &str) -> Result<(), Error> {
    occurrence_pause(conn, workspace, id).await?;
    Ok(sql::occurrence_hold_note(conn, workspace, id, reason).await?)
}

/// Let a paused occurrence go on; what it is judged by begins anew.
///
/// # Errors
/// When it is not paused.
pub async fn occurrence_resume(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<(), Error> {
    sql::occurrence_tally_anew(conn, workspace, id).await?;
    turn(conn, workspace, id, OccurrenceState::Paused, OccurrenceState::Running, "only a paused one can be resumed")
        .await
}

/// Stop an occurrence for good. Its jobs mark every row that has not left
/// `not_sent`, reason `cancelled`, so that the sum still equals the audience.
///
/// # Errors
/// When it is over already.
pub async fn occurrence_cancel(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<(), Error> {
    let to = OccurrenceState::Cancelled;
    for from in [OccurrenceState::Running, OccurrenceState::Paused] {
        if sql::occurrence_turn(conn, workspace, id, from, to, None).await? {
            return Ok(());
        }
    }
    refuse(conn, workspace, id, "only a running or paused one can be cancelled").await
}

/// The ledger in numbers, by state and reason.
///
/// # Errors
/// When the store fails.
pub async fn ledger_counts(conn: &mut Conn, workspace: WorkspaceId, of: LedgerOf) -> Result<LedgerCounts, Error> {
    let occurrences = match of {
        LedgerOf::Occurrence(id) => vec![occurrence_get(conn, workspace, id).await?],
        LedgerOf::Campaign(id) => sql::occurrence_list(conn, workspace, id).await?,
    };
    let mut counts = LedgerCounts { fanned_out: !occurrences.is_empty(), ..LedgerCounts::default() };
    for occurrence in occurrences {
        counts.audience += occurrence.audience_size;
        counts.cost_minor += occurrence.budget_used;
        counts.fanned_out &= occurrence.fanned_out_at.is_some();
        counts.hold_reason = counts.hold_reason.or(occurrence.hold_reason);
        count_into(conn, workspace, occurrence.id, &mut counts.rows).await?;
    }
    counts.finished = counts.fanned_out && counts.rows.iter().all(|row| row.state.terminal());
    Ok(counts)
}

async fn count_into(
    conn: &mut Conn,
    workspace: WorkspaceId,
    occurrence: Id,
    rows: &mut Vec<LedgerCount>,
) -> Result<(), Error> {
    for (word, count) in sql::send_count_states(conn, workspace, occurrence).await? {
        let state = SendState::from_word(&word).ok_or(Error::Stored("send state"))?;
        if state != SendState::NotSent {
            add(rows, state, None, count);
        }
    }
    for (word, count) in sql::send_count_reasons(conn, workspace, occurrence).await? {
        add(rows, SendState::NotSent, word.as_deref().and_then(Reason::from_word), count);
    }
    Ok(())
}

fn add(rows: &mut Vec<LedgerCount>, state: SendState, reason: Option<Reason>, count: i64) {
    match rows.iter_mut().find(|row| row.state == state && row.reason == reason) {
        Some(row) => row.count += count,
        None => rows.push(LedgerCount { state, reason, count }),
    }
}

async fn turn(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    from: OccurrenceState,
    to: OccurrenceState,
    remedy: &'static str,
) -> Result<(), Error> {
    if sql::occurrence_turn(conn, workspace, id, from, to, None).await? {
        return Ok(());
    }
    refuse(conn, workspace, id, remedy).await
}

async fn refuse(conn: &mut Conn, workspace: WorkspaceId, id: Id, remedy: &'static str) -> Result<(), Error> {
    let occurrence = occurrence_get(conn, workspace, id).await?;
    Err(Error::State { state: occurrence.state, remedy })
}
