//! The SQL of campaigns.

use crate::{
    error::{Error, Result},
    model::{Campaign, CampaignState, ChannelMessage, Goal, Spend},
};
use rialto_delivery::OnUncertain;
use rialto_kernel::{Id, Money, WorkspaceId, from_micros, to_micros};
use rialto_store::{BulkInsert, Conn, containing, placeholders, sql, sql_dynamic};

#[derive(sqlx::FromRow)]
struct CampaignRow {
    id: Id,
    code: String,
    name: String,
    kind: String,
    objective: String,
    state: String,
    unit: Option<Id>,
    segment: Option<Id>,
    rule: Option<String>,
    snapshot: Option<Id>,
    experiment: Option<Id>,
    topic: String,
    currency: String,
    unit_cost_minor: i64,
    budget_minor: Option<i64>,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    launched_at: Option<i64>,
    finished_at: Option<i64>,
    on_uncertain: String,
    source: String,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl CampaignRow {
    fn read(self) -> Result<Campaign> {
        Ok(Campaign {
            id: self.id,
            code: self.code,
            name: self.name,
            kind: self.kind,
            objective: self.objective,
            state: CampaignState::from_word(&self.state).ok_or(Error::Stored("campaign state"))?,
            unit: self.unit,
            segment: self.segment,
            rule: self.rule.map(|rule| serde_json::from_str(&rule)).transpose().map_err(|_| Error::Stored("rule"))?,
            snapshot: self.snapshot,
            experiment: self.experiment,
            topic: self.topic,
            currency: self.currency.parse().map_err(|_| Error::Stored("currency"))?,
            unit_cost_minor: self.unit_cost_minor,
            budget_minor: self.budget_minor,
            starts_at: self.starts_at.map(from_micros),
            ends_at: self.ends_at.map(from_micros),
            launched_at: self.launched_at.map(from_micros),
            finished_at: self.finished_at.map(from_micros),
            on_uncertain: OnUncertain::from_word(&self.on_uncertain).unwrap_or(OnUncertain::Park),
            messages: Vec::new(),
            goals: Vec::new(),
            offers: Vec::new(),
            source: self.source,
            version: self.version,
            created_by: self.created_by,
            created_at: from_micros(self.created_at),
            updated_at: from_micros(self.updated_at),
        })
    }
}

/// The campaign with this id, with all that hangs on it.
pub(crate) async fn campaign_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Campaign> {
    let row: Option<CampaignRow> = sql(
        "SELECT id, code, name, kind, objective, state, unit, segment, rule, snapshot, experiment, topic, currency,
                unit_cost_minor, budget_minor, starts_at, ends_at, launched_at, finished_at, on_uncertain, source,
                version, created_by, created_at, updated_at
         FROM campaign WHERE workspace = $1 AND id = $2",
    )
    .bind(ws)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    let mut campaign = row.ok_or(Error::NotFound("campaign"))?.read()?;
    campaign.messages = messages_of(conn, ws, id).await?;
    campaign.goals = goals_of(conn, ws, id).await?;
    campaign.offers = offers_of(conn, ws, id).await?;
    Ok(campaign)
}

/// Campaigns, newest first, with neither messages nor goals; those in one of
/// these states only, if any are named, and whose name or code holds `search`.
pub(crate) async fn campaign_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    states: &[&str],
    search: &str,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Campaign>> {
    let states: Vec<&str> = if states.is_empty() {
        vec!["draft", "running", "paused", "finished", "cancelled", "past"]
    } else {
        states.to_vec()
    };
    let text = format!(
        "SELECT id, code, name, kind, objective, state, unit, segment, rule, snapshot, experiment, topic, currency,
                unit_cost_minor, budget_minor, starts_at, ends_at, launched_at, finished_at, on_uncertain, source,
                version, created_by, created_at, updated_at
         FROM campaign
         WHERE workspace = $1 AND id < $2 AND ($3 = '' OR LOWER(name) LIKE $3 ESCAPE '!' OR LOWER(code) LIKE $3 ESCAPE '!')
           AND state IN ({})
         ORDER BY id DESC LIMIT $4",
        placeholders(5, states.len())
    );
    let rows: Vec<CampaignRow> = sql_dynamic(text)
        .bind(ws)
        .bind(before.unwrap_or_else(Id::max))
        .bind(containing(search))
        .bind(limit)
        .bind_all(states)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(CampaignRow::read).collect()
}

/// Insert a campaign, or write its new version over the one before it.
pub(crate) async fn campaign_put(conn: &mut Conn, ws: WorkspaceId, c: &Campaign) -> Result<()> {
    let put = sql(
        "INSERT INTO campaign (workspace, id, code, name, kind, objective, state, unit, segment, rule, snapshot, topic,
                               currency, unit_cost_minor, budget_minor, starts_at, ends_at, launched_at, finished_at,
                               on_uncertain, source, version, created_by, created_at, updated_at, experiment)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26)
         ON CONFLICT (workspace, id) DO UPDATE SET
           name = excluded.name, kind = excluded.kind, objective = excluded.objective, state = excluded.state,
           segment = excluded.segment, rule = excluded.rule, snapshot = excluded.snapshot, topic = excluded.topic,
           experiment = excluded.experiment,
           unit_cost_minor = excluded.unit_cost_minor, budget_minor = excluded.budget_minor,
           starts_at = excluded.starts_at, ends_at = excluded.ends_at, launched_at = excluded.launched_at,
           finished_at = excluded.finished_at, on_uncertain = excluded.on_uncertain, version = excluded.version,
           updated_at = excluded.updated_at
         WHERE campaign.version = excluded.version - 1",
    )
    .bind(ws)
    .bind(c.id)
    .bind(&c.code)
    .bind(&c.name)
    .bind(&c.kind)
    .bind(&c.objective)
    .bind(c.state.word())
    .bind(c.unit)
    .bind(c.segment)
    .bind(c.rule.as_ref().map(ToString::to_string))
    .bind(c.snapshot)
    .bind(&c.topic)
    .bind(c.currency)
    .bind(c.unit_cost_minor)
    .bind(c.budget_minor)
    .bind(c.starts_at.map(to_micros))
    .bind(c.ends_at.map(to_micros))
    .bind(c.launched_at.map(to_micros))
    .bind(c.finished_at.map(to_micros))
    .bind(c.on_uncertain.word())
    .bind(&c.source)
    .bind(c.version)
    .bind(&c.created_by)
    .bind(to_micros(c.created_at))
    .bind(to_micros(c.updated_at))
    .bind(c.experiment)
    .execute(conn)
    .await?;
    if put == 1 { Ok(()) } else { Err(rialto_kernel::Problem::conflict("changed", "it was changed meanwhile").into()) }
}

