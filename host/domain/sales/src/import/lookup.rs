//! Ids by the names that files use. What an import found or made once is kept
//! in its cache; only names not seen yet are asked for, all at once.

use crate::sql::{
    ChannelRow, ProductRow, campaign_ids, channel_ids, channels_insert, offer_ids, product_ids, products_insert,
};
use rialto_audience::{IdentityKind, identity_map, import::ImportContext};
use rialto_kernel::{Id, Problem};
use rialto_store::Conn;
use std::collections::{HashMap, HashSet};

/// Names with their ids; those with none are missing.
pub(super) type Ids<'r> = HashMap<&'r str, Id>;

const SKU: &str = "sku";
const NUMBER: &str = "product-number";
const CHANNEL: &str = "sales-channel";
const CUSTOMER: &str = "customer";
const OFFER: &str = "offer";
const CAMPAIGN: &str = "campaign";

/// Split names into those the cache knows and those to be asked for.
fn known<'r>(ctx: &ImportContext, sort: &'static str, names: &HashSet<&'r str>) -> (Ids<'r>, Vec<String>) {
    let (mut ids, mut unknown) = (HashMap::with_capacity(names.len()), Vec::new());
    for name in names {
        match ctx.cache.get(sort, name) {
            Some(id) => {
                ids.insert(*name, id);
            }
            None => unknown.push((*name).to_owned()),
        }
    }
    // One order for all, so that two imports never wait for each other in a ring.
    unknown.sort_unstable();
    (ids, unknown)
}

/// Add what was found to the ids and to the cache.
fn learn<'r>(
    ctx: &ImportContext,
    sort: &'static str,
    names: &HashSet<&'r str>,
    ids: &mut Ids<'r>,
    found: HashMap<String, Id>,
) {
    for name in names {
        if let Some(id) = found.get(*name) {
            ids.insert(*name, *id);
        }
    }
    ctx.cache.put(sort, found);
}

/// Products by SKU. One that no list of products holds is made, with its SKU
/// for a name: a sale of it is a fact all the same.
pub(super) async fn products<'r>(
    conn: &mut Conn,
    ctx: &ImportContext,
    skus: &HashSet<&'r str>,
) -> Result<Ids<'r>, Problem> {
    let (mut ids, unknown) = known(ctx, SKU, skus);
    if unknown.is_empty() {
        return Ok(ids);
    }
    let stored = product_ids(conn, ctx.workspace, &unknown).await?;
    let mut found: HashMap<String, Id> = stored.into_iter().map(|(sku, (id, _))| (sku, id)).collect();
    let bare: Vec<ProductRow> =
        unknown.into_iter().filter(|sku| !found.contains_key(sku)).map(|sku| bare_product(ctx, sku)).collect();
    products_insert(conn, ctx.workspace, &bare).await?;
    found.extend(bare.into_iter().map(|row| (row.sku, row.id)));
    learn(ctx, SKU, skus, &mut ids, found);
    Ok(ids)
}

/// The numbers of products by SKU; only those there are.
pub(super) async fn product_numbers<'r>(
    conn: &mut Conn,
    ctx: &ImportContext,
    skus: &HashSet<&'r str>,
) -> Result<HashMap<&'r str, u32>, Problem> {
    let (mut ids, unknown) = known(ctx, NUMBER, skus);
    if !unknown.is_empty() {
        let stored = product_ids(conn, ctx.workspace, &unknown).await?;
        // The cache keeps ids: a number goes into one.
        let found = stored.into_iter().map(|(sku, (_, number))| (sku, number_as_id(number))).collect();
        learn(ctx, NUMBER, skus, &mut ids, found);
    }
    Ok(ids.into_iter().filter_map(|(sku, id)| Some((sku, u32::try_from(id.as_u128()).ok()?))).collect())
}

fn number_as_id(number: i64) -> Id {
    Id::from_u128(u128::from(number.unsigned_abs()))
}

fn bare_product(ctx: &ImportContext, sku: String) -> ProductRow {
    ProductRow {
        id: ctx.ids.make(),
        name: sku.clone(),
        sku,
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

/// Sales channels by code; one that is not there is made, as a store.
pub(super) async fn channels<'r>(
    conn: &mut Conn,
    ctx: &ImportContext,
    codes: &HashSet<&'r str>,
) -> Result<Ids<'r>, Problem> {
    let (mut ids, unknown) = known(ctx, CHANNEL, codes);
    if unknown.is_empty() {
        return Ok(ids);
    }
    let mut found = channel_ids(conn, ctx.workspace, &unknown).await?;
    let bare: Vec<ChannelRow> = unknown
        .iter()
        .filter(|code| !found.contains_key(*code))
        .map(|code| ChannelRow {
            id: ctx.ids.make(),
            unit: None,
            code: code.clone(),
            name: code.clone(),
            kind: "store".to_owned(),
            version: 1,
            created_at: ctx.now,
        })
        .collect();
    if channels_insert(conn, ctx.workspace, &bare).await? < bare.len() as u64 {
        // Another import made one of them just now: theirs counts.
        found = channel_ids(conn, ctx.workspace, &unknown).await?;
    } else {
        found.extend(bare.into_iter().map(|row| (row.code, row.id)));
    }
    learn(ctx, CHANNEL, codes, &mut ids, found);
    Ok(ids)
}

/// Contacts by the id they have in the customer's own system (`customer_kind`
/// and `customer_issuer` among the import's options name another identity).
pub(super) async fn customers<'r>(
    conn: &mut Conn,
    ctx: &ImportContext,
    names: &HashSet<&'r str>,
) -> Result<Ids<'r>, Problem> {
    let (mut ids, unknown) = known(ctx, CUSTOMER, names);
    if unknown.is_empty() {
        return Ok(ids);
    }
    let kind = match ctx.option("customer_kind") {
        Some(text) => text.parse().map_err(|message: String| Problem::invalid("customer_kind", message))?,
        None => IdentityKind::External,
    };
    let issuer = ctx.option("customer_issuer").unwrap_or("");
    let found = identity_map(conn, ctx.workspace, kind, issuer, &unknown).await?;
    learn(ctx, CUSTOMER, names, &mut ids, found);
    Ok(ids)
}

/// Offers by code; only those there are.
pub(super) async fn offers<'r>(
    conn: &mut Conn,
    ctx: &ImportContext,
    codes: &HashSet<&'r str>,
) -> Result<Ids<'r>, Problem> {
    let (mut ids, unknown) = known(ctx, OFFER, codes);
    if !unknown.is_empty() {
        let found = offer_ids(conn, ctx.workspace, &unknown).await?;
        learn(ctx, OFFER, codes, &mut ids, found);
    }
    Ok(ids)
}

/// Campaigns by code; only those there are.
pub(super) async fn campaigns<'r>(
    conn: &mut Conn,
    ctx: &ImportContext,
    codes: &HashSet<&'r str>,
) -> Result<Ids<'r>, Problem> {
    let (mut ids, unknown) = known(ctx, CAMPAIGN, codes);
    if !unknown.is_empty() {
        let found = campaign_ids(conn, ctx.workspace, &unknown).await?;
        learn(ctx, CAMPAIGN, codes, &mut ids, found);
    }
    Ok(ids)
}
