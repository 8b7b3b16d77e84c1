//! Lists as CSV files, read and sent a page at a time.

use super::offer::OfferQuery;
use crate::{
    EXPORT_PAGE_ROWS, OrderQuery, ProductQuery, RedemptionQuery, SalesError,
    csv_out::{Cell, CsvAnswer, csv_answer, money_text},
    order_filter, product_filter, redemption_filter,
    sql::{OfferRow, OrderRow, ProductRow, RedemptionRow, offer_page, order_page, product_page, redemption_page},
};
use axum::extract::State;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Currency, Id, from_micros};
use rialto_slice::Host;
use rialto_web::{ApiResult, Caller, Query};

/// Who takes a list away is written down before its first row leaves.
async fn begin(host: &Host, caller: &Caller, object: &'static str) -> Result<(), SalesError> {
    caller.require("sales.export")?;
    let entry = AuditEntry::new(host, caller, "sales.export", object, "all");
    host.store
        .write(caller.workspace, "sales.export", move |conn| {
            Box::pin(async move {
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

fn price(minor: Option<i64>, currency: Option<&str>) -> String {
    let currency: Option<Currency> = currency.and_then(|code| code.parse().ok());
    minor.zip(currency).map(|(minor, currency)| money_text(minor, currency)).unwrap_or_default()
}

fn instant(us: i64) -> Cell {
    Cell::plain(from_micros(us))
}

fn maybe_instant(us: Option<i64>) -> Cell {
    Cell::maybe(us.map(from_micros))
}

/// Products as CSV
#[utoipa::path(
    get, path = "/products.csv", tag = "sales", params(ProductQuery),
    responses((status = 200, content_type = "text/csv", body = String)),
)]
pub(crate) async fn products_csv(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<ProductQuery>,
) -> ApiResult<CsvAnswer> {
    begin(&host, &caller, "product").await?;
    let (workspace, filter) = (caller.workspace, product_filter(&query));
    let header = &["sku", "name", "brand", "department", "category", "kind", "price", "currency", "archived"];
    Ok(csv_answer("products.csv", header, move |after: Option<String>| {
        let (host, filter) = (host.clone(), filter.clone());
        async move {
            let mut conn = host.store.read(workspace).await?;
            let after = after.unwrap_or_default();
            let rows = product_page(&mut conn, workspace, &filter, &after, EXPORT_PAGE_ROWS).await?;
            Ok(rows.into_iter().map(|row| (row.sku.clone(), product_cells(row))).collect())
        }
    }))
}

fn product_cells(row: ProductRow) -> Vec<Cell> {
    let price = price(row.price_minor, row.currency.as_deref());
    let mut cells: Vec<Cell> =
        [row.sku, row.name, row.brand, row.department, row.category, row.kind].into_iter().map(Cell::text).collect();
    cells.extend([Cell::plain(price), Cell::maybe(row.currency), Cell::plain(row.archived)]);
    cells
}

/// Orders as CSV
#[utoipa::path(
    get, path = "/orders.csv", tag = "sales", params(OrderQuery),
    responses((status = 200, content_type = "text/csv", body = String)),
)]
pub(crate) async fn orders_csv(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<OrderQuery>,
) -> ApiResult<CsvAnswer> {
    begin(&host, &caller, "sales_order").await?;
    let (workspace, filter) = (caller.workspace, order_filter(&query));
    let header =
        &["number", "at", "contact", "sales_channel", "total", "discount", "currency", "lines", "state", "source"];
    Ok(csv_answer("orders.csv", header, move |after: Option<(i64, Id)>| {
        let (host, filter) = (host.clone(), filter.clone());
        async move {
            let mut conn = host.store.read(workspace).await?;
            let before = after.unwrap_or((i64::MAX, Id::max()));
            let rows = order_page(&mut conn, workspace, &filter, before, EXPORT_PAGE_ROWS).await?;
            Ok(rows.into_iter().map(|row| ((row.at, row.id), order_cells(row))).collect())
        }
    }))
}

fn order_cells(row: OrderRow) -> Vec<Cell> {
    let currency = row.currency().unwrap_or(Currency::NONE);
    vec![
        Cell::text(row.number),
        instant(row.at),
        Cell::maybe(row.contact),
        Cell::maybe(row.sales_channel),
        Cell::plain(money_text(row.total_minor, currency)),
        Cell::plain(money_text(row.discount_minor, currency)),
        Cell::plain(row.currency),
        Cell::plain(row.lines),
        Cell::plain(row.state),
        Cell::text(row.source),
    ]
}

/// Offers as CSV
#[utoipa::path(
    get, path = "/offers.csv", tag = "sales", params(OfferQuery),
    responses((status = 200, content_type = "text/csv", body = String)),
)]
pub(crate) async fn offers_csv(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<OfferQuery>,
) -> ApiResult<CsvAnswer> {
    begin(&host, &caller, "offer").await?;
    let (workspace, search) = (caller.workspace, query.search.unwrap_or_default());
    let header = &["code", "name", "terms", "starts_at", "ends_at", "budget", "currency"];
    Ok(csv_answer("offers.csv", header, move |after: Option<String>| {
        let (host, search) = (host.clone(), search.clone());
        async move {
            let mut conn = host.store.read(workspace).await?;
            let after = after.unwrap_or_default();
            let rows = offer_page(&mut conn, workspace, &search, &after, EXPORT_PAGE_ROWS).await?;
            Ok(rows.into_iter().map(|row| (row.code.clone(), offer_cells(row))).collect())
        }
    }))
}

fn offer_cells(row: OfferRow) -> Vec<Cell> {
    let budget = price(row.budget_minor, row.currency.as_deref());
    vec![
        Cell::text(row.code),
        Cell::text(row.name),
        Cell::text(row.terms),
        maybe_instant(row.starts_at),
        maybe_instant(row.ends_at),
        Cell::plain(budget),
        Cell::maybe(row.currency),
    ]
}

/// Redemptions as CSV
#[utoipa::path(
    get, path = "/redemptions.csv", tag = "sales", params(RedemptionQuery),
    responses((status = 200, content_type = "text/csv", body = String)),
)]
pub(crate) async fn redemptions_csv(
    State(host): State<Host>,
    caller: Caller,
    Query(query): Query<RedemptionQuery>,
) -> ApiResult<CsvAnswer> {
    begin(&host, &caller, "redemption").await?;
    let (workspace, filter) = (caller.workspace, redemption_filter(&query));
    let header = &["number", "at", "offer", "contact", "campaign", "order", "source"];
    Ok(csv_answer("redemptions.csv", header, move |after: Option<(i64, Id)>| {
        let (host, filter) = (host.clone(), filter.clone());
        async move {
            let mut conn = host.store.read(workspace).await?;
            let before = after.unwrap_or((i64::MAX, Id::max()));
            let rows = redemption_page(&mut conn, workspace, &filter, before, EXPORT_PAGE_ROWS).await?;
            Ok(rows.into_iter().map(|row| ((row.at, row.id), redemption_cells(row))).collect())
        }
    }))
}

fn redemption_cells(row: RedemptionRow) -> Vec<Cell> {
    vec![
        Cell::text(row.number),
        instant(row.at),
        Cell::text(row.code),
        Cell::maybe(row.contact),
        Cell::maybe(row.campaign),
        Cell::maybe(row.sales_order),
        Cell::text(row.source),
    ]
}
