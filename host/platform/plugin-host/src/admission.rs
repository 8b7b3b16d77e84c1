//! Who may run now: breaker, places per installation, per workspace and in
//! all, and a bound on those who wait. A place is held until its run ends.

use crate::{
    breaker::{Breaker, BreakerConfig, BreakerState},
    error::RunError,
    metric,
};
use rialto_kernel::{Id, SharedClock, WorkspaceId};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Gates kept in memory; idle ones beyond it are forgotten.
const GATES_MAX: usize = 4_096;

/// Places and the length of the queue.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) all: usize,
    pub(crate) per_workspace: usize,
    pub(crate) per_installation: usize,
    pub(crate) queue: u64,
    pub(crate) breaker: BreakerConfig,
}

pub(crate) struct Admission {
    places: Places,
    clock: SharedClock,
    all: Arc<Semaphore>,
    waiting: AtomicU64,
    gates: Mutex<HashMap<(WorkspaceId, Id), Arc<Gate>>>,
    workspaces: Mutex<HashMap<WorkspaceId, Arc<Semaphore>>>,
}

struct Gate {
    breaker: Mutex<Breaker>,
    places: Arc<Semaphore>,
}

/// A place to run in.
pub(crate) struct Ticket {
    gate: Arc<Gate>,
    clock: SharedClock,
    reported: bool,
    _places: [OwnedSemaphorePermit; 3],
}

impl Admission {
    pub(crate) fn new(places: Places, clock: SharedClock) -> Self {
        Self {
            all: Arc::new(Semaphore::new(places.all)),
            places,
            clock,
            waiting: AtomicU64::new(0),
            gates: Mutex::new(HashMap::new()),
            workspaces: Mutex::new(HashMap::new()),
        }
    }

    /// Wait for a place.
    ///
    /// # Errors
    /// [`RunError::BreakerOpen`] and [`RunError::QueueFull`].
    pub(crate) async fn enter(&self, workspace: WorkspaceId, installation: Id) -> Result<Ticket, RunError> {
        let gate = self.gate(workspace, installation);
        // A resting plugin answers at once; the place is for the others.
        let resting = lock(&gate.breaker).resting(self.clock.now_us());
        if let Some(retry_after_s) = resting {
            return Err(RunError::BreakerOpen { retry_after_s });
        }
        let queued = Queued::join(&self.waiting, self.places.queue)?;
        let shared = self.workspace(workspace);
        // The narrowest first, so that nobody holds a wide place while waiting.
        let places = [place(&gate.places).await?, place(&shared).await?, place(&self.all).await?];
        drop(queued);
        let admitted = lock(&gate.breaker).admit(self.clock.now_us());
        admitted.map_err(|retry_after_s| RunError::BreakerOpen { retry_after_s })?;
        Ok(Ticket { gate, clock: self.clock.clone(), reported: false, _places: places })
    }

    pub(crate) fn breaker(&self, workspace: WorkspaceId, installation: Id) -> BreakerState {
        lock(&self.gate(workspace, installation).breaker).state()
    }

    pub(crate) fn reset(&self, workspace: WorkspaceId, installation: Id) {
        lock(&self.gate(workspace, installation).breaker).close();
    }

    fn gate(&self, workspace: WorkspaceId, installation: Id) -> Arc<Gate> {
        let mut gates = lock(&self.gates);
        if gates.len() >= GATES_MAX {
            gates.retain(|_, gate| Arc::strong_count(gate) > 1 || lock(&gate.breaker).state() != BreakerState::Closed);
        }
        gates
            .entry((workspace, installation))
            .or_insert_with(|| {
                Arc::new(Gate {
                    breaker: Mutex::new(Breaker::new(self.places.breaker.clone())),
                    places: Arc::new(Semaphore::new(self.places.per_installation)),
                })
            })
            .clone()
    }

    fn workspace(&self, workspace: WorkspaceId) -> Arc<Semaphore> {
        let mut workspaces = lock(&self.workspaces);
        if workspaces.len() >= GATES_MAX {
            workspaces.retain(|_, places| Arc::strong_count(places) > 1);
        }
        workspaces.entry(workspace).or_insert_with(|| Arc::new(Semaphore::new(self.places.per_workspace))).clone()
    }
}

/// A place in the queue, given back when dropped.
struct Queued<'a>(&'a AtomicU64);

impl<'a> Queued<'a> {
    fn join(waiting: &'a AtomicU64, limit: u64) -> Result<Self, RunError> {
        let before = waiting.fetch_add(1, Ordering::AcqRel);
        let queued = Self(waiting);
        metric::waiting(before + 1);
        if before >= limit { Err(RunError::QueueFull { waiting: before, limit }) } else { Ok(queued) }
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        metric::waiting(self.0.fetch_sub(1, Ordering::AcqRel).saturating_sub(1));
    }
}

async fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, RunError> {
    places
        .clone()
        .acquire_owned()
        .await
        .map_err(|_| RunError::Host { entry: "admission".to_owned(), detail: "the host is closing".to_owned() })
}

impl Ticket {
    /// Tell the breaker how the run went.
    pub(crate) fn report(mut self, abandoned: bool, failed: bool, cpu_us: u64) {
        self.reported = true;
        let now_us = self.clock.now_us();
        let mut breaker = lock(&self.gate.breaker);
        if abandoned && !failed {
            breaker.abandon(now_us);
        } else {
            breaker.report(failed, cpu_us, now_us);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.reported {
            lock(&self.gate.breaker).abandon(self.clock.now_us());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
