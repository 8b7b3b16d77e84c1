//! Where products stood: in the weekly mailer, on a display, at one sales
//! channel, for a span of time. A shop has tens of millions of such facts a
//! year, so the products of one (sales channel, medium, span) are one row, a
//! packed list that this module alone reads and writes.
//!
//! To look things up: [`placements_of`] for one sales channel at one instant,
//! [`placements_between`] for all of them over a time; products are named by
//! their number ([`crate::products_numbers`], [`crate::products_by_number`]).

mod pack;

pub use pack::{Packed, Placed, pack, unpack};

use crate::{
    SalesError,
    sql::{PlacementRow, placement_page, placement_rows_at},
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::Conn;

/// Packed lists read at a time.
const PAGE_ROWS: u32 = 200;

/// What stood in one medium of one sales channel for one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placements {
    /// Where.
    pub sales_channel: Id,
    /// In what: `mailer`, `display` …
    pub medium: String,
    /// From when, UTC microseconds.
    pub starts_at: i64,
    /// Until when, not included, UTC microseconds.
    pub ends_at: i64,
    /// Which products, by number.
    pub list: Packed,
}

/// What stood at a sales channel at an instant, a list a medium.
///
/// # Errors
/// When the store fails or a list is not one we wrote.
pub async fn placements_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    sales_channel: Id,
    at_us: i64,
) -> Result<Vec<Placements>, SalesError> {
    let rows = placement_rows_at(conn, workspace, sales_channel, at_us).await?;
    rows.into_iter().map(read).collect()
}

/// Hand every list of a workspace that touches a time to `each`, ordered by
/// sales channel, medium and beginning; memory stays flat.
///
/// # Errors
/// When the store fails, a list is not one we wrote, or `each` answers an error.
pub async fn placements_between(
    conn: &mut Conn,
    workspace: WorkspaceId,
    from_us: i64,
    until_us: i64,
    mut each: impl FnMut(Placements) -> Result<(), SalesError> + Send,
) -> Result<(), SalesError> {
    let mut after: (Id, String, i64) = (Id::nil(), String::new(), i64::MIN);
    loop {
        let rows = placement_page(conn, workspace, (from_us, until_us), &after, PAGE_ROWS).await?;
        let full = rows.len() == PAGE_ROWS as usize;
        if let Some(last) = rows.last() {
            after = (last.sales_channel, last.medium.clone(), last.starts_at);
        }
        for row in rows {
            each(read(row)?)?;
        }
        if !full {
            return Ok(());
        }
    }
}

fn read(row: PlacementRow) -> Result<Placements, SalesError> {
    Ok(Placements {
        sales_channel: row.sales_channel,
        medium: row.medium,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        list: unpack(&row.entries)?,
    })
}
