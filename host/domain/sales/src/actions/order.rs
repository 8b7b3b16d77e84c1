//! Orders.

use super::{code, currency, happened};
use crate::{
    AMOUNT_MINOR_MAX, NewOrder, NewOrderLine, ORDER_LINES_MAX, Order, OrderPatch, OrderWithLines, QUANTITY_MAX,
    SalesError,
    sql::{
        LineRow, OrderFilter, OrderRow, channel_find, lines_insert, order_find, order_lines, order_page,
        order_state_update, orders_insert, product_ids,
    },
};
use jiff::Timestamp;
use rialto_audience::contact_root;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Currency, Id, Page, PageQuery, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde::Deserialize;
use std::collections::HashMap;
use utoipa::IntoParams;
use uuid::Uuid;

/// What an order can be.
const STATES: &[&str] = &["placed", "cancelled"];

/// Which orders are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Only of this contact.
    pub contact: Option<Uuid>,
    /// Only of this sales channel.
    pub sales_channel: Option<Uuid>,
    /// Only the order of this number.
    pub number: Option<String>,
    /// Only from this instant on.
    #[param(value_type = Option<String>)]
    pub from: Option<Timestamp>,
    /// Only before this instant.
    #[param(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// Rows wanted, 1 to 500.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

pub(crate) fn order_filter(query: &OrderQuery) -> OrderFilter {
    OrderFilter {
        contact: query.contact,
        sales_channel: query.sales_channel,
        number: query.number.clone().unwrap_or_default(),
        from_us: query.from.map_or(i64::MIN, |at| at.as_microsecond()),
        until_us: query.until.map_or(i64::MAX, |at| at.as_microsecond()),
    }
}

/// Take an order in.
///
/// # Errors
/// When a field is wrong, the number is taken, or the caller may not.
pub async fn order_create(host: &Host, caller: &Caller, new: NewOrder) -> Result<OrderWithLines, SalesError> {
    caller.require("sales.write")?;
    let now = host.now_in(caller.workspace);
    let currency = currency(&new.currency)?;
    check_lines(&new.items)?;
    let at = new.at.map_or(Ok(now), |at| happened(host, at))?;
    let row = head(host.id(), &new, currency, (at, now))?;
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "order.create", "sales_order", row.id);
    host.store
        .write(workspace, "order.create", move |conn| {
            Box::pin(async move {
                check_references(conn, workspace, &row).await?;
                let lines = lines(conn, workspace, row.id, &new.items).await?;
                if orders_insert(conn, workspace, vec![row.clone()]).await? == 0 {
                    return Err(SalesError::Taken { field: "number", value: row.number });
                }
                lines_insert(conn, workspace, lines).await?;
                audit(conn, &entry).await?;
                let items = order_lines(conn, workspace, &row).await?;
                Ok(OrderWithLines { order: row.into(), items })
            })
        })
        .await
}

fn check_lines(items: &[NewOrderLine]) -> Result<(), SalesError> {
    if items.is_empty() || items.len() > ORDER_LINES_MAX {
        return Err(SalesError::field("items", format!("must be 1 to {ORDER_LINES_MAX} lines")));
    }
    for (at, item) in items.iter().enumerate() {
        let field = |name: &str| format!("items[{at}].{name}");
        if !item.quantity.is_finite() || item.quantity.abs() > QUANTITY_MAX {
            return Err(SalesError::field(field("quantity"), format!("must be within ±{QUANTITY_MAX}")));
        }
        for (name, minor) in [("amount_minor", item.amount_minor), ("discount_minor", item.discount_minor)] {
            if !(-AMOUNT_MINOR_MAX..=AMOUNT_MINOR_MAX).contains(&minor) {
                return Err(SalesError::field(field(name), format!("must be within ±{AMOUNT_MINOR_MAX}")));
            }
        }
    }
    Ok(())
}