/// Write all that hangs on a campaign anew.
pub(crate) async fn campaign_parts_put(conn: &mut Conn, ws: WorkspaceId, c: &Campaign) -> Result<()> {
    sql("DELETE FROM campaign_message WHERE workspace = $1 AND campaign = $2")
        .bind(ws)
        .bind(c.id)
        .execute(conn)
        .await?;
    sql("DELETE FROM campaign_goal WHERE workspace = $1 AND campaign = $2").bind(ws).bind(c.id).execute(conn).await?;
    sql("DELETE FROM campaign_offer WHERE workspace = $1 AND campaign = $2").bind(ws).bind(c.id).execute(conn).await?;
    const MESSAGE: &[&str] = &["workspace", "campaign", "channel", "message", "installation", "sender", "mail_server"];
    let mut messages = BulkInsert::new("campaign_message", MESSAGE, "");
    for m in &c.messages {
        messages.push([
            ws.into(),
            c.id.into(),
            (&m.channel).into(),
            m.message.into(),
            m.installation.into(),
            m.sender.into(),
            m.mail_server.into(),
        ]);
    }
    messages.execute(conn).await?;
    const GOAL: &[&str] = &["workspace", "campaign", "metric", "expected", "due_at"];
    let mut goals = BulkInsert::new("campaign_goal", GOAL, "");
    for g in &c.goals {
        goals.push([ws.into(), c.id.into(), (&g.metric).into(), g.expected.into(), g.due_at.map(to_micros).into()]);
    }
    goals.execute(conn).await?;
    campaign_offers_add(conn, ws, c.offers.iter().map(|offer| (c.id, *offer))).await
}

/// Say that campaigns carry offers; those said before are left.
pub(crate) async fn campaign_offers_add(
    conn: &mut Conn,
    ws: WorkspaceId,
    pairs: impl IntoIterator<Item = (Id, Id)>,
) -> Result<()> {
    let mut rows = BulkInsert::new("campaign_offer", &["workspace", "campaign", "offer"], "ON CONFLICT DO NOTHING");
    for (campaign, offer) in pairs {
        rows.push([ws.into(), campaign.into(), offer.into()]);
    }
    rows.execute(conn).await?;
    Ok(())
}

