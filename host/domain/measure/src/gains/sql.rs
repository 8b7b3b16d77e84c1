//! What gains are read from. Every text stops at an instant.

use crate::MeasureError;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql};

/// A campaign's begin and end.
pub(super) async fn campaign_span(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
) -> Result<Option<(Option<i64>, Option<i64>)>, MeasureError> {
    Ok(sql("SELECT COALESCE(starts_at, launched_at), COALESCE(ends_at, finished_at) FROM campaign
            WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(campaign)
    .fetch_optional(conn)
    .await?)
}

/// What everybody had spent before an instant, in one currency.
pub(super) async fn spent_before(
    conn: &mut Conn,
    ws: WorkspaceId,
    before: i64,
    currency: &str,
) -> Result<Vec<(Id, i64)>, MeasureError> {
    Ok(sql("SELECT COALESCE(c.merged_into, c.id), CAST(SUM(o.total_minor) AS BIGINT) FROM sales_order o
         JOIN contact c ON c.workspace = o.workspace AND c.id = o.contact
         WHERE o.workspace = $1 AND o.at < $2 AND o.currency = $3 AND o.state <> 'cancelled'
         GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(ws)
    .bind(before)
    .bind(currency)
    .fetch_all(conn)
    .await?)
}

/// A ranking of people that was kept: its brief and its answer.
pub(super) async fn recommendation_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
) -> Result<Option<(String, String)>, MeasureError> {
    Ok(sql("SELECT brief, answer FROM recommendation WHERE workspace = $1 AND id = $2 AND kind = 'contact'")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?)
}
