//! What a derivation reads: a campaign, its offers' products, and visits.

use super::sight::Visit;
use crate::MeasureError;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql};

/// A campaign's window: both ends, where it has them.
pub(crate) async fn campaign_window(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
) -> Result<Option<(Option<i64>, Option<i64>)>, MeasureError> {
    Ok(sql("SELECT starts_at, ends_at FROM campaign WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(campaign)
        .fetch_optional(conn)
        .await?)
}

/// Numbers of the products that a campaign's offers are on.
pub(crate) async fn product_numbers(conn: &mut Conn, ws: WorkspaceId, campaign: Id) -> Result<Vec<u32>, MeasureError> {
    let rows: Vec<(i64,)> = sql("SELECT DISTINCT d.number FROM campaign_offer co
         JOIN offer_product f ON f.workspace = co.workspace AND f.offer = co.offer
         JOIN product d ON d.workspace = f.workspace AND d.id = f.product
         WHERE co.workspace = $1 AND co.campaign = $2 ORDER BY d.number")
    .bind(ws)
    .bind(campaign)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|(number,)| u32::try_from(number).ok()).collect())
}

/// Orders of contacts we know at a sales channel we know, after one, in the order of time.
pub(crate) async fn visit_page(
    conn: &mut Conn,
    ws: WorkspaceId,
    (start, end): (i64, i64),
    (after_at, after): (i64, Id),
    limit: u32,
) -> Result<Vec<Visit>, MeasureError> {
    let rows: Vec<(i64, Id, Id, Id)> = sql("SELECT o.at, o.id, o.contact, o.sales_channel FROM sales_order o
         WHERE o.workspace = $1 AND o.at >= $2 AND o.at < $3 AND (o.at > $4 OR (o.at = $4 AND o.id > $5))
           AND o.contact IS NOT NULL AND o.sales_channel IS NOT NULL AND o.state <> 'cancelled'
         ORDER BY o.at, o.id LIMIT $6")
    .bind(ws)
    .bind(start)
    .bind(end)
    .bind(after_at)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(at, order, contact, sales_channel)| Visit { at, order, contact, sales_channel })
        .collect())
}
