//! Who runs next. Places are bounded in all, per workspace and per
//! installation; those who wait take turns, workspace by workspace and, within
//! one, installation by installation, so that nobody's backlog makes another
//! wait for it. It knows nothing of what runs.

use crate::{error::RunError, limits::LimitName, metric};
use rialto_kernel::{Id, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// How many may run and wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    pub(crate) all: usize,
    pub(crate) per_workspace: usize,
    pub(crate) per_installation: usize,
    /// Who may wait, in all.
    pub(crate) queue: u64,
    /// Who may wait for one installation.
    pub(crate) queue_per_installation: u64,
}

/// How an installation's line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QueueState {
    /// Its runs under way.
    pub running: u64,
    /// The most it may have under way.
    pub running_max: u64,
    /// Its runs that wait for a place.
    pub waiting: u64,
    /// The most that may wait.
    pub waiting_max: u64,
}

pub(crate) struct Queue {
    places: Places,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    running: usize,
    waiting: u64,
    shares: HashMap<WorkspaceId, Share>,
    /// Workspaces with somebody in line; the front one is next.
    turn: VecDeque<WorkspaceId>,
}

#[derive(Default)]
struct Share {
    running: usize,
    lines: HashMap<Id, Line>,
    /// Installations with somebody in line; the front one is next.
    turn: VecDeque<Id>,
}

#[derive(Default)]
struct Line {
    running: usize,
    waiting: VecDeque<oneshot::Sender<Place>>,
}

/// A place to run in; given back when dropped.
pub(crate) struct Place {
    queue: Arc<Queue>,
    workspace: WorkspaceId,
    installation: Id,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.leave(self.workspace, self.installation);
    }
}

/// Somebody in line, who may lose patience.
struct Waiter {
    queue: Arc<Queue>,
    workspace: WorkspaceId,
    installation: Id,
    place: Option<oneshot::Receiver<Place>>,
}

impl Drop for Waiter {
    fn drop(&mut self) {
        // A place that was given meanwhile is dropped with its channel.
        if self.place.take().is_some() {
            self.queue.forget(self.workspace, self.installation);
        }
    }
}

impl Queue {
    pub(crate) fn new(places: Places) -> Arc<Self> {
        Arc::new(Self { places, inner: Mutex::default() })
    }

    /// Wait for a place.
    ///
    /// # Errors
    /// [`RunError::QueueFull`], which names the bound.
    pub(crate) async fn enter(self: &Arc<Self>, workspace: WorkspaceId, installation: Id) -> Result<Place, RunError> {
        let mut waiter = {
            let mut inner = self.lock();
            if inner.free(&self.places, workspace, installation) {
                inner.take(workspace, installation);
                return Ok(self.place(workspace, installation));
            }
            let place = inner.line_up(&self.places, workspace, installation)?;
            Waiter { queue: Arc::clone(self), workspace, installation, place: Some(place) }
        };
        let Some(place) = &mut waiter.place else { return Err(closing()) };
        let given = place.await;
        waiter.place = None;
        given.map_err(|_| closing())
    }

    pub(crate) fn state(&self, workspace: WorkspaceId, installation: Id) -> QueueState {
        let inner = self.lock();
        let line = inner.shares.get(&workspace).and_then(|share| share.lines.get(&installation));
        QueueState {
            running: line.map_or(0, |line| line.running as u64),
            running_max: self.places.per_installation as u64,
            waiting: line.map_or(0, |line| line.waiting.len() as u64),
            waiting_max: self.places.queue_per_installation.min(self.places.queue),
        }
    }

    fn place(self: &Arc<Self>, workspace: WorkspaceId, installation: Id) -> Place {
        Place { queue: Arc::clone(self), workspace, installation }
    }

    fn leave(self: &Arc<Self>, workspace: WorkspaceId, installation: Id) {
        let mut inner = self.lock();
        inner.give_back(workspace, installation);
        self.pass_on(inner);
    }

    /// Take out whoever lost patience.
    fn forget(self: &Arc<Self>, workspace: WorkspaceId, installation: Id) {
        let mut inner = self.lock();
        inner.tidy(workspace, installation);
        self.pass_on(inner);
    }

