//! The packed list of one medium of one sales channel for one span. Pure.
//!
//! Version 1: a byte 1, then zstd over: the positions' names (count; each its
//! length and bytes), the count of entries, their product numbers as differences,
//! their positions as indexes. Numbers are LEB128. Entries are sorted by product,
//! then position, and each is there once, so the same facts give the same bytes.

use crate::{PLACEMENT_ENTRIES_MAX, POSITION_BYTES_MAX, POSITIONS_MAX, SalesError};
use std::collections::BTreeSet;

const VERSION: u8 = 1;
/// Quick to write; differences are small already.
const ZSTD_LEVEL: i32 = 1;
/// No list within the bounds is longer than this when unpacked.
const UNPACKED_BYTES_MAX: usize = PLACEMENT_ENTRIES_MAX * 8 + POSITIONS_MAX * (POSITION_BYTES_MAX + 2) + 16;

/// One product at one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// The product's number.
    pub product: u32,
    /// The index of the position's name.
    pub position: u16,
}

/// A list, unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packed {
    /// Names of positions.
    pub positions: Vec<String>,
    /// Sorted by product, then position.
    pub entries: Vec<Placed>,
}

impl Packed {
    /// The positions at which a product stood.
    pub fn positions_of(&self, product: u32) -> impl Iterator<Item = &str> {
        let from = self.entries.partition_point(|entry| entry.product < product);
        self.entries[from..]
            .iter()
            .take_while(move |entry| entry.product == product)
            .filter_map(|entry| self.positions.get(usize::from(entry.position)).map(String::as_str))
    }

    /// Whether a product stood there at all.
    #[must_use]
    pub fn holds(&self, product: u32) -> bool {
        self.entries.binary_search_by(|entry| entry.product.cmp(&product)).is_ok()
    }

    /// Put products in; those that are there already stay as they are.
    ///
    /// # Errors
    /// When a bound is passed: the name of it.
    pub fn merge<'a>(&mut self, more: impl IntoIterator<Item = (u32, &'a str)>) -> Result<(), &'static str> {
        for (product, name) in more {
            let position = match self.positions.iter().position(|known| known == name) {
                Some(at) => at,
                None if self.positions.len() >= POSITIONS_MAX => return Err("placement-positions"),
                None if name.len() > POSITION_BYTES_MAX => return Err("placement-position-bytes"),
                None => {
                    self.positions.push(name.to_owned());
                    self.positions.len() - 1
                }
            };
            // POSITIONS_MAX is far below u16::MAX.
            self.entries.push(Placed { product, position: u16::try_from(position).unwrap_or(u16::MAX) });
        }
        self.order_positions();
        self.entries.sort_unstable();
        self.entries.dedup();
        if self.entries.len() > PLACEMENT_ENTRIES_MAX { Err("placement-entries") } else { Ok(()) }
    }

    /// Names in order, so that the order of arrival leaves no trace.
    fn order_positions(&mut self) {
        if self.positions.is_sorted() {
            return;
        }
        let mut order: Vec<usize> = (0..self.positions.len()).collect();
        order.sort_by(|a, b| self.positions[*a].cmp(&self.positions[*b]));
        let mut now_at = vec![0_u16; order.len()];
        for (to, from) in order.iter().enumerate() {
            now_at[*from] = u16::try_from(to).unwrap_or(u16::MAX);
        }
        for entry in &mut self.entries {
            entry.position = now_at[usize::from(entry.position)];
        }
        self.positions.sort();
    }
}

/// The bytes of a list.
///
/// # Errors
/// When it cannot be compressed.
pub fn pack(list: &Packed) -> Result<Vec<u8>, SalesError> {
    let mut plain = Vec::with_capacity(list.entries.len() * 3 + 64);
    put(&mut plain, list.positions.len() as u64);
    for name in &list.positions {
        put(&mut plain, name.len() as u64);
        plain.extend_from_slice(name.as_bytes());
    }
    put(&mut plain, list.entries.len() as u64);
    let mut before = 0;
    for entry in &list.entries {
        put(&mut plain, u64::from(entry.product - before));
        before = entry.product;
    }
    for entry in &list.entries {
        put(&mut plain, u64::from(entry.position));
    }
    let mut bytes = vec![VERSION];
    bytes.extend(zstd::bulk::compress(&plain, ZSTD_LEVEL).map_err(|_| SalesError::Packed("zstd refused it"))?);
    Ok(bytes)
}

