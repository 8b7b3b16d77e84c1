//! Texts over `exchange_rate`.

use crate::rates::RateRow;
use rialto_kernel::{Currency, WorkspaceId};
use rialto_store::{BulkInsert, Conn, StoreError, sql};

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
