//! Texts over `sales_order` and `order_line`.

use super::{in_list, list::LIST_MAX, padded};
use crate::{Order, OrderLine};
use rialto_kernel::{Currency, Id, Money, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, StoreError, sql, sql_dynamic};
use std::collections::HashMap;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct OrderRow {
    pub(crate) id: Id,
    pub(crate) number: String,
    pub(crate) contact: Option<Id>,
    pub(crate) sales_channel: Option<Id>,
    pub(crate) at: i64,
    pub(crate) currency: String,
    pub(crate) total_minor: i64,
    pub(crate) discount_minor: i64,
    pub(crate) lines: i64,
    pub(crate) state: String,
    pub(crate) source: String,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
}

impl OrderRow {
    pub(crate) fn currency(&self) -> Option<Currency> {
        self.currency.parse().ok()
    }
}

impl From<OrderRow> for Order {
    fn from(row: OrderRow) -> Self {
        Self {
            id: row.id,
            contact: row.contact,
            sales_channel: row.sales_channel,
            at: from_micros(row.at),
            total: stored(row.total_minor, &row.currency),
            discount: stored(row.discount_minor, &row.currency),
            lines: row.lines,
            number: row.number,
            state: row.state,
            source: row.source,
            version: row.version,
            created_at: from_micros(row.created_at),
        }
    }
}

/// An amount whose currency we wrote ourselves.
fn stored(minor: i64, currency: &str) -> Money {
    // Only checked codes are written; `XXX` is ISO 4217's "no currency".
    Money { minor, currency: currency.parse().unwrap_or(Currency::NONE) }
}

/// A line to be inserted.
#[derive(Debug, Clone)]
pub(crate) struct LineRow {
    pub(crate) order: Id,
    pub(crate) line: i64,
    pub(crate) product: Id,
    pub(crate) quantity: f64,
    pub(crate) amount_minor: i64,
    pub(crate) discount_minor: i64,
}

const ORDER_COLUMNS: &[&str] = &[
    "workspace",
    "id",
    "number",
    "contact",
    "sales_channel",
    "at",
    "currency",
    "total_minor",
    "discount_minor",
    "lines",
    "state",
    "source",
    "version",
    "created_at",
];
const LINE_COLUMNS: &[&str] =
    &["workspace", "sales_order", "line", "product", "quantity", "amount_minor", "discount_minor"];

/// Insert orders; numbers that are there already are left out and not counted.
pub(crate) async fn orders_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: Vec<OrderRow>,
) -> Result<u64, StoreError> {
    let mut insert = BulkInsert::new("sales_order", ORDER_COLUMNS, "ON CONFLICT (workspace, number) DO NOTHING");
    for row in rows {
        insert.push([
            workspace.into(),
            row.id.into(),
            row.number.into(),
            row.contact.into(),
            row.sales_channel.into(),
            row.at.into(),
            row.currency.into(),
            row.total_minor.into(),
            row.discount_minor.into(),
            row.lines.into(),
            row.state.into(),
            row.source.into(),
            row.version.into(),
            row.created_at.into(),
        ]);
    }
    insert.execute(conn).await
}

/// Insert lines; those that are there already stay as they are.
pub(crate) async fn lines_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: Vec<LineRow>,
) -> Result<u64, StoreError> {
    let mut insert =
        BulkInsert::new("order_line", LINE_COLUMNS, "ON CONFLICT (workspace, sales_order, line) DO NOTHING");
    for row in rows {
        insert.push([
            workspace.into(),
            row.order.into(),
            row.line.into(),
            row.product.into(),
            row.quantity.into(),
            row.amount_minor.into(),
            row.discount_minor.into(),
        ]);
    }
    insert.execute(conn).await
}

/// Those of these orders whose lines have become more than they were added up from.
pub(crate) async fn orders_grown(
    conn: &mut Conn,
    workspace: WorkspaceId,
    orders: &[Id],
) -> Result<Vec<Id>, StoreError> {
    let mut grown = Vec::new();
    for chunk in orders.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT id FROM sales_order WHERE workspace = $1 AND id IN {} AND lines <> (SELECT COUNT(*) FROM order_line l
                 WHERE l.workspace = sales_order.workspace AND l.sales_order = sales_order.id)",
            in_list(2, list.len())
        );
        let rows: Vec<(Id,)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        grown.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(grown)
}

