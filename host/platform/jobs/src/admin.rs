//! What an admin, or an area's own pages, may see and do: list, find, cancel
//! and replay jobs, keep schedules, and put parked outbox rows back.

use crate::{
    Job, JobError, JobFilter, JobProgress, NewSchedule, ParkedItem, Schedule, model::state_of, schedule::next_fire, sql,
};
use rialto_kernel::{Id, Page, PageQuery, Problem, WorkspaceId};
use rialto_store::Conn;

/// A page of jobs, newest first.
///
/// # Errors
/// When the page asked for is wrong, or the store fails.
pub async fn job_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &JobFilter,
    page: &PageQuery,
) -> Result<Page<Job>, Problem> {
    let limit = page.limit()?;
    let before: Id = page.after()?.unwrap_or(Id::max());
    let rows = sql::job_page(conn, workspace, filter, before, limit + 1).await?;
    let jobs = rows.into_iter().map(|row| row.read()).collect::<Result<Vec<_>, _>>()?;
    Page::from_rows(jobs, limit, |job| job.id)
}

/// One job.
///
/// # Errors
/// When the store fails.
pub async fn job_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<Job>, JobError> {
    sql::job_row(conn, workspace, id).await?.map(|row| row.read()).transpose()
}

/// How far one job is: cheap enough to ask every second.
///
/// # Errors
/// When the store fails.
pub async fn job_progress(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<JobProgress>, JobError> {
    let Some((state, done, total)) = sql::job_progress_row(conn, workspace, id).await? else { return Ok(None) };
    Ok(Some(JobProgress { state: state_of(&state)?, done, total }))
}

/// Call a job off: one that waits ends at once, one that runs is asked to stop
/// and ends within seconds. Run it inside [`rialto_store::Store::write`].
///
/// # Errors
/// 404 when there is no such job, 409 when it has ended already.
pub async fn job_cancel(conn: &mut Conn, workspace: WorkspaceId, id: Id, now_us: i64) -> Result<(), Problem> {
    if sql::job_cancel_pending(conn, workspace, id, now_us).await?
        || sql::job_cancel_running(conn, workspace, id, now_us).await?
    {
        return Ok(());
    }
    refuse(conn, workspace, id, "it has ended already").await
}

/// Queue a dead letter, or a cancelled job, again from its last checkpoint.
/// Run it inside [`rialto_store::Store::write`].
///
/// # Errors
/// 404 when there is no such job, 409 when it is neither dead nor cancelled.
pub async fn job_replay(conn: &mut Conn, workspace: WorkspaceId, id: Id, now_us: i64) -> Result<(), Problem> {
    if sql::job_revive(conn, workspace, id, now_us).await? {
        conn.signal_on_commit();
        return Ok(());
    }
    refuse(conn, workspace, id, "only a dead or cancelled job can be replayed").await
}

async fn refuse(conn: &mut Conn, workspace: WorkspaceId, id: Id, why: &str) -> Result<(), Problem> {
    match job_find(conn, workspace, id).await? {
        None => Err(Problem::not_found("job")),
        Some(job) => Err(Problem::conflict("job-state", format!("the job is {}: {why}", job.state.word()))),
    }
}

/// Keep a schedule; one of the same kind and key is replaced. Each fire queues
/// one job of its kind, once among all hosts; what was missed while no host
/// ran is made up for by one fire, not by many. A fire that is due stays due
/// when the same times are set again.
///
/// # Errors
/// When cron or zone is wrong, or the store fails.
pub async fn schedule_set(conn: &mut Conn, id: Id, now_us: i64, new: &NewSchedule) -> Result<Id, JobError> {
    let next_at = next_fire(&new.cron, &new.zone, now_us)?;
    sql::schedule_upsert(conn, id, now_us, next_at, new).await
}

/// Whether this very schedule is kept, so that there is nothing to write.
///
/// # Errors
/// When the store fails.
pub async fn schedule_stands(conn: &mut Conn, new: &NewSchedule) -> Result<bool, JobError> {
    Ok(sql::schedule_kept(conn, new).await?)
}

/// A page of schedules, oldest first.
///
/// # Errors
/// When the page asked for is wrong, or the store fails.
pub async fn schedule_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    page: &PageQuery,
) -> Result<Page<Schedule>, Problem> {
    let limit = page.limit()?;
    let after: Id = page.after()?.unwrap_or(Id::nil());
    let mut schedules = Vec::new();
    for row in sql::schedule_page(conn, workspace, after, limit + 1).await? {
        schedules.push(Schedule {
            payload: serde_json::from_str(&row.payload).map_err(JobError::from)?,
            id: row.id,
            kind: row.kind,
            key: row.key,
            cron: row.cron,
            zone: row.zone,
            next_at: row.next_at,
            last_at: row.last_at,
            enabled: row.enabled,
        });
    }
    Page::from_rows(schedules, limit, |schedule| schedule.id)
}

/// End a schedule; answers whether there was one.
///
/// # Errors
/// When the store fails.
pub async fn schedule_remove(conn: &mut Conn, workspace: WorkspaceId, kind: &str, key: &str) -> Result<bool, JobError> {
    Ok(sql::schedule_delete(conn, workspace, kind, key).await?)
}

/// A page of the outbox rows that wait for a person.
///
/// # Errors
/// When the page asked for is wrong, or the store fails.
pub async fn outbox_parked_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    page: &PageQuery,
) -> Result<Page<ParkedItem>, Problem> {
    let limit = page.limit()?;
    let after: Id = page.after()?.unwrap_or(Id::nil());
    let rows = sql::outbox_parked_page(conn, workspace, after, limit + 1).await?;
    Page::from_rows(rows, limit, |item| item.id)
}

/// Hand a parked outbox row to its consumer again; answers whether it was parked.
///
/// # Errors
/// When the store fails.
pub async fn outbox_replay(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    consumer: &str,
    now_us: i64,
) -> Result<bool, JobError> {
    let back = sql::outbox_unpark(conn, workspace, id, consumer, now_us).await?;
    conn.signal_on_commit();
    Ok(back)
}
