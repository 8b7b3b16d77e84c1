//! The clock of a workspace: it goes with the present, or stands in the past
//! and is moved forward by hand, so that a year that is over can be lived
//! through again. It never goes back.

use super::workspace::changed;
use crate::{
    AuditEntry, IdentityError, Workspace, WorkspaceClock, audit,
    sql::{WorkspaceRow, workspace_find, workspace_holds, workspace_stand},
    unscoped,
};
use rialto_jobs::outbox_push;
use rialto_kernel::{Problem, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Scope;
use rialto_web::Caller;
use serde_json::json;
use std::time::Duration;

/// The consumer of the outbox that hears of every move of a clock: what waited
/// for its time is applied then. Its payload is the instant, or `null`.
pub const CLOCK_MOVED: &str = "audience.waiting";
/// How often a host looks whether another one moved a clock.
pub const CLOCKS_EVERY: Duration = Duration::from_millis(500);

/// Stand the caller's workspace in the past, move its clock on, or let it go
/// with the present again.
///
/// # Errors
/// When the clock would go back, the workspace holds something already, or the
/// caller may not.
pub async fn clock_put(host: &Host, caller: &Caller, clock: WorkspaceClock) -> Result<Workspace, IdentityError> {
    caller.require_everywhere("workspace.write")?;
    let workspace = caller.workspace;
    let to = clock.stands_at.map(|at| at.as_microsecond());
    if to.is_some_and(|to| to > host.now_us()) {
        let problem = Problem::invalid("stands_at", "is later than the present; null goes with the present");
        return Err(problem.into());
    }
    let mut conn = host.store.read(workspace).await?;
    let known = workspace_find(&mut conn, workspace).await?.ok_or(IdentityError::NotFound("workspace"))?;
    drop(conn);
    match (known.stands_at, to) {
        (from, to) if from == to => return Ok(known.into()),
        (Some(from), Some(to)) if to < from => return Err(IdentityError::ClockBack { stands_at: from_micros(from) }),
        _ => {}
    }
    let version = known.version;
    let entry = AuditEntry::new(host, caller, "workspace.clock", "workspace", known.id)
        .detail(json!({ "from": known.stands_at.map(from_micros), "to": clock.stands_at }));
    let (move_id, now_us, to_text) = (host.id(), host.now_us(), json!(to).to_string());
    let write = host.store.write(workspace, "workspace.clock", move |conn| {
        Box::pin(async move {
            let held = workspace_holds(conn, workspace).await?;
            if known.stands_at.is_none() && !held.is_empty() {
                return Err(IdentityError::ClockLate(held));
            }
            if workspace_stand(conn, workspace, to, version).await? == 0 {
                return Err(IdentityError::Refused(changed()));
            }
            audit(conn, &entry).await?;
            outbox_push(conn, workspace, move_id, now_us, "clock", to_text.as_bytes(), &[CLOCK_MOVED])
                .await
                .map_err(Problem::from)?;
            Ok(WorkspaceRow { stands_at: to, version: version + 1, ..known })
        })
    });
    let row = write.await?;
    host.clocks().set(workspace, to);
    Ok(row.into())
}

/// Read where the workspaces of this host stand. To be done before it serves.
///
/// # Errors
/// When the store fails; what was known stays.
pub async fn clocks_read(host: &Host) -> Result<(), IdentityError> {
    let mark = host.clocks().mark();
    let mut conn = host.store.read(Scope::Host).await?;
    let standing = unscoped::workspaces_standing(&mut conn).await?;
    host.clocks().replace(mark, standing.into_iter().map(|(id, at)| (WorkspaceId(id), at)));
    Ok(())
}
