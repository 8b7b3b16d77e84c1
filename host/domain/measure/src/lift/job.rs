//! The job of a lift run: read both sides, compute, keep.

use super::{
    actions::{self, found},
    sql,
};
use crate::MeasureError;
use async_trait::async_trait;
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::Id;
use rialto_slice::Host;
use serde::Deserialize;
use serde_json::{Value, json};

/// The kind of the job.
pub(crate) const KIND: &str = "measure.lift";
/// Begun, sides read, computed.
const STEPS: u64 = 3;

/// Computes lift.
pub(crate) struct Lift {
    host: Host,
}

impl Lift {
    /// A handler on this host.
    pub(crate) fn new(host: &Host) -> Self {
        Self { host: host.clone() }
    }
}

#[derive(Debug, Deserialize)]
struct Order {
    run: Id,
}

#[async_trait]
impl JobHandler for Lift {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Order { run: id } = job.payload()?;
        let (host, ws) = (&self.host, job.workspace);
        let begun = host.store.write(ws, "measure.lift", move |conn| {
            Box::pin(async move {
                sql::run_begin(conn, ws, id).await?;
                sql::run_find(conn, ws, id).await
            })
        });
        let run = begun.await?.ok_or(MeasureError::Missing("lift run"))?;
        if run.state != "running" {
            return Ok(Step::Done(json!({ "run": id })));
        }
        job.save(Value::Null, 1, STEPS).await?;
        let outcome = match self.compute(job, &run).await {
            Ok(text) => Ok(text),
            // What is wrong with the question stays wrong; the rest is tried again.
            Err(
                why @ (MeasureError::Invalid { .. }
                | MeasureError::State { .. }
                | MeasureError::Missing(_)
                | MeasureError::TooLarge { .. }),
            ) => Err(why.to_string()),
            Err(why) => return Err(why.into()),
        };
        let (fence, now_us) = (job.fence(), host.now_in(ws));
        host.store
            .write(ws, "measure.lift", move |conn| {
                Box::pin(async move {
                    fence.save(conn, &Value::Null, STEPS, STEPS).await?;
                    sql::run_end(conn, ws, id, &outcome, now_us).await
                })
            })
            .await?;
        Ok(Step::Done(json!({ "run": id })))
    }
}

impl Lift {
    async fn compute(&self, job: &mut JobRun, run: &sql::Run) -> Result<String, MeasureError> {
        let mut conn = self.host.store.read(job.workspace).await?;
        let read = actions::read(&self.host, &mut conn, job.workspace, run).await?;
        job.save(Value::Null, 2, STEPS).await?;
        let result = found(&mut conn, job.workspace, read).await?;
        Ok(serde_json::to_string(&result)?)
    }
}
