//! What a version that waits asks for, told as things stand now: which hosts it
//! wishes follows from the settings, and what is new from the version that
//! serves. Whoever approves reads what approval would grant.

use super::{package, version::serving};
use crate::{Error, grants, model::Installation, rollout::VersionState, sql};
use rialto_kernel::WorkspaceId;
use rialto_store::Conn;

/// Hold every waiting version against the settings and the version that serves,
/// in the write that changes either.
pub(super) async fn held_anew(conn: &mut Conn, workspace: WorkspaceId, row: &Installation) -> Result<(), Error> {
    let versions = sql::version_list(conn, workspace, row.id).await?;
    let waiting: Vec<_> = versions.into_iter().filter(|one| one.state == VersionState::Waiting.as_str()).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let serves = serving(conn, workspace, row).await?;
    let before = serves.as_ref().map(|(inspection, granted, _)| (inspection, granted));
    let (settings, secrets) = (row.settings()?, sql::secret_names(conn, workspace, row.id).await?);
    for one in waiting {
        let inspection = package(conn, workspace, &one.digest).await?.inspection()?;
        let difference = grants::difference(before, &inspection, &settings, &secrets);
        sql::version_difference(conn, workspace, one.id, &serde_json::to_string(&difference)?).await?;
    }
    Ok(())
}
