//! Products.

use super::{code, line, split};
use crate::{
    AMOUNT_MINOR_MAX, ATTRIBUTES_BYTES_MAX, NewProduct, Product, ProductPatch, SalesError,
    sql::{ProductFilter, ProductRow, product_find, product_ids, product_page, product_update, products_insert},
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Money, Page, PageQuery, Problem};
use rialto_slice::Host;
use rialto_web::{Caller, IfMatch};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;

/// Which products are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// A part of the name or the SKU.
    pub search: Option<String>,
    /// Only of this category.
    pub category: Option<String>,
    /// Only of this department.
    pub department: Option<String>,
    /// Whether those no longer sold are shown too.
    pub archived: Option<bool>,
    /// Rows wanted, 1 to 500.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

pub(crate) fn product_filter(query: &ProductQuery) -> ProductFilter {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    ProductFilter {
        search: text(&query.search),
        category: text(&query.category),
        department: text(&query.department),
        archived: query.archived.unwrap_or(false),
    }
}

fn attributes(map: Option<Map<String, Value>>) -> Result<String, SalesError> {
    let text = Value::Object(map.unwrap_or_default()).to_string();
    if text.len() > ATTRIBUTES_BYTES_MAX {
        return Err(SalesError::field("attributes", format!("longer than {ATTRIBUTES_BYTES_MAX} bytes of JSON")));
    }
    Ok(text)
}

fn price(price: Option<Money>) -> Result<(Option<i64>, Option<String>), SalesError> {
    match price {
        Some(money) if !(0..=AMOUNT_MINOR_MAX).contains(&money.minor) => {
            Err(SalesError::field("price.minor", format!("must be between 0 and {AMOUNT_MINOR_MAX}")))
        }
        price => Ok(split(price)),
    }
}

/// Make a product.
///
/// # Errors
/// When a field is wrong, the SKU is taken, or the caller may not.
pub async fn product_create(host: &Host, caller: &Caller, new: NewProduct) -> Result<Product, SalesError> {
    caller.require("sales.write")?;
    let now = host.now_us();
    let sku = code("sku", &new.sku)?;
    let (price_minor, currency) = price(new.price)?;
    let row = ProductRow {
        id: host.id(),
        name: line("name", if new.name.trim().is_empty() { &sku } else { &new.name })?,
        brand: line("brand", &new.brand)?,
        department: line("department", &new.department)?,
        category: line("category", &new.category)?,
        kind: line("kind", &new.kind)?,
        sku,
        price_minor,
        currency,
        attributes: attributes(new.attributes)?,
        archived: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let (workspace, made) = (caller.workspace, row.clone());
    let entry = AuditEntry::new(host, caller, "product.create", "product", row.id);
    host.store
        .write(workspace, "product.create", move |conn| {
            Box::pin(async move {
                let known = product_ids(conn, workspace, std::slice::from_ref(&row.sku)).await?;
                if !known.is_empty() {
                    return Err(SalesError::Taken { field: "sku", value: row.sku });
                }
                products_insert(conn, workspace, std::slice::from_ref(&row)).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await?;
    Ok(made.into())
}

/// A product.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn product_get(host: &Host, caller: &Caller, id: Id) -> Result<Product, SalesError> {
    caller.require("sales.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let row = product_find(&mut conn, caller.workspace, id).await?;
    Ok(row.ok_or(SalesError::NotFound("product"))?.into())
}

/// Products by SKU.
///
/// # Errors
/// When the query is wrong, or the caller may not.
pub async fn product_list(host: &Host, caller: &Caller, query: &ProductQuery) -> Result<Page<Product>, SalesError> {
    caller.require("sales.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let after: String = page.after()?.unwrap_or_default();
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = product_page(&mut conn, caller.workspace, &product_filter(query), &after, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.sku.clone())?.map(Product::from))
}

/// Change a product.
///
/// # Errors
/// When there is none, a field is wrong, it was changed meanwhile, or the caller may not.
pub async fn product_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    patch: ProductPatch,
    if_match: IfMatch,
) -> Result<Product, SalesError> {
    caller.require("sales.write")?;
    let (workspace, now) = (caller.workspace, host.now_us());
    let entry = AuditEntry::new(host, caller, "product.change", "product", id);
    let row = host
        .store
        .write(workspace, "product.change", move |conn| {
            Box::pin(async move {
                let row = product_find(conn, workspace, id).await?.ok_or(SalesError::NotFound("product"))?;
                if_match.check(row.version)?;
                let row = patched(row, patch)?;
                if !product_update(conn, workspace, &row, now).await? {
                    return Err(Problem::unavailable("it is being changed just now").into());
                }
                audit(conn, &entry).await?;
                Ok::<_, SalesError>(ProductRow { version: row.version + 1, updated_at: now, ..row })
            })
        })
        .await?;
    Ok(row.into())
}

fn patched(mut row: ProductRow, patch: ProductPatch) -> Result<ProductRow, SalesError> {
    for (name, field, given) in [
        ("name", &mut row.name, patch.name),
        ("brand", &mut row.brand, patch.brand),
        ("department", &mut row.department, patch.department),
        ("category", &mut row.category, patch.category),
        ("kind", &mut row.kind, patch.kind),
    ] {
        if let Some(text) = given {
            *field = line(name, &text)?;
        }
    }
    if let Some(given) = patch.price {
        (row.price_minor, row.currency) = price(given)?;
    }
    if patch.attributes.is_some() {
        row.attributes = attributes(patch.attributes)?;
    }
    row.archived = patch.archived.unwrap_or(row.archived);
    Ok(row)
}
