//! What delivery can fail with.

use rialto_jobs::JobError;
use rialto_kernel::Problem;
use rialto_store::StoreError;

/// A refusal or a failure of the delivery area.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing in this workspace.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The occurrence or send is in a state that does not allow this.
    #[error("it is {state}: {remedy}")]
    State {
        /// The state it is in.
        state: String,
        /// What to do instead.
        remedy: &'static str,
    },
    /// A field of the input is wrong.
    #[error("{field}: {reason}")]
    Field {
        /// The field.
        field: &'static str,
        /// What would be right.
        reason: String,
    },
    /// A mail server did not answer as it should.
    #[error("the mail server {0}")]
    MailServer(String),
    /// Another transaction got there first: run the whole closure again.
    #[error("the occurrence changed meanwhile")]
    Raced,
    /// What a run answered cannot be kept: the run counts as failed.
    #[error("the connector's answer does not stand: {0}")]
    Answer(String),
    /// A stored value is not one this program writes.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    /// A part of a job ended before its time.
    #[error("a part of the work ended: {0}")]
    Task(String),
    /// The job machinery failed, or took the job away.
    #[error(transparent)]
    Job(#[from] JobError),
    /// Another area refused.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::not_found(what),
            Error::State { .. } => Self::conflict("wrong-state", error.to_string()),
            Error::Field { field, reason } => Self::invalid(field, reason),
            Error::MailServer(_) => Self::new(502, "mail-server", error.to_string()),
            Error::Raced => Self::conflict("raced", "it changed meanwhile; try again"),
            Error::Answer(_) | Error::Stored(_) | Error::Task(_) => Self::internal(error.to_string()),
            Error::Job(cause) => cause.into(),
            Error::Problem(problem) => problem,
            Error::Store(cause) => cause.into(),
        }
    }
}
