//! States of versions, their steps, canaries and denied calls.

use crate::rollout::{
    VersionState,
    canary::{CanaryRow, Side, Trial, Went},
    steps::{STEPS_MAX, Step},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::recorder::DeniedCall;
use rialto_store::{Conn, StoreError, sql};

/// Distinct denials kept of an installation; the rest are counted together.
pub(crate) const DENIALS_MAX: i64 = 200;
/// Canaries of an installation that are looked back on.
const CANARIES_MAX: u32 = 50;

/// Move a version, if it stands where it was seen; answers whether it did.
pub(crate) async fn version_move(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
    from: VersionState,
    to: VersionState,
) -> Result<bool, StoreError> {
    let rows = sql("UPDATE installation_version SET state = $3 WHERE workspace = $1 AND id = $2 AND state = $4")
        .bind(workspace)
        .bind(version)
        .bind(to.as_str())
        .bind(from.as_str())
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// A version serves from now on; its past crashes are over.
pub(crate) async fn version_activated(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
    at: i64,
) -> Result<(), StoreError> {
    sql("UPDATE installation_version SET activated_at = $3, crashes = 0, rested_until = 0
         WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(version)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Its breaker opened until then; answers whether that was news.
pub(crate) async fn version_crashed(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
    until: i64,
) -> Result<bool, StoreError> {
    let rows = sql("UPDATE installation_version SET crashes = crashes + 1, rested_until = $3
         WHERE workspace = $1 AND id = $2 AND rested_until < $3")
    .bind(workspace)
    .bind(version)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(rows == 1)
}

/// It runs well: it did not crash in a row.
pub(crate) async fn version_recovered(conn: &mut Conn, workspace: WorkspaceId, version: Id) -> Result<(), StoreError> {
    sql("UPDATE installation_version SET crashes = 0, rested_until = 0 WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(version)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a shadow run of it showed.
pub(crate) async fn version_shadow(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
    verdict: &str,
) -> Result<(), StoreError> {
    sql("UPDATE installation_version SET shadow = $3 WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(version)
        .bind(verdict)
        .execute(conn)
        .await?;
    Ok(())
}

/// Write a step down; the oldest beyond the bound are forgotten.
pub(crate) async fn step_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    version: Id,
    (from, to): (VersionState, VersionState),
    step: &Step<'_>,
) -> Result<(), StoreError> {
    let last: Option<(i64,)> = sql("SELECT number FROM plugin_step WHERE workspace = $1 AND version = $2
         ORDER BY number DESC LIMIT 1")
    .bind(workspace)
    .bind(version)
    .fetch_optional(conn)
    .await?;
    let number = last.map_or(1, |(number,)| number + 1);
    sql("INSERT INTO plugin_step (workspace, version, number, installation, from_state, to_state, at, actor, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(workspace)
    .bind(version)
    .bind(number)
    .bind(installation)
    .bind(from.as_str())
    .bind(to.as_str())
    .bind(step.at)
    .bind(step.actor)
    .bind(step.reason)
    .execute(conn)
    .await?;
    if number > STEPS_MAX {
        sql("DELETE FROM plugin_step WHERE workspace = $1 AND version = $2 AND number <= $3")
            .bind(workspace)
            .bind(version)
            .bind(number - STEPS_MAX)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// One step of a version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct StepRow {
    pub(crate) from_state: String,
    pub(crate) to_state: String,
    pub(crate) at: i64,
    pub(crate) actor: String,
    pub(crate) reason: String,
}

/// The steps of a version, in order.
pub(crate) async fn step_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
) -> Result<Vec<StepRow>, StoreError> {
    sql("SELECT from_state, to_state, at, actor, reason FROM plugin_step
         WHERE workspace = $1 AND version = $2 ORDER BY number LIMIT 500")
    .bind(workspace)
    .bind(version)
    .fetch_all(conn)
    .await
}

/// Begin a canary.
pub(crate) async fn canary_insert(conn: &mut Conn, workspace: WorkspaceId, new: &CanaryRow) -> Result<(), StoreError> {
    sql("INSERT INTO plugin_canary (workspace, id, installation, version, beside, state, policy, began_at, began_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(workspace)
    .bind(new.id)
    .bind(new.installation)
    .bind(new.version)
    .bind(new.beside)
    .bind(&new.state)
    .bind(&new.policy)
    .bind(new.began_at)
    .bind(&new.began_by)
    .execute(conn)
    .await?;
    Ok(())
}

/// One canary.
pub(crate) async fn canary_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    canary: Id,
) -> Result<Option<CanaryRow>, StoreError> {
    sql("SELECT id, installation, version, beside, state, policy, verdict, began_at, began_by, ended_at,
                new_runs, new_failed, new_wrong, new_cpu_us, new_wall_us,
                old_runs, old_failed, old_wrong, old_cpu_us, old_wall_us
         FROM plugin_canary WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(canary)
    .fetch_optional(conn)
    .await
}

/// The canaries of an installation, newest first.
pub(crate) async fn canary_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<CanaryRow>, StoreError> {
    sql("SELECT id, installation, version, beside, state, policy, verdict, began_at, began_by, ended_at,
                new_runs, new_failed, new_wrong, new_cpu_us, new_wall_us,
                old_runs, old_failed, old_wrong, old_cpu_us, old_wall_us
         FROM plugin_canary WHERE workspace = $1 AND installation = $2
         ORDER BY began_at DESC, id DESC LIMIT $3")
    .bind(workspace)
    .bind(installation)
    .bind(CANARIES_MAX)
    .fetch_all(conn)
    .await
}

/// Count a run of a trial; the canary afterwards, unless it has ended.
pub(crate) async fn canary_count(
    conn: &mut Conn,
    workspace: WorkspaceId,
    trial: Trial,
    went: Went,
) -> Result<Option<CanaryRow>, StoreError> {
    let counted = match trial.side {
        Side::New => sql("UPDATE plugin_canary SET new_runs = new_runs + 1, new_failed = new_failed + $3,
                new_wrong = new_wrong + $4, new_cpu_us = new_cpu_us + $5, new_wall_us = new_wall_us + $6
             WHERE workspace = $1 AND id = $2 AND ended_at IS NULL"),
        Side::Old => sql("UPDATE plugin_canary SET old_runs = old_runs + 1, old_failed = old_failed + $3,
                old_wrong = old_wrong + $4, old_cpu_us = old_cpu_us + $5, old_wall_us = old_wall_us + $6
             WHERE workspace = $1 AND id = $2 AND ended_at IS NULL"),
    };
    let rows = counted
        .bind(workspace)
        .bind(trial.canary)
        .bind(i64::from(went.failed))
        .bind(i64::from(went.wrong))
        .bind(went.cpu_us)
        .bind(went.wall_us)
        .execute(conn)
        .await?;
    if rows == 0 { Ok(None) } else { canary_find(conn, workspace, trial.canary).await }
}

/// Where a canary stands, and why.
pub(crate) async fn canary_set(
    conn: &mut Conn,
    workspace: WorkspaceId,
    canary: Id,
    state: &str,
    verdict: &str,
    ended_at: Option<i64>,
) -> Result<(), StoreError> {
    sql("UPDATE plugin_canary SET state = $3, verdict = $4, ended_at = $5 WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(canary)
        .bind(state)
        .bind(verdict)
        .bind(ended_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// The candidate of a canary that runs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Candidate {
    pub(crate) policy: String,
    pub(crate) version: Id,
    pub(crate) digest: String,
    pub(crate) version_label: String,
    pub(crate) grants: String,
    pub(crate) state: String,
}

/// The candidate of a canary.
pub(crate) async fn candidate_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    canary: Id,
) -> Result<Option<Candidate>, StoreError> {
    sql("SELECT c.policy, v.id AS version, v.digest, v.version AS version_label, v.grants, v.state
         FROM plugin_canary c
         JOIN installation_version v ON v.workspace = c.workspace AND v.id = c.version
         WHERE c.workspace = $1 AND c.id = $2 AND c.ended_at IS NULL")
    .bind(workspace)
    .bind(canary)
    .fetch_optional(conn)
    .await
}

/// Something that was denied, and how often.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct DenialRow {
    pub(crate) capability: String,
    pub(crate) target: String,
    pub(crate) reason: String,
    pub(crate) version: Id,
    pub(crate) run: Id,
    pub(crate) calls: i64,
    pub(crate) first_at: i64,
    pub(crate) last_at: i64,
}

/// Whose denied calls are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeniedTo {
    pub(crate) installation: Id,
    pub(crate) version: Id,
    pub(crate) run: Id,
    pub(crate) at: i64,
}

/// Count denied calls of a run. Targets beyond the bound go to one line.
pub(crate) async fn denial_count(
    conn: &mut Conn,
    workspace: WorkspaceId,
    to: DeniedTo,
    denied: &DeniedCall,
) -> Result<(), StoreError> {
    let DeniedTo { installation, version, run, at } = to;
    if denial_bump(conn, workspace, to, denied).await? {
        return Ok(());
    }
    let kept: Option<(i64,)> =
        sql("SELECT CAST(COUNT(*) AS BIGINT) FROM plugin_denial WHERE workspace = $1 AND installation = $2")
            .bind(workspace)
            .bind(installation)
            .fetch_optional(conn)
            .await?;
    let full = kept.is_some_and(|(kept,)| kept >= DENIALS_MAX);
    let (target, reason) = match full {
        true => ("others", "more targets than are told apart"),
        false => (denied.target.as_str(), denied.reason.as_str()),
    };
    sql("INSERT INTO plugin_denial (workspace, installation, capability, target, reason, version, run, calls,
                                    first_at, last_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (workspace, installation, capability, target) DO UPDATE SET
           calls = plugin_denial.calls + excluded.calls, last_at = excluded.last_at, run = excluded.run,
           version = excluded.version")
    .bind(workspace)
    .bind(installation)
    .bind(&denied.capability)
    .bind(target)
    .bind(reason)
    .bind(version)
    .bind(run)
    .bind(i64::try_from(denied.calls).unwrap_or(i64::MAX))
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

async fn denial_bump(
    conn: &mut Conn,
    workspace: WorkspaceId,
    to: DeniedTo,
    denied: &DeniedCall,
) -> Result<bool, StoreError> {
    let rows = sql("UPDATE plugin_denial SET calls = calls + $5, last_at = $6, run = $7, version = $8
         WHERE workspace = $1 AND installation = $2 AND capability = $3 AND target = $4")
    .bind(workspace)
    .bind(to.installation)
    .bind(&denied.capability)
    .bind(&denied.target)
    .bind(i64::try_from(denied.calls).unwrap_or(i64::MAX))
    .bind(to.at)
    .bind(to.run)
    .bind(to.version)
    .execute(conn)
    .await?;
    Ok(rows > 0)
}

/// What an installation was denied, the latest first.
pub(crate) async fn denial_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<DenialRow>, StoreError> {
    sql("SELECT capability, target, reason, version, run, calls, first_at, last_at FROM plugin_denial
         WHERE workspace = $1 AND installation = $2 ORDER BY last_at DESC, capability, target LIMIT 500")
    .bind(workspace)
    .bind(installation)
    .fetch_all(conn)
    .await
}

/// How many calls an installation was denied.
pub(crate) async fn denial_total(conn: &mut Conn, workspace: WorkspaceId, installation: Id) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = sql("SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM plugin_denial
         WHERE workspace = $1 AND installation = $2")
    .bind(workspace)
    .bind(installation)
    .fetch_optional(conn)
    .await?;
    Ok(row.map_or(0, |(calls,)| calls))
}
