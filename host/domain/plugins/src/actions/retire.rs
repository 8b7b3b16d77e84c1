//! Versions that neither serve nor try: released from quarantine, or removed.

use super::{installation, installation::unchanged, scope, version};
use crate::{
    Error,
    rollout::{VersionState, steps},
    sql,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::Caller;
use serde_json::json;

/// Let a quarantined version be tried again: it is approved as before.
pub(crate) async fn release(host: &Host, caller: &Caller, id: Id, version_id: Id) -> Result<(), Error> {
    let reason = "somebody released it from quarantine";
    let quarantined = |state| match state {
        VersionState::Quarantined => Ok(()),
        from => Err(Error::State { from, to: VersionState::Approved, reason: "it is not quarantined" }),
    };
    walk(host, caller, id, version_id, ("plugins.release", VersionState::Approved, reason), quarantined).await
}

/// Remove a version that neither serves nor tries. Its runs stay in the log.
pub(crate) async fn remove(host: &Host, caller: &Caller, id: Id, version_id: Id) -> Result<(), Error> {
    let reason = "somebody removed it";
    walk(host, caller, id, version_id, ("plugins.remove-version", VersionState::Removed, reason), |_| Ok(())).await
}

async fn walk(
    host: &Host,
    caller: &Caller,
    id: Id,
    version_id: Id,
    (action, to, reason): (&'static str, VersionState, &'static str),
    check: impl FnOnce(VersionState) -> Result<(), Error>,
) -> Result<(), Error> {
    let workspace = caller.workspace;
    let (mut row, found) = {
        let mut conn = host.store.read(workspace).await?;
        let row = installation(&mut conn, workspace, id).await?;
        scope::require(&mut conn, caller, row.unit, "plugins.approve").await?;
        (row, version(&mut conn, workspace, id, version_id).await?)
    };
    check(found.state()?)?;
    host.plugins.reset_breaker(workspace, id);
    let entry = AuditEntry::new(host, caller, action, "installation", id)
        .detail(json!({ "version": found.version, "package": found.digest }));
    let (by, at) = (caller.actor.to_string(), host.now_us());
    host.store
        .write(workspace, action, move |conn| {
            Box::pin(async move {
                steps::go(conn, workspace, &found, to, &steps::Step { at, actor: &by, reason }).await?;
                sql::version_recovered(conn, workspace, found.id).await?;
                if to == VersionState::Removed && row.previous_version == Some(found.id) {
                    row.previous_version = None;
                }
                unchanged(sql::installation_update(conn, workspace, &row, at).await?)?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}
