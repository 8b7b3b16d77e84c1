//! Keys that are trusted, packages that are revoked, and where packages came
//! from.

use crate::model::{AffectedRow, KeyRow, OriginRow, PolicyRow, RevocationRow};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{BulkInsert, Conn, StoreError, sql};

/// Keys in the order of their publishers, after this one.
pub(crate) async fn key_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: (&str, &str),
    limit: u32,
) -> Result<Vec<KeyRow>, StoreError> {
    sql("SELECT key_id, publisher, public_key, note, created_by, created_at, revoked_by, revoked_at, revoked_reason
         FROM publisher_key
         WHERE workspace = $1 AND (publisher > $2 OR (publisher = $2 AND key_id > $3))
         ORDER BY publisher, key_id LIMIT $4")
    .bind(workspace)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// One key, for every publisher it was trusted for.
pub(crate) async fn key_find(conn: &mut Conn, workspace: WorkspaceId, key_id: &str) -> Result<Vec<KeyRow>, StoreError> {
    sql("SELECT key_id, publisher, public_key, note, created_by, created_at, revoked_by, revoked_at, revoked_reason
         FROM publisher_key WHERE workspace = $1 AND key_id = $2 ORDER BY publisher LIMIT 100")
    .bind(workspace)
    .bind(key_id)
    .fetch_all(conn)
    .await
}

/// Whether any key was ever trusted for a publisher.
pub(crate) async fn publisher_known(
    conn: &mut Conn,
    workspace: WorkspaceId,
    publisher: &str,
) -> Result<bool, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT key_id FROM publisher_key WHERE workspace = $1 AND publisher = $2 LIMIT 1")
            .bind(workspace)
            .bind(publisher)
            .fetch_optional(conn)
            .await?;
    Ok(row.is_some())
}

/// Trust a key.
pub(crate) async fn key_insert(conn: &mut Conn, workspace: WorkspaceId, new: &KeyRow) -> Result<(), StoreError> {
    sql("INSERT INTO publisher_key (workspace, key_id, publisher, public_key, note, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(workspace)
    .bind(&new.key_id)
    .bind(&new.publisher)
    .bind(&new.public_key)
    .bind(&new.note)
    .bind(&new.created_by)
    .bind(new.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Trust a key no more, for any publisher.
pub(crate) async fn key_revoke(
    conn: &mut Conn,
    workspace: WorkspaceId,
    key_id: &str,
    by: &str,
    reason: &str,
    now_us: i64,
) -> Result<(), StoreError> {
    sql("UPDATE publisher_key SET revoked_by = $3, revoked_reason = $4, revoked_at = $5
         WHERE workspace = $1 AND key_id = $2 AND revoked_at IS NULL")
    .bind(workspace)
    .bind(key_id)
    .bind(by)
    .bind(reason)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// Versions whose package this key signed and no key that is still trusted for
/// the plugin's publisher.
pub(crate) async fn affected_by_key(
    conn: &mut Conn,
    workspace: WorkspaceId,
    key_id: &str,
    limit: u32,
) -> Result<Vec<AffectedRow>, StoreError> {
    sql("SELECT i.id AS installation, i.name, i.enabled, i.active_version, v.id AS version, v.state,
                v.version AS label, v.digest
         FROM package_signer s
         JOIN installation_version v ON v.workspace = s.workspace AND v.digest = s.digest
         JOIN installation i ON i.workspace = v.workspace AND i.id = v.installation
         WHERE s.workspace = $1 AND s.key_id = $2
           AND NOT EXISTS (
             SELECT 1 FROM package_signer o
             JOIN publisher_key k ON k.workspace = o.workspace AND k.key_id = o.key_id
             WHERE o.workspace = s.workspace AND o.digest = s.digest AND k.revoked_at IS NULL
               AND i.plugin LIKE k.publisher || '/%')
         ORDER BY i.name, v.created_at LIMIT $3")
    .bind(workspace)
    .bind(key_id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Versions that are this package.
pub(crate) async fn affected_by_digest(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
    limit: u32,
) -> Result<Vec<AffectedRow>, StoreError> {
    sql("SELECT i.id AS installation, i.name, i.enabled, i.active_version, v.id AS version, v.state,
                v.version AS label, v.digest
         FROM installation_version v
         JOIN installation i ON i.workspace = v.workspace AND i.id = v.installation
         WHERE v.workspace = $1 AND v.digest = $2
         ORDER BY i.name, v.created_at LIMIT $3")
    .bind(workspace)
    .bind(digest)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Digests among an installation's versions that are revoked, with the reason.
pub(crate) async fn revoked_digests(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<(String, String)>, StoreError> {
    sql("SELECT v.digest, r.reason
         FROM installation_version v
         JOIN package_revocation r ON r.workspace = v.workspace AND r.digest = v.digest
         WHERE v.workspace = $1 AND v.installation = $2 LIMIT 1000")
    .bind(workspace)
    .bind(installation)
    .fetch_all(conn)
    .await
}

/// Digests among an installation's versions that only revoked keys signed, with
/// the key and the reason.
pub(crate) async fn revoked_by_key(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    sql("SELECT v.digest, k.key_id, k.revoked_reason
         FROM installation i CROSS JOIN installation_version v
         CROSS JOIN package_signer s CROSS JOIN publisher_key k
         WHERE i.workspace = $1 AND i.id = $2 AND v.workspace = i.workspace AND v.installation = i.id
           AND s.workspace = v.workspace AND s.digest = v.digest
           AND k.workspace = s.workspace AND k.key_id = s.key_id AND k.revoked_at IS NOT NULL
           AND NOT EXISTS (
             SELECT 1 FROM package_signer o CROSS JOIN publisher_key t
             WHERE o.workspace = v.workspace AND o.digest = v.digest AND t.workspace = o.workspace
               AND t.key_id = o.key_id AND t.revoked_at IS NULL AND i.plugin LIKE t.publisher || '/%')
         LIMIT 1000")
    .bind(workspace)
    .bind(installation)
    .fetch_all(conn)
    .await
}

/// Why a package is revoked, if it is.
pub(crate) async fn revocation_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
) -> Result<Option<RevocationRow>, StoreError> {
    sql("SELECT digest, reason, created_by, created_at FROM package_revocation WHERE workspace = $1 AND digest = $2")
        .bind(workspace)
        .bind(digest)
        .fetch_optional(conn)
        .await
}

/// Revoked packages by digest, after this one.
pub(crate) async fn revocation_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: &str,
    limit: u32,
) -> Result<Vec<RevocationRow>, StoreError> {
    sql("SELECT digest, reason, created_by, created_at FROM package_revocation
         WHERE workspace = $1 AND digest > $2 ORDER BY digest LIMIT $3")
    .bind(workspace)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Revoke a package; the first reason stays.
pub(crate) async fn revocation_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    new: &RevocationRow,
) -> Result<(), StoreError> {
    sql("INSERT INTO package_revocation (workspace, digest, reason, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace, digest) DO NOTHING")
    .bind(workspace)
    .bind(&new.digest)
    .bind(&new.reason)
    .bind(&new.created_by)
    .bind(new.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Take a revocation back; answers whether there was one.
pub(crate) async fn revocation_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
) -> Result<bool, StoreError> {
    let rows = sql("DELETE FROM package_revocation WHERE workspace = $1 AND digest = $2")
        .bind(workspace)
        .bind(digest)
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Note who signed a package and where it came from.
pub(crate) async fn provenance_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
    keys: &[String],
    origin: &OriginRow,
) -> Result<(), StoreError> {
    let mut signers = BulkInsert::new("package_signer", &["workspace", "digest", "key_id"], "");
    for key in keys {
        signers.push([workspace.into(), digest.into(), key.as_str().into()]);
    }
    signers.execute(conn).await?;
    sql("INSERT INTO package_origin (workspace, digest, kind, reference, resolved) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, digest) DO NOTHING")
    .bind(workspace)
    .bind(digest)
    .bind(&origin.kind)
    .bind(origin.reference.clone())
    .bind(origin.resolved.clone())
    .execute(conn)
    .await?;
    Ok(())
}

/// Where a package came from.
pub(crate) async fn origin_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
) -> Result<Option<OriginRow>, StoreError> {
    sql("SELECT kind, reference, resolved FROM package_origin WHERE workspace = $1 AND digest = $2")
        .bind(workspace)
        .bind(digest)
        .fetch_optional(conn)
        .await
}

/// What becomes of packages that no trusted key signed.
pub(crate) async fn policy_find(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<PolicyRow>, StoreError> {
    sql("SELECT unsigned, version, updated_by, updated_at FROM package_policy WHERE workspace = $1")
        .bind(workspace)
        .fetch_optional(conn)
        .await
}

/// Set it; answers whether it still had the version that was read (0: none yet).
pub(crate) async fn policy_set(conn: &mut Conn, workspace: WorkspaceId, new: &PolicyRow) -> Result<bool, StoreError> {
    let rows = sql("INSERT INTO package_policy (workspace, unsigned, version, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace) DO UPDATE SET unsigned = excluded.unsigned, version = excluded.version,
           updated_by = excluded.updated_by, updated_at = excluded.updated_at
         WHERE package_policy.version = excluded.version - 1")
    .bind(workspace)
    .bind(&new.unsigned)
    .bind(new.version)
    .bind(&new.updated_by)
    .bind(new.updated_at)
    .execute(conn)
    .await?;
    Ok(rows == 1)
}
