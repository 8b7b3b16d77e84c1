//! Asking for an export or an erasure, and reading what came of it.

use super::{
    PersonJob, REASON_BYTES_MAX, log,
    model::{PersonRequest, RequestKind, RequestState},
    readable,
    sql::{self, RequestPut},
};
use crate::{
    Error,
    contact::{person_ids, sql as contacts},
    error::Result,
    normalise::bounded,
};
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{NewJob, enqueue};
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::Host;
use rialto_web::Caller;
use serde_json::json;

/// Ask for an export or an erasure of the person a contact stands for.
///
/// # Errors
/// When there is no such contact, or the reason is too long.
pub(crate) async fn person_ask(
    host: &Host,
    caller: &Caller,
    kind: RequestKind,
    contact: Id,
    reason: &str,
) -> Result<PersonRequest> {
    let reason = bounded("reason", reason, REASON_BYTES_MAX)?;
    let (worker, workspace, actor) = (host.clone(), caller.workspace, caller.actor.to_string());
    let (id, job, now) = (host.id(), host.id(), host.now_us());
    let action = if kind == RequestKind::Export { "contact.export" } else { "contact.erase" };
    let entry = AuditEntry::new(host, caller, action, "contact", contact).detail(json!({ "request": id }));
    host.store
        .write(workspace, "person.ask", move |conn| {
            Box::pin(async move {
                conn.see_all();
                let root = contacts::contact_root(conn, workspace, contact).await?.ok_or(Error::NotFound("contact"))?;
                let people = person_ids(conn, workspace, root).await?;
                let (contacts, reason, actor) = (people.as_slice(), reason.as_str(), actor.as_str());
                let put = RequestPut { id, kind, contact: root, contacts, reason, job, actor, now };
                sql::request_insert(conn, workspace, put).await?;
                queue(conn, &worker, workspace, id, job).await?;
                audit(conn, &entry).await?;
                sql::request_find(conn, workspace, id).await?.ok_or(Error::NotFound("person-request"))
            })
        })
        .await
}

async fn queue(conn: &mut rialto_store::Conn, host: &Host, workspace: WorkspaceId, request: Id, job: Id) -> Result<()> {
    let now = host.now_us();
    let work = NewJob::new(workspace, PersonJob::KIND, json!({ "request": request }), now).keyed(request.to_string());
    enqueue(conn, job, now, work).await?;
    Ok(())
}

/// A request.
///
/// # Errors
/// When there is none of this id.
pub async fn person_request_find(host: &Host, workspace: WorkspaceId, id: Id) -> Result<PersonRequest> {
    let mut conn = host.store.read(workspace).await?;
    sql::request_find(&mut conn, workspace, id).await?.ok_or(Error::NotFound("person-request"))
}

/// Requests, latest first, before an id.
pub(crate) async fn person_request_list(
    host: &Host,
    workspace: WorkspaceId,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<PersonRequest>> {
    let mut conn = host.store.read(workspace).await?;
    sql::request_list(&mut conn, workspace, before.unwrap_or_else(Id::max), limit).await
}

/// The document of a finished export.
///
/// # Errors
/// When there is none: it is an erasure, is not done, or its days are over.
pub async fn person_document(host: &Host, workspace: WorkspaceId, id: Id) -> Result<String> {
    let request = person_request_find(host, workspace, id).await?;
    match (request.kind, request.state) {
        (RequestKind::Export, RequestState::Done) => {}
        (RequestKind::Export, RequestState::Running) => {
            let detail = "the export is not done yet; ask again when its job is".to_owned();
            return Err(Error::Conflict { code: "not-done", detail });
        }
        _ => return Err(Error::NotFound("document of this request")),
    }
    let mut conn = host.store.read(workspace).await?;
    sql::document_read(&mut conn, workspace, id).await
}

/// The document of a finished export as people read it: an archive of CSV files
/// with a text in the workspace's language, and the document beside them.
///
/// # Errors
/// As [`person_document`].
pub async fn person_archive(host: &Host, workspace: WorkspaceId, id: Id) -> Result<Vec<u8>> {
    let document = person_document(host, workspace, id).await?;
    readable::archive(host, workspace, document).await
}

/// Erase again whom the log beside the database says was erased and the
/// database does not know of: it was restored from an older backup. Answers how
/// many are queued.
///
/// # Errors
/// When the log cannot be read, or the store fails.
pub async fn erasures_reapply(host: &Host) -> Result<u64> {
    let mut queued = 0;
    for (workspace, line) in log::read(host).await? {
        let (worker, job) = (host.clone(), host.id());
        let again = host
            .store
            .write(workspace, "person.reapply", move |conn| {
                Box::pin(async move {
                    let put = RequestPut {
                        id: line.erasure,
                        kind: RequestKind::Erasure,
                        contact: line.contact,
                        contacts: &line.contacts,
                        reason: "again, after a restore",
                        job,
                        actor: "system",
                        now: line.at,
                    };
                    if !sql::request_insert(conn, workspace, put).await? {
                        return Ok(false);
                    }
                    queue(conn, &worker, workspace, line.erasure, job).await?;
                    Ok::<_, Error>(true)
                })
            })
            .await?;
        queued += u64::from(again);
    }
    Ok(queued)
}
