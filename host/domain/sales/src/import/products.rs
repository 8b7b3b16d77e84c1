//! `products`: a row is a product. A SKU that is there already is brought up to
//! date by the cells that are not empty; columns nobody knows become attributes.

use super::{PERMISSION, column, maybe, needed};
use crate::{
    ATTRIBUTES_BYTES_MAX,
    sql::{ProductRow, placements_any, product_update, products_by_sku, products_insert},
    text::{amount, code, line},
};
use async_trait::async_trait;
use rialto_audience::import::{
    Column, Extra, ImportContext, ImportKind, ImportRow, Naming, RowError, TakeBack, take_back_versioned,
};
use rialto_kernel::{Currency, Id, Problem};
use rialto_store::{Conn, StoreError};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, btree_map::Entry};

const COLUMNS: &[Column] = &[
    column(
        "sku",
        &["product", "product_id", "item", "upc", "ean", "商品编码", "商品编号", "货号"],
        true,
        "the product's SKU",
    ),
    column(
        "name",
        &["title", "product_name", "description", "商品名称", "品名", "名称"],
        false,
        "its name; the SKU when empty",
    ),
    column("brand", &["品牌"], false, "its brand"),
    column("department", &["部门"], false, "its department"),
    column("category", &["product_category", "类目", "品类", "分类"], false, "its category"),
    column("kind", &["type", "product_type", "类型"], false, "what kind of thing it is"),
    column("price", &["list_price", "价格", "单价", "标价"], false, "its list price, such as 12.50"),
    column(
        "currency",
        &["币种", "货币"],
        false,
        "the price's currency, such as USD; the option `currency` when absent",
    ),
];
const SKU: usize = 0;
const NAME: usize = 1;
const BRAND: usize = 2;
const DEPARTMENT: usize = 3;
const CATEGORY: usize = 4;
const KIND: usize = 5;
const PRICE: usize = 6;
const CURRENCY: usize = 7;

/// Reads products in.
#[derive(Debug, Clone, Copy)]
pub struct ProductsImport;

/// A row, read; what it leaves out is `None`.
struct ProductCells<'r> {
    name: Option<&'r str>,
    brand: Option<&'r str>,
    department: Option<&'r str>,
    category: Option<&'r str>,
    kind: Option<&'r str>,
    price: Option<(i64, Currency)>,
    attributes: Map<String, Value>,
}

impl<'r> ProductCells<'r> {
    /// What a later row says holds; what it leaves out stays.
    fn take_over(&mut self, later: ProductCells<'r>) {
        let ProductCells { name, brand, department, category, kind, price, attributes } = later;
        self.name = name.or(self.name);
        self.brand = brand.or(self.brand);
        self.department = department.or(self.department);
        self.category = category.or(self.category);
        self.kind = kind.or(self.kind);
        self.price = price.or(self.price);
        self.attributes.extend(attributes);
    }
}

/// What keeps a product when its import is taken back.
const NAMED_IN: &[Naming] =
    &[("order_line", "product", "orders have it"), ("offer_product", "product", "an offer is for it")];

#[async_trait]
impl ImportKind for ProductsImport {
    fn name(&self) -> &'static str {
        "products"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn extra(&self) -> Extra {
        Extra::Keep
    }

    fn permission(&self) -> &'static str {
        PERMISSION
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["product"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        if placements_any(conn, with.workspace).await? {
            let reason = "lists of placements name products by number, and may name it";
            return Ok(ids.iter().map(|id| (*id, reason.to_owned())).collect());
        }
        Ok(take_back_versioned(conn, with, ids, NAMED_IN, &[("product", "id")]).await?)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let mut errors = Vec::new();
        // Of two rows for one SKU the later holds where it says something, as with two files.
        let mut products: BTreeMap<&str, ProductCells<'_>> = BTreeMap::new();
        for row in rows {
            match read(ctx, row) {
                Ok((sku, cells)) => match products.entry(sku) {
                    Entry::Vacant(place) => {
                        place.insert(cells);
                    }
                    Entry::Occupied(mut earlier) => earlier.get_mut().take_over(cells),
                },
                Err(error) => errors.push(error),
            }
        }
        store(conn, ctx, products).await?;
        Ok(errors)
    }
}