/// Remove orders with their lines, but for those that are not as an import left
/// them (`version`) or that a refund or a redemption names; answers these.
pub(crate) async fn orders_take_back(
    conn: &mut Conn,
    workspace: WorkspaceId,
    orders: &[Id],
    version: impl Fn(&Id) -> i64,
) -> Result<Vec<(Id, String)>, StoreError> {
    let mut kept: HashMap<Id, String> = HashMap::new();
    for chunk in orders.chunks(LIST_MAX) {
        let list = padded(chunk);
        let named = in_list(2, list.len());
        let rows: Vec<(Id, i64, String)> =
            sql_dynamic(format!("SELECT id, version, state FROM sales_order WHERE workspace = $1 AND id IN {named}"))
                .bind(workspace)
                .bind_all(list.clone())
                .fetch_all(conn)
                .await?;
        let changed = rows.into_iter().filter(|(id, held, state)| *held != version(id) || state != "placed");
        kept.extend(changed.map(|(id, ..)| (id, "changed".to_owned())));
        for (table, reason) in [("refund", "it has refunds"), ("redemption", "a redemption names it")] {
            let text =
                format!("SELECT DISTINCT sales_order FROM {table} WHERE workspace = $1 AND sales_order IN {named}");
            let rows: Vec<(Id,)> = sql_dynamic(text).bind(workspace).bind_all(list.clone()).fetch_all(conn).await?;
            for (id,) in rows {
                kept.entry(id).or_insert_with(|| reason.to_owned());
            }
        }
        let free: Vec<Id> = chunk.iter().copied().filter(|id| !kept.contains_key(id)).collect();
        if free.is_empty() {
            continue;
        }
        let list = padded(&free);
        for (table, column) in [("order_line", "sales_order"), ("sales_order", "id")] {
            let text = format!("DELETE FROM {table} WHERE workspace = $1 AND {column} IN {}", in_list(2, list.len()));
            sql_dynamic(text).bind(workspace).bind_all(list.clone()).execute(conn).await?;
        }
    }
    Ok(kept.into_iter().collect())
}

/// Add up orders again whose lines have become more.
pub(crate) async fn orders_add_up(conn: &mut Conn, workspace: WorkspaceId, orders: &[Id]) -> Result<(), StoreError> {
    for chunk in orders.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "UPDATE sales_order SET version = version + 1,
                 total_minor = (SELECT CAST(SUM(l.amount_minor) AS BIGINT) FROM order_line l
                     WHERE l.workspace = sales_order.workspace AND l.sales_order = sales_order.id),
                 discount_minor = (SELECT CAST(SUM(l.discount_minor) AS BIGINT) FROM order_line l
                     WHERE l.workspace = sales_order.workspace AND l.sales_order = sales_order.id),
                 lines = (SELECT CAST(COUNT(*) AS BIGINT) FROM order_line l
                     WHERE l.workspace = sales_order.workspace AND l.sales_order = sales_order.id)
             WHERE workspace = $1 AND id IN {} AND lines <> (SELECT COUNT(*) FROM order_line l
                     WHERE l.workspace = sales_order.workspace AND l.sales_order = sales_order.id)",
            in_list(2, list.len())
        );
        sql_dynamic(text).bind(workspace).bind_all(list).execute(conn).await?;
    }
    Ok(())
}

/// The ids and currencies of orders by number.
pub(crate) async fn order_ids(
    conn: &mut Conn,
    workspace: WorkspaceId,
    numbers: &[String],
) -> Result<HashMap<String, (Id, String)>, StoreError> {
    let mut found = HashMap::with_capacity(numbers.len());
    for chunk in numbers.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT number, id, currency FROM sales_order WHERE workspace = $1 AND number IN {}",
            in_list(2, list.len())
        );
        let rows: Vec<(String, Id, String)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|(number, id, currency)| (number, (id, currency))));
    }
    Ok(found)
}

