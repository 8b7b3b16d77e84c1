//! Offers and the products they stand on.

use super::{code, line, split};
use crate::{
    NewOffer, OFFER_SKUS_MAX, Offer, OfferPatch, OfferProduct, OfferSkus, SalesError, TERMS_BYTES_MAX,
    sql::{
        OfferRow, offer_find, offer_page, offer_product_delete, offer_product_page, offer_products_insert,
        offer_update, offers_insert, product_ids,
    },
    text::bounded,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Page, PageQuery, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};

fn terms(text: &str) -> Result<String, SalesError> {
    bounded(text, TERMS_BYTES_MAX).map(str::to_owned).map_err(|message| SalesError::field("terms", message))
}

fn check(row: &OfferRow) -> Result<(), SalesError> {
    if let (Some(starts), Some(ends)) = (row.starts_at, row.ends_at)
        && ends <= starts
    {
        return Err(SalesError::field("ends_at", "must be after `starts_at`"));
    }
    if row.budget_minor.is_some_and(|minor| minor < 0) {
        return Err(SalesError::field("budget.minor", "must not be below zero"));
    }
    Ok(())
}

/// Make an offer.
///
/// # Errors
/// When a field is wrong, the code is taken, or the caller may not.
pub async fn offer_create(host: &Host, caller: &Caller, new: NewOffer) -> Result<Offer, SalesError> {
    caller.require("sales.write")?;
    let (budget_minor, currency) = split(new.budget);
    let offer_code = code("code", &new.code)?;
    let row = OfferRow {
        id: host.id(),
        name: line("name", if new.name.trim().is_empty() { &offer_code } else { &new.name })?,
        code: offer_code,
        terms: terms(&new.terms)?,
        starts_at: new.starts_at.map(|at| at.as_microsecond()),
        ends_at: new.ends_at.map(|at| at.as_microsecond()),
        budget_minor,
        currency,
        version: 1,
        created_at: host.now_in(caller.workspace),
    };
    check(&row)?;
    check_skus(&new.skus)?;
    let (workspace, made) = (caller.workspace, row.clone());
    let entry = AuditEntry::new(host, caller, "offer.create", "offer", row.id);
    host.store
        .write(workspace, "offer.create", move |conn| {
            Box::pin(async move {
                if offers_insert(conn, workspace, std::slice::from_ref(&row)).await? == 0 {
                    return Err(SalesError::Taken { field: "code", value: row.code });
                }
                put_products(conn, workspace, row.id, &new.skus).await?;
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await?;
    Ok(made.into())
}

fn check_skus(skus: &[String]) -> Result<(), SalesError> {
    if skus.len() > OFFER_SKUS_MAX {
        return Err(SalesError::field("skus", format!("must be at most {OFFER_SKUS_MAX} at a time")));
    }
    Ok(())
}

async fn put_products(conn: &mut Conn, workspace: WorkspaceId, offer: Id, skus: &[String]) -> Result<u64, SalesError> {
    let known = product_ids(conn, workspace, skus).await?;
    let mut pairs = Vec::with_capacity(skus.len());
    for (at, sku) in skus.iter().enumerate() {
        let (product, _) = known
            .get(sku)
            .ok_or_else(|| SalesError::field(format!("skus[{at}]"), "there is no product with this SKU"))?;
        pairs.push((offer, *product));
    }
    Ok(offer_products_insert(conn, workspace, &pairs).await?)
}

/// An offer.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn offer_get(host: &Host, caller: &Caller, id: Id) -> Result<Offer, SalesError> {
    caller.require("sales.read")?;
    let mut conn = host.store.read(caller.workspace).await?;
    let row = offer_find(&mut conn, caller.workspace, id).await?;
    Ok(row.ok_or(SalesError::NotFound("offer"))?.into())
}

/// Offers by code; `search` is a part of the code or the name.
///
/// # Errors
/// When the page asked for is wrong, or the caller may not.
pub async fn offer_list(
    host: &Host,
    caller: &Caller,
    search: &str,
    page: &PageQuery,
) -> Result<Page<Offer>, SalesError> {
    caller.require("sales.read")?;
    let limit = page.limit()?;
    let after: String = page.after()?.unwrap_or_default();
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = offer_page(&mut conn, caller.workspace, search, &after, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.code.clone())?.map(Offer::from))
}

/// Change an offer.
///
/// # Errors
/// When there is none, a field is wrong, it was changed meanwhile, or the caller may not.
pub async fn offer_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    patch: OfferPatch,
    if_match: IfMatch,
) -> Result<Offer, SalesError> {
    caller.require("sales.write")?;
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "offer.change", "offer", id);
    let row = host
        .store
        .write(workspace, "offer.change", move |conn| {
            Box::pin(async move {
                let row = offer_find(conn, workspace, id).await?.ok_or(SalesError::NotFound("offer"))?;
                if_match.check(row.version)?;
                let row = patched(row, patch)?;
                if !offer_update(conn, workspace, &row).await? {
                    return Err(Problem::unavailable("it is being changed just now").into());
                }
                audit(conn, &entry).await?;
                Ok::<_, SalesError>(OfferRow { version: row.version + 1, ..row })
            })
        })
        .await?;
    Ok(row.into())
}

