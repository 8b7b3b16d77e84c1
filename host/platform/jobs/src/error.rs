//! What durable work can fail with.

use rialto_kernel::Problem;
use rialto_store::StoreError;

/// A failure of the job machinery itself.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Another host has taken the job over: this run must stop at once.
    #[error("the job was taken over by another host")]
    Fenced,
    /// A payload or checkpoint is not what the handler expects.
    #[error("the job's data cannot be read: {0}")]
    Data(#[from] serde_json::Error),
    /// A schedule's cron text or zone is wrong.
    #[error("{field}: {reason}")]
    Schedule {
        /// `cron` or `zone`.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// [`crate::Runner::drain`] found work again and again.
    #[error("after {rounds} rounds there is still work due: something queues itself without end")]
    Endless {
        /// Rounds that were run.
        rounds: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<JobError> for Problem {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Fenced => Self::conflict("job-taken-over", "another host has taken this job over"),
            JobError::Data(cause) => Self::internal(format!("a job's data cannot be read: {cause}")),
            JobError::Schedule { field, reason } => Self::invalid(field, reason),
            JobError::Endless { rounds } => Self::internal(format!("work does not end after {rounds} rounds")),
            JobError::Store(error) => error.into(),
        }
    }
}
