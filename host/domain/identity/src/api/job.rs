//! `/jobs`: durable work, as an admin sees it. The jobs themselves belong to
//! the areas that queue them.

use crate::{AuditEntry, audit};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, sse},
};
use jiff::Timestamp;
use rialto_jobs::{Job, JobFilter, JobState, job_cancel, job_find, job_list, job_replay};
use rialto_kernel::{Page, PageQuery, Problem, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Store;
use rialto_web::{ApiResult, Caller, Json, Look, Path, Query, Stopping, Told, watch};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How often a watched job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A job.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobShown {
    /// Its id.
    id: Uuid,
    /// What kind of work.
    kind: String,
    /// What makes it unique among its kind.
    key: Option<String>,
    /// `pending`, `running`, `done`, `dead` or `cancelled`.
    state: String,
    /// Parts done.
    done: i64,
    /// Parts in all; 0 while nobody knows.
    total: i64,
    /// How often it was claimed.
    attempt: i64,
    /// Failures in a row.
    failures: i64,
    /// What it answered.
    result: Option<Value>,
    /// What it failed with last.
    error: Option<String>,
    /// Whether somebody called it off.
    cancel_requested: bool,
    /// Not before this instant.
    due_at: Timestamp,
    /// When it was queued.
    created_at: Timestamp,
    /// When it ended.
    finished_at: Option<Timestamp>,
}

impl From<Job> for JobShown {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            key: job.key,
            state: job.state.word().to_owned(),
            done: job.progress.done,
            total: job.progress.total,
            attempt: job.attempt,
            failures: job.failures,
            result: job.result,
            error: job.error,
            cancel_requested: job.cancel_requested,
            due_at: from_micros(job.due_at),
            created_at: from_micros(job.created_at),
            finished_at: job.finished_at.map(from_micros),
        }
    }
}

/// Which jobs are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobQuery {
    /// Only in this state: `pending`, `running`, `done`, `dead` or `cancelled`.
    state: Option<String>,
    /// Only of this kind.
    kind: Option<String>,
    /// Rows wanted, 1 to 500.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Jobs, newest first
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(JobQuery), responses((status = 200, body = Page<JobShown>)))]
pub(crate) async fn job_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<JobQuery>,
) -> ApiResult<Told<Page<JobShown>>> {
    caller.require("jobs.read")?;
    let state = query.state.map(|word| word.parse::<JobState>()).transpose();
    let state = state.map_err(|reason| Problem::invalid("state", reason))?;
    let filter = JobFilter { state, kind: query.kind };
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let mut conn = host.store.read(caller.workspace).await?;
    Ok(Told::new(&caller, &["error"], job_list(&mut conn, caller.workspace, &filter, &page).await?.map(JobShown::from)))
}

/// A job
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, body = JobShown)))]
pub(crate) async fn job_read(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<Told<JobShown>> {
    caller.require("jobs.read")?;
    Ok(Told::new(&caller, &["error"], find(&host.store, caller.workspace, id).await?))
}

/// Call a job off
#[utoipa::path(
    post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = Uuid, Path)),
    responses((status = 202, body = JobShown)),
)]
pub(crate) async fn job_stop(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require("jobs.write")?;
    let (workspace, now) = (caller.workspace, host.now_us());
    let entry = AuditEntry::new(&host, &caller, "job.cancel", "job", id);
    let write = host.store.write(workspace, "job.cancel", move |conn| {
        Box::pin(async move {
            job_cancel(conn, workspace, id, now).await?;
            Ok::<_, Problem>(audit(conn, &entry).await?)
        })
    });
    write.await?;
    Ok((StatusCode::ACCEPTED, Json(find(&host.store, workspace, id).await?)))
}

/// Queue a dead or cancelled job again, from its last checkpoint
#[utoipa::path(
    post, path = "/jobs/{id}/replay", tag = "jobs", params(("id" = Uuid, Path)),
    responses((status = 202, body = JobShown)),
)]
pub(crate) async fn job_again(
    State(host): State<Host>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require("jobs.write")?;
    let (workspace, now) = (caller.workspace, host.now_us());
    let entry = AuditEntry::new(&host, &caller, "job.replay", "job", id);
    let write = host.store.write(workspace, "job.replay", move |conn| {
        Box::pin(async move {
            job_replay(conn, workspace, id, now).await?;
            Ok::<_, Problem>(audit(conn, &entry).await?)
        })
    });
    write.await?;
    Ok((StatusCode::ACCEPTED, Json(find(&host.store, workspace, id).await?)))
}

/// How a job goes on, as server-sent events `change`, until it has ended
#[utoipa::path(
    get, path = "/jobs/{id}/events", tag = "jobs", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/event-stream", body = JobShown)),
)]
pub(crate) async fn job_events(
    State(host): State<Host>,
    caller: Caller,
    stopping: Stopping,
    Path(id): Path<Uuid>,
) -> ApiResult<impl IntoResponse> {
    caller.require("jobs.read")?;
    let workspace = caller.workspace;
    find(&host.store, workspace, id).await?;
    let store = host.store.clone();
    let stream = watch(stopping, LOOK_EVERY, move || {
        let store = store.clone();
        async move {
            let value = find(&store, workspace, id).await?;
            let over = matches!(value.state.as_str(), "done" | "dead" | "cancelled");
            Ok(Look { value, over })
        }
    });
    Ok::<sse::Sse<_>, _>(stream)
}

async fn find(store: &Store, workspace: WorkspaceId, id: Uuid) -> Result<JobShown, Problem> {
    let mut conn = store.read(workspace).await?;
    Ok(job_find(&mut conn, workspace, id).await?.ok_or_else(|| Problem::not_found("job"))?.into())
}
