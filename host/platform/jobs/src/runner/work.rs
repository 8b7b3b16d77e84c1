//! One run of one job: the handler in a task of its own, a heartbeat beside
//! it, and at the end one fenced write that says how it went.

use super::{Inner, micros};
use crate::{
    JobError, JobFailure, JobHandler, JobRun, Step,
    backoff::backoff,
    sql::{self, Settled},
    unscoped::Claimed,
};
use rialto_kernel::{Problem, WorkspaceId};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

/// Hosts that may end during a job, with nothing saved in between, before it
/// is thought to be what ends them.
const CRASHES_MAX: i64 = 20;
/// How often, and how far apart, to try to write down how a run ended.
const SETTLE_TRIES: u32 = 5;
const SETTLE_PAUSE: Duration = Duration::from_secs(1);

type Ended = Result<Result<Step, JobFailure>, JoinError>;

/// How the handler's task came to its end.
enum How {
    /// By itself, well or not.
    Ended(Ended),
    /// It did not stop in time and was dropped, or never began.
    Dropped,
    /// The lease is another's: nothing may be written.
    Fenced,
}

/// Why the handler was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Cancel,
    HostStops,
}

/// Run a claimed job; answers what it failed with, if it failed.
pub(super) async fn run(inner: &Arc<Inner>, claimed: Claimed, host_stop: &CancellationToken) -> Option<String> {
    let began = Instant::now();
    let handler = inner.handlers.get(claimed.kind.as_str())?;
    let (how, asked) = if claimed.crashes > CRASHES_MAX {
        let problem = Problem::internal(format!("{CRASHES_MAX} hosts ended while they worked on this"));
        (How::Ended(Ok(Err(JobFailure::permanent(problem)))), Asked::Nothing)
    } else {
        begin(inner, handler, &claimed, host_stop).await
    };
    let verdict = judge(how, asked, &claimed, inner.now_us(), inner.random.unit());
    let outcome = verdict.as_ref().map_or("fenced", |settled| settled.outcome);
    metrics::histogram!("rialto_job_seconds", "kind" => claimed.kind.clone(), "outcome" => outcome)
        .record(began.elapsed().as_secs_f64());
    let settled = verdict?;
    report(&claimed, &settled);
    let error = settled.error.clone();
    settle(inner, &claimed, settled).await;
    error
}

async fn begin(
    inner: &Arc<Inner>,
    handler: &Arc<dyn JobHandler>,
    claimed: &Claimed,
    host_stop: &CancellationToken,
) -> (How, Asked) {
    // Claimed while the host was asked to stop: another host may have it at once.
    if host_stop.is_cancelled() {
        return (How::Dropped, Asked::HostStops);
    }
    let stop = CancellationToken::new();
    let mut run = match job_run(inner, claimed, stop.clone()) {
        Ok(run) => run,
        Err(error) => return (How::Ended(Ok(Err(JobFailure::permanent(error)))), Asked::Nothing),
    };
    let handler = Arc::clone(handler);
    let task = Task(tokio::spawn(async move { handler.run(&mut run).await }));
    supervise(inner, claimed, task, &stop, host_stop).await
}

fn job_run(inner: &Inner, claimed: &Claimed, stop: CancellationToken) -> Result<JobRun, JobError> {
    Ok(JobRun {
        id: claimed.id,
        workspace: WorkspaceId(claimed.workspace),
        attempt: claimed.attempt,
        failures: u32::try_from(claimed.failures).unwrap_or(u32::MAX),
        crashes: u32::try_from(claimed.crashes).unwrap_or(u32::MAX),
        payload: serde_json::from_str(&claimed.payload)?,
        checkpoint: claimed.checkpoint.as_deref().map(serde_json::from_str).transpose()?,
        store: inner.store.clone(),
        stop,
    })
}

