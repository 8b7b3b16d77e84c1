//! What has to happen by the clock: schedules fire, lag is measured, jobs that
//! ended long ago are forgotten.

use super::{Inner, micros};
use crate::{
    JobError, NewJob, enqueue,
    schedule::next_fire,
    sql,
    unscoped::{self, DueSchedule},
};
use rialto_kernel::WorkspaceId;
use rialto_store::Scope;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Schedules looked at in one round.
const SCHEDULES_MAX: u32 = 200;
/// How often lag is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(5);
/// How often to look for jobs to forget, and how many go at a time.
const FORGET_EVERY: Duration = Duration::from_secs(600);
const FORGET_ROWS: u32 = 1_000;
/// How long a job that ended is kept, with the key that keeps it from running again.
const JOB_KEPT: Duration = Duration::from_secs(90 * 24 * 3_600);

pub(super) async fn run(inner: Arc<Inner>, stop: CancellationToken) {
    let mut fire = tokio::time::interval(inner.options.poll);
    let mut measure = tokio::time::interval(MEASURE_EVERY);
    let mut forget = tokio::time::interval(FORGET_EVERY);
    loop {
        let done = tokio::select! {
            () = stop.cancelled() => return,
            _ = fire.tick() => fire_due(&inner).await,
            _ = measure.tick() => measure_lag(&inner).await,
            _ = forget.tick() => forget_old(&inner).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the runner's upkeep failed");
            tokio::time::sleep(MEASURE_EVERY.min(Duration::from_secs(1))).await;
        }
    }
}

/// Fire every schedule whose time has come and whose kind this host knows;
/// none while the host may not act outside, since nobody knows what it leads to.
pub(super) async fn fire_due(inner: &Inner) -> Result<(), JobError> {
    if inner.options.hold.holds() {
        return Ok(());
    }
    let now_us = inner.now_us();
    let mut conn = inner.store.read(Scope::Host).await?;
    let due = unscoped::schedules_due(&mut conn, now_us, SCHEDULES_MAX).await?;
    drop(conn);
    for schedule in due {
        if let Some((kind, _)) = inner.handlers.get_key_value(schedule.kind.as_str()) {
            fire_one(inner, kind, schedule, now_us).await?;
        }
    }
    Ok(())
}

/// Once among all hosts: the schedule moves on and the job is queued in one
/// transaction, and the job's key names this one firing.
async fn fire_one(inner: &Inner, kind: &'static str, schedule: DueSchedule, now_us: i64) -> Result<(), JobError> {
    let workspace = WorkspaceId(schedule.workspace);
    let job_id = inner.ids.make();
    let next_at = next_fire(&schedule.cron, &schedule.zone, now_us);
    if let Err(error) = &next_at {
        tracing::error!(schedule = %schedule.id, kind, %error, "a schedule fires for the last time");
    }
    inner
        .store
        .write(workspace, "schedule.fire", move |conn| {
            Box::pin(async move {
                let next = next_at.unwrap_or(i64::MAX);
                if !sql::schedule_advance(conn, workspace, schedule.id, schedule.next_at, next).await? {
                    return Ok(());
                }
                if next == i64::MAX {
                    sql::schedule_disable(conn, workspace, schedule.id).await?;
                }
                let payload = serde_json::from_str(&schedule.payload)?;
                let job = NewJob::new(workspace, kind, payload, now_us)
                    .keyed(format!("{}@{}", schedule.id, schedule.next_at));
                enqueue(conn, job_id, now_us, job).await?;
                Ok(())
            })
        })
        .await
}

async fn measure_lag(inner: &Inner) -> Result<(), JobError> {
    let mut conn = inner.store.read(Scope::Host).await?;
    for consumer in &inner.consumers {
        let oldest = unscoped::outbox_oldest(&mut conn, consumer.name()).await?;
        let lag_us = oldest.map_or(0, |at| inner.now_us().saturating_sub(at).max(0));
        metrics::gauge!("rialto_outbox_lag_seconds", "consumer" => consumer.name()).set(lag_us as f64 / 1e6);
    }
    Ok(())
}

async fn forget_old(inner: &Inner) -> Result<(), JobError> {
    let before = inner.now_us().saturating_sub(micros(JOB_KEPT));
    loop {
        let gone: Result<u64, JobError> = inner
            .store
            .write(Scope::Host, "job.forget", move |conn| {
                Box::pin(async move { Ok(unscoped::jobs_forget(conn, before, FORGET_ROWS).await?) })
            })
            .await;
        if gone? < u64::from(FORGET_ROWS) {
            return Ok(());
        }
    }
}
