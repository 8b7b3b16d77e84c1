//! What a version's breaker does to its state. A breaker that opens degrades
//! the version; a good run afterwards makes it active again; one that opens too
//! often in a row quarantines it, and the version before serves again if there
//! is one. Seen from the write that logs a run, and counted in the database, so
//! that a restart does not forget a crash loop.

use super::{RolloutPolicy, VersionState, canary, steps};
use crate::{
    Error, actions,
    model::{Installation, VersionRow},
    sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::BreakerState;
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Actor;
use serde_json::json;

/// What a run that ended showed of its version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) installation: Id,
    pub(crate) version: Id,
    /// How the version's breaker stands after the run.
    pub(crate) breaker: BreakerState,
    /// Whether the run went well.
    pub(crate) well: bool,
}

/// Whether there is anything to look at: the usual run costs nothing here.
pub(crate) fn matters(seen: &Seen, state: VersionState) -> bool {
    match seen.breaker {
        BreakerState::Open { .. } => !seen.well || state == VersionState::Active,
        _ => seen.well && state == VersionState::Degraded,
    }
}

/// Bring a version's state in line with its breaker. Part of a write.
pub(crate) async fn look(conn: &mut Conn, host: &Host, workspace: WorkspaceId, seen: Seen) -> Result<(), Error> {
    let Some(version) = sql::version_find(conn, workspace, seen.installation, seen.version).await? else {
        return Ok(());
    };
    let at = host.now_us();
    match (seen.breaker, version.state()?) {
        (BreakerState::Open { until_us }, state @ (VersionState::Active | VersionState::Degraded)) => {
            // Many runs see the same rest; it counts once.
            if !sql::version_crashed(conn, workspace, version.id, until_us).await? {
                return Ok(());
            }
            let row = actions::installation(conn, workspace, seen.installation).await?;
            metrics::counter!("rialto_plugin_breaker_opened_total", "plugin" => row.plugin.clone()).increment(1);
            let policy = row.rollout()?;
            if version.crashes + 1 >= i64::from(policy.crash_loop) {
                return quarantine(conn, host, workspace, &version, &policy).await;
            }
            if state == VersionState::Active {
                let step = steps::Step { at, actor: "system", reason: "its breaker opened" };
                steps::go(conn, workspace, &version, VersionState::Degraded, &step).await?;
            }
            Ok(())
        }
        (BreakerState::Closed, VersionState::Degraded) if seen.well => {
            sql::version_recovered(conn, workspace, version.id).await?;
            let step = steps::Step { at, actor: "system", reason: "it runs well again" };
            steps::go(conn, workspace, &version, VersionState::Active, &step).await
        }
        _ => Ok(()),
    }
}

/// The version before serves again, if it can; otherwise nothing does until a
/// person decides.
async fn quarantine(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    version: &VersionRow,
    policy: &RolloutPolicy,
) -> Result<(), Error> {
    let at = host.now_us();
    let row = actions::installation(conn, workspace, version.installation).await?;
    let mut row = canary::stop(conn, host, workspace, row, "superseded", &Actor::System).await?;
    let reason = format!("its breaker opened {} times in a row", policy.crash_loop);
    let step = steps::Step { at, actor: "system", reason: &reason };
    steps::go(conn, workspace, version, VersionState::Quarantined, &step).await?;
    let back = back(conn, workspace, &row).await?;
    row.previous_version = None;
    row.active_version = back.as_ref().map(|before| before.id);
    if let Some(before) = &back {
        let step = steps::Step { reason: "the version after it was quarantined", ..step };
        steps::go(conn, workspace, before, VersionState::Active, &step).await?;
        sql::version_activated(conn, workspace, before.id, at).await?;
    }
    actions::installation::unchanged(sql::installation_update(conn, workspace, &row, at).await?)?;
    let serves = back.map(|before| before.version);
    tracing::warn!(installation = %row.id, version = %version.version, serves, "a version was quarantined");
    metrics::counter!("rialto_plugin_quarantined_total", "plugin" => row.plugin.clone()).increment(1);
    let entry = AuditEntry::by(host, workspace, &Actor::System, "plugins.quarantine", "installation", row.id)
        .detail(json!({ "version": version.version, "package": version.digest, "reason": reason, "serves": serves }));
    Ok(audit(conn, &entry).await?)
}

async fn back(conn: &mut Conn, workspace: WorkspaceId, row: &Installation) -> Result<Option<VersionRow>, Error> {
    let Some(previous) = row.previous_version else { return Ok(None) };
    let found = sql::version_find(conn, workspace, row.id, previous).await?;
    match found {
        // Approved: it was in a shadow run since.
        Some(before) if matches!(before.state()?, VersionState::Superseded | VersionState::Approved) => {
            // What is revoked does not come back by itself either.
            let barred = actions::supply::barred(conn, workspace, &before).await?;
            Ok(barred.is_none().then_some(before))
        }
        _ => Ok(None),
    }
}
