//! The SQL of the library.

use super::model::{Creative, CreativeResult, NewResult, PastResults};
use crate::error::Result;
use rialto_kernel::{Id, Money, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, StoreError, containing, placeholders, sql, sql_dynamic};
use std::collections::HashMap;

/// A creative as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Row {
    id: Id,
    code: String,
    kind: String,
    origin: String,
    title: String,
    description: String,
    theme: String,
    interaction: String,
    season: String,
    channel: String,
    campaign_type: String,
    objectives: String,
    categories: String,
    audience: String,
    link: String,
    body: String,
    archived: bool,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl From<Row> for Creative {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            code: row.code,
            kind: row.kind,
            origin: row.origin,
            title: row.title,
            description: row.description,
            theme: row.theme,
            interaction: row.interaction,
            season: row.season,
            channel: row.channel,
            campaign_type: row.campaign_type,
            objectives: row.objectives,
            categories: row.categories,
            audience: row.audience,
            link: row.link,
            body: row.body,
            archived: row.archived,
            past: PastResults::default(),
            version: row.version,
            created_by: row.created_by,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
        }
    }
}

/// Which creatives; an empty text means any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) search: String,
    pub(crate) kind: String,
    pub(crate) origin: String,
    pub(crate) theme: String,
    pub(crate) season: String,
    pub(crate) channel: String,
    pub(crate) campaign_type: String,
    pub(crate) objective: String,
    pub(crate) archived: bool,
}