fn head(id: Id, new: &NewOrder, currency: Currency, (at, now): (i64, i64)) -> Result<OrderRow, SalesError> {
    Ok(OrderRow {
        id,
        number: code("number", &new.number)?,
        contact: new.contact,
        sales_channel: new.sales_channel,
        at,
        currency: currency.code().to_owned(),
        total_minor: new.items.iter().map(|item| item.amount_minor).sum(),
        discount_minor: new.items.iter().map(|item| item.discount_minor).sum(),
        lines: i64::try_from(new.items.len()).unwrap_or(i64::MAX),
        state: "placed".to_owned(),
        source: "api".to_owned(),
        version: 1,
        created_at: now,
    })
}

async fn check_references(conn: &mut Conn, workspace: WorkspaceId, row: &OrderRow) -> Result<(), SalesError> {
    if let Some(contact) = row.contact {
        let known = contact_root(conn, workspace, contact).await.map_err(Problem::from)?;
        known.ok_or_else(|| SalesError::field("contact", "there is no such contact"))?;
    }
    if let Some(channel) = row.sales_channel {
        let known = channel_find(conn, workspace, channel).await?;
        known.ok_or_else(|| SalesError::field("sales_channel", "there is no such sales channel"))?;
    }
    Ok(())
}

async fn lines(
    conn: &mut Conn,
    workspace: WorkspaceId,
    order: Id,
    items: &[NewOrderLine],
) -> Result<Vec<LineRow>, SalesError> {
    let mut skus: Vec<String> = items.iter().map(|item| item.sku.trim().to_owned()).collect();
    skus.sort_unstable();
    skus.dedup();
    let known: HashMap<String, (Id, i64)> = product_ids(conn, workspace, &skus).await?;
    let line = |(at, item): (usize, &NewOrderLine)| {
        let (product, _) = known
            .get(item.sku.trim())
            .ok_or_else(|| SalesError::field(format!("items[{at}].sku"), "there is no product with this SKU"))?;
        Ok(LineRow {
            order,
            line: i64::try_from(at + 1).unwrap_or(i64::MAX),
            product: *product,
            quantity: item.quantity,
            amount_minor: item.amount_minor,
            discount_minor: item.discount_minor,
        })
    };
    items.iter().enumerate().map(line).collect()
}

/// An order with its lines.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn order_get(host: &Host, caller: &Caller, id: Id) -> Result<OrderWithLines, SalesError> {
    caller.require("sales.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let row = order_find(&mut conn, caller.workspace, id).await?.ok_or(SalesError::NotFound("order"))?;
    let items = order_lines(&mut conn, caller.workspace, &row).await?;
    Ok(OrderWithLines { order: row.into(), items })
}

/// Orders, newest first.
///
/// # Errors
/// When the query is wrong, or the caller may not.
pub async fn order_list(host: &Host, caller: &Caller, query: &OrderQuery) -> Result<Page<Order>, SalesError> {
    caller.require("sales.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let before: (i64, Id) = page.after()?.unwrap_or((i64::MAX, Id::max()));
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = order_page(&mut conn, caller.workspace, &order_filter(query), before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| (row.at, row.id))?.map(Order::from))
}

/// Cancel an order, or place it again.
///
/// # Errors
/// When there is none, the state is wrong, it was changed meanwhile, or the caller may not.
pub async fn order_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    patch: OrderPatch,
    if_match: IfMatch,
) -> Result<Order, SalesError> {
    caller.require("sales.write")?;
    if !STATES.contains(&patch.state.as_str()) {
        return Err(SalesError::field("state", format!("must be one of {}", STATES.join(", "))));
    }
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "order.change", "sales_order", id)
        .detail(serde_json::json!({ "state": patch.state }));
    let row = host
        .store
        .write(workspace, "order.change", move |conn| {
            Box::pin(async move {
                let row = order_find(conn, workspace, id).await?.ok_or(SalesError::NotFound("order"))?;
                if_match.check(row.version)?;
                if !order_state_update(conn, workspace, id, row.version, &patch.state).await? {
                    return Err(Problem::unavailable("it is being changed just now").into());
                }
                audit(conn, &entry).await?;
                Ok::<_, SalesError>(OrderRow { state: patch.state, version: row.version + 1, ..row })
            })
        })
        .await?;
    Ok(row.into())
}
