//! Rows of report runs.

use super::Run;
use crate::MeasureError;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql};

pub(crate) async fn run_insert(conn: &mut Conn, ws: WorkspaceId, run: &Run) -> Result<(), MeasureError> {
    sql("INSERT INTO report_run (workspace, id, installation, installation_version, title, locale, parameters, state, job, digests,
                                 created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, '{}', $9, $10)")
    .bind(ws)
    .bind(run.id)
    .bind(run.installation)
    .bind(run.installation_version)
    .bind(&run.title)
    .bind(&run.locale)
    .bind(&run.parameters)
    .bind(run.job)
    .bind(&run.created_by)
    .bind(run.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn run_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<Run>, MeasureError> {
    Ok(sql("SELECT id, installation, installation_version, title, locale, parameters, state, job, digests, error, created_by,
                   created_at, finished_at
            FROM report_run WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await?)
}

/// Newest first.
pub(crate) async fn run_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Run>, MeasureError> {
    Ok(sql("SELECT id, installation, installation_version, title, locale, parameters, state, job, digests, error, created_by,
                   created_at, finished_at
            FROM report_run WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
    .bind(ws)
    .bind(before.unwrap_or(Id::max()))
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The document of a finished run, as JSON.
pub(crate) async fn run_document(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<String>, MeasureError> {
    let found: Option<(Option<String>,)> =
        sql("SELECT document FROM report_run WHERE workspace = $1 AND id = $2 AND state = 'finished'")
            .bind(ws)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    Ok(found.and_then(|(document,)| document))
}

/// What a run came to.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) installation_version: Id,
    pub(crate) title: String,
    pub(crate) document: String,
    pub(crate) digests: String,
}

pub(crate) async fn run_finish(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    outcome: &Outcome,
    now_us: i64,
) -> Result<(), MeasureError> {
    sql("UPDATE report_run SET state = 'finished', installation_version = $3, title = $4, document = $5, digests = $6, error = NULL,
                finished_at = $7
         WHERE workspace = $1 AND id = $2 AND state = 'waiting'")
    .bind(ws)
    .bind(id)
    .bind(outcome.installation_version)
    .bind(&outcome.title)
    .bind(&outcome.document)
    .bind(&outcome.digests)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn run_fail(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    error: &str,
    now_us: i64,
) -> Result<(), MeasureError> {
    sql("UPDATE report_run SET state = 'failed', error = $3, finished_at = $4
         WHERE workspace = $1 AND id = $2 AND state = 'waiting'")
    .bind(ws)
    .bind(id)
    .bind(error)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}
