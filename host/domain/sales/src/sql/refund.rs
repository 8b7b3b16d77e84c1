//! Texts over `refund`, and what remains of the lines it is of.

use super::{in_list, list::LIST_MAX, padded};
use crate::Refund;
use rialto_kernel::{Currency, Id, Money, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, StoreError, sql, sql_dynamic};
use std::collections::{HashMap, HashSet};

/// A refund to be written.
#[derive(Debug, Clone)]
pub(crate) struct RefundRow {
    pub(crate) id: Id,
    pub(crate) number: String,
    pub(crate) sales_order: Id,
    pub(crate) line: i64,
    pub(crate) at: i64,
    pub(crate) quantity: f64,
    pub(crate) amount_minor: i64,
    pub(crate) source: String,
    pub(crate) created_at: i64,
}

/// Insert refunds; numbers that are there already are left out and not counted.
pub(crate) async fn refunds_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: &[RefundRow],
) -> Result<u64, StoreError> {
    const COLUMNS: &[&str] =
        &["workspace", "id", "number", "sales_order", "line", "at", "quantity", "amount_minor", "source", "created_at"];
    let mut insert = BulkInsert::new("refund", COLUMNS, "ON CONFLICT (workspace, number) DO NOTHING");
    for row in rows {
        insert.push([
            workspace.into(),
            row.id.into(),
            (&row.number).into(),
            row.sales_order.into(),
            row.line.into(),
            row.at.into(),
            row.quantity.into(),
            row.amount_minor.into(),
            (&row.source).into(),
            row.created_at.into(),
        ]);
    }
    insert.execute(conn).await
}

/// A line that something is paid back of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LineState {
    pub(crate) sales_order: Id,
    pub(crate) line: i64,
    /// When it was ordered.
    pub(crate) at: i64,
    pub(crate) currency: String,
    pub(crate) quantity: f64,
    pub(crate) amount_minor: i64,
    pub(crate) refunded_quantity: f64,
    pub(crate) refunded_minor: i64,
}

/// The lines of these orders with what was paid back of each already.
pub(crate) async fn refund_lines(
    conn: &mut Conn,
    workspace: WorkspaceId,
    orders: &[Id],
) -> Result<HashMap<(Id, i64), LineState>, StoreError> {
    let mut found = HashMap::new();
    for chunk in orders.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT l.sales_order, l.line, o.at, o.currency, l.quantity, l.amount_minor,
                    CAST(COALESCE(SUM(r.quantity), 0) AS DOUBLE PRECISION) AS refunded_quantity,
                    CAST(COALESCE(SUM(r.amount_minor), 0) AS BIGINT) AS refunded_minor
             FROM order_line l
             JOIN sales_order o ON o.workspace = l.workspace AND o.id = l.sales_order
             LEFT JOIN refund r ON r.workspace = l.workspace AND r.sales_order = l.sales_order AND r.line = l.line
             WHERE l.workspace = $1 AND l.sales_order IN {}
             GROUP BY l.sales_order, l.line, o.at, o.currency, l.quantity, l.amount_minor",
            in_list(2, list.len())
        );
        let rows: Vec<LineState> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|row| ((row.sales_order, row.line), row)));
    }
    Ok(found)
}

/// Let what is paid back of one order go one after another: on PostgreSQL two
/// refunds at once could each see what remains and take it twice.
pub(crate) async fn order_hold(conn: &mut Conn, workspace: WorkspaceId, order: Id) -> Result<(), StoreError> {
    sql("UPDATE sales_order SET version = version WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(order)
        .execute(conn)
        .await?;
    Ok(())
}

/// Which of these numbers of refunds there are.
pub(crate) async fn refund_numbers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    numbers: &[String],
) -> Result<HashSet<String>, StoreError> {
    let mut found = HashSet::new();
    for chunk in numbers.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!("SELECT number FROM refund WHERE workspace = $1 AND number IN {}", in_list(2, list.len()));
        let rows: Vec<(String,)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|(number,)| number));
    }
    Ok(found)
}

type RefundLine = (Id, String, Id, i64, i64, f64, i64, String, String);

/// Refunds, newest first, before `(at, id)`, up to an instant; of one order
/// where it is named.
pub(crate) async fn refund_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    order: Option<Id>,
    before: (i64, Id),
    now: i64,
    rows: u32,
) -> Result<Vec<Refund>, StoreError> {
    let rows: Vec<RefundLine> =
        sql("SELECT r.id, r.number, r.sales_order, r.line, r.at, r.quantity, r.amount_minor, r.source, o.currency
         FROM refund r JOIN sales_order o ON o.workspace = r.workspace AND o.id = r.sales_order
         WHERE r.workspace = $1 AND (r.at, r.id) < ($2, $3) AND (r.sales_order = $4 OR $4 IS NULL) AND r.at <= $5
         ORDER BY r.at DESC, r.id DESC LIMIT $6")
        .bind(workspace)
        .bind(before.0)
        .bind(before.1)
        .bind(order)
        .bind(now)
        .bind(rows)
        .fetch_all(conn)
        .await?;
    let read = |(id, number, sales_order, line, at, quantity, minor, source, currency): RefundLine| Refund {
        id,
        number,
        sales_order,
        line,
        at: from_micros(at),
        quantity,
        // Only checked codes are written; `XXX` is ISO 4217's "no currency".
        amount: Money { minor, currency: currency.parse().unwrap_or(Currency::NONE) },
        source,
    };
    Ok(rows.into_iter().map(read).collect())
}
