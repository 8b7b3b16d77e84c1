//! Conversion definitions: what counts, what it is worth, how often one person
//! counts, and how far back touches may earn credit for it.

pub mod actions;
pub mod api;
pub mod rule;
pub(crate) mod source;
pub(crate) mod sql;

use rialto_kernel::Id;
use rule::{Counting, Rule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A conversion definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ConversionDefinition)]
pub struct Definition {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub id: Id,
    /// A short name for programs, such as `coupon-basket`.
    pub code: String,
    /// A name for people.
    pub name: String,
    /// What counts.
    pub rule: Rule,
    /// Touches so many days before a conversion may earn credit for it.
    pub window_days: i64,
    /// How often one person counts.
    pub counting: Counting,
    /// Rises with every change.
    pub version: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
}
