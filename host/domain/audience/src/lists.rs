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

/// Rows (`asked`, `id`) of every contact that is one person with one of a list:
/// its root, and all that were merged into that. `$1` is the workspace. Two
/// questions, each answered by an index: asked as one with OR, SQLite reads
/// every contact of the workspace.
pub(crate) fn whole_people(first: usize, count: usize) -> String {
    const ROOT: &str = "CASE WHEN c.merged_into IS NULL THEN c.id ELSE c.merged_into END";
    let list = in_list(first, count);
    format!(
        "(SELECT c.id AS asked, {ROOT} AS id FROM contact c WHERE c.workspace = $1 AND c.id IN {list}
          UNION ALL
          SELECT c.id AS asked, m.id AS id FROM contact c CROSS JOIN contact m
          WHERE c.workspace = $1 AND c.id IN {list}
            AND m.workspace = $1 AND m.merged_into IS NOT NULL AND m.merged_into = {ROOT})"
    )
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
