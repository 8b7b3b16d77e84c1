//! Every bound of the sales area, by name.

/// Bytes of a SKU, a code or a number of an order or a redemption.
pub const CODE_BYTES_MAX: usize = 100;
/// Bytes of a name, a brand, a department, a category, a kind.
pub const NAME_BYTES_MAX: usize = 300;
/// Bytes of an offer's terms.
pub const TERMS_BYTES_MAX: usize = 4_000;
/// Bytes of a product's attributes as JSON text.
pub const ATTRIBUTES_BYTES_MAX: usize = 8 * 1024;
/// Lines of one order made through the API.
pub const ORDER_LINES_MAX: usize = 1_000;
/// The most of a product in one line.
pub const QUANTITY_MAX: f64 = 1e9;
/// The largest amount of one line, in minor units.
pub const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000;
/// SKUs given to an offer in one request.
pub const OFFER_SKUS_MAX: usize = 1_000;
/// Products shown in one medium of one sales channel in one span.
pub const PLACEMENT_ENTRIES_MAX: usize = 500_000;
/// Bytes of the name of a position in a medium.
pub const POSITION_BYTES_MAX: usize = 60;
/// Positions of one medium in one span.
pub const POSITIONS_MAX: usize = 1_000;
/// Rows an export reads at a time.
pub const EXPORT_PAGE_ROWS: u32 = 1_000;
