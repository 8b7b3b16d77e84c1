//! Sales: through which sales channels which products were ordered by whom,
//! which offers stood on them and were redeemed, and where products were shown.
//! Money is whole minor units; this area adds it up and rounds it
//! only where a dated rate converts it: see [`rates`].
//!
//! A row of an import is an order line, an offer's product, a redemption, a refund, a rate or a
//! place: see [`import`]. What stood in mailers and displays is packed a week at
//! a time: see [`placement`].

mod actions;
mod api;
mod csv_out;
mod error;
mod export;
pub mod import;
mod limits;
mod model;
mod person;
pub mod placement;
pub mod rates;
mod sql;
mod text;

pub use actions::*;
pub use csv_out::{defused, money_text};
pub use error::SalesError;
pub use limits::*;
pub use model::*;
pub use sql::{SalesTotals, people_redeemed, products_by_number, products_numbers, sales_totals};

use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// What belongs to units.
const UNIT_USES: &[rialto_slice::units::UnitUse] = &[rialto_slice::units::UnitUse {
    what: "sales channels",
    table: "sales_channel",
    find: "SELECT CAST(1 AS BIGINT) FROM sales_channel WHERE workspace = $1 AND unit = $2 LIMIT 1",
}];

/// What counts in the workspace's currency.
const PRICED: &[rialto_slice::priced::Priced] = &[rialto_slice::priced::Priced {
    what: "orders",
    find: "SELECT CAST(1 AS BIGINT) FROM sales_order WHERE workspace = $1 LIMIT 1",
}];

/// What keeps a contact here when its import is taken back.
const CONTACT_USES: rialto_audience::import::NamedIn = rialto_audience::import::NamedIn {
    object: "contact",
    places: &[("sales_order", "contact", "it has orders"), ("redemption", "contact", "it has redemptions")],
};

/// This area as a slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_slice::person::declare(host, person::HOLDINGS);
    rialto_slice::units::declare(host, UNIT_USES);
    rialto_slice::priced::declare(host, PRICED);
    rialto_audience::import::register(host, Arc::new(import::ProductsImport));
    rialto_audience::import::register(host, Arc::new(import::OrdersImport));
    rialto_audience::import::register(host, Arc::new(import::OffersImport));
    rialto_audience::import::register(host, Arc::new(import::RedemptionsImport));
    rialto_audience::import::register(host, Arc::new(import::PlacementsImport));
    rialto_audience::import::register(host, Arc::new(import::RatesImport));
    rialto_audience::import::register(host, Arc::new(import::RefundsImport));
    rialto_audience::import::register_uses(host, Arc::new(CONTACT_USES));
    rialto_audience::export::register(host, Arc::new(export::OrdersExport));
    Slice { api: api::routes(), ..Slice::new("sales") }
}
