//! SQL of `occurrence`.

use crate::model::{NewOccurrence, Occurrence, OccurrenceState};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

pub(crate) async fn occurrence_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    now_us: i64,
    new: &NewOccurrence,
) -> Result<(), StoreError> {
    sql("INSERT INTO occurrence (workspace, id, campaign, channel, message, message_version, installation, sender,
                                 mail_server, topic, snapshot, audience_size, state, on_uncertain, unit_cost_minor,
                                 currency, budget_minor, budget_used, starts_at, expires_at, created_at, experiment,
                                 unit)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'running', $13, $14, $15, $16, 0, $17, $18, $19, $20, $21)")
    .bind(ws)
    .bind(id)
    .bind(new.campaign)
    .bind(&new.channel)
    .bind(new.message)
    .bind(new.message_version)
    .bind(new.installation)
    .bind(new.sender)
    .bind(new.mail_server)
    .bind(&new.topic)
    .bind(new.snapshot)
    .bind(new.audience_size)
    .bind(new.on_uncertain.word())
    .bind(new.unit_cost_minor)
    .bind(new.currency)
    .bind(new.budget_minor)
    .bind(new.starts_at)
    .bind(new.expires_at)
    .bind(now_us)
    .bind(new.experiment)
    .bind(new.unit)
    .execute(conn)
    .await
    .map(drop)
}

pub(crate) async fn occurrence_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
) -> Result<Option<Occurrence>, StoreError> {
    sql("SELECT id, campaign, channel, message, installation, sender, mail_server, topic, snapshot, audience_size, state,
                on_uncertain, unit_cost_minor, currency, budget_minor, budget_used, fanned_out_at, starts_at, expires_at,
                created_at, finished_at, experiment, tried, hard_bounces, complaints, hold_reason, unit
         FROM occurrence WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Occurrences of a campaign; a campaign has one a channel.
pub(crate) async fn occurrence_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
) -> Result<Vec<Occurrence>, StoreError> {
    sql("SELECT id, campaign, channel, message, installation, sender, mail_server, topic, snapshot, audience_size, state,
                on_uncertain, unit_cost_minor, currency, budget_minor, budget_used, fanned_out_at, starts_at, expires_at,
                created_at, finished_at, experiment, tried, hard_bounces, complaints, hold_reason, unit
         FROM occurrence WHERE workspace = $1 AND campaign = $2 ORDER BY id LIMIT 1000")
    .bind(ws)
    .bind(campaign)
    .fetch_all(conn)
    .await
}

/// Change the state if it is `from`; answers whether it was.
pub(crate) async fn occurrence_turn(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    from: OccurrenceState,
    to: OccurrenceState,
    finished_at: Option<i64>,
) -> Result<bool, StoreError> {
    let changed =
        sql("UPDATE occurrence SET state = $4, finished_at = $5 WHERE workspace = $1 AND id = $2 AND state = $3")
            .bind(ws)
            .bind(id)
            .bind(from.word())
            .bind(to.word())
            .bind(finished_at)
            .execute(conn)
            .await?;
    Ok(changed == 1)
}

/// Write the occurrence's row without changing it, so that nobody turns its
/// state until the transaction ends; whether it runs.
pub(crate) async fn occurrence_hold(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<bool, StoreError> {
    let held = sql("UPDATE occurrence SET budget_used = budget_used
                    WHERE workspace = $1 AND id = $2 AND state = 'running'")
    .bind(ws)
    .bind(id)
    .execute(conn)
    .await?;
    Ok(held == 1)
}

/// Take `cost` from the budget of a running occurrence that has used `seen` so
/// far; false when it moved on meanwhile.
pub(crate) async fn occurrence_charge(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    seen: i64,
    cost: i64,
) -> Result<bool, StoreError> {
    let charged = sql("UPDATE occurrence SET budget_used = budget_used + $4
                       WHERE workspace = $1 AND id = $2 AND budget_used = $3 AND state = 'running'")
    .bind(ws)
    .bind(id)
    .bind(seen)
    .bind(cost)
    .execute(conn)
    .await?;
    Ok(charged == 1)
}

/// Keep how far the fan-out came; `done_at` when it is done.
pub(crate) async fn occurrence_fan_out_mark(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    after: Option<Id>,
    done_at: Option<i64>,
    audience_size: i64,
) -> Result<(), StoreError> {
    sql("UPDATE occurrence SET fan_out_after = $3, fanned_out_at = $4, audience_size = $5
         WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .bind(after)
    .bind(done_at)
    .bind(audience_size)
    .execute(conn)
    .await
    .map(drop)
}

pub(crate) async fn occurrence_fan_out_after(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
) -> Result<Option<Id>, StoreError> {
    let row: Option<(Option<Id>,)> = sql("SELECT fan_out_after FROM occurrence WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.and_then(|(after,)| after))
}

/// Add to what the wave is judged by.
pub(crate) async fn occurrence_tally(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    tried: i64,
    hard_bounces: i64,
    complaints: i64,
) -> Result<(), StoreError> {
    sql("UPDATE occurrence SET tried = tried + $3, hard_bounces = hard_bounces + $4, complaints = complaints + $5
         WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .bind(tried)
    .bind(hard_bounces)
    .bind(complaints)
    .execute(conn)
    .await
    .map(drop)
}

/// Note why a wave is held.
pub(crate) async fn occurrence_hold_note(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    reason: &str,
) -> Result<(), StoreError> {
    sql("UPDATE occurrence SET hold_reason = $3 WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .bind(reason)
        .execute(conn)
        .await
        .map(drop)
}

/// A resumed wave is judged by what comes from now on.
pub(crate) async fn occurrence_tally_anew(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<(), StoreError> {
    sql("UPDATE occurrence SET tried = 0, hard_bounces = 0, complaints = 0, hold_reason = NULL
         WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .execute(conn)
    .await
    .map(drop)
}

/// Keep what a wave says; `variant` is empty where there is one only.
pub(crate) async fn content_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    content: &str,
    digest: &[u8],
    now_us: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO occurrence_content (workspace, occurrence, variant, content, digest, created_at)
         VALUES ($1, $2, '', $3, $4, $5)")
    .bind(ws)
    .bind(id)
    .bind(content)
    .bind(digest.to_vec())
    .bind(now_us)
    .execute(conn)
    .await
    .map(drop)
}

/// What a wave says, with its digest.
pub(crate) async fn content_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    sql("SELECT content, digest FROM occurrence_content WHERE workspace = $1 AND occurrence = $2 AND variant = ''")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await
}