/// The offers that a campaign carries.
pub(crate) async fn campaign_offers_there(conn: &mut Conn, ws: WorkspaceId, campaign: Id) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = sql("SELECT offer FROM campaign_offer WHERE workspace = $1 AND campaign = $2")
        .bind(ws)
        .bind(campaign)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(offer,)| offer).collect())
}

/// A campaign carries an offer no more.
pub(crate) async fn campaign_offer_remove(conn: &mut Conn, ws: WorkspaceId, campaign: Id, offer: Id) -> Result<()> {
    sql("DELETE FROM campaign_offer WHERE workspace = $1 AND campaign = $2 AND offer = $3")
        .bind(ws)
        .bind(campaign)
        .bind(offer)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ids of the campaigns with these codes.
pub(crate) async fn campaign_codes(conn: &mut Conn, ws: WorkspaceId, codes: &[&str]) -> Result<Vec<(String, Id)>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let text =
        format!("SELECT code, id FROM campaign WHERE workspace = $1 AND code IN ({})", placeholders(2, codes.len()));
    Ok(sql_dynamic(text).bind(ws).bind_all(codes.to_vec()).fetch_all(conn).await?)
}

/// Move a campaign from one state to another; answers whether it was in the first.
pub(crate) async fn campaign_turn(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    from: CampaignState,
    to: CampaignState,
    now_us: i64,
) -> Result<bool> {
    let over = matches!(to, CampaignState::Finished | CampaignState::Cancelled);
    let turned = sql("UPDATE campaign SET state = $4, version = version + 1, updated_at = $5,
                finished_at = CASE WHEN $6 THEN $5 ELSE finished_at END
         WHERE workspace = $1 AND id = $2 AND state = $3")
    .bind(ws)
    .bind(id)
    .bind(from.word())
    .bind(to.word())
    .bind(now_us)
    .bind(over)
    .execute(conn)
    .await?;
    Ok(turned == 1)
}

async fn messages_of(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Vec<ChannelMessage>> {
    type Row = (String, Id, Id, Option<Id>, Option<Id>);
    let rows: Vec<Row> = sql("SELECT channel, message, installation, sender, mail_server FROM campaign_message
         WHERE workspace = $1 AND campaign = $2 ORDER BY channel")
    .bind(ws)
    .bind(id)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(channel, message, installation, sender, mail_server)| ChannelMessage {
            channel,
            message,
            installation,
            sender,
            mail_server,
        })
        .collect())
}

async fn goals_of(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Vec<Goal>> {
    let rows: Vec<(String, f64, Option<i64>)> = sql(
        "SELECT metric, expected, due_at FROM campaign_goal WHERE workspace = $1 AND campaign = $2 ORDER BY metric",
    )
    .bind(ws)
    .bind(id)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(metric, expected, due_at)| Goal { metric, expected, due_at: due_at.map(from_micros) })
        .collect())
}

async fn offers_of(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> =
        sql("SELECT offer FROM campaign_offer WHERE workspace = $1 AND campaign = $2 ORDER BY offer LIMIT 5000")
            .bind(ws)
            .bind(id)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Record money that went out.
pub(crate) async fn spend_insert(conn: &mut Conn, ws: WorkspaceId, spend: &Spend, now_us: i64) -> Result<()> {
    sql(
        "INSERT INTO spend (workspace, id, campaign, channel, at, amount_minor, currency, note, created_by, created_at,
                            budget_line)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(ws)
    .bind(spend.id)
    .bind(spend.campaign)
    .bind(&spend.channel)
    .bind(to_micros(spend.at))
    .bind(spend.amount.minor)
    .bind(spend.amount.currency)
    .bind(&spend.note)
    .bind(&spend.created_by)
    .bind(now_us)
    .bind(spend.budget_line)
    .execute(conn)
    .await?;
    Ok(())
}

/// Money that went out for a campaign, newest first.
pub(crate) async fn spend_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Spend>> {
    type Row = (Id, String, i64, i64, String, String, String, Option<Id>);
    let rows: Vec<Row> = sql("SELECT id, channel, at, amount_minor, currency, note, created_by, budget_line FROM spend
         WHERE workspace = $1 AND campaign = $2 AND id < $3 ORDER BY id DESC LIMIT $4")
    .bind(ws)
    .bind(campaign)
    .bind(before.unwrap_or_else(Id::max))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(id, channel, at, minor, currency, note, created_by, budget_line)| {
            let currency = currency.parse().map_err(|_| Error::Stored("currency"))?;
            let amount = Money { minor, currency };
            Ok(Spend { id, campaign, channel, at: from_micros(at), amount, note, created_by, budget_line })
        })
        .collect()
}
