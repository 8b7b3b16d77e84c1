//! Texts over `offer` and `offer_product`.

use super::{in_list, list::LIST_MAX, padded, product::money};
use crate::{Offer, OfferProduct};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, StoreError, containing, sql, sql_dynamic};
use std::collections::HashMap;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct OfferRow {
    pub(crate) id: Id,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) terms: String,
    pub(crate) starts_at: Option<i64>,
    pub(crate) ends_at: Option<i64>,
    pub(crate) budget_minor: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
}

impl From<OfferRow> for Offer {
    fn from(row: OfferRow) -> Self {
        Self {
            id: row.id,
            code: row.code,
            name: row.name,
            terms: row.terms,
            starts_at: row.starts_at.map(from_micros),
            ends_at: row.ends_at.map(from_micros),
            budget: money(row.budget_minor, row.currency.as_deref()),
            version: row.version,
            created_at: from_micros(row.created_at),
        }
    }
}

const COLUMNS: &[&str] = &[
    "workspace",
    "id",
    "code",
    "name",
    "terms",
    "starts_at",
    "ends_at",
    "budget_minor",
    "currency",
    "version",
    "created_at",
];

/// Insert offers; codes that are there already are left out and not counted.
pub(crate) async fn offers_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: &[OfferRow],
) -> Result<u64, StoreError> {
    let mut insert = BulkInsert::new("offer", COLUMNS, "ON CONFLICT (workspace, code) DO NOTHING");
    for row in rows {
        insert.push([
            workspace.into(),
            row.id.into(),
            (&row.code).into(),
            (&row.name).into(),
            (&row.terms).into(),
            row.starts_at.into(),
            row.ends_at.into(),
            row.budget_minor.into(),
            row.currency.clone().into(),
            row.version.into(),
            row.created_at.into(),
        ]);
    }
    insert.execute(conn).await
}

pub(crate) async fn offer_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<Option<OfferRow>, StoreError> {
    sql("SELECT id, code, name, terms, starts_at, ends_at, budget_minor, currency, version, created_at
         FROM offer WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub(crate) async fn offer_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    search: &str,
    after: &str,
    rows: u32,
) -> Result<Vec<OfferRow>, StoreError> {
    sql("SELECT id, code, name, terms, starts_at, ends_at, budget_minor, currency, version, created_at
         FROM offer
         WHERE workspace = $1 AND code > $2
           AND ($3 = '' OR LOWER(name) LIKE $3 ESCAPE '!' OR LOWER(code) LIKE $3 ESCAPE '!')
         ORDER BY code LIMIT $4")
    .bind(workspace)
    .bind(after)
    .bind(containing(search))
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// Write an offer that is at `row.version`; answers whether it was.
pub(crate) async fn offer_update(conn: &mut Conn, workspace: WorkspaceId, row: &OfferRow) -> Result<bool, StoreError> {
    let done =
        sql("UPDATE offer SET name = $3, terms = $4, starts_at = $5, ends_at = $6, budget_minor = $7, currency = $8,
                          version = version + 1
         WHERE workspace = $1 AND id = $2 AND version = $9")
        .bind(workspace)
        .bind(row.id)
        .bind(&row.name)
        .bind(&row.terms)
        .bind(row.starts_at)
        .bind(row.ends_at)
        .bind(row.budget_minor)
        .bind(row.currency.clone())
        .bind(row.version)
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// The ids of offers by code.
pub(crate) async fn offer_ids(
    conn: &mut Conn,
    workspace: WorkspaceId,
    codes: &[String],
) -> Result<HashMap<String, Id>, StoreError> {
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!("SELECT code, id FROM offer WHERE workspace = $1 AND code IN {}", in_list(2, list.len()));
        let rows: Vec<(String, Id)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Put products under offers; those that are there already stay.
pub(crate) async fn offer_products_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    pairs: &[(Id, Id)],
) -> Result<u64, StoreError> {
    let mut insert = BulkInsert::new(
        "offer_product",
        &["workspace", "offer", "product"],
        "ON CONFLICT (workspace, offer, product) DO NOTHING",
    );
    for (offer, product) in pairs {
        insert.push([workspace.into(), (*offer).into(), (*product).into()]);
    }
    insert.execute(conn).await
}

pub(crate) async fn offer_product_delete(
    conn: &mut Conn,
    workspace: WorkspaceId,
    offer: Id,
    product: Id,
) -> Result<bool, StoreError> {
    let gone = sql("DELETE FROM offer_product WHERE workspace = $1 AND offer = $2 AND product = $3")
        .bind(workspace)
        .bind(offer)
        .bind(product)
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

pub(crate) async fn offer_product_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    offer: Id,
    after: Id,
    rows: u32,
) -> Result<Vec<OfferProduct>, StoreError> {
    let rows: Vec<(Id, String, String)> = sql("SELECT p.id, p.sku, p.name
         FROM offer_product o JOIN product p ON p.workspace = o.workspace AND p.id = o.product
         WHERE o.workspace = $1 AND o.offer = $2 AND o.product > $3 ORDER BY o.product LIMIT $4")
    .bind(workspace)
    .bind(offer)
    .bind(after)
    .bind(rows)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(product, sku, name)| OfferProduct { product, sku, name }).collect())
}

/// How many products each of these offers is for; one without any is left out.
pub(crate) async fn offer_products_count(
    conn: &mut Conn,
    workspace: WorkspaceId,
    offers: &[Id],
) -> Result<HashMap<Id, i64>, StoreError> {
    let mut found = HashMap::new();
    for chunk in offers.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT offer, COUNT(*) FROM offer_product WHERE workspace = $1 AND offer IN {} GROUP BY offer",
            in_list(2, list.len())
        );
        let rows: Vec<(Id, i64)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Count offers up that are for more products now.
pub(crate) async fn offers_grown(conn: &mut Conn, workspace: WorkspaceId, offers: &[Id]) -> Result<(), StoreError> {
    for chunk in offers.chunks(LIST_MAX) {
        let list = padded(chunk);
        let named = in_list(2, list.len());
        let text = format!("UPDATE offer SET version = version + 1 WHERE workspace = $1 AND id IN {named}");
        sql_dynamic(text).bind(workspace).bind_all(list).execute(conn).await?;
    }
    Ok(())
}
