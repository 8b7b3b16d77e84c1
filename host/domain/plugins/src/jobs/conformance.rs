//! The job that runs the conformance suite on an uploaded package. Its runs
//! have no effects, count for no installation, and are bounded one by one and
//! in all.

use crate::{Error, actions, sql};
use async_trait::async_trait;
use rialto_conformance::{CheckResult, Effort, SUITE_VERSION, Subject, stand_in_grants, suite::checks_of};
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::Problem;
use rialto_slice::Host;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// The kind of the job.
pub(crate) const KIND: &str = "plugins.conformance";
/// Seconds that the suite may take where the host's setting is 0 and somebody
/// asks for it all the same.
const SECONDS_WHEN_ASKED: u64 = 300;

struct ConformanceJob {
    host: Host,
}

/// The handler of [`KIND`].
pub(crate) fn handler(host: &Host) -> Arc<dyn JobHandler> {
    Arc::new(ConformanceJob { host: host.clone() })
}

#[derive(Debug, Deserialize)]
struct Order {
    digest: String,
}

#[async_trait]
impl JobHandler for ConformanceJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// Other work goes on beside it.
    fn together_max(&self) -> usize {
        1
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Order { digest } = job.payload()?;
        let (host, workspace, id) = (&self.host, job.workspace, job.id);
        let found = match self.checks(job, &digest).await {
            Ok(Some(checks)) => Ok(serde_json::to_string(&checks).map_err(Error::from)?),
            Ok(None) => return Ok(Step::Again(Duration::ZERO)),
            Err(cause) => Err(lasting(cause)?),
        };
        let (fence, now_us, done) = (job.fence(), host.now_us(), found.is_ok());
        let of = digest.clone();
        host.store
            .write(workspace, "plugins.conformance-found", move |conn| {
                Box::pin(async move {
                    fence.save(conn, &Value::Null, 1, 1).await.map_err(Problem::from)?;
                    sql::conformance_end(conn, workspace, &of, id, (SUITE_VERSION, &found), now_us).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(Step::Done(json!({ "package": digest, "found": done })))
    }
}

impl ConformanceJob {
    /// Every check of the package; nothing where the job is to stop.
    async fn checks(&self, job: &mut JobRun, digest: &str) -> Result<Option<Vec<CheckResult>>, Error> {
        let (host, workspace) = (&self.host, job.workspace);
        let grants = {
            let mut conn = host.store.read(workspace).await?;
            stand_in_grants(&actions::package(&mut conn, workspace, digest).await?.inspection()?)
        };
        let plugin = crate::run::load(host, workspace, digest, &grants).await?;
        let seconds = match host.limits.conformance_s_max {
            0 => SECONDS_WHEN_ASKED,
            seconds => seconds,
        };
        let effort = Effort { time_max: Duration::from_secs(seconds), ..Effort::default() };
        let subject = Subject::new(&host.plugins, &plugin, workspace, host.id())
            .with_effort(effort)
            .cancelled_by(job.stop.clone());
        let (checks, began) = (checks_of(subject.inspection()), Instant::now());
        let mut results = Vec::with_capacity(checks.len());
        for check in &checks {
            results.push(match began.elapsed() < effort.time_max {
                true => check.run(&subject).await,
                false => check.left_out(effort.time_max),
            });
            if job.stop.is_cancelled() {
                return Ok(None);
            }
            job.save(Value::Null, results.len() as u64, checks.len() as u64).await.map_err(Problem::from)?;
        }
        Ok(Some(results))
    }
}

/// What is wrong with the package stays wrong and is told; the rest is tried again.
fn lasting(cause: Error) -> Result<String, JobFailure> {
    let problem = Problem::from(cause);
    if problem.status < 500 { Ok(problem.detail) } else { Err(problem.into()) }
}