pub(crate) async fn order_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<Option<OrderRow>, StoreError> {
    sql("SELECT id, number, contact, sales_channel, at, currency, total_minor, discount_minor, lines, state, source,
                version, created_at
         FROM sales_order WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Which orders a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderFilter {
    pub(crate) contact: Option<Id>,
    pub(crate) sales_channel: Option<Id>,
    pub(crate) number: String,
    pub(crate) from_us: i64,
    pub(crate) until_us: i64,
}

/// Orders, newest first, before `(at, id)`.
pub(crate) async fn order_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &OrderFilter,
    before: (i64, Id),
    rows: u32,
) -> Result<Vec<OrderRow>, StoreError> {
    let until = filter.until_us.min(before.0.saturating_add(1));
    let of_one = filter.contact.is_some();
    let statement = if of_one {
        sql("SELECT id, number, contact, sales_channel, at, currency, total_minor, discount_minor, lines, state,
                    source, version, created_at
             FROM sales_order
             WHERE workspace = $1 AND at >= $2 AND at < $3 AND (at, id) < ($4, $5)
               AND (sales_channel = $6 OR $6 IS NULL) AND ($7 = '' OR number = $7) AND contact = $8
             ORDER BY at DESC, id DESC LIMIT $9")
    } else {
        sql("SELECT id, number, contact, sales_channel, at, currency, total_minor, discount_minor, lines, state,
                    source, version, created_at
             FROM sales_order
             WHERE workspace = $1 AND at >= $2 AND at < $3 AND (at, id) < ($4, $5)
               AND (sales_channel = $6 OR $6 IS NULL) AND ($7 = '' OR number = $7)
             ORDER BY at DESC, id DESC LIMIT $8")
    };
    let statement = statement
        .bind(workspace)
        .bind(filter.from_us)
        .bind(until)
        .bind(before.0)
        .bind(before.1)
        .bind(filter.sales_channel)
        .bind(&filter.number);
    let statement = if of_one { statement.bind(filter.contact) } else { statement };
    statement.bind(rows).fetch_all(conn).await
}

/// A line with the names that files use.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LineFile {
    pub(crate) at: i64,
    pub(crate) id: Id,
    pub(crate) line: i64,
    pub(crate) number: String,
    pub(crate) customer: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) sku: String,
    pub(crate) quantity: f64,
    pub(crate) amount_minor: i64,
    pub(crate) discount_minor: i64,
    pub(crate) currency: String,
}

/// Lines of all orders up to an instant, oldest order first, after one.
pub(crate) async fn line_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: (i64, Id, i64),
    now: i64,
    rows: u32,
) -> Result<Vec<LineFile>, StoreError> {
    sql("SELECT o.at, o.id, l.line, o.number,
                (SELECT MIN(i.value) FROM identity i WHERE i.workspace = o.workspace AND i.contact = o.contact
                     AND i.kind = 'external' AND i.issuer = '') AS customer,
                c.code, p.sku, l.quantity, l.amount_minor, l.discount_minor, o.currency
         FROM sales_order o
         JOIN order_line l ON l.workspace = o.workspace AND l.sales_order = o.id
         JOIN product p ON p.workspace = l.workspace AND p.id = l.product
         LEFT JOIN sales_channel c ON c.workspace = o.workspace AND c.id = o.sales_channel
         WHERE o.workspace = $1 AND o.at >= $2 AND o.at <= $3 AND (o.at, o.id, l.line) > ($2, $4, $5)
         ORDER BY o.at, o.id, l.line LIMIT $6")
    .bind(workspace)
    .bind(after.0)
    .bind(now)
    .bind(after.1)
    .bind(after.2)
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// The lines of an order.
pub(crate) async fn order_lines(
    conn: &mut Conn,
    workspace: WorkspaceId,
    order: &OrderRow,
) -> Result<Vec<OrderLine>, StoreError> {
    let rows: Vec<(i64, Id, String, f64, i64, i64)> =
        sql("SELECT l.line, l.product, p.sku, l.quantity, l.amount_minor, l.discount_minor
         FROM order_line l JOIN product p ON p.workspace = l.workspace AND p.id = l.product
         WHERE l.workspace = $1 AND l.sales_order = $2 ORDER BY l.line LIMIT 10000")
        .bind(workspace)
        .bind(order.id)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(line, product, sku, quantity, amount, discount)| OrderLine {
            line,
            product,
            sku,
            quantity,
            amount: stored(amount, &order.currency),
            discount: stored(discount, &order.currency),
        })
        .collect())
}

pub(crate) async fn order_state_update(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    version: i64,
    state: &str,
) -> Result<bool, StoreError> {
    let done = sql(
        "UPDATE sales_order SET state = $3, version = version + 1 WHERE workspace = $1 AND id = $2 AND version = $4",
    )
    .bind(workspace)
    .bind(id)
    .bind(state)
    .bind(version)
    .execute(conn)
    .await?;
    Ok(done == 1)
}
