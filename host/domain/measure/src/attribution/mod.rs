//! Attribution runs: paths from touches up to conversions, one or several
//! models over the same paths, and credit by channel, campaign and day that
//! sums exactly to what was observed. A model sees channels as numbers and
//! never a person; a wrong answer of one leaves nothing behind.

pub mod actions;
pub mod api;
pub(crate) mod batch;
pub(crate) mod credit;
pub(crate) mod gather;
pub(crate) mod job;
pub(crate) mod model;
pub(crate) mod path;
pub mod pattern;
pub(crate) mod sql;
pub mod view;

use rialto_kernel::Id;

/// A row of `attribution_run`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Run {
    pub(crate) id: Id,
    pub(crate) installation: Id,
    pub(crate) installation_version: Id,
    pub(crate) model: String,
    pub(crate) settings: String,
    pub(crate) conversion_definition: Id,
    pub(crate) campaign: Option<Id>,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) state: String,
    pub(crate) job: Option<Id>,
    pub(crate) currency: String,
    pub(crate) paths: i64,
    pub(crate) touches: i64,
    pub(crate) conversions: i64,
    pub(crate) value_minor: i64,
    pub(crate) untouched: i64,
    pub(crate) untouched_value_minor: i64,
    pub(crate) channels: String,
    pub(crate) drillable: bool,
    pub(crate) digests: String,
    pub(crate) error: Option<String>,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
}
