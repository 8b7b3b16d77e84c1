//! The job of a preflight: find the people, judge them, keep the numbers.

use super::{
    count::{Counting, audience},
    sql,
};
use crate::{
    error::{Error, problem},
    sql::campaign_find,
};
use async_trait::async_trait;
use rialto_audience::people_of;
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Id, Problem};
use rialto_slice::Host;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// The kind of the job.
pub const KIND: &str = "campaign.preflight";

/// Counts preflights.
struct PreflightJob {
    host: Host,
}

/// The handler of [`KIND`], for whoever works on jobs.
#[must_use]
pub fn handler(host: &Host) -> Arc<dyn JobHandler> {
    Arc::new(PreflightJob { host: host.clone() })
}

/// What the job is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) campaign: Id,
    pub(super) run: Id,
}

#[async_trait]
impl JobHandler for PreflightJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Order { campaign: id, run } = job.payload()?;
        let (host, ws) = (&self.host, job.workspace);
        let mut conn = host.store.read(ws).await?;
        let kept = sql::run_find(&mut conn, ws, id).await?;
        if !kept.is_some_and(|kept| kept.id == run && kept.state == "open") {
            return Ok(Step::Done(json!({ "replaced": true })));
        }
        let campaign = campaign_find(&mut conn, ws, id).await?;
        let people = match audience(&campaign) {
            Some(source) => people_of(host, &mut conn, ws, source).await.map_err(problem),
            None => Ok(Vec::new()),
        };
        drop(conn);
        let counted = match people {
            Ok(people) => Counting::new(host, ws, &campaign, Some(job)).of(&people).await,
            Err(cause) => Err(cause),
        };
        let found = match counted {
            Ok(counts) => Ok(serde_json::to_string(&counts).map_err(|_| Error::Stored("preflight"))?),
            Err(Error::Stopped) => return Ok(Step::Again(Duration::ZERO)),
            Err(cause) => Err(lasting(cause)?),
        };
        let (fence, now_us, done) = (job.fence(), host.now_in(ws), whole(&found));
        host.store
            .write(ws, "campaign.preflight", move |conn| {
                Box::pin(async move {
                    fence.save(conn, &Value::Null, done, done).await.map_err(problem)?;
                    sql::run_end(conn, ws, (id, run), campaign.version, &found, now_us).await
                })
            })
            .await?;
        Ok(Step::Done(json!({ "campaign": id, "preflight": run })))
    }
}

/// What is wrong with the plan stays wrong and is told; the rest is tried again.
fn lasting(cause: Error) -> Result<String, JobFailure> {
    let problem = Problem::from(cause);
    if problem.status < 500 { Ok(problem.detail) } else { Err(problem.into()) }
}

/// How much was judged in all.
fn whole(found: &Result<String, String>) -> u64 {
    let counts = found.as_ref().ok().and_then(|text| serde_json::from_str::<super::model::Counts>(text).ok());
    let judged = counts.map(|counts| counts.channels.len() as u64 * u64::try_from(counts.audience).unwrap_or(0));
    judged.unwrap_or(0)
}
