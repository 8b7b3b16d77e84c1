//! Bulk inserts and id lists: many rows in few statements on both databases.

use crate::{Conn, StoreError, Value, query::sql_dynamic};

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
        let chunk = (PARAMETERS_MAX / width).max(1) * width;
        let mut inserted = 0;
        let mut values = self.values;
        while !values.is_empty() {
            let rest = values.split_off(values.len().min(chunk));
            let rows = values.len() / width;
            let text = insert_text(self.table, self.columns, self.conflict, rows);
            inserted += sql_dynamic(text).bind_all(values).execute(conn).await?;
            values = rest;
        }
        Ok(inserted)
    }
}

fn insert_text(table: &str, columns: &[&str], conflict: &str, rows: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64 + rows * columns.len() * 6);
    let _ = write!(text, "INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut at = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            at += 1;
            let _ = write!(text, "{}${at}", if column == 0 { "" } else { ", " });
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
