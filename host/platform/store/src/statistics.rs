//! What SQLite's planner is told of the tables. Left alone it takes every index
//! to be selective from its first column on; here that column is the workspace,
//! and one workspace may hold every row. So it would read a whole workspace
//! where an index of two columns answers at once. We write the statistics
//! ourselves, from the shape of each index: the same plans on every machine, from
//! the first row on, and none that change overnight.

use crate::{Conn, StoreError, query::sql_dynamic};

/// Rows a table is taken to have.
const ROWS: u64 = 1_000_000;
/// Rows an index that is not unique is taken to have for one entry.
const ROWS_OF_ONE_ENTRY: u64 = 10;
/// Columns with few different values.
const FEW_VALUES: &[&str] =
    &["state", "enabled", "archived", "kind", "channel", "medium", "consumer", "complete", "issuer", "source"];

/// Tell the planner. The connection is SQLite's and may write; others see it
/// when they are opened.
pub(crate) async fn write(conn: &mut Conn) -> Result<(), StoreError> {
    // Makes the table the statistics are in; the tables are empty or few rows are looked at.
    conn.raw("PRAGMA analysis_limit = 10; ANALYZE; DELETE FROM sqlite_stat1").await?;
    let indexes: Vec<(String, String, String, bool)> = sql_dynamic(
        "SELECT m.name, i.name, i.origin, i.\"unique\" <> 0 FROM sqlite_master m, pragma_index_list(m.name) i
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, i.name"
            .to_owned(),
    )
    .fetch_all(conn)
    .await?;
    for (table, index, origin, unique) in indexes {
        let columns: Vec<(String,)> = sql_dynamic("SELECT name FROM pragma_index_info($1) ORDER BY seqno".to_owned())
            .bind(&index)
            .fetch_all(conn)
            .await?;
        let columns: Vec<String> = columns.into_iter().map(|(name,)| name).collect();
        // A table without row ids is its own primary key.
        let named = if origin == "pk" { &table } else { &index };
        sql_dynamic("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)".to_owned())
            .bind(&table)
            .bind(named)
            .bind(statistics(&columns, unique))
            .execute(conn)
            .await?;
    }
    conn.raw("ANALYZE sqlite_schema").await
}

/// Whether the planner was told already.
pub(crate) async fn written(conn: &mut Conn) -> Result<bool, StoreError> {
    let row: Option<(String,)> = sql_dynamic("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'".to_owned())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// `rows first first+second …`: how many rows share the first columns of an
/// index. Pure.
fn statistics(columns: &[String], unique: bool) -> String {
    let mut shared = ROWS;
    let mut text = ROWS.to_string();
    for (at, column) in columns.iter().enumerate() {
        let last = at + 1 == columns.len();
        shared = match column.as_str() {
            _ if unique && last => 1,
            "workspace" => shared,
            "id" => 1,
            name if FEW_VALUES.contains(&name) => shared / 10,
            _ => shared / 100,
        };
        if !unique || !last {
            shared = shared.max(if column == "id" { 1 } else { ROWS_OF_ONE_ENTRY });
        }
        text.push(' ');
        text.push_str(&shared.to_string());
    }
    // Nor is it to walk from one workspace to the next in search of the rest of a key.
    text.push_str(" noskipscan");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(columns: &[&str], unique: bool) -> String {
        statistics(&columns.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), unique)
    }

    #[test]
    fn a_workspace_tells_nothing_and_a_key_everything() {
        assert_eq!(of(&["workspace", "sku"], true), "1000000 1000000 1 noskipscan");
        assert_eq!(of(&["workspace", "id", "consumer"], true), "1000000 1000000 1 1 noskipscan");
        assert_eq!(of(&["state", "due_at"], false), "1000000 100000 1000 noskipscan");
        assert_eq!(of(&["workspace", "contact", "at"], false), "1000000 1000000 10000 100 noskipscan");
    }
}
