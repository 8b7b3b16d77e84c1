//! Who may run now: the breaker of the version, then a place in the queue. A
//! place is held until its run ends.

use crate::{
    breaker::{Breaker, BreakerConfig, BreakerState},
    error::RunError,
    package::PackageDigest,
    queue::{Place, Places, Queue, QueueState},
};
use rialto_kernel::{Id, SharedClock, WorkspaceId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Breakers kept in memory; closed ones that nobody uses are forgotten beyond
/// it.
const GATES_MAX: usize = 8_192;

/// Every version of an installation has a breaker of its own: a candidate that
/// fails never keeps the version beside it from running.
type Key = (WorkspaceId, Id, PackageDigest);

pub(crate) struct Admission {
    breaker: BreakerConfig,
    clock: SharedClock,
    queue: Arc<Queue>,
    gates: Mutex<HashMap<Key, Arc<Mutex<Breaker>>>>,
}

/// A place to run in.
pub(crate) struct Ticket {
    gate: Arc<Mutex<Breaker>>,
    clock: SharedClock,
    reported: bool,
    _place: Place,
}

impl Admission {
    pub(crate) fn new(places: Places, breaker: BreakerConfig, clock: SharedClock) -> Self {
        Self { breaker, clock, queue: Queue::new(places), gates: Mutex::new(HashMap::new()) }
    }

    /// Wait for a place. `breaker` are other terms than the host's own.
    ///
    /// # Errors
    /// [`RunError::BreakerOpen`] and [`RunError::QueueFull`].
    pub(crate) async fn enter(
        &self,
        workspace: WorkspaceId,
        installation: Id,
        package: PackageDigest,
        breaker: Option<&BreakerConfig>,
    ) -> Result<Ticket, RunError> {
        let gate = self.gate((workspace, installation, package));
        // A resting plugin answers at once; the place is for the others.
        {
            let mut gate = lock(&gate);
            gate.set(breaker.unwrap_or(&self.breaker));
            if let Some(retry_after_s) = gate.resting(self.clock.now_us()) {
                return Err(RunError::BreakerOpen { retry_after_s });
            }
        }
        let place = self.queue.enter(workspace, installation).await?;
        let admitted = lock(&gate).admit(self.clock.now_us());
        admitted.map_err(|retry_after_s| RunError::BreakerOpen { retry_after_s })?;
        Ok(Ticket { gate, clock: self.clock.clone(), reported: false, _place: place })
    }

    /// How one version's breaker stands; closed where it never ran.
    pub(crate) fn breaker(&self, workspace: WorkspaceId, installation: Id, package: PackageDigest) -> BreakerState {
        let gates = lock(&self.gates);
        gates.get(&(workspace, installation, package)).map_or(BreakerState::Closed, |gate| lock(gate).state())
    }

    /// Close the breakers of every version of an installation.
    pub(crate) fn reset(&self, workspace: WorkspaceId, installation: Id) {
        let gates = lock(&self.gates);
        for (_, gate) in gates.iter().filter(|((ws, id, _), _)| (*ws, *id) == (workspace, installation)) {
            lock(gate).close();
        }
    }

    pub(crate) fn queue(&self, workspace: WorkspaceId, installation: Id) -> QueueState {
        self.queue.state(workspace, installation)
    }

    pub(crate) fn breaker_config(&self) -> &BreakerConfig {
        &self.breaker
    }

    fn gate(&self, key: Key) -> Arc<Mutex<Breaker>> {
        let mut gates = lock(&self.gates);
        if gates.len() >= GATES_MAX {
            gates.retain(|_, gate| Arc::strong_count(gate) > 1 || lock(gate).state() != BreakerState::Closed);
        }
        gates.entry(key).or_insert_with(|| Arc::new(Mutex::new(Breaker::new(self.breaker.clone())))).clone()
    }
}

impl Ticket {
    /// Tell the breaker how the run went.
    pub(crate) fn report(mut self, abandoned: bool, failed: bool, cpu_us: u64) {
        self.reported = true;
        let now_us = self.clock.now_us();
        let mut breaker = lock(&self.gate);
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
            lock(&self.gate).abandon(self.clock.now_us());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
