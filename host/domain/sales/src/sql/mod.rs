//! The texts of the sales area. A text holds no rule.

mod channel;
mod list;
mod offer;
mod order;
mod placement;
mod product;
mod rate;
mod redemption;
mod refund;
mod total;

pub(crate) use channel::*;
pub(crate) use list::{in_list, padded};
pub(crate) use offer::*;
pub(crate) use order::*;
pub(crate) use placement::*;
pub(crate) use product::*;
pub use product::{products_by_number, products_numbers};
pub(crate) use rate::*;
pub use redemption::people_redeemed;
pub(crate) use redemption::*;
pub(crate) use refund::*;
pub use total::{SalesTotals, sales_totals};
