//! The job behind a request about a person.

use super::{
    erase, export,
    model::{RequestKind, RequestState},
    sql,
};
use crate::{Error, error::Result};
use async_trait::async_trait;
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::Id;
use rialto_slice::Host;
use rialto_web::Actor;
use serde::Deserialize;
use serde_json::json;

/// Works on requests about people.
pub struct PersonJob {
    host: Host,
}

impl PersonJob {
    /// The kind of its jobs.
    pub const KIND: &'static str = "audience.person";

    /// The handler of this host.
    #[must_use]
    pub fn new(host: Host) -> Self {
        Self { host }
    }
}

#[derive(Deserialize)]
struct Payload {
    request: Id,
}

#[async_trait]
impl JobHandler for PersonJob {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Payload { request } = job.payload()?;
        let request = {
            let mut conn = job.store.read(job.workspace).await?;
            sql::request_find(&mut conn, job.workspace, request).await?.ok_or(Error::NotFound("person-request"))?
        };
        if request.state != RequestState::Running {
            return Ok(Step::Done(json!({ "request": request.id })));
        }
        if request.kind == RequestKind::Erasure {
            return Ok(erase::run(&self.host, job, &request).await?);
        }
        let text = export::document(&self.host, job, &request).await?;
        let (workspace, id, now) = (job.workspace, request.id, self.host.now_us());
        let entry =
            AuditEntry::by(&self.host, workspace, &Actor::System, "contact.exported", "contact", request.contact)
                .detail(json!({ "export": id, "bytes": text.len() }));
        self.host
            .store
            .write(workspace, "person.exported", move |conn| {
                Box::pin(async move {
                    sql::document_put(conn, workspace, id, &text).await?;
                    sql::request_finish(conn, workspace, id, text.len() as i64, None, now).await?;
                    audit(conn, &entry).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(Step::Done(json!({ "request": id })))
    }
}
