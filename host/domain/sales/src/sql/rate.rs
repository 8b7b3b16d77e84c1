//! Texts over `exchange_rate`.

use super::{in_list, list::LIST_MAX, padded};
use crate::rates::RateRow;
use rialto_kernel::{Currency, WorkspaceId};
use rialto_store::{BulkInsert, Conn, StoreError, sql, sql_dynamic};
use std::collections::HashSet;

/// Rates of a pair that are dated at or before an instant, latest first.
pub(crate) async fn rates_before(
    conn: &mut Conn,
    workspace: WorkspaceId,
    base: Currency,
    quote: Currency,
    until: i64,
    rows: u32,
) -> Result<Vec<(i64, String)>, StoreError> {
    sql("SELECT at, rate FROM exchange_rate
         WHERE workspace = $1 AND base = $2 AND quote = $3 AND at <= $4 ORDER BY at DESC LIMIT $5")
    .bind(workspace)
    .bind(base)
    .bind(quote)
    .bind(until)
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// The workspace's own currency.
pub(crate) async fn home_currency(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<Currency>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT currency FROM workspace WHERE id = $1").bind(workspace).fetch_optional(conn).await?;
    Ok(row.and_then(|(code,)| code.parse().ok()))
}

/// Write rates; one of the same pair and day is replaced.
pub(crate) async fn rates_put(conn: &mut Conn, workspace: WorkspaceId, rows: &[RateRow]) -> Result<(), StoreError> {
    const COLUMNS: &[&str] = &["workspace", "base", "quote", "at", "rate", "source", "created_by", "created_at"];
    let mut insert = BulkInsert::new(
        "exchange_rate",
        COLUMNS,
        "ON CONFLICT (workspace, base, quote, at) DO UPDATE SET rate = excluded.rate, source = excluded.source,
           created_by = excluded.created_by, created_at = excluded.created_at",
    );
    for row in rows {
        insert.push([
            workspace.into(),
            row.base.into(),
            row.quote.into(),
            row.at.into(),
            (&row.rate).into(),
            (&row.source).into(),
            (&row.created_by).into(),
            row.created_at.into(),
        ]);
    }
    insert.execute(conn).await?;
    Ok(())
}

/// The pairs and days of the rates from these instants on.
pub(crate) async fn rates_there(
    conn: &mut Conn,
    workspace: WorkspaceId,
    days: &[i64],
) -> Result<HashSet<(String, String, i64)>, StoreError> {
    let mut found = HashSet::new();
    for chunk in days.chunks(LIST_MAX) {
        let list = padded(chunk);
        let named = in_list(2, list.len());
        let text = format!("SELECT base, quote, at FROM exchange_rate WHERE workspace = $1 AND at IN {named}");
        let rows: Vec<(String, String, i64)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Remove a rate that is as somebody left it by an instant; whether it was, or
/// is gone already.
pub(crate) async fn rate_take_back(
    conn: &mut Conn,
    workspace: WorkspaceId,
    (base, quote, at): (Currency, Currency, i64),
    (actor, until): (&str, i64),
) -> Result<bool, StoreError> {
    sql("DELETE FROM exchange_rate WHERE workspace = $1 AND base = $2 AND quote = $3 AND at = $4
           AND created_by = $5 AND created_at <= $6")
    .bind(workspace)
    .bind(base)
    .bind(quote)
    .bind(at)
    .bind(actor)
    .bind(until)
    .execute(conn)
    .await?;
    let (left,): (i64,) = sql("SELECT COUNT(*) FROM exchange_rate
         WHERE workspace = $1 AND base = $2 AND quote = $3 AND at = $4")
    .bind(workspace)
    .bind(base)
    .bind(quote)
    .bind(at)
    .fetch_one(conn)
    .await?;
    Ok(left == 0)
}

/// A rate as it is listed: pair, day, rate, source, who.
pub(crate) type RateLine = (String, String, i64, String, String, String);

/// Rates, latest first within a pair, after a pair and day; of one base or
/// quote where those are not empty.
pub(crate) async fn rate_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    (base, quote): (&str, &str),
    after: (String, String, i64),
    now: i64,
    rows: u32,
) -> Result<Vec<RateLine>, StoreError> {
    sql("SELECT base, quote, at, rate, source, created_by FROM exchange_rate
         WHERE workspace = $1 AND ($2 = '' OR base = $2) AND ($3 = '' OR quote = $3)
           AND (base > $4 OR (base = $4 AND (quote > $5 OR (quote = $5 AND at < $6)))) AND at <= $7
         ORDER BY base, quote, at DESC LIMIT $8")
    .bind(workspace)
    .bind(base)
    .bind(quote)
    .bind(after.0)
    .bind(after.1)
    .bind(after.2)
    .bind(now)
    .bind(rows)
    .fetch_all(conn)
    .await
}
