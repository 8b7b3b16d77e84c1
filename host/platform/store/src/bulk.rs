//! Bulk inserts and id lists: many rows in few statements on both databases.

use crate::{Conn, Dialect, StoreError, Value, query::sql_dynamic};

/// The most parameters one statement carries (SQLite allows 32,766 and
/// PostgreSQL 65,535; smaller statements are as fast).
pub const PARAMETERS_MAX: usize = 8_000;

/// Rows to be inserted into one table. Table, columns and the conflict clause
/// are static texts; the values are bound.
///
/// ```ignore
/// let mut rows = BulkInsert::new("tag", &["workspace", "contact", "name"], "ON CONFLICT DO NOTHING");
/// rows.push([ws.into(), contact.into(), "vip".into()]);
/// rows.execute(conn).await?;
/// ```
#[derive(Debug)]
pub struct BulkInsert {
    table: &'static str,
    columns: &'static [&'static str],
    conflict: &'static str,
    values: Vec<Value>,
}

impl BulkInsert {
    /// An empty bulk insert. `conflict` is empty or an `ON CONFLICT …` clause.
    #[must_use]
    pub fn new(table: &'static str, columns: &'static [&'static str], conflict: &'static str) -> Self {
        Self { table, columns, conflict, values: Vec::new() }
    }

    /// Add a row, its values in the order of the columns.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.columns.len(), "a value for each column of {}", self.table);
        self.values.extend(row);
    }

    /// How many rows are waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.columns.len().max(1)
    }

    /// Whether no row is waiting.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Insert all waiting rows; answers how many went in (those a conflict
    /// clause skips are not counted).
    ///
    /// # Errors
    /// When the database refuses; the transaction decides what stays.
    pub async fn execute(self, conn: &mut Conn) -> Result<u64, StoreError> {
        let width = self.columns.len().max(1);
        let rows_max = (PARAMETERS_MAX / width).max(1);
        let mut inserted = 0;
        let mut values = self.values;
        while !values.is_empty() {
            let rows = step((values.len() / width).min(rows_max));
            let rest = values.split_off(values.len().min(rows * width));
            let text = insert_text(self.table, self.columns, self.conflict, rows, conn.dialect());
            inserted += sql_dynamic(text).bind_all(values).execute(conn).await?;
            values = rest;
        }
        Ok(inserted)
    }
}

/// Rows of the next statement: a power of two, so that few distinct texts
/// exist and the database keeps its prepared plans.
fn step(rows: usize) -> usize {
    1 << rows.max(1).ilog2()
}

fn insert_text(table: &str, columns: &[&str], conflict: &str, rows: usize, dialect: Dialect) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64 + rows * columns.len() * 6);
    let _ = write!(text, "INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut at = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            at += 1;
            text.push_str(if column == 0 { "" } else { ", " });
            // SQLite keeps `$n` as a name and looks names up one after another: with
            // thousands of them that is most of the time. A bare `?` has no name.
            let _ = match dialect {
                Dialect::Sqlite => write!(text, "?"),
                Dialect::Postgres => write!(text, "${at}"),
            };
        }
        text.push(')');
    }
    if !conflict.is_empty() {
        let _ = write!(text, " {conflict}");
    }
    text
}

/// `$first, $first+1, …`: placeholders for an id list of `count` values.
#[must_use]
pub fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_few_and_each_speaks_its_dialect() {
        assert_eq!([1, 2, 3, 1_000].map(step), [1, 2, 2, 512]);
        let text = |dialect| insert_text("t", &["a", "b"], "ON CONFLICT DO NOTHING", 2, dialect);
        assert_eq!(text(Dialect::Sqlite), "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING");
        assert_eq!(text(Dialect::Postgres), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
    }
}
