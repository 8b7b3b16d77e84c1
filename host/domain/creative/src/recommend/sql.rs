//! The SQL of recommendations, and what is known of people for them. Every
//! number about people is as of an instant and is somebody's total: rows of a
//! contact that was merged count for the one who stands for it.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, placeholders, sql, sql_dynamic};

/// A recommendation as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: Id,
    pub(super) installation: Id,
    pub(super) run: Id,
    pub(super) kind: String,
    pub(super) brief: String,
    pub(super) answer: String,
    pub(super) created_by: String,
    pub(super) created_at: i64,
}

/// Keep a recommendation.
pub(super) async fn recommendation_insert(conn: &mut Conn, ws: WorkspaceId, row: Row) -> Result<(), StoreError> {
    sql("INSERT INTO recommendation (workspace, id, installation, run, kind, brief, answer, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(ws)
    .bind(row.id)
    .bind(row.installation)
    .bind(row.run)
    .bind(row.kind)
    .bind(row.brief)
    .bind(row.answer)
    .bind(row.created_by)
    .bind(row.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// One recommendation.
pub(super) async fn recommendation_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<Row>, StoreError> {
    sql("SELECT id, installation, run, kind, brief, answer, created_by, created_at
         FROM recommendation WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Recommendations, newest first, without their answers.
pub(super) async fn recommendation_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    before: Id,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    sql("SELECT id, installation, run, kind, brief, '[]' AS answer, created_by, created_at
         FROM recommendation WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
    .bind(ws)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The names of contacts.
pub(super) async fn contact_names(
    conn: &mut Conn,
    ws: WorkspaceId,
    ids: &[Id],
) -> Result<Vec<(Id, String)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = placeholders(2, ids.len());
    let text = format!("SELECT id, name FROM contact WHERE workspace = $1 AND id IN ({list})");
    sql_dynamic(text).bind(ws).bind_all(ids.to_vec()).fetch_all(conn).await
}

/// The titles of creatives.
pub(super) async fn creative_titles(
    conn: &mut Conn,
    ws: WorkspaceId,
    ids: &[Id],
) -> Result<Vec<(Id, String)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = placeholders(2, ids.len());
    let text = format!("SELECT id, title FROM creative WHERE workspace = $1 AND id IN ({list})");
    sql_dynamic(text).bind(ws).bind_all(ids.to_vec()).fetch_all(conn).await
}

/// The currency of the workspace.
pub(super) async fn workspace_currency(conn: &mut Conn, ws: WorkspaceId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT currency FROM workspace WHERE id = $1").bind(ws).fetch_optional(conn).await?;
    Ok(row.map(|(currency,)| currency))
}

/// Whether there is such an offer.
pub(super) async fn offer_known(conn: &mut Conn, ws: WorkspaceId, offer: Id) -> Result<bool, StoreError> {
    let row: Option<(Id,)> =
        sql("SELECT id FROM offer WHERE workspace = $1 AND id = $2").bind(ws).bind(offer).fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// A person's orders.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Orders {
    pub(super) person: Id,
    pub(super) orders: i64,
    /// In one currency, as are the next two.
    pub(super) spend: i64,
    pub(super) discount: i64,
    pub(super) recent_spend: i64,
    pub(super) last_at: i64,
}

/// Everybody's orders; `recent` is from when spend is recent.
pub(super) async fn orders_by_person(
    conn: &mut Conn,
    ws: WorkspaceId,
    until: i64,
    currency: &str,
    recent: i64,
) -> Result<Vec<Orders>, StoreError> {
    sql("SELECT COALESCE(c.merged_into, c.id) AS person, CAST(COUNT(*) AS BIGINT) AS orders,
                CAST(SUM(CASE WHEN o.currency = $3 THEN o.total_minor ELSE 0 END) AS BIGINT) AS spend,
                CAST(SUM(CASE WHEN o.currency = $3 THEN o.discount_minor ELSE 0 END) AS BIGINT) AS discount,
                CAST(SUM(CASE WHEN o.currency = $3 AND o.at > $4 THEN o.total_minor ELSE 0 END) AS BIGINT) AS recent_spend,
                MAX(o.at) AS last_at
         FROM sales_order o
         JOIN contact c ON c.workspace = o.workspace AND c.id = o.contact
         WHERE o.workspace = $1 AND o.at <= $2 AND o.state <> 'cancelled'
         GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(ws)
    .bind(until)
    .bind(currency)
    .bind(recent)
    .fetch_all(conn)
    .await
}

/// Person and spend, in one currency, on the categories of the products of an
/// offer or of a campaign's offers. The tables are read in this order: SQLite
/// would begin with the lines and look for the order of each. CASE keeps it from
/// looking every one of the categories' products up in every order.
pub(super) async fn category_spend_by_person(
    conn: &mut Conn,
    ws: WorkspaceId,
    until: i64,
    currency: &str,
    of: Id,
) -> Result<Vec<(Id, i64)>, StoreError> {
    sql("SELECT COALESCE(c.merged_into, c.id) AS person, CAST(SUM(l.amount_minor) AS BIGINT)
         FROM sales_order o CROSS JOIN order_line l
         JOIN contact c ON c.workspace = o.workspace AND c.id = o.contact
         WHERE o.workspace = $1 AND o.at <= $2 AND o.currency = $3 AND o.state <> 'cancelled'
           AND l.workspace = $1 AND l.sales_order = o.id
           AND CASE WHEN l.product IN (
             SELECT q.id FROM product q
             WHERE q.workspace = $1 AND q.category IN (
               SELECT p.category FROM offer_product f
               JOIN product p ON p.workspace = f.workspace AND p.id = f.product
               WHERE f.workspace = $1 AND p.category <> '' AND f.offer IN (
                 SELECT g.offer FROM campaign_offer g WHERE g.workspace = $1 AND g.campaign = $4
                 UNION ALL SELECT h.id FROM offer h WHERE h.workspace = $1 AND h.id = $4))) THEN 1 ELSE 0 END = 1
         GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(ws)
    .bind(until)
    .bind(currency)
    .bind(of)
    .fetch_all(conn)
    .await
}

/// The same, of those a campaign wrote to alone: far fewer orders are read.
pub(super) async fn category_spend_of_written(
    conn: &mut Conn,
    ws: WorkspaceId,
    until: i64,
    currency: &str,
    of: Id,
) -> Result<Vec<(Id, i64)>, StoreError> {
    sql("SELECT COALESCE(c.merged_into, c.id) AS person, CAST(SUM(l.amount_minor) AS BIGINT)
         FROM sales_order o CROSS JOIN order_line l
         JOIN contact c ON c.workspace = o.workspace AND c.id = o.contact
         WHERE o.workspace = $1 AND o.at <= $2 AND o.currency = $3 AND o.state <> 'cancelled'
           AND l.workspace = $1 AND l.sales_order = o.id
           AND o.contact IN (
             SELECT e.contact FROM event e
             WHERE e.workspace = $1 AND e.campaign = $4 AND e.kind IN ('send', 'touch') AND e.name <> 'placement-seen')
           AND CASE WHEN l.product IN (
             SELECT q.id FROM product q
             WHERE q.workspace = $1 AND q.category IN (
               SELECT p.category FROM offer_product f
               JOIN product p ON p.workspace = f.workspace AND p.id = f.product
               WHERE f.workspace = $1 AND p.category <> '' AND f.offer IN (
                 SELECT g.offer FROM campaign_offer g WHERE g.workspace = $1 AND g.campaign = $4
                 UNION ALL SELECT h.id FROM offer h WHERE h.workspace = $1 AND h.id = $4))) THEN 1 ELSE 0 END = 1
         GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(ws)
    .bind(until)
    .bind(currency)
    .bind(of)
    .fetch_all(conn)
    .await
}

/// Person and redemptions.
pub(super) async fn redemptions_by_person(
    conn: &mut Conn,
    ws: WorkspaceId,
    until: i64,
) -> Result<Vec<(Id, i64)>, StoreError> {
    sql("SELECT COALESCE(c.merged_into, c.id) AS person, CAST(COUNT(*) AS BIGINT)
         FROM redemption r
         JOIN contact c ON c.workspace = r.workspace AND c.id = r.contact
         WHERE r.workspace = $1 AND r.at <= $2
         GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(ws)
    .bind(until)
    .fetch_all(conn)
    .await
}

/// Person and campaigns that wrote to them: of one type or through one channel,
/// where that is not empty.
pub(super) async fn campaigns_by_person(
    conn: &mut Conn,
    ws: WorkspaceId,
    until: i64,
    (kind, channel): (&str, &str),
) -> Result<Vec<(Id, i64)>, StoreError> {
    sql("SELECT COALESCE(c.merged_into, c.id) AS person, CAST(COUNT(DISTINCT e.campaign) AS BIGINT)
         FROM event e
         JOIN contact c ON c.workspace = e.workspace AND c.id = e.contact
         JOIN campaign g ON g.workspace = e.workspace AND g.id = e.campaign
         WHERE e.workspace = $1 AND e.at <= $2 AND e.channel IS NOT NULL AND e.kind IN ('send', 'touch')
           AND e.name <> 'placement-seen' AND ($3 = '' OR g.kind = $3) AND ($4 = '' OR e.channel = $4)
         GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(ws)
    .bind(until)
    .bind(kind)
    .bind(channel)
    .fetch_all(conn)
    .await
}

/// Person and those of these campaigns that they answered by redeeming.
pub(super) async fn responses_by_person(
    conn: &mut Conn,
    ws: WorkspaceId,
    until: i64,
    (kind, channel): (&str, &str),
) -> Result<Vec<(Id, i64)>, StoreError> {
    sql("SELECT COALESCE(c.merged_into, c.id) AS person, CAST(COUNT(DISTINCT r.campaign) AS BIGINT)
         FROM redemption r
         JOIN contact c ON c.workspace = r.workspace AND c.id = r.contact
         JOIN campaign g ON g.workspace = r.workspace AND g.id = r.campaign
         WHERE r.workspace = $1 AND r.at <= $2 AND ($3 = '' OR g.kind = $3)
           AND EXISTS (SELECT 1 FROM event e
                       WHERE e.workspace = r.workspace AND e.contact = r.contact AND e.campaign = r.campaign
                         AND e.at <= $2 AND e.channel IS NOT NULL AND e.kind IN ('send', 'touch')
                         AND e.name <> 'placement-seen' AND ($4 = '' OR e.channel = $4))
         GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(ws)
    .bind(until)
    .bind(kind)
    .bind(channel)
    .fetch_all(conn)
    .await
}

/// A campaign that is over: its id, type, begin and end.
pub(super) type Past = (Id, String, i64, i64);

/// Campaigns that were over by an instant, the latest first.
pub(super) async fn campaigns_over(
    conn: &mut Conn,
    ws: WorkspaceId,
    by: i64,
    limit: i64,
) -> Result<Vec<Past>, StoreError> {
    sql("SELECT id, kind, starts_at, ends_at FROM campaign
         WHERE workspace = $1 AND starts_at IS NOT NULL AND ends_at <= $2 AND state IN ('past', 'finished', 'running')
         ORDER BY starts_at DESC, id LIMIT $3")
    .bind(ws)
    .bind(by)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The type of a campaign.
pub(super) async fn campaign_kind(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql("SELECT kind FROM campaign WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(kind,)| kind))
}
