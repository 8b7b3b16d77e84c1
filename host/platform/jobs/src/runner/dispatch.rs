//! Claims jobs and hands them to workers, within bounds: so many at a time,
//! so many of a kind, and never all places to one workspace while others wait.

use super::{Drained, Inner, micros, work};
use crate::{
    JobError,
    unscoped::{self, Claimed, Wanted},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::Scope;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// How long to leave a database alone that did not answer.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Jobs in work on this host.
#[derive(Default)]
struct Places {
    tasks: JoinSet<()>,
    /// By task: which kind and whose.
    taken: HashMap<tokio::task::Id, (&'static str, Id)>,
}

pub(super) async fn run(inner: Arc<Inner>, stop: CancellationToken) {
    let mut places = Places::default();
    let mut signals = inner.store.signals();
    while !stop.is_cancelled() {
        let filled = fill(&inner, &mut places, &stop).await;
        metrics::gauge!("rialto_jobs_running").set(places.taken.len() as f64);
        let pause = match filled {
            Ok(()) => inner.options.poll,
            Err(error) => {
                tracing::warn!(%error, "jobs cannot be claimed");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            Some(ended) = places.tasks.join_next_with_id(), if !places.taken.is_empty() => places.free(ended),
            Ok(()) = signals.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    while let Some(ended) = places.tasks.join_next_with_id().await {
        places.free(ended);
    }
}

/// Claim and run one due job here and now; answers whether there was one.
pub(super) async fn run_one(
    inner: &Arc<Inner>,
    stop: &CancellationToken,
    drained: &mut Drained,
) -> Result<bool, JobError> {
    let Some(claimed) = claim(inner, &Places::default()).await? else { return Ok(false) };
    drained.jobs += 1;
    let kind = claimed.kind.clone();
    if let Some(error) = work::run(inner, claimed, stop).await {
        drained.failures.push(format!("{kind}: {error}"));
    }
    Ok(true)
}

/// Claim until no place is free or nothing is due.
async fn fill(inner: &Arc<Inner>, places: &mut Places, stop: &CancellationToken) -> Result<(), JobError> {
    while places.taken.len() < inner.options.workers && !stop.is_cancelled() {
        let Some(claimed) = claim(inner, places).await? else { return Ok(()) };
        let Some((kind, _)) = inner.handlers.get_key_value(claimed.kind.as_str()) else { return Ok(()) };
        let (kind, workspace) = (*kind, claimed.workspace);
        let (inner, stop) = (Arc::clone(inner), stop.clone());
        let task = places.tasks.spawn(async move {
            work::run(&inner, claimed, &stop).await;
        });
        places.taken.insert(task.id(), (kind, workspace));
    }
    Ok(())
}

/// Who has no job in work goes first; after that, whoever has not their full share.
async fn claim(inner: &Arc<Inner>, places: &Places) -> Result<Option<Claimed>, JobError> {
    let kinds = places.kinds_free(inner);
    if kinds.is_empty() || !anything_waits(inner).await? {
        return Ok(None);
    }
    let share = (inner.options.workers * 3).div_ceil(4);
    let busy = places.workspaces(1);
    if let Some(claimed) = claim_passing_over(inner, kinds.clone(), busy.clone()).await? {
        return Ok(Some(claimed));
    }
    if busy.is_empty() { Ok(None) } else { claim_passing_over(inner, kinds, places.workspaces(share)).await }
}

async fn anything_waits(inner: &Inner) -> Result<bool, JobError> {
    let mut conn = inner.store.read(Scope::Host).await?;
    let lease_now = conn.lease_now().await?;
    Ok(unscoped::job_waits(&mut conn, inner.now_us(), lease_now).await?)
}

async fn claim_passing_over(
    inner: &Inner,
    kinds: String,
    passed_over: Vec<WorkspaceId>,
) -> Result<Option<Claimed>, JobError> {
    let (owner, now_us, lease) = (inner.name.clone(), inner.now_us(), micros(inner.options.lease));
    inner
        .store
        .write(Scope::Host, "job.claim", move |conn| {
            Box::pin(async move {
                let wanted = Wanted { owner: &owner, now_us, kinds: &kinds, passed_over: &passed_over };
                let lease_now = conn.lease_now().await?;
                let lease_until = lease_now + lease;
                if let Some(claimed) = unscoped::job_claim_expired(conn, &wanted, lease_now, lease_until).await? {
                    return Ok(Some(claimed));
                }
                Ok(unscoped::job_claim_due(conn, &wanted, lease_until).await?)
            })
        })
        .await
}

impl Places {
    fn free(&mut self, ended: Result<(tokio::task::Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(cause) => {
                tracing::error!(%cause, "a worker ended");
                cause.id()
            }
        };
        self.taken.remove(&id);
    }

    /// `,kind,kind,` of the kinds that may start one more; empty when none may.
    fn kinds_free(&self, inner: &Inner) -> String {
        let mut text = String::new();
        let held = inner.options.hold.holds();
        for (kind, handler) in &inner.handlers {
            if held && handler.reaches_outside() {
                continue;
            }
            let running = self.taken.values().filter(|(taken, _)| taken == kind).count();
            if running < handler.together_max() {
                text.push_str(if text.is_empty() { "," } else { "" });
                text.push_str(kind);
                text.push(',');
            }
        }
        text
    }

    /// Workspaces with at least so many jobs in work.
    fn workspaces(&self, at_least: usize) -> Vec<WorkspaceId> {
        let mut counts: HashMap<Id, usize> = HashMap::new();
        for (_, workspace) in self.taken.values() {
            *counts.entry(*workspace).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count >= at_least).map(|(id, _)| WorkspaceId(id)).collect()
    }
}
