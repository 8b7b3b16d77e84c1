//! Refunds: each is of one line of an order, and never above what remains of it.

use super::{code, happened};
use crate::{
    NewRefund, QUANTITY_MAX, Refund, SalesError,
    sql::{LineState, RefundRow, order_find, order_hold, refund_lines, refund_page, refunds_insert},
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Currency, Id, Money, Page, PageQuery, from_micros};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which refunds are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RefundQuery {
    /// Only of this order.
    pub sales_order: Option<Uuid>,
    /// Rows wanted, 1 to 500.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// Why a refund cannot be of a line, if it cannot: the field and what is wrong.
pub(crate) fn refund_wrong(line: &LineState, at: i64, quantity: f64, minor: i64) -> Option<(&'static str, String)> {
    let currency: Currency = line.currency.parse().unwrap_or(Currency::NONE);
    let left = line.amount_minor - line.refunded_minor;
    let left_quantity = line.quantity - line.refunded_quantity;
    if minor <= 0 {
        return Some(("amount", "must be above zero".to_owned()));
    }
    if minor > left {
        let (paid, left) = (Money { minor: line.amount_minor, currency }, Money { minor: left.max(0), currency });
        let already = Money { minor: line.refunded_minor, currency };
        return Some((
            "amount",
            format!("is above what remains of the line: {left} (of {paid}, {already} was paid back before)"),
        ));
    }
    if !quantity.is_finite() || !(0.0..=QUANTITY_MAX).contains(&quantity) {
        return Some(("quantity", format!("must be from 0 to {QUANTITY_MAX}")));
    }
    // Quantities are measured, not counted in minor units: a billionth is nothing.
    if quantity > left_quantity + 1e-9 {
        return Some(("quantity", format!("is above what remains of the line: {}", left_quantity.max(0.0))));
    }
    (at < line.at).then(|| ("at", format!("lies before the order, which is of {}", from_micros(line.at))))
}

/// Take a refund in.
///
/// # Errors
/// When a field is wrong (above what remains of the line, say), the number is
/// taken, or the caller may not.
pub async fn refund_create(host: &Host, caller: &Caller, new: NewRefund) -> Result<Refund, SalesError> {
    caller.require("sales.write")?;
    let (id, workspace) = (host.id(), caller.workspace);
    let row = RefundRow {
        id,
        number: code("number", new.number.as_deref().unwrap_or(&id.to_string()))?,
        sales_order: new.sales_order,
        line: new.line,
        at: new.at.map_or(Ok(host.now_in(workspace)), |at| happened(host, at))?,
        quantity: new.quantity,
        amount_minor: new.amount_minor,
        source: "api".to_owned(),
        created_at: host.now_in(caller.workspace),
    };
    let detail = serde_json::json!({ "sales_order": new.sales_order, "line": new.line, "minor": new.amount_minor });
    let entry = AuditEntry::new(host, caller, "refund.create", "refund", id).detail(detail);
    host.store
        .write(workspace, "refund.create", move |conn| {
            Box::pin(async move {
                order_hold(conn, workspace, row.sales_order).await?;
                let order = order_find(conn, workspace, row.sales_order).await?;
                let order = order.ok_or_else(|| SalesError::field("sales_order", "there is no such order"))?;
                let lines = refund_lines(conn, workspace, &[order.id]).await?;
                let line = lines
                    .get(&(order.id, row.line))
                    .ok_or_else(|| SalesError::field("line", "the order has no line of this number"))?;
                if let Some((field, message)) = refund_wrong(line, row.at, row.quantity, row.amount_minor) {
                    let field = if field == "amount" { "amount_minor" } else { field };
                    return Err(SalesError::field(field, message));
                }
                if refunds_insert(conn, workspace, std::slice::from_ref(&row)).await? == 0 {
                    return Err(SalesError::Taken { field: "number", value: row.number });
                }
                audit(conn, &entry).await?;
                Ok(shown(row, order.currency().unwrap_or(Currency::NONE)))
            })
        })
        .await
}

fn shown(row: RefundRow, currency: Currency) -> Refund {
    Refund {
        id: row.id,
        number: row.number,
        sales_order: row.sales_order,
        line: row.line,
        at: from_micros(row.at),
        quantity: row.quantity,
        amount: Money { minor: row.amount_minor, currency },
        source: row.source,
    }
}

/// Refunds, newest first.
///
/// # Errors
/// When the query is wrong, or the caller may not.
pub async fn refund_list(host: &Host, caller: &Caller, query: &RefundQuery) -> Result<Page<Refund>, SalesError> {
    caller.require("sales.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let before: (i64, Id) = page.after()?.unwrap_or((i64::MAX, Id::max()));
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    let mut conn = host.store.read(workspace).await?;
    let rows = refund_page(&mut conn, workspace, query.sales_order, before, now, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| (row.at.as_microsecond(), row.id))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_paid_back_than_remains_of_the_line() {
        let line = LineState {
            sales_order: Id::nil(),
            line: 1,
            at: 100,
            currency: "USD".to_owned(),
            quantity: 3.0,
            amount_minor: 1_000,
            refunded_quantity: 1.0,
            refunded_minor: 400,
        };
        let wrong = |at, quantity, minor| refund_wrong(&line, at, quantity, minor).map(|(field, _)| field);
        assert_eq!(wrong(100, 2.0, 600), None);
        assert_eq!(wrong(100, 2.0, 601), Some("amount"));
        assert_eq!(wrong(100, 2.1, 600), Some("quantity"));
        assert_eq!(wrong(99, 0.0, 600), Some("at"));
        assert_eq!(wrong(100, 0.0, 0), Some("amount"));
        assert_eq!(wrong(100, f64::NAN, 1), Some("quantity"));
        let (_, message) = refund_wrong(&line, 100, 0.0, 601).unwrap();
        assert!(message.contains("6.00 USD") && message.contains("4.00 USD"), "{message}");
    }
}
