//! Searching the audit log.

use crate::{
    AuditRecord, IdentityError,
    audit::AuditRow,
    sql::{AuditFilter, audit_list},
};
use jiff::Timestamp;
use rialto_kernel::{Page, PageQuery, from_micros, to_micros};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which entries are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// By whom, such as `user:018f…`.
    pub actor: Option<String>,
    /// What was done, such as `token.create`.
    pub action: Option<String>,
    /// To what kind of thing, such as `token`.
    pub object: Option<String>,
    /// To which.
    pub object_id: Option<String>,
    /// Not before this instant.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub to: Option<Timestamp>,
    /// Rows wanted, 1 to 500.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// Entries of the audit log, newest first.
///
/// # Errors
/// When the caller may not, or the query is wrong.
pub async fn audit_search(host: &Host, caller: &Caller, query: AuditQuery) -> Result<Page<AuditRecord>, IdentityError> {
    caller.require_everywhere("audit.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<i64>()?.unwrap_or(i64::MAX));
    let filter = AuditFilter {
        actor: query.actor,
        action: query.action,
        object: query.object,
        object_id: query.object_id,
        from: query.from.map(to_micros),
        to: query.to.map(to_micros),
    };
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = audit_list(&mut conn, caller.workspace, &filter, before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.number)?.map(record))
}

fn record(row: AuditRow) -> AuditRecord {
    AuditRecord {
        number: row.number,
        at: from_micros(row.at),
        actor: row.actor,
        action: row.action,
        object: row.object,
        object_id: row.object_id,
        detail: serde_json::from_str(&row.detail).unwrap_or_default(),
    }
}
