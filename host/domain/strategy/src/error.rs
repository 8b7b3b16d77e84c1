//! What the strategy area can fail with.

use rialto_kernel::{Problem, problem::FieldError};
use rialto_store::StoreError;

/// A refusal or a failure of the strategy area.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing in this workspace.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// One field is wrong.
    #[error("{}: {}", .0.field, .0.message)]
    Field(FieldError),
    /// The campaign has nothing to learn from yet.
    #[error("the campaign has not run yet; a lesson is drafted from what came of it")]
    NotRun,
    /// A stored value is not one this program writes.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    /// Another area refused.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the crate's functions answer.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// One field is wrong.
    pub(crate) fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Field(FieldError { field: field.to_owned(), message: message.into() })
    }
}

impl From<rialto_campaign::Error> for Error {
    fn from(cause: rialto_campaign::Error) -> Self {
        Self::Problem(cause.into())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::not_found(what),
            Error::Field(FieldError { field, message }) => Self::invalid(&field, message),
            Error::NotRun => Self::conflict("campaign-not-run", error.to_string()),
            Error::Stored(_) => Self::internal(error.to_string()),
            Error::Problem(problem) => problem,
            Error::Store(cause) => cause.into(),
        }
    }
}
