//! What gains are read from. Every text stops at an instant.

use crate::{MeasureError, names::PLACEMENT_SEEN};
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

/// Everyone the campaign wrote to, by id.
pub(super) async fn written(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    until: i64,
) -> Result<Vec<Id>, MeasureError> {
    let rows: Vec<(Id,)> = sql("SELECT DISTINCT COALESCE(c.merged_into, c.id) AS person FROM event e
         JOIN contact c ON c.workspace = e.workspace AND c.id = e.contact
         WHERE e.workspace = $1 AND e.campaign = $2 AND e.at <= $3 AND e.kind IN ('send', 'touch') AND e.name <> $4
         ORDER BY person")
    .bind(ws)
    .bind(campaign)
    .bind(until)
    .bind(PLACEMENT_SEEN)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Everyone who redeemed in the campaign.
pub(super) async fn redeemed(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    until: i64,
) -> Result<Vec<Id>, MeasureError> {
    let rows: Vec<(Id,)> = sql("SELECT DISTINCT COALESCE(c.merged_into, c.id) FROM redemption r
         JOIN contact c ON c.workspace = r.workspace AND c.id = r.contact
         WHERE r.workspace = $1 AND r.campaign = $2 AND r.at <= $3")
    .bind(ws)
    .bind(campaign)
    .bind(until)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
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
