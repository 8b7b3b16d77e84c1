//! What one run of the dispatch job shares among its parts, and how any of
//! them stops all of them.

use super::{
    gate::{self, Asking, Decided},
    outcome::Attempt,
    render::Content,
    settle::{Ledger, Verdict},
};
use crate::{
    Error,
    model::{Occurrence, OccurrenceState},
    smtp::Pool,
    sql::Due,
};
use rialto_jobs::Fence;
use rialto_kernel::Id;
use rialto_plugins::StateWrites;
use rialto_slice::Host;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// One run of the job over one occurrence.
pub(crate) struct Work {
    pub(crate) host: Host,
    pub(crate) ledger: Ledger,
    pub(crate) fence: Fence,
    pub(crate) occurrence: Occurrence,
    pub(crate) content: Content,
    /// The mail server's connections, where the workspace has one.
    pub(crate) pool: Option<Arc<Pool>>,
    pub(crate) settled: AtomicU64,
    pub(crate) halt: Halt,
}

/// Why a run stops before the rows are done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// The occurrence was paused or cancelled.
    State(OccurrenceState),
    /// What it needs is away: again after so long.
    Away(Duration),
    /// Its time is up, or the host stops.
    Enough,
}

/// Stops all parts of a run; the first reason stands.
pub(crate) struct Halt {
    token: CancellationToken,
    why: Mutex<Option<Why>>,
}

impl Halt {
    /// Halts with this token too.
    pub(crate) fn under(token: &CancellationToken) -> Self {
        Self { token: token.child_token(), why: Mutex::default() }
    }

    pub(crate) fn call(&self, why: Why) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        self.token.cancel();
    }

    pub(crate) fn called(&self) -> bool {
        self.token.is_cancelled()
    }

    pub(crate) async fn wait(&self) {
        self.token.cancelled().await;
    }

    pub(crate) fn why(&self) -> Option<Why> {
        let why = self.why.lock().unwrap_or_else(PoisonError::into_inner).clone();
        why.or_else(|| self.called().then_some(Why::Enough))
    }
}

impl Work {
    /// Settle and ask at the gate, in one transaction.
    pub(crate) async fn step(
        &self,
        verdicts: Vec<Verdict>,
        asking: Vec<Asking>,
        state: Option<Arc<StateWrites>>,
    ) -> Result<Decided, Error> {
        if verdicts.is_empty() && asking.is_empty() && state.is_none() {
            return Ok(Decided::default());
        }
        let over = verdicts.iter().filter(|verdict| verdict.turn.to.terminal()).count() as u64;
        let settled = self.settled.fetch_add(over, Ordering::Relaxed) + over;
        let step = gate::Step {
            ledger: self.ledger.clone(),
            fence: self.fence,
            now_us: self.host.now_us(),
            settled,
            total: u64::try_from(self.occurrence.audience_size).unwrap_or(0),
            verdicts,
            asking,
            state,
        };
        let decided = gate::commit(&self.host.store, step).await?;
        if let Some(state) = decided.halted {
            self.halt.call(Why::State(state));
        }
        Ok(decided)
    }

    /// The attempt that a row is in.
    pub(crate) fn attempt(&self, due: &Due, run: Option<Id>, started_at: i64) -> Attempt {
        let mut due = due.clone();
        if self.host.clocks().stands_at(self.ledger.workspace).is_some() {
            // Its age is told by another clock than the one that waits.
            due.created_at = self.host.now_us();
        }
        Attempt {
            due,
            run,
            started_at,
            now_us: self.host.now_us(),
            on_uncertain: self.occurrence.on_uncertain(),
            jitter: self.host.random.unit(),
        }
    }
}
