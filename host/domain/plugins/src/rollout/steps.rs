//! Moving a version from state to state inside a write, and writing down that
//! it moved, when, by whom and why.

use super::VersionState;
use crate::{Error, model::VersionRow, sql};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_store::Conn;

/// Steps kept of one version; the oldest are forgotten.
pub(crate) const STEPS_MAX: i64 = 200;

/// When, by whom and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) at: i64,
    pub(crate) actor: &'a str,
    pub(crate) reason: &'a str,
}

/// Move a version, if it still stands where it was seen. A version that is
/// there already stays.
pub(crate) async fn go(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: &VersionRow,
    to: VersionState,
    step: &Step<'_>,
) -> Result<(), Error> {
    let from = version.state()?;
    if from == to {
        return Ok(());
    }
    from.allow(to)?;
    if !sql::version_move(conn, workspace, version.id, from, to).await? {
        return Err(Problem::conflict("changed", "it was changed since it was read; read it again, then repeat").into());
    }
    Ok(sql::step_insert(conn, workspace, version.installation, version.id, (from, to), step).await?)
}

/// The way of a version that has just come: every state up to the one it is
/// inserted with.
pub(crate) async fn arrived(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: &VersionRow,
    actor: &str,
    reason: &str,
) -> Result<(), Error> {
    use VersionState::{Inspected, Precompiled, Received};
    let to = version.state()?;
    let (at, id): (i64, Id) = (version.created_at, version.id);
    for (from, next, why) in [
        (Received, Inspected, "its imports and exports were read"),
        (Inspected, Precompiled, "it was compiled"),
        (Precompiled, to, reason),
    ] {
        from.allow(next)?;
        let step = Step { at, actor, reason: why };
        sql::step_insert(conn, workspace, version.installation, id, (from, next), &step).await?;
    }
    Ok(())
}
