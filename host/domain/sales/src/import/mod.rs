//! Files of the sales area, read through the audience area's import framework:
//! each kind says what up to 1,000 rows mean, in bulk statements only.
//!
//! A row that was taken in before changes nothing, so a file may be read again
//! and an import may go on after a kill.

mod lookup;
mod offers;
mod orders;
mod placements;
mod products;
mod rates;
mod redemptions;
mod refunds;

pub use offers::OffersImport;
pub use orders::OrdersImport;
pub use placements::PlacementsImport;
pub use products::ProductsImport;
pub use rates::RatesImport;
pub use redemptions::RedemptionsImport;
pub use refunds::RefundsImport;

use rialto_audience::import::{Column, ImportContext, ImportRow, Moments, RowError};
use rialto_kernel::Problem;

/// The permission every kind of this area asks for.
const PERMISSION: &str = "sales.write";

const fn column(name: &'static str, aliases: &'static [&'static str], required: bool, about: &'static str) -> Column {
    Column { name, aliases, required, about }
}

/// The cell of a column that must not be empty, checked.
fn needed<'r, T>(
    row: &'r ImportRow,
    columns: &[Column],
    at: usize,
    check: impl FnOnce(&'r str) -> Result<T, String>,
) -> Result<T, RowError> {
    match row.text(at) {
        Some(cell) => check(cell).map_err(|message| row.error(columns[at].name, message)),
        None => Err(row.error(columns[at].name, "must not be empty")),
    }
}

/// The cell of a column that may be empty, checked.
fn maybe<'r, T>(
    row: &'r ImportRow,
    columns: &[Column],
    at: usize,
    check: impl FnOnce(&'r str) -> Result<T, String>,
) -> Result<Option<T>, RowError> {
    row.text(at).map(check).transpose().map_err(|message| row.error(columns[at].name, message))
}

/// How this file's instants are read.
fn zone(ctx: &ImportContext) -> Result<Moments, Problem> {
    Moments::of(ctx)
}

/// Every row read: those that are good, and what is wrong with the others.
fn read_all<'r, T>(
    rows: &'r [ImportRow],
    read: impl Fn(&'r ImportRow) -> Result<T, RowError>,
) -> (Vec<T>, Vec<RowError>) {
    let (mut good, mut errors) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match read(row) {
            Ok(cells) => good.push(cells),
            Err(error) => errors.push(error),
        }
    }
    (good, errors)
}
