//! `refunds`: a row is what was paid back of a line of an order. A number that
//! was taken in before changes nothing; more than remains of the line is an
//! error of its row.

use super::{PERMISSION, column, maybe, needed, read_all, zone};
use crate::{
    actions::refund_wrong,
    sql::{LineState, RefundRow, order_hold, order_ids, refund_lines, refund_numbers, refunds_insert},
    text::{amount, code, quantity},
};
use async_trait::async_trait;
use rialto_audience::import::{Column, ImportContext, ImportKind, ImportRow, Moments, RowError, TakeBack, remove};
use rialto_kernel::{Currency, Id, Problem};
use rialto_store::Conn;
use std::collections::{BTreeSet, HashMap};

const COLUMNS: &[Column] = &[
    column(
        "number",
        &["refund", "refund_id", "id"],
        false,
        "its number; the file's name and the row's number when absent",
    ),
    column("order", &["order_number", "order_id", "basket_id"], true, "the order's number"),
    column("line", &["line_number"], true, "the line's number in the order"),
    column("at", &["date", "time", "timestamp", "refunded_at"], true, "when"),
    column("quantity", &["qty"], false, "how much came back; 0 when absent"),
    column("amount", &["total", "value"], true, "what was paid back, such as 12.50, in the order's currency"),
];
const NUMBER: usize = 0;
const ORDER: usize = 1;
const LINE: usize = 2;
const AT: usize = 3;
const QUANTITY: usize = 4;
const AMOUNT: usize = 5;

/// Reads refunds in.
#[derive(Debug, Clone, Copy)]
pub struct RefundsImport;

struct Cells<'r> {
    row: &'r ImportRow,
    number: String,
    order: &'r str,
    line: i64,
    at: i64,
    quantity: f64,
    amount: &'r str,
}

#[async_trait]
impl ImportKind for RefundsImport {
    fn name(&self) -> &'static str {
        "refunds"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn permission(&self) -> &'static str {
        PERMISSION
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["refund"]
    }

    /// A refund is what it is: nothing changes one, and nothing names one.
    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        remove(conn, with.workspace, ids, &[("refund", "id")]).await?;
        Ok(Vec::new())
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let zone = zone(ctx)?;
        let (good, mut errors) = read_all(rows, |row| read(ctx, row, &zone));
        let named: BTreeSet<String> = good.iter().map(|cells| cells.order.to_owned()).collect();
        let orders = order_ids(conn, ctx.workspace, &named.into_iter().collect::<Vec<_>>()).await?;
        let ids: BTreeSet<Id> = orders.values().map(|(id, _)| *id).collect();
        for id in &ids {
            order_hold(conn, ctx.workspace, *id).await?;
        }
        let mut lines = refund_lines(conn, ctx.workspace, &ids.into_iter().collect::<Vec<_>>()).await?;
        let numbers: Vec<String> = good.iter().map(|cells| cells.number.clone()).collect();
        let mut seen = refund_numbers(conn, ctx.workspace, &numbers).await?;
        let mut fresh = Vec::new();
        for cells in good {
            if !seen.insert(cells.number.clone()) {
                continue;
            }
            match refund(ctx, cells, &orders, &mut lines) {
                Ok(row) => fresh.push(row),
                Err(error) => errors.push(error),
            }
        }
        refunds_insert(conn, ctx.workspace, &fresh).await?;
        ctx.made("refund", fresh.iter().map(|row| row.id));
        Ok(errors)
    }
}

fn read<'r>(ctx: &ImportContext, row: &'r ImportRow, zone: &Moments) -> Result<Cells<'r>, RowError> {
    let number = match maybe(row, COLUMNS, NUMBER, code)? {
        Some(number) => number.to_owned(),
        None => format!("{}#{}", ctx.file_name, row.number),
    };
    let line = |cell: &str| cell.parse::<i64>().map_err(|_| "must be a line number such as 1".to_owned());
    Ok(Cells {
        row,
        number,
        order: needed(row, COLUMNS, ORDER, code)?,
        line: needed(row, COLUMNS, LINE, line)?,
        at: needed(row, COLUMNS, AT, |cell| zone.past(cell, ctx.now))?,
        quantity: maybe(row, COLUMNS, QUANTITY, quantity)?.unwrap_or(0.0),
        amount: needed(row, COLUMNS, AMOUNT, Ok)?,
    })
}

/// The refund of a row; what it takes no later row of the batch can take again.
fn refund(
    ctx: &ImportContext,
    cells: Cells<'_>,
    orders: &HashMap<String, (Id, String)>,
    lines: &mut HashMap<(Id, i64), LineState>,
) -> Result<RefundRow, RowError> {
    let (order, currency) =
        orders.get(cells.order).ok_or_else(|| cells.row.error("order", "there is no such order; import it first"))?;
    let line = lines
        .get_mut(&(*order, cells.line))
        .ok_or_else(|| cells.row.error("line", "the order has no line of this number"))?;
    let currency: Currency = currency.parse().map_err(|message: String| cells.row.error("order", message))?;
    let amount_minor = amount(cells.amount, currency).map_err(|message| cells.row.error("amount", message))?;
    if let Some((field, message)) = refund_wrong(line, cells.at, cells.quantity, amount_minor) {
        return Err(cells.row.error(field, message));
    }
    line.refunded_minor += amount_minor;
    line.refunded_quantity += cells.quantity;
    Ok(RefundRow {
        id: ctx.ids.at(cells.at),
        number: cells.number,
        sales_order: *order,
        line: cells.line,
        at: cells.at,
        quantity: cells.quantity,
        amount_minor,
        source: ctx.file_name.clone(),
        created_at: ctx.now,
    })
}
