//! What the identity area can refuse or fail with.

use jiff::Timestamp;
use rialto_kernel::Problem;
use rialto_store::StoreError;

/// A refusal or a failure of the identity area.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// There is no such thing, or none the caller may see.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Another has this name already.
    #[error("{field}: `{value}` is taken")]
    Taken {
        /// Which field.
        field: &'static str,
        /// What it held.
        value: String,
    },
    /// A unit still has something in it.
    #[error("the unit still has {0} in it: move or remove them first")]
    UnitNotEmpty(&'static str),
    /// Something is counted in the workspace's currency.
    #[error("the workspace has {0} that count in its currency: make another workspace for another currency")]
    CurrencyInUse(&'static str),
    /// A unit cannot move below itself.
    #[error("a unit cannot be moved below itself")]
    UnitCycle,
    /// The root of the tree stays.
    #[error("the root unit stands for the workspace: it can be renamed, not moved or removed")]
    UnitRoot,
    /// Nobody would be left to run the workspace.
    #[error("this is the last active admin of the workspace: make another one first")]
    LastAdmin,
    /// A clock only moves forward.
    #[error("the workspace stands at {stands_at}: its clock is not set back, because what was seen cannot be unseen")]
    ClockBack {
        /// Where it stands.
        stands_at: Timestamp,
    },
    /// A clock stands in the past only before anything has happened.
    #[error("the workspace holds {0} already: a clock can be stood in the past only while there is nothing in it")]
    ClockLate(String),
    /// Over a named bound.
    #[error("a workspace holds at most {value} {limit}")]
    TooMany {
        /// Of what.
        limit: &'static str,
        /// How many.
        value: i64,
    },
    /// Signing in did not work; deliberately says no more.
    #[error("the workspace, e-mail or password is not right")]
    SignIn,
    /// Too many failures of an account or from an address.
    #[error("too many failed attempts: try again later")]
    TooManyAttempts {
        /// When it may be tried again.
        retry_after_s: u64,
    },
    /// A refusal in its own words.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        let text = error.to_string();
        match error {
            IdentityError::NotFound(what) => Self::not_found(what),
            IdentityError::Taken { field, .. } => Self::conflict("exists", text).at(field, "is taken"),
            IdentityError::UnitNotEmpty(_) => Self::conflict("unit-not-empty", text),
            IdentityError::CurrencyInUse(_) => {
                Self::conflict("currency-in-use", text).at("currency", "cannot be changed any more")
            }
            IdentityError::UnitCycle => Self::conflict("unit-cycle", text).at("parent", "is below the unit itself"),
            IdentityError::UnitRoot => Self::conflict("unit-root", text),
            IdentityError::LastAdmin => Self::conflict("last-admin", text),
            IdentityError::ClockBack { stands_at } => Self::conflict("clock-set-back", text)
                .at("stands_at", format!("give an instant later than {stands_at}, or null for the present")),
            IdentityError::ClockLate(_) => {
                Self::conflict("clock-late", text).at("stands_at", "make a new workspace, stand its clock, then import")
            }
            IdentityError::TooMany { .. } => Self::conflict("too-many", text),
            IdentityError::SignIn => Self::new(401, "sign-in-failed", text),
            IdentityError::TooManyAttempts { retry_after_s } => {
                let mut problem = Self::new(429, "too-many-attempts", text);
                problem.retry_after_s = Some(retry_after_s);
                problem
            }
            IdentityError::Refused(problem) => problem,
            IdentityError::Store(error) => error.into(),
        }
    }
}
