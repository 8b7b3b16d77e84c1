//! What the sales area can refuse or fail with.

use rialto_identity::IdentityError;
use rialto_kernel::Problem;
use rialto_store::StoreError;

/// A refusal or a failure of the sales area.
#[derive(Debug, thiserror::Error)]
pub enum SalesError {
    /// There is no such thing.
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
    /// A field is wrong.
    #[error("{field}: {message}")]
    Field {
        /// Which field.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// No dated rate leads from one currency to another.
    #[error(
        "there is no exchange rate from {from} to {to} on or before {day}; add one (POST /api/v1/exchange-rates, or import `rates`)"
    )]
    NoRate {
        /// From this currency.
        from: rialto_kernel::Currency,
        /// To this one.
        to: rialto_kernel::Currency,
        /// On this day (UTC).
        day: String,
    },
    /// A packed list of placements is not one we wrote.
    #[error("a packed list of placements cannot be read: {0}")]
    Packed(&'static str),
    /// A refusal in its own words.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SalesError {
    /// A wrong field.
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field { field: field.into(), message: message.into() }
    }
}

impl From<IdentityError> for SalesError {
    fn from(error: IdentityError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<SalesError> for Problem {
    fn from(error: SalesError) -> Self {
        let text = error.to_string();
        match error {
            SalesError::NotFound(what) => Self::not_found(what),
            SalesError::NoRate { .. } => Self::new(422, "no-rate", text.clone()).at("currency", text),
            SalesError::Taken { field, .. } => Self::conflict("exists", text).at(field, "is taken"),
            SalesError::Field { field, message } => Self::invalid(&field, message),
            SalesError::Packed(_) => Self::internal(text),
            SalesError::Refused(problem) => problem,
            SalesError::Store(error) => error.into(),
        }
    }
}
