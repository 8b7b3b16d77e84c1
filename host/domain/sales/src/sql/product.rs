//! Texts over `product` and the counter of product numbers.

use super::{in_list, list::LIST_MAX, padded};
use crate::{Product, SalesError};
use rialto_kernel::{Currency, Id, Money, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, StoreError, containing, sql, sql_dynamic};
use std::collections::HashMap;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ProductRow {
    pub(crate) id: Id,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) brand: String,
    pub(crate) department: String,
    pub(crate) category: String,
    pub(crate) kind: String,
    pub(crate) price_minor: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) attributes: String,
    pub(crate) archived: bool,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl From<ProductRow> for Product {
    fn from(row: ProductRow) -> Self {
        Self {
            id: row.id,
            sku: row.sku,
            name: row.name,
            brand: row.brand,
            department: row.department,
            category: row.category,
            kind: row.kind,
            price: money(row.price_minor, row.currency.as_deref()),
            attributes: serde_json::from_str(&row.attributes).unwrap_or_default(),
            archived: row.archived,
            version: row.version,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
        }
    }
}

/// An amount that is kept in two columns.
pub(crate) fn money(minor: Option<i64>, currency: Option<&str>) -> Option<Money> {
    let currency: Currency = currency?.parse().ok()?;
    Some(Money { minor: minor?, currency })
}

const COLUMNS: &[&str] = &[
    "workspace",
    "id",
    "number",
    "sku",
    "name",
    "brand",
    "department",
    "category",
    "kind",
    "price_minor",
    "currency",
    "attributes",
    "archived",
    "version",
    "created_at",
    "updated_at",
];

/// Insert products whose SKUs are new; each is given the next number. The
/// counter's row is held until the commit, so that numbers stay dense.
pub(crate) async fn products_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: &[ProductRow],
) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let first = numbers_take(conn, workspace, rows.len()).await?;
    let mut insert = BulkInsert::new("product", COLUMNS, "");
    for (number, row) in (first..).zip(rows) {
        insert.push([
            workspace.into(),
            row.id.into(),
            number.into(),
            (&row.sku).into(),
            (&row.name).into(),
            (&row.brand).into(),
            (&row.department).into(),
            (&row.category).into(),
            (&row.kind).into(),
            row.price_minor.into(),
            row.currency.clone().into(),
            (&row.attributes).into(),
            row.archived.into(),
            row.version.into(),
            row.created_at.into(),
            row.updated_at.into(),
        ]);
    }
    insert.execute(conn).await
}

async fn numbers_take(conn: &mut Conn, workspace: WorkspaceId, count: usize) -> Result<i64, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let (taken,): (i64,) = sql("INSERT INTO product_counter (workspace, taken) VALUES ($1, $2)
         ON CONFLICT (workspace) DO UPDATE SET taken = product_counter.taken + excluded.taken
         RETURNING taken")
    .bind(workspace)
    .bind(count)
    .fetch_one(conn)
    .await?;
    Ok(taken - count)
}

pub(crate) async fn product_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<Option<ProductRow>, StoreError> {
    sql("SELECT id, sku, name, brand, department, category, kind, price_minor, currency, attributes, archived,
                version, created_at, updated_at
         FROM product WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Which products a list shows; empty is any.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProductFilter {
    pub(crate) search: String,
    pub(crate) category: String,
    pub(crate) department: String,
    pub(crate) archived: bool,
}

pub(crate) async fn product_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &ProductFilter,
    after: &str,
    rows: u32,
) -> Result<Vec<ProductRow>, StoreError> {
    sql("SELECT id, sku, name, brand, department, category, kind, price_minor, currency, attributes, archived,
                version, created_at, updated_at
         FROM product
         WHERE workspace = $1 AND sku > $2 AND (archived = FALSE OR $3 = TRUE)
           AND ($4 = '' OR category = $4) AND ($5 = '' OR department = $5)
           AND ($6 = '' OR LOWER(name) LIKE $6 ESCAPE '!' OR LOWER(sku) LIKE $6 ESCAPE '!')
         ORDER BY sku LIMIT $7")
    .bind(workspace)
    .bind(after)
    .bind(filter.archived)
    .bind(&filter.category)
    .bind(&filter.department)
    .bind(containing(&filter.search))
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// Write a product that is at `row.version`; answers whether it was.
pub(crate) async fn product_update(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: &ProductRow,
    now_us: i64,
) -> Result<bool, StoreError> {
    let done =
        sql("UPDATE product SET name = $3, brand = $4, department = $5, category = $6, kind = $7, price_minor = $8,
                            currency = $9, attributes = $10, archived = $11, updated_at = $12, version = version + 1
         WHERE workspace = $1 AND id = $2 AND version = $13")
        .bind(workspace)
        .bind(row.id)
        .bind(&row.name)
        .bind(&row.brand)
        .bind(&row.department)
        .bind(&row.category)
        .bind(&row.kind)
        .bind(row.price_minor)
        .bind(row.currency.clone())
        .bind(&row.attributes)
        .bind(row.archived)
        .bind(now_us)
        .bind(row.version)
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Products by SKU.
pub(crate) async fn products_by_sku(
    conn: &mut Conn,
    workspace: WorkspaceId,
    skus: &[String],
) -> Result<Vec<ProductRow>, StoreError> {
    let mut found = Vec::with_capacity(skus.len());
    for chunk in skus.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT id, sku, name, brand, department, category, kind, price_minor, currency, attributes, archived,
                    version, created_at, updated_at
             FROM product WHERE workspace = $1 AND sku IN {}",
            in_list(2, list.len())
        );
        let rows: Vec<ProductRow> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The ids and numbers of products by SKU.
pub(crate) async fn product_ids(
    conn: &mut Conn,
    workspace: WorkspaceId,
    skus: &[String],
) -> Result<HashMap<String, (Id, i64)>, StoreError> {
    let mut found = HashMap::with_capacity(skus.len());
    for chunk in skus.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text =
            format!("SELECT sku, id, number FROM product WHERE workspace = $1 AND sku IN {}", in_list(2, list.len()));
        let rows: Vec<(String, Id, i64)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|(sku, id, number)| (sku, (id, number))));
    }
    Ok(found)
}

/// The numbers by which [`crate::placement`] names these products.
///
/// # Errors
/// When the store fails.
pub async fn products_numbers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    products: &[Id],
) -> Result<HashMap<Id, u32>, SalesError> {
    let mut found = HashMap::with_capacity(products.len());
    for chunk in products.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!("SELECT id, number FROM product WHERE workspace = $1 AND id IN {}", in_list(2, list.len()));
        let rows: Vec<(Id, i64)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().filter_map(|(id, number)| Some((id, u32::try_from(number).ok()?))));
    }
    Ok(found)
}

/// The products that [`crate::placement`] names by these numbers.
///
/// # Errors
/// When the store fails.
pub async fn products_by_number(
    conn: &mut Conn,
    workspace: WorkspaceId,
    numbers: &[u32],
) -> Result<HashMap<u32, Id>, SalesError> {
    let mut found = HashMap::with_capacity(numbers.len());
    for chunk in numbers.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text =
            format!("SELECT number, id FROM product WHERE workspace = $1 AND number IN {}", in_list(2, list.len()));
        let rows: Vec<(i64, Id)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().filter_map(|(number, id)| Some((u32::try_from(number).ok()?, id))));
    }
    Ok(found)
}
