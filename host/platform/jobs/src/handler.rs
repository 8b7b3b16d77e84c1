//! What a job's code looks like, and what it is given.

use crate::JobError;
use async_trait::async_trait;
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_store::{Conn, Store, sql};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The code of one kind of job. It may run again after a kill at any point.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// The kind it serves, such as `delivery.fan-out`.
    fn kind(&self) -> &'static str;

    /// Do the work, or one step of it.
    ///
    /// # Errors
    /// A [`JobFailure`]; the runner retries it with backoff, or files it as a
    /// dead letter when it is permanent or has failed too often.
    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure>;

    /// Whether it acts on the world outside (it sends): such a job waits while
    /// the host is held ([`crate::Hold`]).
    fn reaches_outside(&self) -> bool {
        false
    }

    /// The most jobs of this kind one host runs at a time.
    fn together_max(&self) -> usize {
        4
    }
}

/// How a run of a handler ended well.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The job is done; this is its result.
    Done(Value),
    /// There is more to do: run again after this long. Not a failure.
    Again(Duration),
}

/// How a run of a handler failed.
#[derive(Debug, Clone)]
pub struct JobFailure {
    /// What went wrong.
    pub problem: Problem,
    /// Whether trying again is of no use.
    pub permanent: bool,
}

impl JobFailure {
    /// A failure that trying again will not mend.
    #[must_use]
    pub fn permanent(problem: impl Into<Problem>) -> Self {
        Self { problem: problem.into(), permanent: true }
    }
}

impl<E: Into<Problem>> From<E> for JobFailure {
    fn from(cause: E) -> Self {
        Self { problem: cause.into(), permanent: false }
    }
}

/// One run of a job under a lease.
#[derive(Debug)]
pub struct JobRun {
    /// The job.
    pub id: Id,
    /// Whose.
    pub workspace: WorkspaceId,
    /// The fencing number of this run; each claim has a higher one.
    pub attempt: i64,
    /// Failures so far.
    pub failures: u32,
    /// Hosts that ended during it since it last saved something: take smaller
    /// steps when there are some.
    pub crashes: u32,
    /// What it was queued with.
    pub payload: Value,
    /// What the last [`JobRun::save`] kept.
    pub checkpoint: Option<Value>,
    /// The store.
    pub store: Store,
    /// Ends when the job is cancelled, taken over, or the host stops: check it
    /// between steps and return early with what was saved.
    pub stop: CancellationToken,
}

impl JobRun {
    /// The payload as a type.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, JobError> {
        Ok(T::deserialize(&self.payload)?)
    }

    /// The checkpoint as a type, if there is one.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn checkpoint<T: DeserializeOwned>(&self) -> Result<Option<T>, JobError> {
        Ok(self.checkpoint.as_ref().map(T::deserialize).transpose()?)
    }

    /// What a write closure needs in order to fence itself: copy it in.
    #[must_use]
    pub fn fence(&self) -> Fence {
        Fence { workspace: self.workspace, id: self.id, attempt: self.attempt }
    }

    /// Keep a checkpoint and the progress, in a transaction of its own.
    ///
    /// # Errors
    /// [`JobError::Fenced`] when another host has the job now.
    pub async fn save(&mut self, checkpoint: Value, done: u64, total: u64) -> Result<(), JobError> {
        let fence = self.fence();
        let kept = checkpoint.clone();
        self.store
            .write(self.workspace, "job.save", move |conn| {
                Box::pin(async move { fence.save(conn, &kept, done, total).await })
            })
            .await?;
        self.checkpoint = Some(checkpoint);
        Ok(())
    }
}

/// Ties a write to the run that makes it: a run that was taken over writes nothing.
#[derive(Debug, Clone, Copy)]
pub struct Fence {
    workspace: WorkspaceId,
    id: Id,
    attempt: i64,
}

impl Fence {
    /// Keep a checkpoint and the progress inside the caller's transaction, so
    /// that work and checkpoint happen together or not at all.
    ///
    /// # Errors
    /// [`JobError::Fenced`] when another host has the job now: roll back.
    pub async fn save(&self, conn: &mut Conn, checkpoint: &Value, done: u64, total: u64) -> Result<(), JobError> {
        let kept = sql("UPDATE job SET checkpoint = $4, progress_done = $5, progress_total = $6, crashes = 0
             WHERE workspace = $1 AND id = $2 AND attempt = $3 AND state = 'running'")
        .bind(self.workspace)
        .bind(self.id)
        .bind(self.attempt)
        .bind(checkpoint.to_string())
        .bind(i64::try_from(done).unwrap_or(i64::MAX))
        .bind(i64::try_from(total).unwrap_or(i64::MAX))
        .execute(conn)
        .await?;
        if kept == 1 { Ok(()) } else { Err(JobError::Fenced) }
    }
}
