//! What plugins keep between runs.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// Everything one installation keeps.
pub(crate) async fn state_all(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<Vec<(String, Vec<u8>, i64)>, StoreError> {
    sql("SELECT key, value, version FROM plugin_state WHERE workspace = $1 AND installation = $2
         ORDER BY key LIMIT 10001")
    .bind(workspace)
    .bind(installation)
    .fetch_all(conn)
    .await
}

/// How many keys, and how many bytes in keys and values.
pub(crate) async fn state_usage(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
) -> Result<(i64, i64), StoreError> {
    sql("SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT)
         FROM plugin_state WHERE workspace = $1 AND installation = $2")
    .bind(workspace)
    .bind(installation)
    .fetch_one(conn)
    .await
}

/// Add a key that must not be there; answers whether it was not.
pub(crate) async fn state_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    key: &str,
    value: &[u8],
    version: i64,
) -> Result<bool, StoreError> {
    let rows = sql("INSERT INTO plugin_state (workspace, installation, key, value, size_bytes, version, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (workspace, installation, key) DO NOTHING")
    .bind(workspace)
    .bind(installation)
    .bind(key)
    .bind(value)
    .bind(size_of(key, value))
    .bind(version)
    .execute(conn)
    .await?;
    Ok(rows == 1)
}

/// Change a key that must have this version; answers whether it had.
pub(crate) async fn state_replace(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    key: &str,
    value: &[u8],
    expected: i64,
    version: i64,
) -> Result<bool, StoreError> {
    let rows = sql("UPDATE plugin_state SET value = $4, size_bytes = $5, version = $6, updated_at = $6
         WHERE workspace = $1 AND installation = $2 AND key = $3 AND version = $7")
    .bind(workspace)
    .bind(installation)
    .bind(key)
    .bind(value)
    .bind(size_of(key, value))
    .bind(version)
    .bind(expected)
    .execute(conn)
    .await?;
    Ok(rows == 1)
}

/// Remove a key that must have this version; answers whether it had.
pub(crate) async fn state_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    key: &str,
    expected: i64,
) -> Result<bool, StoreError> {
    let rows = sql("DELETE FROM plugin_state WHERE workspace = $1 AND installation = $2 AND key = $3 AND version = $4")
        .bind(workspace)
        .bind(installation)
        .bind(key)
        .bind(expected)
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// The version of a key.
pub(crate) async fn state_version(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    key: &str,
) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> =
        sql("SELECT version FROM plugin_state WHERE workspace = $1 AND installation = $2 AND key = $3")
            .bind(workspace)
            .bind(installation)
            .bind(key)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(version,)| version))
}

fn size_of(key: &str, value: &[u8]) -> i64 {
    i64::try_from(key.len() + value.len()).unwrap_or(i64::MAX)
}
