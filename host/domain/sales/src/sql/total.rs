//! What there is in all: for a look after an import, not for reports (those ask
//! the metrics catalogue).

use crate::SalesError;
use rialto_kernel::WorkspaceId;
use rialto_store::{Conn, sql};
use serde::Serialize;
use utoipa::ToSchema;

/// Counts of everything in the area, and the sums of its orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SalesTotals {
    /// Products.
    pub products: i64,
    /// Sales channels.
    pub sales_channels: i64,
    /// Orders.
    pub orders: i64,
    /// Lines of orders, by counting them.
    pub lines: i64,
    /// The sum of all lines, in minor units whatever the currency.
    pub lines_minor: i64,
    /// The sum of all orders, in minor units; equals `lines_minor`.
    pub orders_minor: i64,
    /// Products under offers.
    pub offer_products: i64,
    /// Redemptions.
    pub redemptions: i64,
    /// Products shown, over all lists of placements.
    pub placements: i64,
}

/// Count everything.
///
/// # Errors
/// When the store fails.
pub async fn sales_totals(conn: &mut Conn, workspace: WorkspaceId) -> Result<SalesTotals, SalesError> {
    let (products, sales_channels, orders, orders_minor): (i64, i64, i64, i64) =
        sql("SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM product WHERE workspace = $1),
                (SELECT CAST(COUNT(*) AS BIGINT) FROM sales_channel WHERE workspace = $1),
                (SELECT CAST(COUNT(*) AS BIGINT) FROM sales_order WHERE workspace = $1),
                (SELECT CAST(COALESCE(SUM(total_minor), 0) AS BIGINT) FROM sales_order WHERE workspace = $1)")
        .bind(workspace)
        .fetch_one(conn)
        .await?;
    let (lines, lines_minor, offer_products, redemptions, placements): (i64, i64, i64, i64, i64) =
        sql("SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM order_line WHERE workspace = $1),
                (SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM order_line WHERE workspace = $1),
                (SELECT CAST(COUNT(*) AS BIGINT) FROM offer_product WHERE workspace = $1),
                (SELECT CAST(COUNT(*) AS BIGINT) FROM redemption WHERE workspace = $1),
                (SELECT CAST(COALESCE(SUM(products), 0) AS BIGINT) FROM placement WHERE workspace = $1)")
        .bind(workspace)
        .fetch_one(conn)
        .await?;
    Ok(SalesTotals {
        products,
        sales_channels,
        orders,
        lines,
        lines_minor,
        orders_minor,
        offer_products,
        redemptions,
        placements,
    })
}
