//! The conformance list of a package: asked for, and looked at. The suite runs
//! in a job, in the sandbox, against a scripted other side.

use crate::{Error, jobs::conformance as job, model::ConformanceRow, sql};
use rialto_conformance::SUITE_VERSION;
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{JobProgress, NewJob, enqueue, job_progress};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde_json::json;

/// Queue the suite for a package, inside the transaction that is its cause.
pub(crate) async fn queue(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
    id: Id,
    now_us: i64,
) -> Result<(), Error> {
    let order = json!({ "digest": digest });
    enqueue(conn, id, now_us, NewJob::new(workspace, job::KIND, order, now_us)).await.map_err(Problem::from)?;
    sql::conformance_begin(conn, workspace, digest, id, SUITE_VERSION, now_us).await?;
    Ok(())
}

/// Run the suite on a package once more.
pub(crate) async fn ask(host: &Host, caller: &Caller, digest: &str) -> Result<(), Error> {
    let (workspace, digest, id, now_us) = (caller.workspace, digest.to_owned(), host.id(), host.now_us());
    let entry = AuditEntry::new(host, caller, "plugins.conformance", "plugin", &digest);
    host.store
        .write(workspace, "plugins.conformance", move |conn| {
            Box::pin(async move {
                super::package(conn, workspace, &digest).await?;
                queue(conn, workspace, &digest, id, now_us).await?;
                audit(conn, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// The latest list of a package, and how far the job is that makes one.
pub(crate) async fn look(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
) -> Result<(ConformanceRow, Option<JobProgress>), Error> {
    super::package(conn, workspace, digest).await?;
    let row = sql::conformance_find(conn, workspace, digest).await?.ok_or(Error::Unknown("conformance list"))?;
    let progress = match row.state.as_str() {
        "waiting" => job_progress(conn, workspace, row.job).await.map_err(Problem::from)?,
        _ => None,
    };
    Ok((row, progress))
}
