//! The runner: claims what is due, works on it under leases, and writes down
//! how it ended. Any number of runners may share one database; none of them is
//! special and any may be killed.

mod consume;
mod dispatch;
mod tend;
mod work;

use crate::{Consumer, Hold, JobError, JobHandler, unscoped::WORKERS_MAX};
use rialto_kernel::{Ids, SharedClock, SharedRandom};
use rialto_store::Store;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Rounds after which [`Runner::drain`] gives up.
const DRAIN_ROUNDS_MAX: u32 = 10_000;

/// What a runner is made of.
#[derive(Clone)]
pub struct RunnerParts {
    /// The database.
    pub store: Store,
    /// The time at which things are due.
    pub clock: SharedClock,
    /// Spreads retries; makes ids.
    pub random: SharedRandom,
    /// This host among several, in leases and logs.
    pub name: String,
    /// Kinds of jobs it can run; of two for one kind the later serves.
    pub handlers: Vec<Arc<dyn JobHandler>>,
    /// Outbox consumers it runs.
    pub consumers: Vec<Arc<dyn Consumer>>,
    /// Bounds and times.
    pub options: RunnerOptions,
}

/// Bounds and times of a runner, and what may hold it back.
#[derive(Debug, Clone)]
pub struct RunnerOptions {
    /// Jobs at a time, at most 16.
    pub workers: usize,
    /// How long a lease holds.
    pub lease: Duration,
    /// How often a lease is renewed.
    pub heartbeat: Duration,
    /// How often to look for work when nothing calls.
    pub poll: Duration,
    /// How often to ask whether a running job was called off.
    pub cancel_check: Duration,
    /// How long a job may take to stop when asked.
    pub grace: Duration,
    /// Holds back what reaches outside.
    pub hold: Hold,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            workers: 8,
            lease: Duration::from_secs(15),
            heartbeat: Duration::from_secs(5),
            poll: Duration::from_millis(500),
            cancel_check: Duration::from_secs(1),
            grace: Duration::from_secs(20),
            hold: Hold::default(),
        }
    }
}

/// Runs jobs, consumers and schedules. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    store: Store,
    clock: SharedClock,
    random: SharedRandom,
    ids: Ids,
    name: String,
    handlers: BTreeMap<&'static str, Arc<dyn JobHandler>>,
    consumers: Vec<Arc<dyn Consumer>>,
    options: RunnerOptions,
}

/// What [`Runner::drain`] did.
#[derive(Debug, Clone, Default)]
pub struct Drained {
    /// Runs of jobs.
    pub jobs: u32,
    /// Outbox rows taken in.
    pub items: u32,
    /// Failures on the way, each with what it was.
    pub failures: Vec<String>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("name", &self.inner.name).finish_non_exhaustive()
    }
}

impl Runner {
    /// A runner; it does nothing until [`Runner::run`] or [`Runner::drain`].
    #[must_use]
    pub fn new(parts: RunnerParts) -> Self {
        let ids = Ids::new(Arc::clone(&parts.clock), Arc::clone(&parts.random));
        let mut options = parts.options;
        options.workers = options.workers.clamp(1, WORKERS_MAX);
        Self {
            inner: Arc::new(Inner {
                store: parts.store,
                clock: parts.clock,
                random: parts.random,
                ids,
                name: parts.name,
                handlers: parts.handlers.into_iter().map(|handler| (handler.kind(), handler)).collect(),
                consumers: parts.consumers,
                options,
            }),
        }
    }

    /// Run until `stop`; then ask every job to stop, give back what is not
    /// done, and return. Dropping the future instead is as a kill: leases run
    /// out and others take over.
    pub async fn run(&self, stop: CancellationToken) {
        let mut loops = JoinSet::new();
        loops.spawn(dispatch::run(Arc::clone(&self.inner), stop.clone()));
        loops.spawn(tend::run(Arc::clone(&self.inner), stop.clone()));
        for consumer in &self.inner.consumers {
            loops.spawn(consume::run(Arc::clone(&self.inner), Arc::clone(consumer), stop.clone()));
        }
        while let Some(ended) = loops.join_next().await {
            if let Err(cause) = ended {
                tracing::error!(%cause, "a loop of the runner ended");
            }
        }
    }

    /// Run all that is due, and what that makes due, one after the other until
    /// nothing is; what waits for a later time is left. For tests and for the
    /// command line, beside or instead of [`Runner::run`].
    ///
    /// # Errors
    /// When the store fails, or the work does not end.
    pub async fn drain(&self) -> Result<Drained, JobError> {
        let mut drained = Drained::default();
        let stop = CancellationToken::new();
        for _ in 0..DRAIN_ROUNDS_MAX {
            tend::fire_due(&self.inner).await?;
            let mut idle = !dispatch::run_one(&self.inner, &stop, &mut drained).await?;
            for consumer in &self.inner.consumers {
                idle &= consume::take_batch(&self.inner, consumer, &stop, &mut drained).await? == 0;
            }
            if idle {
                return Ok(drained);
            }
        }
        Err(JobError::Endless { rounds: DRAIN_ROUNDS_MAX })
    }
}

impl Inner {
    fn now_us(&self) -> i64 {
        self.clock.now_us()
    }
}

/// A duration in microseconds, the unit of every stored instant.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
