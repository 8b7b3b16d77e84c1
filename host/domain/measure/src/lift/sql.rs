//! Rows of lift runs, and what a run is about.

use super::view::LiftShown;
use crate::MeasureError;
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{Conn, sql};

/// A run as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Run {
    pub(crate) id: Id,
    pub(crate) campaign: Option<Id>,
    pub(crate) experiment: Option<Id>,
    pub(crate) conversion: Option<Id>,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) state: String,
    pub(crate) job: Option<Id>,
    pub(crate) result: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
}

impl Run {
    pub(crate) fn shown(self) -> Result<LiftShown, MeasureError> {
        Ok(LiftShown {
            id: self.id,
            campaign: self.campaign,
            experiment: self.experiment,
            conversion: self.conversion,
            starts_at: from_micros(self.starts_at),
            ends_at: from_micros(self.ends_at),
            state: self.state,
            job: self.job,
            result: self.result.map(|text| serde_json::from_str(&text)).transpose()?,
            error: self.error,
            created_by: self.created_by,
            created_at: from_micros(self.created_at),
            finished_at: self.finished_at.map(from_micros),
        })
    }
}

pub(crate) async fn run_insert(conn: &mut Conn, ws: WorkspaceId, run: &Run) -> Result<(), MeasureError> {
    sql("INSERT INTO lift_run (workspace, id, campaign, experiment, conversion, starts_at, ends_at, state, job, created_by,
                               created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10)")
    .bind(ws)
    .bind(run.id)
    .bind(run.campaign)
    .bind(run.experiment)
    .bind(run.conversion)
    .bind(run.starts_at)
    .bind(run.ends_at)
    .bind(run.job)
    .bind(&run.created_by)
    .bind(run.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn run_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<Run>, MeasureError> {
    Ok(sql("SELECT id, campaign, experiment, conversion, starts_at, ends_at, state, job, result, error, created_by, created_at,
                   finished_at
            FROM lift_run WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await?)
}

/// Newest first.
pub(crate) async fn run_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Option<Id>,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Run>, MeasureError> {
    Ok(sql("SELECT id, campaign, experiment, conversion, starts_at, ends_at, state, job, result, error, created_by, created_at,
                   finished_at
            FROM lift_run WHERE workspace = $1 AND id < $2 AND ($3 = 0 OR campaign = $4) ORDER BY id DESC LIMIT $5")
    .bind(ws)
    .bind(before.unwrap_or(Id::max()))
    .bind(i64::from(campaign.is_some()))
    .bind(campaign.unwrap_or(Id::nil()))
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// What the newest finished run of a campaign found.
pub(crate) async fn run_latest(conn: &mut Conn, ws: WorkspaceId, campaign: Id) -> Result<Option<String>, MeasureError> {
    let found: Option<(Option<String>,)> = sql("SELECT result FROM lift_run
         WHERE workspace = $1 AND campaign = $2 AND state = 'finished' ORDER BY id DESC LIMIT 1")
    .bind(ws)
    .bind(campaign)
    .fetch_optional(conn)
    .await?;
    Ok(found.and_then(|(result,)| result))
}

pub(crate) async fn run_begin(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<(), MeasureError> {
    sql("UPDATE lift_run SET state = 'running' WHERE workspace = $1 AND id = $2 AND state = 'waiting'")
        .bind(ws)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keep what a run found, or why it found nothing.
pub(crate) async fn run_end(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    found: &Result<String, String>,
    now_us: i64,
) -> Result<(), MeasureError> {
    let (state, result, error) = match found {
        Ok(result) => ("finished", Some(result), None),
        Err(why) => ("failed", None, Some(why)),
    };
    sql("UPDATE lift_run SET state = $3, result = $4, error = $5, finished_at = $6
         WHERE workspace = $1 AND id = $2 AND state IN ('waiting', 'running')")
    .bind(ws)
    .bind(id)
    .bind(state)
    .bind(result.cloned())
    .bind(error.cloned())
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// A campaign's window, experiment and frozen audience.
pub(crate) type CampaignRow = (Option<i64>, Option<i64>, Option<Id>, Option<Id>);

pub(crate) async fn campaign_find(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
) -> Result<Option<CampaignRow>, MeasureError> {
    Ok(sql("SELECT COALESCE(starts_at, launched_at), COALESCE(ends_at, finished_at), experiment, snapshot
            FROM campaign WHERE workspace = $1 AND id = $2")
    .bind(ws)
    .bind(campaign)
    .fetch_optional(conn)
    .await?)
}
