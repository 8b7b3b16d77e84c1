//! Carrying the mails that a connector handed over: as many at once as the
//! server has connections, each `dispatching` in the ledger before its first
//! byte leaves, and settled by what the server said. The rows that wait for
//! the ledger share its transactions, so the pace is the connections' and not
//! the disk's.

use super::{
    gate::Asking,
    outcome::of_fate,
    settle::Verdict,
    work::{Why, Work},
};
use crate::{
    Error,
    model::SendState,
    smtp::{Fate, Mail, Pool},
    sql::Due,
};
use rialto_kernel::Id;
use std::{collections::VecDeque, sync::Arc};
use tokio::{sync::mpsc, task::JoinSet, time::sleep};

/// A mail that is ready to be carried; its row is leased.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub(crate) due: Due,
    pub(crate) mail: Mail,
    pub(crate) run: Id,
    pub(crate) content_hash: Vec<u8>,
    pub(crate) connector_version: String,
}

type Landed = (Ready, i64, Fate);

/// Carry what comes through `ready` until it ends, or the run is halted; what
/// is under way then is seen through.
///
/// # Errors
/// When the ledger cannot be written, or belongs to another host now.
pub(crate) async fn carry(work: &Arc<Work>, pool: &Arc<Pool>, ready: mpsc::Receiver<Ready>) -> Result<(), Error> {
    let mut carrier = Carrier {
        work: Arc::clone(work),
        pool: Arc::clone(pool),
        ready,
        open: true,
        waiting: VecDeque::new(),
        flying: JoinSet::new(),
        landed: Vec::new(),
    };
    while carrier.gather().await {
        carrier.step().await?;
    }
    Ok(())
}

struct Carrier {
    work: Arc<Work>,
    pool: Arc<Pool>,
    ready: mpsc::Receiver<Ready>,
    open: bool,
    waiting: VecDeque<Ready>,
    /// Dropping it stops what flies: those rows are then found `dispatching`.
    flying: JoinSet<Landed>,
    landed: Vec<Landed>,
}

impl Carrier {
    /// Wait for something to do, then take all there is; false when it is over.
    async fn gather(&mut self) -> bool {
        let width = self.pool.width();
        if self.work.halt.called() {
            self.open = false;
            self.waiting.clear();
        }
        if !self.open && self.waiting.is_empty() && self.flying.is_empty() {
            return false;
        }
        let room = self.flying.len() < width;
        let paced = room && !self.waiting.is_empty();
        tokio::select! {
            Some(landed) = self.flying.join_next(), if !self.flying.is_empty() => self.land(landed),
            next = self.ready.recv(), if self.open && self.waiting.len() < width => match next {
                Some(ready) => self.waiting.push_back(ready),
                None => self.open = false,
            },
            () = sleep(self.pool.wait()), if paced => {}
            () = self.work.halt.wait(), if self.open => {}
        }
        while let Some(landed) = self.flying.try_join_next() {
            self.land(landed);
        }
        while self.open && self.waiting.len() < width {
            let Ok(ready) = self.ready.try_recv() else { break };
            self.waiting.push_back(ready);
        }
        true
    }

    fn land(&mut self, landed: Result<Landed, tokio::task::JoinError>) {
        match landed {
            Ok(landed) => self.landed.push(landed),
            // Its row stays `dispatching`, and the next run finds it so.
            Err(cause) => tracing::error!(%cause, "a mail's task ended"),
        }
    }

    /// One transaction: settle what landed, let the next go.
    async fn step(&mut self) -> Result<(), Error> {
        let room = self.pool.width().saturating_sub(self.flying.len()).min(self.waiting.len());
        let allowed = if self.work.halt.called() { 0 } else { self.pool.allow(room) };
        let next: Vec<Ready> = self.waiting.drain(..allowed).collect();
        let verdicts = self.landed.drain(..).map(|landed| verdict(&self.work, landed)).collect();
        let asking = next.iter().map(asking).collect();
        let decided = self.work.step(verdicts, asking, None).await?;
        for ready in next {
            if decided.go.contains(&ready.due.id) {
                let (pool, started_at) = (Arc::clone(&self.pool), self.work.host.now_us());
                self.flying.spawn(async move {
                    let fate = pool.send(&ready.mail).await;
                    (ready, started_at, fate)
                });
            }
        }
        Ok(())
    }
}

fn asking(ready: &Ready) -> Asking {
    Asking {
        send: ready.due.id,
        contact: ready.due.contact,
        attempt: ready.due.attempt,
        address_hash: ready.due.address_hash.clone(),
        paid_minor: ready.due.cost_minor,
        content_hash: ready.content_hash.clone(),
        connector_version: ready.connector_version.clone(),
        run: Some(ready.run),
    }
}

fn verdict(work: &Work, (ready, started_at, fate): Landed) -> Verdict {
    if let Fate::Untouched { text, server: true } = &fate {
        tracing::warn!(occurrence = %work.occurrence.id, text, "the mail server cannot be used");
        let rest = work.pool.as_ref().map(|pool| pool.rest()).unwrap_or_default();
        work.halt.call(Why::Away(rest));
    }
    let (word, words) = of_fate(&fate);
    work.attempt(&ready.due, Some(ready.run), started_at).verdict(SendState::Dispatching, word, &words)
}
