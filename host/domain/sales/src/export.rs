//! Order lines as the import of orders reads them, for `rialto export orders`.

use crate::{
    csv_out::money_text,
    sql::{LineFile, line_page},
};
use async_trait::async_trait;
use rialto_audience::export::{Cell, ExportAsk, ExportFrom, ExportKind, ExportPage};
use rialto_kernel::{Currency, Id, Problem, from_micros};
use rialto_slice::Host;
use rialto_web::Caller;

const HEADER: [&str; 10] =
    ["number", "line", "customer", "sales_channel", "at", "sku", "quantity", "amount", "discount", "currency"];

/// Takes orders away, a row a line.
#[derive(Debug, Clone, Copy)]
pub struct OrdersExport;

#[async_trait]
impl ExportKind for OrdersExport {
    fn name(&self) -> &'static str {
        "orders"
    }

    fn about(&self) -> &'static str {
        "a line of an order, oldest order first"
    }

    fn permission(&self) -> &'static str {
        "sales.export"
    }

    async fn header(&self, _host: &Host, _caller: &Caller, _ask: &ExportAsk) -> Result<Vec<String>, Problem> {
        Ok(HEADER.iter().map(|name| (*name).to_owned()).collect())
    }

    async fn page(&self, from: &ExportFrom, after: Option<String>) -> Result<ExportPage, Problem> {
        let workspace = from.caller.workspace;
        let after = after.and_then(|text| read(&text)).unwrap_or((i64::MIN, Id::nil(), -1));
        let mut conn = from.host.store.read(workspace).await?;
        let now = from.host.now_in(workspace);
        let rows = line_page(&mut conn, workspace, after, now, rialto_audience::export::EXPORT_ROWS).await?;
        let full = rows.len() == rialto_audience::export::EXPORT_ROWS as usize;
        let next = rows.last().filter(|_| full).map(|row| format!("{} {} {}", row.at, row.id, row.line));
        Ok(ExportPage { rows: rows.into_iter().map(cells).collect(), next })
    }
}

fn read(text: &str) -> Option<(i64, Id, i64)> {
    let mut parts = text.split(' ');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn cells(row: LineFile) -> Vec<Cell> {
    let currency: Currency = row.currency.parse().unwrap_or(Currency::NONE);
    vec![
        Cell::text(row.number),
        Cell::number(row.line),
        Cell::text(row.customer.unwrap_or_default()),
        Cell::text(row.code.unwrap_or_default()),
        Cell::plain(Some(from_micros(row.at))),
        Cell::text(row.sku),
        Cell::number(row.quantity),
        Cell::number(money_text(row.amount_minor, currency)),
        Cell::number(money_text(row.discount_minor, currency)),
        Cell::plain(Some(row.currency)),
    ]
}
