//! What a slice is, and what the host hands to each of them. `host/app`'s
//! `compose.rs` lists every slice; nothing else knows them all.

mod declared;
mod host;
pub mod person;
pub mod priced;
pub mod retention;
pub mod rhythm;
pub mod sealed;
pub mod units;

pub use host::{Host, HostParts, Limits};

use axum::Router;
use rialto_jobs::{Consumer, JobHandler};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// One marketing area: its routes, jobs and consumers.
pub struct Slice {
    /// The area's name, as its folder.
    pub name: &'static str,
    /// Routes under `/api/v1`, documented.
    pub api: OpenApiRouter<Host>,
    /// Routes outside the API: tracking, public pages. They authenticate by
    /// themselves.
    pub public: Router<Host>,
    /// Kinds of jobs it serves.
    pub jobs: Vec<Arc<dyn JobHandler>>,
    /// Outbox consumers it runs.
    pub consumers: Vec<Arc<dyn Consumer>>,
}

impl Slice {
    /// A slice with nothing in it yet.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, api: OpenApiRouter::new(), public: Router::new(), jobs: Vec::new(), consumers: Vec::new() }
    }
}

impl std::fmt::Debug for Slice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slice").field("name", &self.name).finish_non_exhaustive()
    }
}