fn read<'r>(ctx: &ImportContext, row: &'r ImportRow) -> Result<(&'r str, ProductCells<'r>), RowError> {
    let text = |at| maybe(row, COLUMNS, at, line);
    let sku = needed(row, COLUMNS, SKU, code)?;
    let price = match row.text(PRICE) {
        None => None,
        Some(cell) => {
            let word = row.text(CURRENCY).or(ctx.option("currency"));
            let word = word.ok_or_else(|| row.error("currency", "a price needs its currency, such as USD"))?;
            let currency: Currency = word.parse().map_err(|message: String| row.error("currency", message))?;
            Some((amount(cell, currency).map_err(|message| row.error("price", message))?, currency))
        }
    };
    let attributes: Map<String, Value> =
        row.extras().map(|(key, value)| (key.to_owned(), Value::String(value.to_owned()))).collect();
    let bytes: usize = attributes.iter().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len) + 6).sum();
    if bytes > ATTRIBUTES_BYTES_MAX {
        return Err(row.error("attributes", format!("all in all longer than {ATTRIBUTES_BYTES_MAX} bytes")));
    }
    Ok((
        sku,
        ProductCells {
            name: text(NAME)?,
            brand: text(BRAND)?,
            department: text(DEPARTMENT)?,
            category: text(CATEGORY)?,
            kind: text(KIND)?,
            price,
            attributes,
        },
    ))
}

async fn store(
    conn: &mut Conn,
    ctx: &ImportContext,
    products: BTreeMap<&str, ProductCells<'_>>,
) -> Result<(), StoreError> {
    let skus: Vec<String> = products.keys().map(|sku| (*sku).to_owned()).collect();
    let known = products_by_sku(conn, ctx.workspace, &skus).await?;
    let mut known: HashMap<String, ProductRow> = known.into_iter().map(|row| (row.sku.clone(), row)).collect();
    let mut fresh = Vec::new();
    for (sku, cells) in products {
        match known.remove(sku) {
            None => fresh.push(merged(blank(ctx, sku), &cells)),
            Some(old) => {
                let new = merged(old.clone(), &cells);
                if differs(&old, &new) {
                    product_update(conn, ctx.workspace, &new, ctx.now).await?;
                    ctx.made("product.grown", [new.id]);
                }
            }
        }
    }
    ctx.made("product", fresh.iter().map(|row| row.id));
    products_insert(conn, ctx.workspace, &fresh).await?;
    Ok(())
}

fn blank(ctx: &ImportContext, sku: &str) -> ProductRow {
    ProductRow {
        id: ctx.ids.make(),
        sku: sku.to_owned(),
        name: sku.to_owned(),
        brand: String::new(),
        department: String::new(),
        category: String::new(),
        kind: String::new(),
        price_minor: None,
        currency: None,
        attributes: "{}".to_owned(),
        archived: false,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

fn merged(mut row: ProductRow, cells: &ProductCells<'_>) -> ProductRow {
    for (field, cell) in [
        (&mut row.name, cells.name),
        (&mut row.brand, cells.brand),
        (&mut row.department, cells.department),
        (&mut row.category, cells.category),
        (&mut row.kind, cells.kind),
    ] {
        if let Some(cell) = cell {
            cell.clone_into(field);
        }
    }
    if let Some((minor, currency)) = cells.price {
        row.price_minor = Some(minor);
        row.currency = Some(currency.code().to_owned());
    }
    if !cells.attributes.is_empty() {
        let mut attributes: Map<String, Value> = serde_json::from_str(&row.attributes).unwrap_or_default();
        attributes.extend(cells.attributes.clone());
        row.attributes = Value::Object(attributes).to_string();
    }
    row
}

fn differs(old: &ProductRow, new: &ProductRow) -> bool {
    old.name != new.name
        || old.brand != new.brand
        || old.department != new.department
        || old.category != new.category
        || old.kind != new.kind
        || old.price_minor != new.price_minor
        || old.currency != new.currency
        || old.attributes != new.attributes
}