fn patched(mut row: OfferRow, patch: OfferPatch) -> Result<OfferRow, SalesError> {
    if let Some(name) = patch.name {
        row.name = line("name", &name)?;
    }
    if let Some(text) = patch.terms {
        row.terms = terms(&text)?;
    }
    if let Some(at) = patch.starts_at {
        row.starts_at = at.map(|at| at.as_microsecond());
    }
    if let Some(at) = patch.ends_at {
        row.ends_at = at.map(|at| at.as_microsecond());
    }
    if let Some(budget) = patch.budget {
        (row.budget_minor, row.currency) = split(budget);
    }
    check(&row)?;
    Ok(row)
}

/// Put products under an offer; those that are there already stay. Answers how
/// many are new.
///
/// # Errors
/// When there is no such offer or product, or the caller may not.
pub async fn offer_products_add(host: &Host, caller: &Caller, id: Id, add: OfferSkus) -> Result<u64, SalesError> {
    caller.require("sales.write")?;
    check_skus(&add.skus)?;
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "offer.products-add", "offer", id)
        .detail(serde_json::json!({ "skus": add.skus.len() }));
    host.store
        .write(workspace, "offer.products-add", move |conn| {
            Box::pin(async move {
                offer_find(conn, workspace, id).await?.ok_or(SalesError::NotFound("offer"))?;
                let added = put_products(conn, workspace, id, &add.skus).await?;
                audit(conn, &entry).await?;
                Ok(added)
            })
        })
        .await
}

/// Take a product from under an offer.
///
/// # Errors
/// When it is not there, or the caller may not.
pub async fn offer_product_remove(host: &Host, caller: &Caller, id: Id, product: Id) -> Result<(), SalesError> {
    caller.require("sales.write")?;
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "offer.product-remove", "offer", id)
        .detail(serde_json::json!({ "product": product }));
    host.store
        .write(workspace, "offer.product-remove", move |conn| {
            Box::pin(async move {
                if !offer_product_delete(conn, workspace, id, product).await? {
                    return Err(SalesError::NotFound("product under this offer"));
                }
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// The products an offer stands on.
///
/// # Errors
/// When there is no such offer, or the caller may not.
pub async fn offer_product_list(
    host: &Host,
    caller: &Caller,
    id: Id,
    page: &PageQuery,
) -> Result<Page<OfferProduct>, SalesError> {
    caller.require("sales.read")?;
    let limit = page.limit()?;
    let after: Id = page.after()?.unwrap_or(Id::nil());
    let mut conn = host.store.read(caller.workspace).await?;
    offer_find(&mut conn, caller.workspace, id).await?.ok_or(SalesError::NotFound("offer"))?;
    let rows = offer_product_page(&mut conn, caller.workspace, id, after, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.product)?)
}
