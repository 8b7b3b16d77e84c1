//! Texts over `redemption`.

use super::{in_list, list::LIST_MAX, padded};
use crate::Redemption;
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, StoreError, sql, sql_dynamic};
use std::collections::HashMap;

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct RedemptionRow {
    pub(crate) id: Id,
    pub(crate) number: String,
    pub(crate) offer: Id,
    pub(crate) contact: Option<Id>,
    pub(crate) campaign: Option<Id>,
    pub(crate) sales_order: Option<Id>,
    pub(crate) code: String,
    pub(crate) at: i64,
    pub(crate) source: String,
}

impl From<RedemptionRow> for Redemption {
    fn from(row: RedemptionRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            offer: row.offer,
            contact: row.contact,
            campaign: row.campaign,
            sales_order: row.sales_order,
            code: row.code,
            at: from_micros(row.at),
            source: row.source,
        }
    }
}

const COLUMNS: &[&str] =
    &["workspace", "id", "number", "offer", "contact", "campaign", "sales_order", "code", "at", "source"];

/// Insert redemptions; numbers that are there already are left out and not counted.
pub(crate) async fn redemptions_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: &[RedemptionRow],
) -> Result<u64, StoreError> {
    let mut insert = BulkInsert::new("redemption", COLUMNS, "ON CONFLICT (workspace, number) DO NOTHING");
    for row in rows {
        insert.push([
            workspace.into(),
            row.id.into(),
            (&row.number).into(),
            row.offer.into(),
            row.contact.into(),
            row.campaign.into(),
            row.sales_order.into(),
            (&row.code).into(),
            row.at.into(),
            (&row.source).into(),
        ]);
    }
    insert.execute(conn).await
}

/// Which of these redemptions there are, in the order of `ids`.
pub(crate) async fn redemptions_there(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[Id],
) -> Result<Vec<Id>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!("SELECT id FROM redemption WHERE workspace = $1 AND id IN {}", in_list(2, list.len()));
        let rows: Vec<(Id,)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Remove redemptions, but for those whose person was erased since, which are
/// the books'; answers these.
pub(crate) async fn redemptions_take_back(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[Id],
) -> Result<Vec<(Id, String)>, StoreError> {
    let mut kept = Vec::new();
    for chunk in ids.chunks(LIST_MAX) {
        let list = padded(chunk);
        let named = in_list(2, list.len());
        // Erasure empties the code, which no import leaves empty.
        let text = format!("SELECT id FROM redemption WHERE workspace = $1 AND code = '' AND id IN {named}");
        let rows: Vec<(Id,)> = sql_dynamic(text).bind(workspace).bind_all(list.clone()).fetch_all(conn).await?;
        kept.extend(rows.into_iter().map(|(id,)| (id, "its person was erased since".to_owned())));
        let text = format!("DELETE FROM redemption WHERE workspace = $1 AND code <> '' AND id IN {named}");
        sql_dynamic(text).bind(workspace).bind_all(list).execute(conn).await?;
    }
    Ok(kept)
}

/// Which redemptions a list shows; `None` is any.
#[derive(Debug, Clone, Default)]
pub(crate) struct RedemptionFilter {
    pub(crate) offer: Option<Id>,
    pub(crate) contact: Option<Id>,
    pub(crate) campaign: Option<Id>,
}

/// Redemptions, newest first, before `(at, id)`.
pub(crate) async fn redemption_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &RedemptionFilter,
    before: (i64, Id),
    rows: u32,
) -> Result<Vec<RedemptionRow>, StoreError> {
    sql("SELECT id, number, offer, contact, campaign, sales_order, code, at, source
         FROM redemption
         WHERE workspace = $1 AND (at, id) < ($2, $3) AND (offer = $4 OR $4 IS NULL)
           AND (contact = $5 OR $5 IS NULL) AND (campaign = $6 OR $6 IS NULL)
         ORDER BY at DESC, id DESC LIMIT $7")
    .bind(workspace)
    .bind(before.0)
    .bind(before.1)
    .bind(filter.offer)
    .bind(filter.contact)
    .bind(filter.campaign)
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// The ids of campaigns by code. Campaigns are a higher area's; this one reads
/// their codes, and nothing else of them, because files name campaigns so.
pub(crate) async fn campaign_ids(
    conn: &mut Conn,
    workspace: WorkspaceId,
    codes: &[String],
) -> Result<HashMap<String, Id>, StoreError> {
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!("SELECT code, id FROM campaign WHERE workspace = $1 AND code IN {}", in_list(2, list.len()));
        let rows: Vec<(String, Id)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Everyone who redeemed in a campaign by an instant (microseconds), merged
/// contacts as their winner.
pub async fn people_redeemed(
    conn: &mut Conn,
    workspace: WorkspaceId,
    campaign: Id,
    until: i64,
) -> Result<Vec<Id>, StoreError> {
    let rows: Vec<(Id,)> = sql("SELECT DISTINCT COALESCE(c.merged_into, c.id) FROM redemption r
         JOIN contact c ON c.workspace = r.workspace AND c.id = r.contact
         WHERE r.workspace = $1 AND r.campaign = $2 AND r.at <= $3")
    .bind(workspace)
    .bind(campaign)
    .bind(until)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
