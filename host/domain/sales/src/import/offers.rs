//! `offers`: a row is a product under an offer. An offer that is not there is
//! made from its first row.

use super::{PERMISSION, column, lookup, maybe, needed, read_all, zone};
use crate::{
    TERMS_BYTES_MAX,
    sql::{OfferRow, offer_products_count, offer_products_insert, offers_grown, offers_insert},
    text::{bounded, code, line},
};
use async_trait::async_trait;
use rialto_audience::import::{
    Column, ImportContext, ImportKind, ImportRow, Moments, Naming, RowError, TakeBack, take_back_versioned,
};
use rialto_kernel::{Id, Problem};
use rialto_store::Conn;
use std::collections::{BTreeMap, HashSet};

const COLUMNS: &[Column] = &[
    column(
        "code",
        &["offer", "coupon", "coupon_upc", "offer_code", "优惠券", "券码", "优惠编号"],
        true,
        "the offer's code",
    ),
    column("name", &["title", "名称", "优惠名称"], false, "its name; the code when empty"),
    column(
        "sku",
        &["product", "product_id", "item", "商品编码", "商品编号", "货号"],
        true,
        "a product it stands on: its SKU",
    ),
    column("starts_at", &["start", "valid_from", "开始时间", "生效时间"], false, "from when it holds"),
    column("ends_at", &["end", "valid_until", "结束时间", "失效时间"], false, "until when it holds"),
    column("terms", &["conditions", "使用条件", "条款"], false, "its terms, for people"),
];
const CODE: usize = 0;
const NAME: usize = 1;
const SKU: usize = 2;
const STARTS: usize = 3;
const ENDS: usize = 4;
const TERMS: usize = 5;

/// Reads offers in.
#[derive(Debug, Clone, Copy)]
pub struct OffersImport;

struct Cells<'r> {
    code: &'r str,
    name: Option<&'r str>,
    sku: &'r str,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    terms: &'r str,
}

/// What keeps an offer when its import is taken back; campaigns answer for themselves.
const NAMED_IN: &[Naming] = &[("redemption", "offer", "it was redeemed")];

#[async_trait]
impl ImportKind for OffersImport {
    fn name(&self) -> &'static str {
        "offers"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn permission(&self) -> &'static str {
        PERMISSION
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["offer"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        let own = &[("offer_product", "offer"), ("offer", "id")];
        Ok(take_back_versioned(conn, with, ids, NAMED_IN, own).await?)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let zone = zone(ctx)?;
        let (good, errors) = read_all(rows, |row| read(row, &zone));
        let skus: HashSet<&str> = good.iter().map(|cells| cells.sku).collect();
        let products = lookup::products(conn, ctx, &skus).await?;
        let codes: HashSet<&str> = good.iter().map(|cells| cells.code).collect();
        let known: Vec<Id> = lookup::offers(conn, ctx, &codes).await?.into_values().collect();
        let offers = made(conn, ctx, &good).await?;
        let pairs: HashSet<(Id, Id)> =
            good.iter().filter_map(|cells| Some((*offers.get(cells.code)?, *products.get(cells.sku)?))).collect();
        let mut pairs: Vec<(Id, Id)> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let before = offer_products_count(conn, ctx.workspace, &known).await?;
        offer_products_insert(conn, ctx.workspace, &pairs).await?;
        // An offer that was there and has more products now has changed.
        let after = offer_products_count(conn, ctx.workspace, &known).await?;
        let grown: Vec<Id> = known.into_iter().filter(|id| before.get(id) != after.get(id)).collect();
        offers_grown(conn, ctx.workspace, &grown).await?;
        ctx.made("offer.grown", grown);
        Ok(errors)
    }
}

fn read<'r>(row: &'r ImportRow, zone: &Moments) -> Result<Cells<'r>, RowError> {
    let time = |at| maybe(row, COLUMNS, at, |cell| zone.read(cell));
    let (starts_at, ends_at) = (time(STARTS)?, time(ENDS)?);
    if let (Some(starts), Some(ends)) = (starts_at, ends_at)
        && ends <= starts
    {
        return Err(row.error("ends_at", "must be after `starts_at`"));
    }
    Ok(Cells {
        code: needed(row, COLUMNS, CODE, code)?,
        name: maybe(row, COLUMNS, NAME, line)?,
        sku: needed(row, COLUMNS, SKU, code)?,
        starts_at,
        ends_at,
        terms: maybe(row, COLUMNS, TERMS, |cell| bounded(cell, TERMS_BYTES_MAX))?.unwrap_or(""),
    })
}

/// The ids of all offers named, those made that are not there.
async fn made<'r>(conn: &mut Conn, ctx: &ImportContext, cells: &[Cells<'r>]) -> Result<lookup::Ids<'r>, Problem> {
    let codes: HashSet<&str> = cells.iter().map(|cells| cells.code).collect();
    let known = lookup::offers(conn, ctx, &codes).await?;
    // While the workspace stands in the past, an offer is known once it begins.
    let stands_at = conn.stands_at();
    let known_at =
        |starts_at: Option<i64>| stands_at.zip(starts_at).map_or(ctx.at, |(stands, starts)| stands.max(starts));
    let mut fresh: BTreeMap<&str, OfferRow> = BTreeMap::new();
    for cells in cells {
        if !known.contains_key(cells.code) {
            fresh.entry(cells.code).or_insert_with(|| OfferRow {
                id: ctx.ids.make(),
                code: cells.code.to_owned(),
                name: cells.name.unwrap_or(cells.code).to_owned(),
                terms: cells.terms.to_owned(),
                starts_at: cells.starts_at,
                ends_at: cells.ends_at,
                budget_minor: None,
                currency: None,
                version: 1,
                created_at: known_at(cells.starts_at),
            });
        }
    }
    if fresh.is_empty() {
        return Ok(known);
    }
    let rows: Vec<OfferRow> = fresh.into_values().collect();
    offers_insert(conn, ctx.workspace, &rows).await?;
    let ids = lookup::offers(conn, ctx, &codes).await?;
    ctx.made("offer", rows.iter().map(|row| row.id).filter(|id| ids.values().any(|known| known == id)));
    Ok(ids)
}
