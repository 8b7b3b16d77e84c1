//! Report runs: a plugin asks the metrics catalogue and answers with a document
//! of typed blocks; the host renders it. A report reads no row of anyone, and
//! its text is never markup.

pub mod actions;
pub mod api;
pub(crate) mod job;
pub(crate) mod plan;
pub mod render;
pub(crate) mod sql;

use rialto_kernel::Id;

/// A row of `report_run`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Run {
    pub(crate) id: Id,
    pub(crate) installation: Id,
    pub(crate) installation_version: Id,
    pub(crate) title: String,
    pub(crate) locale: String,
    pub(crate) parameters: String,
    pub(crate) state: String,
    pub(crate) job: Option<Id>,
    pub(crate) digests: String,
    pub(crate) error: Option<String>,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
}
