//! The area's addresses: each handler takes its input apart, calls one action
//! and answers.

mod channel;
mod export;
mod offer;
mod order;
mod placed;
mod product;
mod rate;
mod redemption;
mod refund;

use rialto_slice::Host;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every address of the area, relative to `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(channel::channel_page, channel::channel_make))
        .routes(routes!(channel::channel_read, channel::channel_change))
        .routes(routes!(product::product_page, product::product_make))
        .routes(routes!(product::product_read, product::product_change))
        .routes(routes!(export::products_csv))
        .routes(routes!(order::order_page, order::order_make))
        .routes(routes!(order::order_read, order::order_change))
        .routes(routes!(export::orders_csv))
        .routes(routes!(offer::offer_page, offer::offer_make))
        .routes(routes!(offer::offer_read, offer::offer_change))
        .routes(routes!(offer::offer_products, offer::offer_products_put))
        .routes(routes!(offer::offer_product_end))
        .routes(routes!(export::offers_csv))
        .routes(routes!(redemption::redemption_page, redemption::redemption_make))
        .routes(routes!(export::redemptions_csv))
        .routes(routes!(refund::refund_page, refund::refund_make))
        .routes(routes!(rate::rate_page, rate::rate_make))
        .routes(routes!(placed::placed_page))
        .routes(routes!(placed::totals_read))
}
