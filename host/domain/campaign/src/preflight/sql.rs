//! SQL of `campaign_preflight`: one row a campaign.

use crate::error::Result;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql};

/// A preflight as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Run {
    pub(crate) campaign: Id,
    pub(crate) id: Id,
    pub(crate) plan_version: i64,
    /// `open`, `finished` or `failed`.
    pub(crate) state: String,
    pub(crate) job: Id,
    pub(crate) counts: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
}

/// The last preflight of a campaign.
pub(crate) async fn run_find(conn: &mut Conn, ws: WorkspaceId, campaign: Id) -> Result<Option<Run>> {
    Ok(sql("SELECT campaign, id, plan_version, state, job, counts, error, created_by, created_at, finished_at
            FROM campaign_preflight WHERE workspace = $1 AND campaign = $2")
    .bind(ws)
    .bind(campaign)
    .fetch_optional(conn)
    .await?)
}

/// Keep a preflight that begins, in the place of the one before.
pub(crate) async fn run_put(conn: &mut Conn, ws: WorkspaceId, run: &Run) -> Result<()> {
    sql("INSERT INTO campaign_preflight (workspace, campaign, id, plan_version, state, job, created_by, created_at)
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $7)
         ON CONFLICT (workspace, campaign) DO UPDATE SET id = excluded.id, plan_version = excluded.plan_version,
                state = 'open', job = excluded.job, counts = NULL, error = NULL, created_by = excluded.created_by,
                created_at = excluded.created_at, finished_at = NULL")
    .bind(ws)
    .bind(run.campaign)
    .bind(run.id)
    .bind(run.plan_version)
    .bind(run.job)
    .bind(&run.created_by)
    .bind(run.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keep what a preflight found of this version of the plan, or why it found nothing.
pub(crate) async fn run_end(
    conn: &mut Conn,
    ws: WorkspaceId,
    (campaign, id): (Id, Id),
    plan_version: i64,
    found: &std::result::Result<String, String>,
    now_us: i64,
) -> Result<()> {
    let (state, counts, error) = match found {
        Ok(counts) => ("finished", Some(counts.as_str()), None),
        Err(why) => ("failed", None, Some(why.as_str())),
    };
    sql("UPDATE campaign_preflight SET state = $4, plan_version = $5, counts = $6, error = $7, finished_at = $8
         WHERE workspace = $1 AND campaign = $2 AND id = $3 AND state = 'open'")
    .bind(ws)
    .bind(campaign)
    .bind(id)
    .bind(state)
    .bind(plan_version)
    .bind(counts)
    .bind(error)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}
