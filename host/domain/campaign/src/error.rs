//! What campaigns can fail with.

use crate::model::CampaignState;
use rialto_kernel::{Problem, problem::FieldError};
use rialto_store::StoreError;

/// A refusal or a failure of the campaign area.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing in this workspace.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The campaign is in a state that does not allow this.
    #[error("the campaign is {state}: {remedy}")]
    State {
        /// The state it is in.
        state: &'static str,
        /// What to do instead.
        remedy: &'static str,
    },
    /// Fields that are wrong or missing.
    #[error("{}", first(.0))]
    Fields(Vec<FieldError>),
    /// A stored value is not one this program writes.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    /// The work is to stop where it is, and begins again later.
    #[error("the host is stopping: ask again in a moment")]
    Stopped,
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
        Self::Fields(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// The state does not allow it.
    pub(crate) fn state(state: CampaignState, remedy: &'static str) -> Self {
        Self::State { state: state.word(), remedy }
    }
}

/// Another area's refusal as ours.
pub(crate) fn problem(cause: impl Into<Problem>) -> Error {
    Error::Problem(cause.into())
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::not_found(what),
            Error::State { .. } => Self::conflict("wrong-state", error.to_string()),
            Error::Fields(errors) => {
                let mut problem = Self::new(422, "invalid-input", first(&errors));
                problem.errors = errors;
                problem
            }
            Error::Stopped => Self::new(503, "stopping", error.to_string()),
            Error::Stored(_) => Self::internal(error.to_string()),
            Error::Problem(problem) => problem,
            Error::Store(cause) => cause.into(),
        }
    }
}

fn first(errors: &[FieldError]) -> String {
    errors.first().map_or_else(|| "invalid input".to_owned(), |e| format!("{}: {}", e.field, e.message))
}
