//! What measuring can fail with.

use rialto_jobs::JobError;
use rialto_kernel::Problem;
use rialto_store::StoreError;

/// A failure of this area.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// Something in a question, a definition or a request is wrong.
    #[error("{field}: {message}")]
    Invalid {
        /// Which field.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// There is no such thing.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// Something is not in a state that allows this.
    #[error("{detail}")]
    State {
        /// A stable code.
        code: &'static str,
        /// What to do.
        detail: String,
    },
    /// An answer would be over a bound.
    #[error("over the limit `{limit}` of {value}: {remedy}")]
    TooLarge {
        /// Which bound.
        limit: &'static str,
        /// Its value.
        value: u64,
        /// What to do.
        remedy: &'static str,
    },
    /// A plugin did not answer, or answered what cannot be right.
    #[error("{0}")]
    Plugin(Problem),
    /// Work on a file failed.
    #[error("a working file cannot be written or read")]
    File(#[from] std::io::Error),
    /// The job was told to stop.
    #[error("the job was told to stop")]
    Stopped,
    /// The job machinery failed.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored text cannot be read.
    #[error("a stored record cannot be read: {0}")]
    Data(#[from] serde_json::Error),
    /// Another area answered with a problem.
    #[error("{0}")]
    Other(Problem),
}

impl MeasureError {
    /// A field is wrong.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }

    /// A span of time that cannot be cut into days.
    pub(crate) fn time_range() -> Self {
        Self::invalid("start", "the span is too long to be cut into days; ask for at most a few decades")
    }
}

impl From<MeasureError> for Problem {
    fn from(error: MeasureError) -> Self {
        match error {
            MeasureError::Invalid { field, message } => Self::invalid(&field, message),
            MeasureError::Missing(what) => Self::not_found(what),
            MeasureError::State { code, detail } => Self::conflict(code, detail),
            MeasureError::TooLarge { limit, value, remedy } => {
                Self::new(422, "too-large", format!("over the limit `{limit}` of {value}: {remedy}"))
            }
            MeasureError::Plugin(problem) | MeasureError::Other(problem) => problem,
            MeasureError::File(cause) => {
                tracing::error!(error = %cause, "working file");
                Self::new(507, "disk-full", "a working file cannot be written: free some space, then try again")
            }
            MeasureError::Stopped => Self::conflict("stopped", "the job was told to stop"),
            MeasureError::Job(error) => error.into(),
            MeasureError::Store(error) => error.into(),
            MeasureError::Data(cause) => {
                tracing::error!(error = %cause, "stored record");
                Self::internal("a stored record cannot be read; the log says more")
            }
        }
    }
}
