//! Rows of attribution: contacts and touches read, runs and credit kept.

use super::{Run, credit::CreditRow, gather::Gathering, path::NO_CAMPAIGN};
use crate::{MeasureError, names::TOUCH, query::binder::Binder};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{BulkInsert, Conn, sql, sql_dynamic};

/// Contact, time, event, channel, campaign.
pub(crate) type TouchRow = (Id, i64, Id, String, Option<Id>);

/// Contacts that were not merged away, in the order of their ids.
pub(crate) async fn contact_page(
    conn: &mut Conn,
    ws: WorkspaceId,
    after: Id,
    limit: u32,
) -> Result<Vec<Id>, MeasureError> {
    let rows: Vec<(Id,)> =
        sql("SELECT id FROM contact WHERE workspace = $1 AND merged_into IS NULL AND id > $2 ORDER BY id LIMIT $3")
            .bind(ws)
            .bind(after)
            .bind(limit)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many contacts were not merged away.
pub(crate) async fn contact_count(conn: &mut Conn, ws: WorkspaceId) -> Result<u64, MeasureError> {
    let (count,): (i64,) =
        sql("SELECT CAST(COUNT(*) AS BIGINT) FROM contact WHERE workspace = $1 AND merged_into IS NULL")
            .bind(ws)
            .fetch_one(conn)
            .await?;
    Ok(count.unsigned_abs())
}

/// Touches of the contacts above the first id and up to the second; those of a
/// merged contact under its winner.
pub(crate) async fn touch_page(
    conn: &mut Conn,
    wanted: &Gathering,
    (after, last): (Id, Id),
    limit: u32,
) -> Result<Vec<TouchRow>, MeasureError> {
    let mut binder = Binder::new(wanted.workspace);
    let (after, last) = (binder.bind(after), binder.bind(last));
    let start = binder.bind(wanted.frame.start.saturating_sub(wanted.frame.window));
    let end = binder.bind(wanted.frame.end);
    let mut only = format!("{TOUCH} AND e.at >= {start} AND e.at < {end}");
    if let Some(campaign) = wanted.campaign {
        only.push_str(&format!(" AND (e.campaign = {} OR e.campaign IS NULL)", binder.bind(campaign)));
    }
    if !wanted.channels.is_empty() {
        only.push_str(&format!(" AND e.channel IN ({})", binder.bind_list(wanted.channels.iter())));
    }
    let limit = binder.bind(limit);
    let text = format!(
        "SELECT e.contact, e.at, e.id, e.channel, e.campaign FROM event e \
         JOIN contact p ON p.workspace = e.workspace AND p.id = e.contact AND p.merged_into IS NULL \
         WHERE e.workspace = $1 AND e.contact > {after} AND e.contact <= {last} AND {only} \
         UNION ALL \
         SELECT p.merged_into, e.at, e.id, e.channel, e.campaign FROM contact p \
         JOIN event e ON e.workspace = p.workspace AND e.contact = p.id \
         WHERE p.workspace = $1 AND p.merged_into > {after} AND p.merged_into <= {last} AND {only} \
         LIMIT {limit}"
    );
    Ok(sql_dynamic(text).bind_all(binder.into_values()).fetch_all(conn).await?)
}

pub(crate) async fn run_insert(conn: &mut Conn, ws: WorkspaceId, run: &Run, now_us: i64) -> Result<(), MeasureError> {
    sql("INSERT INTO attribution_run (workspace, id, installation, installation_version, model, settings, conversion_definition,
                                      campaign, starts_at, ends_at, state, job, currency, paths, touches, conversions, value_minor,
                                      untouched, untouched_value_minor, channels, drillable, digests, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11, $12, 0, 0, 0, 0, 0, 0, '[]', FALSE, '{}', $13, $14)")
    .bind(ws)
    .bind(run.id)
    .bind(run.installation)
    .bind(run.installation_version)
    .bind(&run.model)
    .bind(&run.settings)
    .bind(run.conversion_definition)
    .bind(run.campaign)
    .bind(run.starts_at)
    .bind(run.ends_at)
    .bind(run.job)
    .bind(&run.currency)
    .bind(&run.created_by)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

const COLUMNS: &str = "id, installation, installation_version, model, settings, conversion_definition, campaign, starts_at, ends_at, \
     state, job, currency, paths, touches, conversions, value_minor, untouched, untouched_value_minor, channels, drillable, digests, \
     error, created_by, created_at, finished_at";

pub(crate) async fn run_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<Run>, MeasureError> {
    let text = format!("SELECT {COLUMNS} FROM attribution_run WHERE workspace = $1 AND id = $2");
    Ok(sql_dynamic(text).bind(ws).bind(id).fetch_optional(conn).await?)
}

/// The ways a run's paths went; `None` for one made before they were counted.
pub(crate) async fn run_patterns(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<String>, MeasureError> {
    let row: Option<(Option<String>,)> = sql("SELECT patterns FROM attribution_run WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.and_then(|(patterns,)| patterns))
}

/// Newest first.
pub(crate) async fn run_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Run>, MeasureError> {
    let text =
        format!("SELECT {COLUMNS} FROM attribution_run WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    Ok(sql_dynamic(text).bind(ws).bind(before.unwrap_or(Id::max())).bind(limit).fetch_all(conn).await?)
}

pub(crate) async fn run_begin(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<(), MeasureError> {
    sql("UPDATE attribution_run SET state = 'running' WHERE workspace = $1 AND id = $2 AND state = 'waiting'")
        .bind(ws)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn run_fail(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    error: &str,
    now_us: i64,
) -> Result<(), MeasureError> {
    sql("UPDATE attribution_run SET state = 'failed', error = $3, finished_at = $4
         WHERE workspace = $1 AND id = $2 AND state IN ('waiting', 'running')")
    .bind(ws)
    .bind(id)
    .bind(error)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a run came to.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) installation_version: Id,
    pub(crate) settings: String,
    pub(crate) totals: super::batch::Totals,
    pub(crate) channels: String,
    pub(crate) patterns: String,
    pub(crate) drillable: bool,
    pub(crate) digests: String,
}

pub(crate) async fn run_finish(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    outcome: &Outcome,
    now_us: i64,
) -> Result<(), MeasureError> {
    sql("UPDATE attribution_run SET state = 'finished', installation_version = $3, settings = $4, paths = $5, touches = $6,
                conversions = $7, value_minor = $8, untouched = $9, untouched_value_minor = $10, channels = $11, drillable = $12,
                digests = $13, error = NULL, finished_at = $14, patterns = $15
         WHERE workspace = $1 AND id = $2 AND state IN ('waiting', 'running')")
    .bind(ws)
    .bind(id)
    .bind(outcome.installation_version)
    .bind(&outcome.settings)
    .bind(outcome.totals.paths)
    .bind(outcome.totals.touches)
    .bind(outcome.totals.conversions)
    .bind(outcome.totals.value_minor)
    .bind(outcome.totals.untouched)
    .bind(outcome.totals.untouched_value_minor)
    .bind(&outcome.channels)
    .bind(outcome.drillable)
    .bind(&outcome.digests)
    .bind(now_us)
    .bind(&outcome.patterns)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forget up to so many rows of credit; answers how many went.
pub(crate) async fn credit_clear(conn: &mut Conn, ws: WorkspaceId, run: Id, limit: i64) -> Result<u64, MeasureError> {
    let cleared = sql("DELETE FROM attribution_credit WHERE workspace = $1 AND run = $2 AND number IN
         (SELECT number FROM attribution_credit WHERE workspace = $1 AND run = $2 ORDER BY number LIMIT $3)")
    .bind(ws)
    .bind(run)
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(cleared)
}

pub(crate) async fn credit_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    run: Id,
    first: usize,
    rows: &[CreditRow],
    channels: &[String],
    campaigns: &[Id],
) -> Result<(), MeasureError> {
    const COLUMNS: &[&str] = &[
        "workspace",
        "run",
        "number",
        "channel",
        "campaign",
        "day_at",
        "touches",
        "people",
        "people_channel",
        "people_campaign",
        "people_channel_campaign",
        "conversions_micro",
        "value_minor",
    ];
    let mut bulk = BulkInsert::new("attribution_credit", COLUMNS, "");
    for (at, row) in rows.iter().enumerate() {
        let campaign = if row.campaign == NO_CAMPAIGN { None } else { campaigns.get(row.campaign as usize).copied() };
        bulk.push([
            ws.into(),
            run.into(),
            i64::try_from(first + at).unwrap_or(i64::MAX).into(),
            channels.get(row.channel as usize).map_or("", String::as_str).into(),
            campaign.into(),
            row.day_at.into(),
            row.touches.into(),
            row.people.into(),
            row.people_channel.into(),
            row.people_campaign.into(),
            row.people_channel_campaign.into(),
            row.conversions_micro.into(),
            row.value_minor.into(),
        ]);
    }
    bulk.execute(conn).await?;
    Ok(())
}