/// A list from its bytes; anything that [`pack`] did not write is refused.
///
/// # Errors
/// What is wrong with it.
pub fn unpack(bytes: &[u8]) -> Result<Packed, SalesError> {
    let bad = SalesError::Packed;
    let (version, squeezed) = bytes.split_first().ok_or(bad("it is empty"))?;
    if *version != VERSION {
        return Err(bad("it is of a version that this program does not know"));
    }
    let plain = zstd::bulk::decompress(squeezed, UNPACKED_BYTES_MAX).map_err(|_| bad("zstd refused it"))?;
    let mut rest = plain.as_slice();
    let positions = names(&mut rest)?;
    let count = bounded(take(&mut rest)?, PLACEMENT_ENTRIES_MAX)?;
    let mut products = Vec::with_capacity(count.min(plain.len()));
    let mut product = 0_u64;
    for _ in 0..count {
        product = product.saturating_add(take(&mut rest)?);
        products.push(u32::try_from(product).map_err(|_| bad("a product number is too large"))?);
    }
    let mut entries = Vec::with_capacity(products.len());
    for product in products {
        let position = take(&mut rest)?;
        if position >= positions.len() as u64 {
            return Err(bad("a position has no name"));
        }
        entries.push(Placed { product, position: u16::try_from(position).unwrap_or(u16::MAX) });
    }
    if !rest.is_empty() || !entries.is_sorted() {
        return Err(bad("it is not in order"));
    }
    Ok(Packed { positions, entries })
}

fn names(rest: &mut &[u8]) -> Result<Vec<String>, SalesError> {
    let count = bounded(take(rest)?, POSITIONS_MAX)?;
    let mut names = BTreeSet::new();
    for _ in 0..count {
        let length = bounded(take(rest)?, POSITION_BYTES_MAX)?;
        let (name, after) = rest.split_at_checked(length).ok_or(SalesError::Packed("it ends early"))?;
        *rest = after;
        let name = std::str::from_utf8(name).map_err(|_| SalesError::Packed("a name is not UTF-8"))?;
        if names.last().is_some_and(|last: &String| last.as_str() >= name) {
            return Err(SalesError::Packed("it is not in order"));
        }
        names.insert(name.to_owned());
    }
    Ok(names.into_iter().collect())
}

fn bounded(value: u64, max: usize) -> Result<usize, SalesError> {
    usize::try_from(value).ok().filter(|value| *value <= max).ok_or(SalesError::Packed("it is over a bound"))
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn take(rest: &mut &[u8]) -> Result<u64, SalesError> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(SalesError::Packed("it ends early"))?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(SalesError::Packed("a number is too long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u32, &str)]) -> Packed {
        let mut list = Packed::default();
        list.merge(entries.iter().copied()).unwrap();
        list
    }

    #[test]
    fn what_goes_in_comes_out_whatever_the_order() {
        let one = list(&[(7, "A"), (3, "rear"), (3, "A"), (90_000, "")]);
        let mut other = list(&[(90_000, ""), (3, "A")]);
        other.merge([(3, "rear"), (7, "A"), (3, "A")]).unwrap();
        assert_eq!(one, other);
        assert_eq!(pack(&one).unwrap(), pack(&other).unwrap());
        assert_eq!(unpack(&pack(&one).unwrap()).unwrap(), one);
        assert_eq!(one.positions_of(3).collect::<Vec<_>>(), ["A", "rear"]);
        assert!(one.holds(7) && !one.holds(8) && one.positions_of(8).next().is_none());
        assert_eq!(unpack(&pack(&Packed::default()).unwrap()).unwrap(), Packed::default());
    }

    #[test]
    fn a_real_week_is_small() {
        let entries: Vec<(u32, &str)> =
            (0..3_600).map(|n| (n * 25 + n % 7, if n % 3 == 0 { "A" } else { "D" })).collect();
        let bytes = pack(&list(&entries)).unwrap();
        assert!(bytes.len() < 3_600 * 2, "{} bytes", bytes.len());
    }

    #[test]
    fn other_bytes_are_refused_not_believed() {
        let good = pack(&list(&[(3, "A"), (7, "B")])).unwrap();
        assert!(unpack(&[]).is_err());
        assert!(unpack(&[2, 0, 0]).is_err());
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            // A flipped bit may still unpack, but never panics nor breaks a bound.
            if let Ok(list) = unpack(&bad) {
                assert!(list.entries.len() <= PLACEMENT_ENTRIES_MAX);
            }
            assert!(unpack(&good[..at]).is_err(), "cut at {at}");
        }
        let squeezed = |plain: &[u8]| {
            let mut bytes = vec![VERSION];
            bytes.extend(zstd::bulk::compress(plain, 1).unwrap());
            unpack(&bytes)
        };
        assert!(squeezed(&[0, 1, 0, 0]).is_err(), "a position without a name");
        assert!(squeezed(&[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_err(), "endless");
        assert!(squeezed(&[1, 1, b'A', 1, 3, 0, 9]).is_err(), "something after the end");
        assert!(squeezed(&[2, 1, b'B', 1, b'A', 0]).is_err(), "names out of order");
    }
}
