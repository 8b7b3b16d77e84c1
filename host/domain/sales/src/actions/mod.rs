//! The verbs of the sales area: each checks, writes in one transaction with its
//! audit entry, and answers the thing as it is now.

mod channel;
mod offer;
mod order;
mod placed;
mod product;
mod rate;
mod redemption;
mod refund;

pub use channel::{sales_channel_create, sales_channel_get, sales_channel_list, sales_channel_patch};
pub use offer::{
    offer_create, offer_get, offer_list, offer_patch, offer_product_list, offer_product_remove, offer_products_add,
};
pub use order::{OrderQuery, order_create, order_get, order_list, order_patch};
pub use placed::{PLACED_MAX, placed_list};
pub use product::{ProductQuery, product_create, product_get, product_list, product_patch};
pub use rate::{RateQuery, rate_list, rate_put};
pub use redemption::{RedemptionQuery, redemption_create, redemption_list};
pub use refund::{RefundQuery, refund_create, refund_list};

pub(crate) use order::order_filter;
pub(crate) use product::product_filter;
pub(crate) use rate::rate_checked;
pub(crate) use redemption::redemption_filter;
pub(crate) use refund::refund_wrong;

use crate::{SalesError, rates::DAY_US, text};
use jiff::Timestamp;
use rialto_kernel::{Currency, Money};
use rialto_slice::Host;

/// The instant of what has happened; up to a day ahead, as clocks and zones
/// differ. It is held against the machine's time: where the workspace stands in
/// the past, what is later waits unseen.
///
/// # Errors
/// When it lies in the future.
pub fn happened(host: &Host, at: Timestamp) -> Result<i64, SalesError> {
    let at_us = at.as_microsecond();
    if at_us > host.now_us().saturating_add(DAY_US) {
        return Err(SalesError::field("at", format!("{at} lies in the future; mend the date")));
    }
    Ok(at_us)
}

/// A field of one line, checked.
fn line(field: &'static str, text: &str) -> Result<String, SalesError> {
    text::line(text).map(str::to_owned).map_err(|message| SalesError::field(field, message))
}

/// A field that identifies, checked.
fn code(field: &'static str, text: &str) -> Result<String, SalesError> {
    text::code(text).map(str::to_owned).map_err(|message| SalesError::field(field, message))
}

/// An amount as two columns.
fn split(money: Option<Money>) -> (Option<i64>, Option<String>) {
    (money.map(|money| money.minor), money.map(|money| money.currency.code().to_owned()))
}

fn currency(text: &str) -> Result<Currency, SalesError> {
    text.parse().map_err(|message: String| SalesError::field("currency", message))
}
