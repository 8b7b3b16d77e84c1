//! What admins do with plugins. Every change is audited in its transaction.

pub(crate) mod canary;
pub(crate) mod conformance;
pub(crate) mod describe;
pub(crate) mod health;
pub(crate) mod installation;
pub(crate) mod package;
pub(crate) mod recorded;
pub(crate) mod retire;
pub(crate) mod scope;
pub(crate) mod shadow;
pub(crate) mod source;
pub(crate) mod supply;
pub(crate) mod version;
mod waiting;

use crate::{
    Error,
    model::{Installation, PackageRow, VersionRow},
    sql,
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::Conn;

/// The installation, or a refusal.
pub(crate) async fn installation(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Installation, Error> {
    sql::installation_find(conn, workspace, id).await?.ok_or(Error::Unknown("installation"))
}

/// The version of an installation, or a refusal.
pub(crate) async fn version(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    id: Id,
) -> Result<VersionRow, Error> {
    sql::version_find(conn, workspace, installation, id).await?.ok_or(Error::Unknown("version"))
}

/// The package, or a refusal.
pub(crate) async fn package(conn: &mut Conn, workspace: WorkspaceId, digest: &str) -> Result<PackageRow, Error> {
    sql::package_find(conn, workspace, digest).await?.ok_or(Error::Unknown("package"))
}

/// The version an installation's settings are read by: the active one, else
/// the newest.
pub(crate) async fn leading_version(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: &Installation,
) -> Result<VersionRow, Error> {
    if let Some(active) = installation.active_version {
        return version(conn, workspace, installation.id, active).await;
    }
    let newest = sql::version_list(conn, workspace, installation.id).await?.into_iter().next();
    newest.ok_or(Error::Unknown("version"))
}
