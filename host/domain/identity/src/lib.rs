//! Who may do what: workspaces, the tree of units, users, roles, tokens,
//! sessions and the audit log. Every other area asks here who is calling; it
//! knows nothing of marketing.

mod actions;
mod api;
mod audit;
mod authenticate;
mod error;
mod model;
mod password;
mod retention;
mod rhythm;
mod role;
mod secret;
mod sign_in;
mod sql;
mod unscoped;

pub use actions::*;
pub use audit::{AuditCheck, AuditEntry, DETAIL_BYTES_MAX, audit, audit_verify};
pub use authenticate::{Authenticator, SESSION_COOKIE, caller_of_token};
pub use error::IdentityError;
pub use model::*;
pub use retention::{RETENTION_DAYS_MAX, RETENTION_EVENTS, RetentionRule, retention_list, retention_set};
pub use rhythm::rhythms_keep;
pub use role::{INTAKE_PERMISSION, INTAKE_ROLE, ROLES, Role, role};

use rialto_jobs::JobHandler;
use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// This area as a slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::retention::declare(host, retention::KEEPINGS);
    rialto_slice::rhythm::declare(host, retention::RHYTHMS);
    let jobs: Vec<Arc<dyn JobHandler>> = vec![Arc::new(retention::RetentionJob::new(host.clone()))];
    Slice { api: api::routes(), jobs, ..Slice::new("identity") }
}
