//! `/audit`

use crate::{AuditCheck, AuditQuery, AuditRecord, audit_search, audit_verify};
use axum::extract::State;
use rialto_kernel::Page;
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Json, Query, Told};

/// The audit log, newest first
#[utoipa::path(get, path = "/audit", tag = "identity", params(AuditQuery), responses((status = 200, body = Page<AuditRecord>)))]
pub(crate) async fn audit_page(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<AuditQuery>,
) -> ApiResult<Json<Page<AuditRecord>>> {
    Ok(Json(audit_search(&host, &caller, query).await?))
}

/// Check the whole log: was a row changed, added or taken out by hand?
#[utoipa::path(get, path = "/audit/check", tag = "identity", responses((status = 200, body = AuditCheck)))]
pub(crate) async fn audit_check(State(host): State<Host>, caller: Caller) -> ApiResult<Told<AuditCheck>> {
    caller.require_everywhere("audit.read")?;
    Ok(Told::new(&caller, &["reason"], audit_verify(&host.store, &host.keys, caller.workspace).await?))
}
