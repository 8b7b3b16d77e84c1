//! Statements about backups. How far one is stands with its job.

use super::model::Row;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

pub(super) async fn backup_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    (name, job, actor): (&str, Id, &str),
    now: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO backup (workspace, id, name, job, host, bytes, sha256, created_by, created_at, finished_at)
         VALUES ($1, $2, $3, $4, '', 0, '', $5, $6, NULL)")
    .bind(workspace)
    .bind(id)
    .bind(name)
    .bind(job)
    .bind(actor)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether one is being made, or waits to be.
pub(super) async fn backup_running(conn: &mut Conn, workspace: WorkspaceId) -> Result<bool, StoreError> {
    let (running,): (i64,) =
        sql("SELECT COUNT(*) FROM backup b JOIN job j ON j.workspace = b.workspace AND j.id = b.job
         WHERE b.workspace = $1 AND b.finished_at IS NULL AND j.state IN ('pending', 'running')")
        .bind(workspace)
        .fetch_one(conn)
        .await?;
    Ok(running > 0)
}

pub(super) async fn backup_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<Row>, StoreError> {
    sql("SELECT b.id, b.name, b.job, b.host, b.bytes, b.sha256, b.created_by, b.created_at, b.finished_at,
                j.state AS job_state, j.error AS job_error, j.progress_done AS done, j.progress_total AS total
         FROM backup b LEFT JOIN job j ON j.workspace = b.workspace AND j.id = b.job
         WHERE b.workspace = $1 AND b.id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Backups, latest first, before an id.
pub(super) async fn backup_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    before: Id,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    sql("SELECT b.id, b.name, b.job, b.host, b.bytes, b.sha256, b.created_by, b.created_at, b.finished_at,
                j.state AS job_state, j.error AS job_error, j.progress_done AS done, j.progress_total AS total
         FROM backup b LEFT JOIN job j ON j.workspace = b.workspace AND j.id = b.job
         WHERE b.workspace = $1 AND b.id < $2 ORDER BY b.id DESC LIMIT $3")
    .bind(workspace)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A backup is whole; false when nobody wants it any more.
pub(super) async fn backup_finish(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    (host, bytes, sha256): (&str, i64, &str),
    now: i64,
) -> Result<bool, StoreError> {
    let kept = sql("UPDATE backup SET host = $3, bytes = $4, sha256 = $5, finished_at = $6
         WHERE workspace = $1 AND id = $2 AND finished_at IS NULL")
    .bind(workspace)
    .bind(id)
    .bind(host)
    .bind(bytes)
    .bind(sha256)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(kept == 1)
}

pub(super) async fn backup_remove(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<bool, StoreError> {
    let gone =
        sql("DELETE FROM backup WHERE workspace = $1 AND id = $2").bind(workspace).bind(id).execute(conn).await?;
    Ok(gone == 1)
}
