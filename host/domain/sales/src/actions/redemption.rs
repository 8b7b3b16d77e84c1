//! Redemptions.

use super::{code, happened};
use crate::{
    NewRedemption, Redemption, SalesError,
    sql::{RedemptionFilter, RedemptionRow, offer_find, order_find, redemption_page, redemptions_insert},
};
use rialto_audience::contact_root;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Page, PageQuery, Problem};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which redemptions are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RedemptionQuery {
    /// Only of this offer.
    pub offer: Option<Uuid>,
    /// Only of this contact.
    pub contact: Option<Uuid>,
    /// Only of this campaign.
    pub campaign: Option<Uuid>,
    /// Rows wanted, 1 to 500.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

pub(crate) fn redemption_filter(query: &RedemptionQuery) -> RedemptionFilter {
    RedemptionFilter { offer: query.offer, contact: query.contact, campaign: query.campaign }
}

/// Take a redemption in.
///
/// # Errors
/// When a field is wrong, the number is taken, or the caller may not.
pub async fn redemption_create(host: &Host, caller: &Caller, new: NewRedemption) -> Result<Redemption, SalesError> {
    caller.require("sales.write")?;
    let id = host.id();
    let mut row = RedemptionRow {
        id,
        number: code("number", new.number.as_deref().unwrap_or(&id.to_string()))?,
        offer: new.offer,
        contact: new.contact,
        campaign: new.campaign,
        sales_order: new.sales_order,
        code: String::new(),
        at: new.at.map_or(Ok(host.now_in(caller.workspace)), |at| happened(host, at))?,
        source: "api".to_owned(),
    };
    let workspace = caller.workspace;
    let entry = AuditEntry::new(host, caller, "redemption.create", "redemption", id);
    host.store
        .write(workspace, "redemption.create", move |conn| {
            Box::pin(async move {
                let missing = |field: &str| SalesError::field(field, format!("there is no such {field}"));
                row.code = offer_find(conn, workspace, row.offer).await?.ok_or_else(|| missing("offer"))?.code;
                if let Some(contact) = row.contact {
                    let known = contact_root(conn, workspace, contact).await.map_err(Problem::from)?;
                    known.ok_or_else(|| missing("contact"))?;
                }
                if let Some(order) = row.sales_order {
                    order_find(conn, workspace, order).await?.ok_or_else(|| missing("sales_order"))?;
                }
                if redemptions_insert(conn, workspace, std::slice::from_ref(&row)).await? == 0 {
                    return Err(SalesError::Taken { field: "number", value: row.number });
                }
                audit(conn, &entry).await?;
                Ok(row.into())
            })
        })
        .await
}

/// Redemptions, newest first.
///
/// # Errors
/// When the query is wrong, or the caller may not.
pub async fn redemption_list(
    host: &Host,
    caller: &Caller,
    query: &RedemptionQuery,
) -> Result<Page<Redemption>, SalesError> {
    caller.require("sales.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let before: (i64, Id) = page.after()?.unwrap_or((i64::MAX, Id::max()));
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = redemption_page(&mut conn, caller.workspace, &redemption_filter(query), before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| (row.at, row.id))?.map(Redemption::from))
}
