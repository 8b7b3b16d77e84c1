//! The SQL of approvals and their settings.

use super::PlanSettings;
use crate::error::Result;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql};

/// An approval as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ApprovalRow {
    pub(crate) id: Id,
    pub(crate) digest: String,
    pub(crate) plan: String,
    pub(crate) state: String,
    pub(crate) request: String,
    pub(crate) requested_by: String,
    pub(crate) requested_at: i64,
    pub(crate) answer: String,
    pub(crate) decided_by: Option<String>,
    pub(crate) decided_at: Option<i64>,
}

/// Approvals of a campaign, newest first, before an id.
pub(crate) async fn approval_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<ApprovalRow>> {
    Ok(sql("SELECT id, digest, plan, state, request, requested_by, requested_at, answer, decided_by, decided_at
         FROM campaign_approval WHERE workspace = $1 AND campaign = $2 AND id < $3 ORDER BY id DESC LIMIT $4")
    .bind(ws)
    .bind(campaign)
    .bind(before.unwrap_or_else(Id::max))
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// An approval of a campaign.
pub(crate) async fn approval_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    id: Id,
) -> Result<Option<ApprovalRow>> {
    Ok(sql("SELECT id, digest, plan, state, request, requested_by, requested_at, answer, decided_by, decided_at
         FROM campaign_approval WHERE workspace = $1 AND campaign = $2 AND id = $3")
    .bind(ws)
    .bind(campaign)
    .bind(id)
    .fetch_optional(conn)
    .await?)
}

/// The approved version of a plan, if it has this digest.
pub(crate) async fn approved(conn: &mut Conn, ws: WorkspaceId, campaign: Id, digest: &str) -> Result<bool> {
    // A plan refused after it was approved once is refused: the latest word counts.
    let latest: Option<(String,)> = sql("SELECT state FROM campaign_approval
         WHERE workspace = $1 AND campaign = $2 AND digest = $3 AND state IN ('approved', 'refused')
         ORDER BY id DESC LIMIT 1")
    .bind(ws)
    .bind(campaign)
    .bind(digest)
    .fetch_optional(conn)
    .await?;
    Ok(latest.is_some_and(|(state,)| state == "approved"))
}

/// Insert a request.
pub(crate) async fn approval_insert(conn: &mut Conn, ws: WorkspaceId, campaign: Id, row: &ApprovalRow) -> Result<()> {
    sql("INSERT INTO campaign_approval (workspace, id, campaign, digest, plan, state, request, requested_by, requested_at,
                                        answer, decided_by, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
    .bind(ws)
    .bind(row.id)
    .bind(campaign)
    .bind(&row.digest)
    .bind(&row.plan)
    .bind(&row.state)
    .bind(&row.request)
    .bind(&row.requested_by)
    .bind(row.requested_at)
    .bind(&row.answer)
    .bind(row.decided_by.clone())
    .bind(row.decided_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Decide a request that nobody decided yet; answers whether it was so.
pub(crate) async fn approval_decide(conn: &mut Conn, ws: WorkspaceId, campaign: Id, row: &ApprovalRow) -> Result<bool> {
    let done = sql("UPDATE campaign_approval SET state = $4, answer = $5, decided_by = $6, decided_at = $7
         WHERE workspace = $1 AND campaign = $2 AND id = $3 AND state = 'requested'")
    .bind(ws)
    .bind(campaign)
    .bind(row.id)
    .bind(&row.state)
    .bind(&row.answer)
    .bind(row.decided_by.clone())
    .bind(row.decided_at)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// The settings of a workspace; approval is off where nobody set any.
pub(crate) async fn settings_find(conn: &mut Conn, ws: WorkspaceId) -> Result<PlanSettings> {
    let row: Option<(bool, bool, Option<i64>, i64, String)> =
        sql("SELECT approval_required, self_approval, threshold_minor, version, updated_by
             FROM plan_setting WHERE workspace = $1")
        .bind(ws)
        .fetch_optional(conn)
        .await?;
    let (approval_required, self_approval, threshold_minor, version, updated_by) = row.unwrap_or_default();
    Ok(PlanSettings { approval_required, self_approval, threshold_minor, version, updated_by })
}

/// Write the settings over the version before.
pub(crate) async fn settings_put(conn: &mut Conn, ws: WorkspaceId, s: &PlanSettings, now_us: i64) -> Result<bool> {
    let put = sql("INSERT INTO plan_setting (workspace, approval_required, self_approval, threshold_minor, version,
                                             updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace) DO UPDATE SET
           approval_required = excluded.approval_required, self_approval = excluded.self_approval,
           threshold_minor = excluded.threshold_minor, version = excluded.version, updated_by = excluded.updated_by,
           updated_at = excluded.updated_at
         WHERE plan_setting.version = excluded.version - 1")
    .bind(ws)
    .bind(s.approval_required)
    .bind(s.self_approval)
    .bind(s.threshold_minor)
    .bind(s.version)
    .bind(&s.updated_by)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(put == 1)
}

/// The rule of a segment as it is now; the audience area's row, read only.
pub(crate) async fn segment_rule(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<serde_json::Value>> {
    let row: Option<(String,)> =
        sql("SELECT rule FROM segment WHERE workspace = $1 AND id = $2").bind(ws).bind(id).fetch_optional(conn).await?;
    Ok(row.map(|(rule,)| serde_json::from_str(&rule).unwrap_or(serde_json::Value::String(rule))))
}

/// The offers of a campaign with their versions; the sales area's rows, read only.
pub(crate) async fn offer_versions(conn: &mut Conn, ws: WorkspaceId, campaign: Id) -> Result<Vec<(Id, i64)>> {
    Ok(sql("SELECT o.id, o.version FROM campaign_offer c
         JOIN offer o ON o.workspace = c.workspace AND o.id = c.offer
         WHERE c.workspace = $1 AND c.campaign = $2 ORDER BY o.id LIMIT 5000")
    .bind(ws)
    .bind(campaign)
    .fetch_all(conn)
    .await?)
}
