//! Canaries and the rollout policy, as an admin sets them.

use super::{
    installation,
    installation::unchanged,
    leading_version, package, scope, supply,
    version::{Ready, Swap, ready},
};
use crate::{
    Error,
    rollout::{
        RolloutPolicy, VersionState,
        canary::{self, CanaryRow},
        steps,
    },
    sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// Give an approved version a share of the runs. It is made ready first, as if
/// it were to serve.
pub(crate) async fn begin(
    host: &Host,
    caller: &Caller,
    id: Id,
    version_id: Id,
    percent: Option<u32>,
    how: Swap,
) -> Result<(), Error> {
    let workspace = caller.workspace;
    let ready = ready(host, caller, id, version_id, may_begin, how).await?;
    let Ready { row: seen, next } = ready;
    let beside = seen.active_version.ok_or(Error::NothingBeside)?;
    let mut policy = seen.rollout()?;
    policy.canary.percent = percent.unwrap_or(policy.canary.percent);
    policy.check(&[])?;
    let new = CanaryRow {
        id: host.id(),
        installation: id,
        version: next.id,
        beside,
        state: "running".to_owned(),
        policy: serde_json::to_string(&policy.canary)?,
        verdict: None,
        began_at: host.now_us(),
        began_by: caller.actor.to_string(),
        ended_at: None,
        new_runs: 0,
        new_failed: 0,
        new_wrong: 0,
        new_cpu_us: 0,
        new_wall_us: 0,
        old_runs: 0,
        old_failed: 0,
        old_wrong: 0,
        old_cpu_us: 0,
        old_wall_us: 0,
    };
    let entry = AuditEntry::new(host, caller, "plugins.canary", "installation", id)
        .detail(json!({ "version": next.version, "package": next.digest, "terms": policy.canary }));
    let reason = format!("it gets {} of 100 runs", policy.canary.percent);
    host.store
        .write(workspace, "plugins.canary", move |conn| {
            Box::pin(async move {
                let mut row = installation(conn, workspace, id).await?;
                unchanged(row.version == seen.version)?;
                // Once more where it counts: a revocation may have come while it was compiled.
                supply::check_serves(conn, workspace, &next.digest, next.activated_at.is_some()).await?;
                let step = steps::Step { at: new.began_at, actor: &new.began_by, reason: &reason };
                steps::go(conn, workspace, &next, VersionState::Canary, &step).await?;
                sql::version_update(conn, workspace, &next).await?;
                sql::canary_insert(conn, workspace, &new).await?;
                row.canary = Some(new.id);
                unchanged(sql::installation_update(conn, workspace, &row, new.began_at).await?)?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

fn may_begin(row: &crate::Installation) -> Result<VersionState, Error> {
    if !row.enabled {
        return Err(Error::Disabled);
    }
    if row.canary.is_some() {
        return Err(Error::CanaryRuns);
    }
    if row.active_version.is_none() {
        return Err(Error::NothingBeside);
    }
    Ok(VersionState::Canary)
}

/// Stop the canary that runs: the version beside it has all runs again.
pub(crate) async fn stop(host: &Host, caller: &Caller, id: Id) -> Result<(), Error> {
    let workspace = caller.workspace;
    {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
    }
    let (host_too, actor) = (host.clone(), caller.actor.clone());
    host.store
        .write(workspace, "plugins.canary-stop", move |conn| {
            Box::pin(async move {
                let row = installation(conn, workspace, id).await?;
                canary::stop(conn, &host_too, workspace, row, "stopped", &actor).await?;
                Ok(())
            })
        })
        .await
}

/// Set how an installation takes new versions and lives with failures.
pub(crate) async fn set_policy(
    host: &Host,
    caller: &Caller,
    id: Id,
    if_match: IfMatch,
    policy: RolloutPolicy,
) -> Result<(), Error> {
    let workspace = caller.workspace;
    let (mut row, kinds) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
        let leading = leading_version(&mut conn, workspace, &row).await?;
        let kinds = package(&mut conn, workspace, &leading.digest).await?.inspection()?.kinds();
        (row, kinds)
    };
    if_match.check(row.version)?;
    policy.check(&kinds)?;
    row.rollout = serde_json::to_string(&policy)?;
    let entry = AuditEntry::new(host, caller, "plugins.rollout", "installation", id).detail(json!(policy));
    let now_us = host.now_us();
    host.store
        .write(workspace, "plugins.rollout", move |conn| {
            Box::pin(async move {
                unchanged(sql::installation_update(conn, workspace, &row, now_us).await?)?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}
