//! Placements, unpacked for people.

use crate::{PlacedProduct, SalesError, placement::placements_of, products_by_number};
use rialto_kernel::{Id, from_micros};
use rialto_slice::Host;
use rialto_web::Caller;

/// The most products one answer shows.
pub const PLACED_MAX: usize = 5_000;

/// What stood at a sales channel at an instant; at most [`PLACED_MAX`], and
/// whether that is all.
///
/// # Errors
/// When the store fails, or the caller may not.
pub async fn placed_list(
    host: &Host,
    caller: &Caller,
    sales_channel: Id,
    at_us: i64,
) -> Result<(Vec<PlacedProduct>, bool), SalesError> {
    caller.require("sales.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let lists = placements_of(&mut conn, caller.workspace, sales_channel, at_us).await?;
    let total: usize = lists.iter().map(|list| list.list.entries.len()).sum();
    let mut numbers: Vec<u32> =
        lists.iter().flat_map(|list| list.list.entries.iter().map(|entry| entry.product)).take(PLACED_MAX).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let products = products_by_number(&mut conn, caller.workspace, &numbers).await?;
    let mut shown = Vec::with_capacity(total.min(PLACED_MAX));
    for list in &lists {
        for entry in list.list.entries.iter().take(PLACED_MAX - shown.len()) {
            let Some(product) = products.get(&entry.product) else { continue };
            shown.push(PlacedProduct {
                medium: list.medium.clone(),
                position: list.list.positions.get(usize::from(entry.position)).cloned().unwrap_or_default(),
                product: *product,
                starts_at: from_micros(list.starts_at),
                ends_at: from_micros(list.ends_at),
            });
        }
    }
    Ok((shown, total <= PLACED_MAX))
}
