//! Lists of values in a statement: padded so that few distinct texts exist and
//! the database keeps its prepared plans. Identifiers never come from outside.

use rialto_store::{PARAMETERS_MAX, placeholders};

/// The most values of one `IN` list.
pub(crate) const LIST_MAX: usize = 1_024;

/// The same values, the last repeated up to a power of two.
pub(crate) fn padded<T: Clone>(values: &[T]) -> Vec<T> {
    let mut all = values.to_vec();
    if let Some(last) = values.last() {
        all.resize(values.len().next_power_of_two(), last.clone());
    }
    all
}

/// `($n, …)` for a padded list whose first placeholder is `first`.
pub(crate) fn in_list(first: usize, count: usize) -> String {
    debug_assert!(count <= PARAMETERS_MAX, "callers chunk by LIST_MAX");
    format!("({})", placeholders(first, count))
}

#[cfg(test)]
mod tests {
    #[test]
    fn padding_repeats_the_last() {
        assert_eq!(super::padded(&[1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(super::padded(&[1]), [1]);
        assert!(super::padded::<i32>(&[]).is_empty());
        assert_eq!(super::in_list(2, 2), "($2, $3)");
    }
}