    /// Hand free places to those whose turn it is. They are sent once the lock
    /// is free: a place that nobody takes comes back through `leave`.
    fn pass_on(self: &Arc<Self>, mut inner: MutexGuard<'_, Inner>) {
        let mut given = Vec::new();
        while let Some((workspace, installation, waiter)) = inner.next(&self.places) {
            given.push((self.place(workspace, installation), waiter));
        }
        drop(inner);
        for (place, waiter) in given {
            drop(waiter.send(place));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Whether a newcomer may run at once: there is room, and nobody of the
    /// same installation is before it. Others in line wait for room of their
    /// own, which a free place in all does not give them.
    fn free(&self, places: &Places, workspace: WorkspaceId, installation: Id) -> bool {
        let share = self.shares.get(&workspace);
        let line = share.and_then(|share| share.lines.get(&installation));
        self.running < places.all
            && share.is_none_or(|share| share.running < places.per_workspace)
            && line.is_none_or(|line| line.running < places.per_installation && line.waiting.is_empty())
    }

    fn take(&mut self, workspace: WorkspaceId, installation: Id) {
        self.running += 1;
        let share = self.shares.entry(workspace).or_default();
        share.running += 1;
        share.lines.entry(installation).or_default().running += 1;
    }

    fn line_up(
        &mut self,
        places: &Places,
        workspace: WorkspaceId,
        installation: Id,
    ) -> Result<oneshot::Receiver<Place>, RunError> {
        let full = |name, waiting, limit| Err(RunError::QueueFull { name, waiting, limit });
        if self.waiting >= places.queue {
            return full(LimitName::Queue, self.waiting, places.queue);
        }
        let line = self.shares.entry(workspace).or_default().lines.entry(installation).or_default();
        let waiting = line.waiting.len() as u64;
        if waiting >= places.queue_per_installation {
            return full(LimitName::QueueInstallation, waiting, places.queue_per_installation);
        }
        let (send, place) = oneshot::channel();
        line.waiting.push_back(send);
        let share = self.shares.entry(workspace).or_default();
        if waiting == 0 {
            if share.turn.is_empty() {
                self.turn.push_back(workspace);
            }
            share.turn.push_back(installation);
        }
        self.waiting += 1;
        metric::waiting(self.waiting);
        Ok(place)
    }

    fn give_back(&mut self, workspace: WorkspaceId, installation: Id) {
        self.running = self.running.saturating_sub(1);
        if let Some(share) = self.shares.get_mut(&workspace) {
            share.running = share.running.saturating_sub(1);
            if let Some(line) = share.lines.get_mut(&installation) {
                line.running = line.running.saturating_sub(1);
            }
        }
        self.sweep(workspace, installation);
    }

    /// Forget lines and shares that hold nothing: ids that guests of the API
    /// choose must not make this grow.
    fn sweep(&mut self, workspace: WorkspaceId, installation: Id) {
        let Some(share) = self.shares.get_mut(&workspace) else { return };
        if share.lines.get(&installation).is_some_and(|line| line.running == 0 && line.waiting.is_empty()) {
            share.lines.remove(&installation);
        }
        if share.lines.is_empty() {
            self.shares.remove(&workspace);
        }
    }

    fn tidy(&mut self, workspace: WorkspaceId, installation: Id) {
        let Some(share) = self.shares.get_mut(&workspace) else { return };
        let Some(line) = share.lines.get_mut(&installation) else { return };
        let before = line.waiting.len();
        line.waiting.retain(|waiter| !waiter.is_closed());
        self.waiting = self.waiting.saturating_sub((before - line.waiting.len()) as u64);
        if line.waiting.is_empty() {
            share.turn.retain(|id| *id != installation);
            if share.turn.is_empty() {
                self.turn.retain(|id| *id != workspace);
            }
        }
        metric::waiting(self.waiting);
        self.sweep(workspace, installation);
    }

    /// The next in line that there is room for; its place is taken.
    fn next(&mut self, places: &Places) -> Option<(WorkspaceId, Id, oneshot::Sender<Place>)> {
        if self.running >= places.all {
            return None;
        }
        let shares = &self.shares;
        let has_room = |workspace: &WorkspaceId| {
            let share = shares.get(workspace)?;
            let room = |id: &Id| share.lines.get(id).is_some_and(|line| line.running < places.per_installation);
            (share.running < places.per_workspace).then(|| share.turn.iter().position(room)).flatten()
        };
        let (at, within) = self.turn.iter().enumerate().find_map(|(at, ws)| has_room(ws).map(|within| (at, within)))?;
        let workspace = self.turn.remove(at)?;
        let share = self.shares.get_mut(&workspace)?;
        let installation = share.turn.remove(within)?;
        let line = share.lines.get_mut(&installation)?;
        let waiter = line.waiting.pop_front()?;
        // Whoever was served goes to the end, if somebody is still behind it.
        if !line.waiting.is_empty() {
            share.turn.push_back(installation);
        }
        if !share.turn.is_empty() {
            self.turn.push_back(workspace);
        }
        self.waiting = self.waiting.saturating_sub(1);
        metric::waiting(self.waiting);
        self.take(workspace, installation);
        Some((workspace, installation, waiter))
    }
}

fn closing() -> RunError {
    RunError::Host { entry: "admission".to_owned(), detail: "the host is closing".to_owned() }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
