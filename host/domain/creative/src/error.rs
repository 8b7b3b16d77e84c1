//! What the creative area can fail with.

use rialto_kernel::{Problem, problem::FieldError};
use rialto_store::StoreError;

/// A refusal or a failure of the creative area.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing in this workspace.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Fields that are wrong or missing.
    #[error("{}", first(.0))]
    Fields(Vec<FieldError>),
    /// A template could not be rendered for somebody.
    #[error("part `{part}` cannot be rendered: {reason}")]
    Render {
        /// Which part of the message.
        part: String,
        /// Why, without any datum of the person.
        reason: String,
    },
    /// A message has no content in any language.
    #[error("the message has no content yet; write it in at least one language")]
    NoContent,
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
        Self::Fields(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::not_found(what),
            Error::Fields(errors) => {
                let mut problem = Self::new(422, "invalid-input", first(&errors));
                problem.errors = errors;
                problem
            }
            Error::Render { .. } | Error::NoContent => Self::new(422, "not-renderable", error.to_string()),
            Error::Stored(_) => Self::internal(error.to_string()),
            Error::Problem(problem) => problem,
            Error::Store(cause) => cause.into(),
        }
    }
}

fn first(errors: &[FieldError]) -> String {
    errors.first().map_or_else(|| "invalid input".to_owned(), |e| format!("{}: {}", e.field, e.message))
}
