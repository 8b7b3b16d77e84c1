//! Installations, their versions and their secrets.

use crate::model::{Installation, InstalledKind, VersionRow};
use rialto_kernel::{Id, WorkspaceId};
use rialto_plugin_host::PluginKind;
use rialto_store::{Conn, StoreError, sql};

/// One installation.
///
/// # Errors
/// When the store fails.
pub async fn installation_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Option<Installation>, StoreError> {
    sql("SELECT id, unit, plugin, name, enabled, active_version, previous_version, canary, settings, rollout,
                version, created_by, created_at, updated_at
         FROM installation WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(installation)
    .fetch_optional(conn)
    .await
}

/// What a version said of itself when it was approved, a JSON object by kind.
///
/// # Errors
/// When the store fails.
pub async fn version_described(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql("SELECT described FROM installation_version WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(version)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(described,)| described))
}

/// The enabled installations whose active version is of this kind, by name.
///
/// # Errors
/// When the store fails.
pub async fn installations_of_kind(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: PluginKind,
) -> Result<Vec<InstalledKind>, StoreError> {
    sql("SELECT i.id, i.name, i.plugin, v.version, v.described
         FROM installation i
         JOIN installation_version v ON v.workspace = i.workspace AND v.id = i.active_version
         JOIN plugin_role r ON r.workspace = i.workspace AND r.digest = v.digest AND r.kind = $2
         WHERE i.workspace = $1 AND i.enabled = TRUE
         ORDER BY i.name LIMIT 500")
    .bind(workspace)
    .bind(kind.as_str())
    .fetch_all(conn)
    .await
}

/// Installations by name, after this one.
pub(crate) async fn installation_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: &str,
    limit: u32,
) -> Result<Vec<Installation>, StoreError> {
    sql("SELECT id, unit, plugin, name, enabled, active_version, previous_version, canary, settings, rollout,
                version, created_by, created_at, updated_at
         FROM installation WHERE workspace = $1 AND name > $2 ORDER BY name LIMIT $3")
    .bind(workspace)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Add an installation.
pub(crate) async fn installation_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    new: Installation,
) -> Result<(), StoreError> {
    sql("INSERT INTO installation (workspace, id, unit, plugin, name, enabled, active_version, previous_version,
                                   settings, version, created_by, created_at, updated_at, rollout)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)")
    .bind(workspace)
    .bind(new.id)
    .bind(new.unit)
    .bind(new.plugin)
    .bind(new.name)
    .bind(new.enabled)
    .bind(new.active_version)
    .bind(new.previous_version)
    .bind(new.settings)
    .bind(new.version)
    .bind(new.created_by)
    .bind(new.created_at)
    .bind(new.updated_at)
    .bind(new.rollout)
    .execute(conn)
    .await?;
    Ok(())
}

/// Write what may change of an installation, if it still has the version that
/// was read; answers whether it had.
pub(crate) async fn installation_update(
    conn: &mut Conn,
    workspace: WorkspaceId,
    changed: &Installation,
    now_us: i64,
) -> Result<bool, StoreError> {
    let rows = sql("UPDATE installation SET name = $3, enabled = $4, active_version = $5, previous_version = $6,
                settings = $7, version = version + 1, updated_at = $8, canary = $10, rollout = $11
         WHERE workspace = $1 AND id = $2 AND version = $9")
    .bind(workspace)
    .bind(changed.id)
    .bind(&changed.name)
    .bind(changed.enabled)
    .bind(changed.active_version)
    .bind(changed.previous_version)
    .bind(&changed.settings)
    .bind(now_us)
    .bind(changed.version)
    .bind(changed.canary)
    .bind(&changed.rollout)
    .execute(conn)
    .await?;
    Ok(rows == 1)
}

/// Remove an installation with all that belongs to it; its run log stays.
pub(crate) async fn installation_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<(), StoreError> {
    sql("DELETE FROM installation_secret WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM installation_token WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM plugin_state WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM plugin_step WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM plugin_canary WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM plugin_shadow WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM plugin_denial WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM installation_version WHERE workspace = $1 AND installation = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    sql("DELETE FROM installation WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(installation)
        .execute(conn)
        .await?;
    Ok(())
}

/// One version.
pub(crate) async fn version_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    version: Id,
) -> Result<Option<VersionRow>, StoreError> {
    sql("SELECT id, installation, digest, version, state, grants, difference, described, approved_by, approved_at,
                activated_at, crashes, shadow, created_at
         FROM installation_version WHERE workspace = $1 AND installation = $2 AND id = $3")
    .bind(workspace)
    .bind(installation)
    .bind(version)
    .fetch_optional(conn)
    .await
}

/// All versions of an installation, newest first.
pub(crate) async fn version_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<VersionRow>, StoreError> {
    sql("SELECT id, installation, digest, version, state, grants, difference, described, approved_by, approved_at,
                activated_at, crashes, shadow, created_at
         FROM installation_version WHERE workspace = $1 AND installation = $2
         ORDER BY created_at DESC, id DESC LIMIT 500")
    .bind(workspace)
    .bind(installation)
    .fetch_all(conn)
    .await
}

/// Add a version.
pub(crate) async fn version_insert(conn: &mut Conn, workspace: WorkspaceId, new: VersionRow) -> Result<(), StoreError> {
    sql("INSERT INTO installation_version (workspace, id, installation, digest, version, state, grants, difference,
                                           described, approved_by, approved_at, activated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
    .bind(workspace)
    .bind(new.id)
    .bind(new.installation)
    .bind(new.digest)
    .bind(new.version)
    .bind(new.state)
    .bind(new.grants)
    .bind(new.difference)
    .bind(new.described)
    .bind(new.approved_by)
    .bind(new.approved_at)
    .bind(new.activated_at)
    .bind(new.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Write what may change of a version besides its state.
pub(crate) async fn version_update(
    conn: &mut Conn,
    workspace: WorkspaceId,
    changed: &VersionRow,
) -> Result<(), StoreError> {
    sql("UPDATE installation_version SET grants = $3, described = $4, approved_by = $5,
                approved_at = $6, activated_at = $7
         WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(changed.id)
    .bind(&changed.grants)
    .bind(&changed.described)
    .bind(changed.approved_by.clone())
    .bind(changed.approved_at)
    .bind(changed.activated_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Write what a version asks for beyond what is granted.
pub(crate) async fn version_difference(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
    difference: &str,
) -> Result<(), StoreError> {
    sql("UPDATE installation_version SET difference = $3 WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(version)
        .bind(difference)
        .execute(conn)
        .await?;
    Ok(())
}

/// The sealed secrets of an installation.
pub(crate) async fn secret_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    sql("SELECT name, sealed FROM installation_secret WHERE workspace = $1 AND installation = $2
         ORDER BY name LIMIT 100")
    .bind(workspace)
    .bind(installation)
    .fetch_all(conn)
    .await
}

/// Put a sealed secret in place, or take it away.
pub(crate) async fn secret_set(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    name: &str,
    sealed: Option<&[u8]>,
    now_us: i64,
) -> Result<(), StoreError> {
    // A token that was got with the former value is not the new one's.
    super::token::token_delete(conn, workspace, installation, name).await?;
    let Some(sealed) = sealed else {
        sql("DELETE FROM installation_secret WHERE workspace = $1 AND installation = $2 AND name = $3")
            .bind(workspace)
            .bind(installation)
            .bind(name)
            .execute(conn)
            .await?;
        return Ok(());
    };
    sql("INSERT INTO installation_secret (workspace, installation, name, sealed, updated_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, installation, name)
         DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at")
    .bind(workspace)
    .bind(installation)
    .bind(name)
    .bind(sealed)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// What serves: an installation with its active version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Serving {
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) settings: String,
    pub(crate) version: Id,
    pub(crate) digest: String,
    pub(crate) version_label: String,
    pub(crate) grants: String,
    pub(crate) state: String,
    pub(crate) canary: Option<Id>,
    pub(crate) rollout: String,
}

/// What serves for an installation; nothing when no version is active.
pub(crate) async fn serving_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Option<Serving>, StoreError> {
    sql("SELECT i.name, i.enabled, i.settings, v.id AS version, v.digest, v.version AS version_label, v.grants,
                v.state, i.canary, i.rollout
         FROM installation i
         JOIN installation_version v ON v.workspace = i.workspace AND v.id = i.active_version
         WHERE i.workspace = $1 AND i.id = $2")
    .bind(workspace)
    .bind(installation)
    .fetch_optional(conn)
    .await
}

/// The names of the secrets that are set.
pub(crate) async fn secret_names(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT name FROM installation_secret WHERE workspace = $1 AND installation = $2 ORDER BY name LIMIT 100")
            .bind(workspace)
            .bind(installation)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
