//! Lists of values inside a text, in few different lengths so that statements
//! are prepared once.

use rialto_store::placeholders;

/// The most values in one list; longer ones go in pieces.
pub(crate) const LIST_MAX: usize = 512;

/// `($3, $4, …)`.
pub(crate) fn in_list(first: usize, count: usize) -> String {
    format!("({})", placeholders(first, count))
}

/// The values, the last repeated up to one of four lengths.
pub(crate) fn padded<T: Clone>(values: &[T]) -> Vec<T> {
    let mut list = values.to_vec();
    if let Some(last) = values.last() {
        let length = [1, 16, 128, LIST_MAX].into_iter().find(|length| *length >= list.len()).unwrap_or(list.len());
        list.resize(length, last.clone());
    }
    list
}
