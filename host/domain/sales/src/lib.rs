//! Sales: through which sales channels which products were ordered by whom,
//! which offers stood on them and were redeemed, and where products were shown.
//! Money is whole minor units; this area adds it up and never rounds it.
//!
//! A row of an import is an order line, an offer's product, a redemption or a
//! place: see [`import`]. What stood in mailers and displays is packed a week at
//! a time: see [`placement`].

mod actions;
mod api;
mod csv_out;
mod error;
pub mod import;
mod limits;
mod model;
pub mod placement;
mod sql;
mod text;

pub use actions::*;
pub use csv_out::{defused, money_text};
pub use error::SalesError;
pub use limits::*;
pub use model::*;
pub use sql::{SalesTotals, products_by_number, products_numbers, sales_totals};

use rialto_slice::{Host, Slice};
use std::sync::Arc;

/// This area as a slice.
#[must_use]
pub fn slice(host: &Host) -> Slice {
    rialto_audience::import::register(host, Arc::new(import::ProductsImport));
    rialto_audience::import::register(host, Arc::new(import::OrdersImport));
    rialto_audience::import::register(host, Arc::new(import::OffersImport));
    rialto_audience::import::register(host, Arc::new(import::RedemptionsImport));
    rialto_audience::import::register(host, Arc::new(import::PlacementsImport));
    Slice { api: api::routes(), ..Slice::new("sales") }
}
