//! Packages and their bytes.

use crate::model::PackageRow;
use rialto_kernel::WorkspaceId;
use rialto_plugin_host::PluginKind;
use rialto_store::{BulkInsert, Conn, StoreError, sql};

/// Keep a package and its bytes.
pub(crate) async fn package_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    package: PackageRow,
    kinds: &[PluginKind],
    bytes: Vec<u8>,
) -> Result<(), StoreError> {
    let mut roles = BulkInsert::new("plugin_role", &["workspace", "digest", "kind"], "");
    for kind in kinds {
        roles.push([workspace.into(), (&package.digest).into(), kind.as_str().into()]);
    }
    roles.execute(conn).await?;
    sql("INSERT INTO plugin_binary (workspace, digest, bytes) VALUES ($1, $2, $3)")
        .bind(workspace)
        .bind(&package.digest)
        .bind(bytes)
        .execute(conn)
        .await?;
    sql(
        "INSERT INTO plugin_package (workspace, digest, plugin, version, size_bytes, inspection, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(workspace)
    .bind(package.digest)
    .bind(package.plugin)
    .bind(package.version)
    .bind(package.size_bytes)
    .bind(package.inspection)
    .bind(package.created_by)
    .bind(package.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// One package.
pub(crate) async fn package_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
) -> Result<Option<PackageRow>, StoreError> {
    sql("SELECT digest, plugin, version, size_bytes, inspection, created_by, created_at
         FROM plugin_package WHERE workspace = $1 AND digest = $2")
    .bind(workspace)
    .bind(digest)
    .fetch_optional(conn)
    .await
}

/// The bytes of one package.
pub(crate) async fn package_bytes(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = sql("SELECT bytes FROM plugin_binary WHERE workspace = $1 AND digest = $2")
        .bind(workspace)
        .bind(digest)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(bytes,)| bytes))
}

/// Version and digest of every package of one plugin.
pub(crate) async fn package_versions(
    conn: &mut Conn,
    workspace: WorkspaceId,
    plugin: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    sql("SELECT version, digest FROM plugin_package WHERE workspace = $1 AND plugin = $2 ORDER BY version LIMIT 10000")
        .bind(workspace)
        .bind(plugin)
        .fetch_all(conn)
        .await
}

/// Packages, newest first, that come after this one.
pub(crate) async fn package_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: (i64, String),
    limit: u32,
) -> Result<Vec<PackageRow>, StoreError> {
    sql("SELECT digest, plugin, version, size_bytes, inspection, created_by, created_at
         FROM plugin_package
         WHERE workspace = $1 AND (created_at < $2 OR (created_at = $2 AND digest > $3))
         ORDER BY created_at DESC, digest LIMIT $4")
    .bind(workspace)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
}
