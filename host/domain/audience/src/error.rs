//! What the audience area can fail with, and how each failure is told.

use rialto_jobs::JobError;
use rialto_kernel::{Id, Problem, problem::FieldError};
use rialto_store::StoreError;

/// What this area answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure in the audience area.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of the input is wrong.
    #[error("{field}: {message}")]
    Field {
        /// Which, as a JSON pointer or a column name.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// Several fields of the input are wrong.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
    /// There is no such thing in this workspace.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// An identity belongs to somebody else.
    #[error("the {kind} belongs to another contact")]
    IdentityTaken {
        /// The identity's kind.
        kind: &'static str,
        /// Whose it is.
        contact: Id,
    },
    /// The thing is not in a state that allows this.
    #[error("{detail}")]
    Conflict {
        /// A stable code.
        code: &'static str,
        /// What to do.
        detail: String,
    },
    /// More than a named bound allows.
    #[error("over the limit `{limit}` of {max}")]
    TooMany {
        /// The bound's name.
        limit: &'static str,
        /// Its value.
        max: u64,
    },
    /// A file could not be read or written.
    #[error("{what}")]
    File {
        /// What was being done.
        what: String,
        /// Why it failed.
        #[source]
        cause: std::io::Error,
    },
    /// Another area or layer refused.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// The job machinery failed.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// One wrong field.
    #[must_use]
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field { field: field.into(), message: message.into() }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Field { field, message } => Self::invalid(&field, message),
            Error::Fields(errors) => {
                let detail = errors.first().map_or_else(String::new, |e| format!("{}: {}", e.field, e.message));
                let mut problem = Self::new(422, "invalid-input", detail);
                problem.errors = errors;
                problem
            }
            Error::NotFound(what) => Self::not_found(what),
            Error::IdentityTaken { kind, contact } => {
                let detail = format!("this {kind} belongs to another contact; merge the two, or remove it there first");
                Self::conflict("identity-taken", detail).with("contact", contact.to_string())
            }
            Error::Conflict { code, detail } => Self::conflict(code, detail),
            Error::TooMany { limit, max } => Self::too_large(limit, max),
            Error::File { what, cause } => {
                tracing::error!(what, error = %cause, "file failed");
                match cause.kind() {
                    std::io::ErrorKind::StorageFull => Self::new(507, "disk-full", "the disk is full: free some space"),
                    _ => Self::internal(format!("{what}: {}", cause.kind())),
                }
            }
            Error::Refused(problem) => problem,
            Error::Job(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}