/// Wait for the handler; renew the lease; pass on that it is to stop.
async fn supervise(
    inner: &Inner,
    claimed: &Claimed,
    mut task: Task,
    stop: &CancellationToken,
    host_stop: &CancellationToken,
) -> (How, Asked) {
    let options = &inner.options;
    let mut beat = ticks(options.heartbeat);
    let mut look = ticks(options.cancel_check);
    let mut renewed = Instant::now();
    let mut asked = if claimed.cancel_requested { Asked::Cancel } else { Asked::Nothing };
    let mut last_moment = None;
    loop {
        if asked != Asked::Nothing && last_moment.is_none() {
            stop.cancel();
            last_moment = Some(tokio::time::Instant::now() + options.grace);
        }
        tokio::select! {
            ended = &mut task.0 => return (How::Ended(ended), asked),
            () = host_stop.cancelled(), if asked == Asked::Nothing => asked = Asked::HostStops,
            () = tokio::time::sleep_until(last_moment.unwrap_or_else(tokio::time::Instant::now)),
                if last_moment.is_some() => return (task.end().await, asked),
            _ = beat.tick() => match renew(inner, claimed).await {
                Ok(Some(cancel)) => {
                    renewed = Instant::now();
                    if cancel && asked == Asked::Nothing { asked = Asked::Cancel; }
                }
                Ok(None) => { stop.cancel(); task.end().await; return (How::Fenced, asked) }
                Err(error) => {
                    tracing::warn!(job = %claimed.id, %error, "a lease cannot be renewed");
                    if renewed.elapsed() + options.heartbeat > options.lease {
                        stop.cancel();
                        task.end().await;
                        return (How::Fenced, asked);
                    }
                }
            },
            _ = look.tick(), if asked == Asked::Nothing => {
                if cancelled(inner, claimed).await.unwrap_or(false) { asked = Asked::Cancel; }
            }
        }
    }
}

async fn renew(inner: &Inner, claimed: &Claimed) -> Result<Option<bool>, JobError> {
    let (workspace, id, attempt) = (WorkspaceId(claimed.workspace), claimed.id, claimed.attempt);
    let lease = micros(inner.options.lease);
    inner
        .store
        .write(workspace, "job.renew", move |conn| {
            Box::pin(async move {
                let until = conn.lease_now().await? + lease;
                Ok(sql::job_renew(conn, workspace, id, attempt, until).await?)
            })
        })
        .await
}

async fn cancelled(inner: &Inner, claimed: &Claimed) -> Result<bool, JobError> {
    let workspace = WorkspaceId(claimed.workspace);
    let mut conn = inner.store.read(workspace).await?;
    Ok(sql::job_cancel_requested(&mut conn, workspace, claimed.id).await?)
}

/// What is to be written down about a run.
#[derive(Debug, Clone, PartialEq)]
struct Verdict {
    outcome: &'static str,
    state: &'static str,
    due_at: i64,
    failures: i64,
    result: Option<String>,
    error: Option<String>,
    finished_at: Option<i64>,
}

/// The rules, and nothing else: no clock, no database.
fn judge(how: How, asked: Asked, claimed: &Claimed, now_us: i64, unit: f64) -> Option<Verdict> {
    let at = |outcome, state| Verdict {
        outcome,
        state,
        due_at: now_us,
        failures: 0,
        result: None,
        error: None,
        finished_at: None,
    };
    let failure = match (how, asked) {
        (How::Fenced, _) => return None,
        (How::Ended(Ok(Ok(Step::Done(value)))), _) => {
            return Some(Verdict { result: Some(value.to_string()), finished_at: Some(now_us), ..at("done", "done") });
        }
        (_, Asked::Cancel) => {
            return Some(Verdict { finished_at: Some(now_us), ..at("cancelled", "cancelled") });
        }
        (_, Asked::HostStops) | (How::Dropped, _) => {
            return Some(Verdict { failures: claimed.failures, ..at("given_back", "pending") });
        }
        (How::Ended(Ok(Ok(Step::Again(wait)))), _) => {
            return Some(Verdict { due_at: now_us.saturating_add(micros(wait)), ..at("again", "pending") });
        }
        (How::Ended(Ok(Err(failure))), _) => failure,
        (How::Ended(Err(_)), _) => {
            JobFailure { problem: Problem::internal("the job's code panicked"), permanent: false }
        }
    };
    let failures = claimed.failures.saturating_add(1);
    let error = Some(format!("{}: {}", failure.problem.code, failure.problem.detail));
    if failure.permanent || failures >= claimed.failures_max {
        return Some(Verdict { failures, error, finished_at: Some(now_us), ..at("dead", "dead") });
    }
    let wait = backoff(u32::try_from(failures).unwrap_or(u32::MAX), unit);
    Some(Verdict { failures, error, due_at: now_us.saturating_add(micros(wait)), ..at("failed", "pending") })
}

fn report(claimed: &Claimed, verdict: &Verdict) {
    let Some(error) = &verdict.error else { return };
    let (job, kind, failures) = (claimed.id, claimed.kind.as_str(), verdict.failures);
    if verdict.state == "dead" {
        tracing::error!(%job, kind, failures, error, "a job is a dead letter");
    } else {
        tracing::warn!(%job, kind, failures, error, "a job failed and will be tried again");
    }
}

