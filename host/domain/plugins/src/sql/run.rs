//! The run log.

use crate::model::RunRow;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// What the run log shows of itself.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct RunCost {
    pub(crate) version: Id,
    pub(crate) outcome: String,
    pub(crate) limit_name: Option<String>,
    pub(crate) wall_us: i64,
    pub(crate) cpu_us: i64,
}

/// Keep a run.
pub(crate) async fn run_insert(conn: &mut Conn, workspace: WorkspaceId, run: RunRow) -> Result<(), StoreError> {
    sql("INSERT INTO plugin_run (workspace, id, installation, installation_version, digest, kind, started_at, outcome,
                                 limit_name, error, wall_us, cpu_us, memory_peak_bytes, host_calls, record, logs)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT (workspace, id) DO NOTHING")
    .bind(workspace)
    .bind(run.id)
    .bind(run.installation)
    .bind(run.installation_version)
    .bind(run.digest)
    .bind(run.kind)
    .bind(run.started_at)
    .bind(run.outcome)
    .bind(run.limit_name)
    .bind(run.error)
    .bind(run.wall_us)
    .bind(run.cpu_us)
    .bind(run.memory_peak_bytes)
    .bind(run.host_calls)
    .bind(run.record)
    .bind(run.logs)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forget what is older than the newest `keep` runs of an installation.
pub(crate) async fn run_prune(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    keep: u32,
) -> Result<u64, StoreError> {
    sql("DELETE FROM plugin_run WHERE workspace = $1 AND installation = $2 AND started_at <
           (SELECT started_at FROM plugin_run WHERE workspace = $1 AND installation = $2
            ORDER BY started_at DESC LIMIT 1 OFFSET $3)")
    .bind(workspace)
    .bind(installation)
    .bind(keep.saturating_sub(1))
    .execute(conn)
    .await
}

/// One run.
pub(crate) async fn run_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    run: Id,
) -> Result<Option<RunRow>, StoreError> {
    sql("SELECT id, installation, installation_version, digest, kind, started_at, outcome, limit_name, error, wall_us,
                cpu_us, memory_peak_bytes, host_calls, record, logs
         FROM plugin_run WHERE workspace = $1 AND installation = $2 AND id = $3")
    .bind(workspace)
    .bind(installation)
    .bind(run)
    .fetch_optional(conn)
    .await
}

/// One run, of whichever installation.
pub(crate) async fn run_find_any(
    conn: &mut Conn,
    workspace: WorkspaceId,
    run: Id,
) -> Result<Option<RunRow>, StoreError> {
    sql("SELECT id, installation, installation_version, digest, kind, started_at, outcome, limit_name, error, wall_us,
                cpu_us, memory_peak_bytes, host_calls, record, logs
         FROM plugin_run WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(run)
    .fetch_optional(conn)
    .await
}

/// Runs of an installation, newest first, after this one. An empty `outcome`
/// means any. Records and logs are left out.
pub(crate) async fn run_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    outcome: &str,
    after: (i64, Id),
    limit: u32,
) -> Result<Vec<RunRow>, StoreError> {
    sql("SELECT id, installation, installation_version, digest, kind, started_at, outcome, limit_name, error, wall_us,
                cpu_us, memory_peak_bytes, host_calls, '{}' AS record, '[]' AS logs
         FROM plugin_run
         WHERE workspace = $1 AND installation = $2 AND ($3 = '' OR outcome = $3)
           AND (started_at < $4 OR (started_at = $4 AND id < $5))
         ORDER BY started_at DESC, id DESC LIMIT $6")
    .bind(workspace)
    .bind(installation)
    .bind(outcome)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Outcome and costs of the newest runs.
pub(crate) async fn run_costs(
    conn: &mut Conn,
    workspace: WorkspaceId,
    installation: Id,
    limit: u32,
) -> Result<Vec<RunCost>, StoreError> {
    sql("SELECT installation_version AS version, outcome, limit_name, wall_us, cpu_us FROM plugin_run
         WHERE workspace = $1 AND installation = $2 ORDER BY started_at DESC LIMIT $3")
    .bind(workspace)
    .bind(installation)
    .bind(limit)
    .fetch_all(conn)
    .await
}
