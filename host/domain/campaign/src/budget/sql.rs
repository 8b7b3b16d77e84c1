//! The SQL of budgets.

use super::{BudgetLine, LINES_MAX, LineKind};
use crate::error::{Error, Result};
use rialto_kernel::{Currency, Id, Money, WorkspaceId, from_micros, to_micros};
use rialto_store::{Conn, sql};

#[derive(sqlx::FromRow)]
struct LineRow {
    id: Id,
    kind: String,
    channel: String,
    name: String,
    planned_minor: i64,
    committed_minor: i64,
    currency: String,
    unit_cost_minor: Option<i64>,
    quantity: Option<i64>,
    priced_at: i64,
    note: String,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl LineRow {
    fn read(self, campaign: Id) -> Result<BudgetLine> {
        let currency: Currency = self.currency.parse().map_err(|_| Error::Stored("currency"))?;
        let money = |minor| Money { minor, currency };
        Ok(BudgetLine {
            id: self.id,
            campaign,
            kind: LineKind::from_word(&self.kind).ok_or(Error::Stored("kind of budget line"))?,
            channel: self.channel,
            name: self.name,
            planned: money(self.planned_minor),
            committed: money(self.committed_minor),
            unit_cost_minor: self.unit_cost_minor,
            quantity: self.quantity,
            priced_at: from_micros(self.priced_at),
            note: self.note,
            version: self.version,
            created_by: self.created_by,
            created_at: from_micros(self.created_at),
            updated_at: from_micros(self.updated_at),
        })
    }
}

/// Every line of a campaign, in the order they were made.
pub(crate) async fn line_list(conn: &mut Conn, ws: WorkspaceId, campaign: Id) -> Result<Vec<BudgetLine>> {
    let rows: Vec<LineRow> = sql("SELECT id, kind, channel, name, planned_minor, committed_minor, currency,
                unit_cost_minor, quantity, priced_at, note, version, created_by, created_at, updated_at
         FROM budget_line WHERE workspace = $1 AND campaign = $2 ORDER BY id LIMIT $3")
    .bind(ws)
    .bind(campaign)
    .bind(i64::try_from(LINES_MAX).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.read(campaign)).collect()
}

/// A line of a campaign.
pub(crate) async fn line_find(conn: &mut Conn, ws: WorkspaceId, campaign: Id, id: Id) -> Result<BudgetLine> {
    let row: Option<LineRow> = sql("SELECT id, kind, channel, name, planned_minor, committed_minor, currency,
                unit_cost_minor, quantity, priced_at, note, version, created_by, created_at, updated_at
         FROM budget_line WHERE workspace = $1 AND campaign = $2 AND id = $3")
    .bind(ws)
    .bind(campaign)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.ok_or(Error::NotFound("budget line"))?.read(campaign)
}

/// Insert a line, or write its new version over the one before it.
pub(crate) async fn line_put(conn: &mut Conn, ws: WorkspaceId, line: &BudgetLine) -> Result<()> {
    let put =
        sql("INSERT INTO budget_line (workspace, id, campaign, kind, channel, name, planned_minor, committed_minor,
                                  currency, unit_cost_minor, quantity, priced_at, note, version, created_by, created_at,
                                  updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         ON CONFLICT (workspace, id) DO UPDATE SET
           channel = excluded.channel, name = excluded.name, planned_minor = excluded.planned_minor,
           committed_minor = excluded.committed_minor, unit_cost_minor = excluded.unit_cost_minor,
           quantity = excluded.quantity, priced_at = excluded.priced_at, note = excluded.note,
           version = excluded.version, updated_at = excluded.updated_at
         WHERE budget_line.version = excluded.version - 1")
        .bind(ws)
        .bind(line.id)
        .bind(line.campaign)
        .bind(line.kind.word())
        .bind(&line.channel)
        .bind(&line.name)
        .bind(line.planned.minor)
        .bind(line.committed.minor)
        .bind(line.planned.currency)
        .bind(line.unit_cost_minor)
        .bind(line.quantity)
        .bind(to_micros(line.priced_at))
        .bind(&line.note)
        .bind(line.version)
        .bind(&line.created_by)
        .bind(to_micros(line.created_at))
        .bind(to_micros(line.updated_at))
        .execute(conn)
        .await?;
    if put == 1 { Ok(()) } else { Err(rialto_kernel::Problem::conflict("changed", "it was changed meanwhile").into()) }
}

/// Take a line away; what was spent on it is spent without a line then.
pub(crate) async fn line_delete(conn: &mut Conn, ws: WorkspaceId, campaign: Id, id: Id) -> Result<bool> {
    sql("UPDATE spend SET budget_line = NULL WHERE workspace = $1 AND campaign = $2 AND budget_line = $3")
        .bind(ws)
        .bind(campaign)
        .bind(id)
        .execute(conn)
        .await?;
    let gone = sql("DELETE FROM budget_line WHERE workspace = $1 AND campaign = $2 AND id = $3")
        .bind(ws)
        .bind(campaign)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// So many amounts alike that went out on a UTC day.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Outflow {
    pub(crate) budget_line: Option<Id>,
    pub(crate) channel: String,
    pub(crate) currency: String,
    pub(crate) day: i64,
    pub(crate) minor: i64,
    pub(crate) times: i64,
}

/// What was noted as spent for a campaign up to an instant.
pub(crate) async fn spend_outflows(conn: &mut Conn, ws: WorkspaceId, campaign: Id, now: i64) -> Result<Vec<Outflow>> {
    Ok(sql("SELECT budget_line, channel, currency, at / 86400000000 AS day, amount_minor AS minor,
                CAST(COUNT(*) AS BIGINT) AS times
         FROM spend WHERE workspace = $1 AND campaign = $2 AND at <= $3
         GROUP BY budget_line, channel, currency, at / 86400000000, amount_minor")
    .bind(ws)
    .bind(campaign)
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// What the sends of a campaign cost up to an instant, as the ledger keeps it.
pub(crate) async fn send_outflows(conn: &mut Conn, ws: WorkspaceId, campaign: Id, now: i64) -> Result<Vec<Outflow>> {
    Ok(sql("SELECT CAST(NULL AS UUID) AS budget_line, s.channel, w.currency,
                COALESCE(s.dispatched_at, s.created_at) / 86400000000 AS day, s.cost_minor AS minor,
                CAST(COUNT(*) AS BIGINT) AS times
         FROM send s JOIN occurrence w ON w.workspace = s.workspace AND w.id = s.occurrence
         WHERE s.workspace = $1 AND s.campaign = $2 AND s.cost_minor <> 0
           AND COALESCE(s.dispatched_at, s.created_at) <= $3
         GROUP BY s.channel, w.currency, COALESCE(s.dispatched_at, s.created_at) / 86400000000, s.cost_minor")
    .bind(ws)
    .bind(campaign)
    .bind(now)
    .fetch_all(conn)
    .await?)
}
