//! The place of a shadow run in a version's life: its verdict, kept with the
//! version, and the gate that asks for a person where it differs.

use super::{VersionState, steps};
use crate::{Error, actions, model::VersionRow, sql};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::Conn;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What replaying recorded runs on a version showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShadowVerdict {
    /// The report, for whoever keeps it.
    pub report: Uuid,
    /// Recorded runs that were replayed.
    pub runs: u64,
    /// Of these, how many answered the same.
    pub same: u64,
    /// How many answered something else, or cost too much more.
    pub differ: u64,
    /// How many asked the host for something else and could not go on.
    pub diverged: u64,
}

impl ShadowVerdict {
    /// Whether a person has to look at it before the version serves.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        self.differ > 0 || self.diverged > 0
    }
}

/// Whether a version may get runs: somebody approved it, it is not
/// quarantined, and what its shadow run showed is alike or `accepted`.
///
/// # Errors
/// The refusal that names what is missing.
pub fn gate(version: &VersionRow, to: VersionState, accepted: bool) -> Result<(), Error> {
    let state = version.state()?;
    if state != to {
        state.allow(to)?;
    }
    if !version.approved() {
        return Err(Error::NotApproved);
    }
    match version.shadow()? {
        Some(verdict) if verdict.needs_person() && !accepted => {
            Err(Error::ShadowDiffers(serde_json::to_value(&verdict)?))
        }
        _ => Ok(()),
    }
}

/// Recorded runs are about to be replayed on a version. Part of a write.
///
/// # Errors
/// When its state does not allow it.
pub async fn shadow_begins(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    version: Id,
    at: i64,
    actor: &str,
) -> Result<(), Error> {
    let row = actions::version(conn, workspace, installation, version).await?;
    let step = steps::Step { at, actor, reason: "recorded runs are replayed on it" };
    steps::go(conn, workspace, &row, VersionState::Shadow, &step).await
}

/// The replay is over: the verdict is kept, and the version is approved again.
/// What it showed decides whether [`gate`] lets it through. Part of a write.
///
/// # Errors
/// When it is not in a shadow run.
pub async fn shadow_ends(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    version: Id,
    verdict: &ShadowVerdict,
    at: i64,
) -> Result<(), Error> {
    let row = actions::version(conn, workspace, installation, version).await?;
    sql::version_shadow(conn, workspace, version, &serde_json::to_string(verdict)?).await?;
    let reason = format!("{} of {} recorded runs answered the same", verdict.same, verdict.runs);
    let step = steps::Step { at, actor: "system", reason: &reason };
    steps::go(conn, workspace, &row, VersionState::Approved, &step).await
}