/// Write it down; when the database stays away the lease runs out and the job
/// runs again, which is what it must be able to do.
async fn settle(inner: &Inner, claimed: &Claimed, verdict: Verdict) {
    let (workspace, id, attempt) = (WorkspaceId(claimed.workspace), claimed.id, claimed.attempt);
    let now_us = inner.now_us();
    for _ in 0..SETTLE_TRIES {
        let verdict = verdict.clone();
        let written: Result<bool, JobError> = inner
            .store
            .write(workspace, "job.settle", move |conn| {
                Box::pin(async move {
                    let settled = Settled {
                        state: verdict.state,
                        due_at: verdict.due_at,
                        failures: verdict.failures,
                        result: verdict.result,
                        error: verdict.error.as_deref(),
                        finished_at: verdict.finished_at,
                    };
                    let written = sql::job_settle(conn, workspace, id, attempt, now_us, &settled).await?;
                    if settled.state == "pending" {
                        conn.signal_on_commit();
                    }
                    Ok(written)
                })
            })
            .await;
        match written {
            Ok(true) => return,
            Ok(false) => return tracing::warn!(job = %id, "a run was taken over; what it came to is not kept"),
            Err(error) => tracing::warn!(job = %id, %error, "how a run ended cannot be written"),
        }
        tokio::time::sleep(SETTLE_PAUSE).await;
    }
}

/// A handler's task that ends when nobody waits for it any more.
struct Task(JoinHandle<Result<Step, JobFailure>>);

impl Task {
    /// Drop the handler at its next await. One that blocks its thread is not
    /// waited for: its lease then has to run out.
    async fn end(mut self) -> How {
        self.0.abort();
        match tokio::time::timeout(SETTLE_PAUSE, &mut self.0).await {
            Ok(Err(cause)) if cause.is_cancelled() => How::Dropped,
            Ok(ended) => How::Ended(ended),
            Err(_) => How::Fenced,
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Ticks whose first comes after one period.
fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::Id;
    use serde_json::json;

    fn claimed(failures: i64) -> Claimed {
        Claimed {
            workspace: Id::nil(),
            id: Id::nil(),
            kind: "test".to_owned(),
            payload: "{}".to_owned(),
            checkpoint: None,
            attempt: 3,
            failures,
            failures_max: 3,
            crashes: 0,
            cancel_requested: false,
        }
    }

    fn verdict(ended: Result<Step, JobFailure>, asked: Asked, failures: i64) -> Verdict {
        judge(How::Ended(Ok(ended)), asked, &claimed(failures), 1_000, 0.0).unwrap()
    }

    fn failing(permanent: bool) -> Result<Step, JobFailure> {
        Err(JobFailure { problem: Problem::unavailable("away"), permanent })
    }

    #[test]
    fn a_failure_waits_then_is_a_dead_letter() {
        let first = verdict(failing(false), Asked::Nothing, 0);
        assert_eq!((first.state, first.failures, first.due_at), ("pending", 1, 1_000 + 1_000_000));
        let last = verdict(failing(false), Asked::Nothing, 2);
        assert_eq!((last.state, last.failures, last.finished_at), ("dead", 3, Some(1_000)));
        assert_eq!(last.error.as_deref(), Some("unavailable: away"));
        assert_eq!(verdict(failing(true), Asked::Nothing, 0).state, "dead");
    }

    #[test]
    fn another_step_forgets_earlier_failures() {
        let again = verdict(Ok(Step::Again(Duration::from_secs(2))), Asked::Nothing, 2);
        assert_eq!((again.state, again.failures, again.due_at), ("pending", 0, 2_001_000));
    }

    #[test]
    fn a_cancel_ends_what_has_not_finished() {
        assert_eq!(verdict(Ok(Step::Again(Duration::ZERO)), Asked::Cancel, 0).state, "cancelled");
        assert_eq!(verdict(failing(false), Asked::Cancel, 0).state, "cancelled");
        assert_eq!(verdict(Ok(Step::Done(json!(1))), Asked::Cancel, 0).state, "done");
    }

    #[test]
    fn a_stopping_host_charges_nobody() {
        let stopped = verdict(failing(false), Asked::HostStops, 2);
        assert_eq!((stopped.state, stopped.failures, stopped.due_at), ("pending", 2, 1_000));
    }

    #[test]
    fn a_fenced_run_writes_nothing() {
        assert_eq!(judge(How::Fenced, Asked::Cancel, &claimed(0), 1_000, 0.0), None);
    }
}