/// One creative, with what came of it.
pub(crate) async fn creative_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<Creative>> {
    let row: Option<Row> =
        sql("SELECT id, code, kind, origin, title, description, theme, interaction, season, channel, campaign_type,
                objectives, categories, audience, link, body, archived, version, created_by, created_at, updated_at
         FROM creative WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut creative = vec![Creative::from(row)];
    add_past(conn, ws, &mut creative, i64::MAX).await?;
    Ok(creative.pop())
}

/// The creative that files call this.
///
/// # Errors
/// When the store fails.
pub async fn creative_by_code(conn: &mut Conn, ws: WorkspaceId, code: &str) -> Result<Option<Id>> {
    let row: Option<(Id,)> = sql("SELECT id FROM creative WHERE workspace = $1 AND code = $2")
        .bind(ws)
        .bind(code)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Creatives, newest first, before this one.
pub(crate) async fn creative_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    filter: &Filter,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Creative>> {
    let rows: Vec<Row> =
        sql("SELECT id, code, kind, origin, title, description, theme, interaction, season, channel, campaign_type,
                objectives, categories, audience, link, body, archived, version, created_by, created_at, updated_at
         FROM creative
         WHERE workspace = $1 AND id < $2 AND archived = $3
           AND ($4 = '' OR kind = $4) AND ($5 = '' OR origin = $5) AND ($6 = '' OR campaign_type = $6)
           AND ($7 = '' OR LOWER(theme) LIKE $7 ESCAPE '!') AND ($8 = '' OR LOWER(season) LIKE $8 ESCAPE '!')
           AND ($9 = '' OR LOWER(channel) LIKE $9 ESCAPE '!') AND ($10 = '' OR LOWER(objectives) LIKE $10 ESCAPE '!')
           AND ($11 = '' OR LOWER(title) LIKE $11 ESCAPE '!' OR LOWER(description) LIKE $11 ESCAPE '!'
                OR LOWER(theme) LIKE $11 ESCAPE '!' OR LOWER(interaction) LIKE $11 ESCAPE '!'
                OR LOWER(code) LIKE $11 ESCAPE '!')
         ORDER BY id DESC LIMIT $12")
        .bind(ws)
        .bind(before.unwrap_or(Id::max()))
        .bind(filter.archived)
        .bind(&filter.kind)
        .bind(&filter.origin)
        .bind(&filter.campaign_type)
        .bind(containing(&filter.theme))
        .bind(containing(&filter.season))
        .bind(containing(&filter.channel))
        .bind(containing(&filter.objective))
        .bind(containing(&filter.search))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    let mut creatives: Vec<Creative> = rows.into_iter().map(Creative::from).collect();
    add_past(conn, ws, &mut creatives, i64::MAX).await?;
    Ok(creatives)
}

/// Put a creative in, or write it anew.
pub(crate) async fn creative_put(conn: &mut Conn, ws: WorkspaceId, creative: &Creative) -> Result<(), StoreError> {
    sql("INSERT INTO creative (workspace, id, code, kind, origin, title, description, theme, interaction, season,
                               channel, campaign_type, objectives, categories, audience, link, body, archived,
                               version, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
         ON CONFLICT (workspace, id) DO UPDATE SET kind = excluded.kind, origin = excluded.origin,
           title = excluded.title, description = excluded.description, theme = excluded.theme,
           interaction = excluded.interaction, season = excluded.season, channel = excluded.channel,
           campaign_type = excluded.campaign_type, objectives = excluded.objectives,
           categories = excluded.categories, audience = excluded.audience, link = excluded.link,
           body = excluded.body, archived = excluded.archived, version = excluded.version,
           updated_at = excluded.updated_at")
    .bind(ws)
    .bind(creative.id)
    .bind(&creative.code)
    .bind(&creative.kind)
    .bind(&creative.origin)
    .bind(&creative.title)
    .bind(&creative.description)
    .bind(&creative.theme)
    .bind(&creative.interaction)
    .bind(&creative.season)
    .bind(&creative.channel)
    .bind(&creative.campaign_type)
    .bind(&creative.objectives)
    .bind(&creative.categories)
    .bind(&creative.audience)
    .bind(&creative.link)
    .bind(&creative.body)
    .bind(creative.archived)
    .bind(creative.version)
    .bind(&creative.created_by)
    .bind(creative.created_at)
    .bind(creative.updated_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Put many new creatives in; codes that are there already are left alone.
pub(crate) async fn creatives_insert(
    conn: &mut Conn,
    ws: WorkspaceId,
    creatives: &[Creative],
) -> Result<(), StoreError> {
    const COLUMNS: &[&str] = &[
        "workspace",
        "id",
        "code",
        "kind",
        "origin",
        "title",
        "description",
        "theme",
        "interaction",
        "season",
        "channel",
        "campaign_type",
        "objectives",
        "categories",
        "audience",
        "link",
        "body",
        "archived",
        "version",
        "created_by",
        "created_at",
        "updated_at",
    ];
    let mut rows = BulkInsert::new("creative", COLUMNS, "ON CONFLICT (workspace, code) DO NOTHING");
    for one in creatives {
        rows.push([
            ws.into(),
            one.id.into(),
            (&one.code).into(),
            (&one.kind).into(),
            (&one.origin).into(),
            (&one.title).into(),
            (&one.description).into(),
            (&one.theme).into(),
            (&one.interaction).into(),
            (&one.season).into(),
            (&one.channel).into(),
            (&one.campaign_type).into(),
            (&one.objectives).into(),
            (&one.categories).into(),
            (&one.audience).into(),
            (&one.link).into(),
            (&one.body).into(),
            one.archived.into(),
            one.version.into(),
            (&one.created_by).into(),
            one.created_at.into(),
            one.updated_at.into(),
        ]);
    }
    rows.execute(conn).await?;
    Ok(())
}

/// The ids of creatives by their codes.
pub(crate) async fn creative_ids(
    conn: &mut Conn,
    ws: WorkspaceId,
    codes: &[&str],
) -> Result<HashMap<String, Id>, StoreError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let list = placeholders(2, codes.len());
    let text = format!("SELECT code, id FROM creative WHERE workspace = $1 AND code IN ({list})");
    let rows: Vec<(String, Id)> = sql_dynamic(text).bind(ws).bind_all(codes.iter().copied()).fetch_all(conn).await?;
    Ok(rows.into_iter().collect())
}

/// How many results each of these creatives has; one without any is left out.
pub(crate) async fn results_count(
    conn: &mut Conn,
    ws: WorkspaceId,
    creatives: &[Id],
) -> Result<HashMap<Id, i64>, StoreError> {
    if creatives.is_empty() {
        return Ok(HashMap::new());
    }
    let list = placeholders(2, creatives.len());
    let text = format!(
        "SELECT creative, COUNT(*) FROM creative_result WHERE workspace = $1 AND creative IN ({list}) GROUP BY creative"
    );
    let rows: Vec<(Id, i64)> = sql_dynamic(text).bind(ws).bind_all(creatives.iter().copied()).fetch_all(conn).await?;
    Ok(rows.into_iter().collect())
}

/// Keep what came of a creative; the same label again replaces it.
///
/// # Errors
/// When the store fails.
pub async fn result_put(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    creative: Id,
    new: &NewResult,
    at: i64,
) -> Result<()> {
    sql("INSERT INTO creative_result (workspace, id, creative, campaign, objective, label, at, tried, reached, clicks,
                                      revenue_minor, currency)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (workspace, creative, label) DO UPDATE SET campaign = excluded.campaign,
           objective = excluded.objective, at = excluded.at, tried = excluded.tried, reached = excluded.reached,
           clicks = excluded.clicks, revenue_minor = excluded.revenue_minor, currency = excluded.currency")
    .bind(ws)
    .bind(id)
    .bind(creative)
    .bind(new.campaign)
    .bind(&new.objective)
    .bind(new.label.trim())
    .bind(at)
    .bind(new.tried)
    .bind(new.reached)
    .bind(new.clicks)
    .bind(new.revenue.map(|money| money.minor))
    .bind(new.revenue.map(|money| money.currency))
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ResultRow {
    id: Id,
    campaign: Option<Id>,
    objective: String,
    label: String,
    at: i64,
    tried: i64,
    reached: i64,
    clicks: Option<i64>,
    revenue_minor: Option<i64>,
    currency: Option<String>,
}

/// What came of a creative, newest first, before this.
pub(crate) async fn result_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    creative: Id,
    before: (i64, Id),
    limit: u32,
) -> Result<Vec<CreativeResult>> {
    let rows: Vec<ResultRow> =
        sql("SELECT id, campaign, objective, label, at, tried, reached, clicks, revenue_minor, currency
         FROM creative_result
         WHERE workspace = $1 AND creative = $2 AND (at < $3 OR (at = $3 AND id < $4))
         ORDER BY at DESC, id DESC LIMIT $5")
        .bind(ws)
        .bind(creative)
        .bind(before.0)
        .bind(before.1)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(shown).collect())
}

fn shown(row: ResultRow) -> CreativeResult {
    CreativeResult {
        id: row.id,
        campaign: row.campaign,
        objective: row.objective,
        label: row.label,
        at: from_micros(row.at),
        tried: row.tried,
        reached: row.reached,
        clicks: row.clicks,
        revenue: money(row.revenue_minor, row.currency.as_deref()),
    }
}

fn money(minor: Option<i64>, currency: Option<&str>) -> Option<Money> {
    Some(Money { minor: minor?, currency: currency?.parse().ok()? })
}

/// What came of every creative up to an instant, by currency.
type PastRow = (Id, Option<String>, i64, i64, i64, Option<i64>, Option<i64>, i64);

/// Everything that came of each creative up to an instant.
pub(crate) async fn past_all(conn: &mut Conn, ws: WorkspaceId, until: i64) -> Result<HashMap<Id, PastResults>> {
    let rows: Vec<PastRow> = sql(
        "SELECT creative, currency, CAST(COUNT(*) AS BIGINT), CAST(SUM(tried) AS BIGINT), CAST(SUM(reached) AS BIGINT),
                CAST(SUM(clicks) AS BIGINT), CAST(SUM(revenue_minor) AS BIGINT), MAX(at)
         FROM creative_result WHERE workspace = $1 AND at <= $2 GROUP BY creative, currency",
    )
    .bind(ws)
    .bind(until)
    .fetch_all(conn)
    .await?;
    let mut past: HashMap<Id, PastResults> = HashMap::new();
    for row in rows {
        add_row(past.entry(row.0).or_default(), row);
    }
    Ok(past)
}

async fn add_past(conn: &mut Conn, ws: WorkspaceId, creatives: &mut [Creative], until: i64) -> Result<()> {
    if creatives.is_empty() {
        return Ok(());
    }
    let list = placeholders(3, creatives.len());
    let text = format!(
        "SELECT creative, currency, CAST(COUNT(*) AS BIGINT), CAST(SUM(tried) AS BIGINT), CAST(SUM(reached) AS BIGINT),
                CAST(SUM(clicks) AS BIGINT), CAST(SUM(revenue_minor) AS BIGINT), MAX(at)
         FROM creative_result WHERE workspace = $1 AND at <= $2 AND creative IN ({list}) GROUP BY creative, currency"
    );
    let ids: Vec<Id> = creatives.iter().map(|creative| creative.id).collect();
    let rows: Vec<PastRow> = sql_dynamic(text).bind(ws).bind(until).bind_all(ids).fetch_all(conn).await?;
    for row in rows {
        if let Some(creative) = creatives.iter_mut().find(|creative| creative.id == row.0) {
            add_row(&mut creative.past, row);
        }
    }
    Ok(())
}

fn add_row(past: &mut PastResults, row: PastRow) {
    let (_, currency, results, tried, reached, clicks, revenue, last) = row;
    past.results += results;
    past.tried += tried;
    past.reached += reached;
    if let Some(clicks) = clicks {
        *past.clicks.get_or_insert(0) += clicks;
    }
    past.revenue.extend(money(revenue, currency.as_deref()));
    past.revenue.sort_by(|a, b| a.currency.code().cmp(b.currency.code()));
    past.last_at = past.last_at.max(Some(from_micros(last)));
}
