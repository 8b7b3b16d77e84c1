//! The SQL of lessons.

use crate::{
    error::{Error, Result},
    model::{Lesson, LessonState, LessonText, LessonTexts},
};
use rialto_kernel::{Id, WorkspaceId, from_micros, to_micros};
use rialto_store::{Conn, containing, sql};

/// A lesson as it is stored.
#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    campaign: Option<Id>,
    unit: Option<Id>,
    state: String,
    objective: String,
    kind: String,
    channels: String,
    month: Option<i64>,
    tags: String,
    title_en: String,
    text_en: String,
    title_zh: String,
    text_zh: String,
    figures: String,
    kept_by: Option<String>,
    kept_at: Option<i64>,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<Lesson> {
        let text = |title: String, text: String| (!title.is_empty()).then_some(LessonText { title, text });
        Ok(Lesson {
            id: self.id,
            campaign: self.campaign,
            unit: self.unit,
            state: LessonState::from_word(&self.state).ok_or(Error::Stored("lesson state"))?,
            objective: self.objective,
            kind: self.kind,
            channels: words(&self.channels),
            month: self.month.map(u8::try_from).transpose().map_err(|_| Error::Stored("month"))?,
            tags: words(&self.tags),
            texts: LessonTexts { en: text(self.title_en, self.text_en), zh_cn: text(self.title_zh, self.text_zh) },
            figures: serde_json::from_str(&self.figures).map_err(|_| Error::Stored("figures"))?,
            kept_by: self.kept_by,
            kept_at: self.kept_at.map(from_micros),
            version: self.version,
            created_by: self.created_by,
            created_at: from_micros(self.created_at),
            updated_at: from_micros(self.updated_at),
        })
    }
}

/// Words are parted by commas; none of them holds one.
fn words(text: &str) -> Vec<String> {
    text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A lesson.
pub(crate) async fn lesson_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Lesson> {
    let row: Option<Row> =
        sql("SELECT id, campaign, unit, state, objective, kind, channels, month, tags, title_en, text_en, title_zh,
                text_zh, figures, kept_by, kept_at, version, created_by, created_at, updated_at
         FROM lesson WHERE workspace = $1 AND id = $2")
        .bind(ws)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    row.ok_or(Error::NotFound("lesson"))?.read()
}

/// Which lessons; an empty text means any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) state: String,
    pub(crate) search: String,
    pub(crate) kind: String,
    pub(crate) objective: String,
    pub(crate) campaign: Option<Id>,
}

/// Lessons that were there by now, newest first, before this one.
pub(crate) async fn lesson_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    filter: &Filter,
    before: Option<Id>,
    now: i64,
    limit: u32,
) -> Result<Vec<Lesson>> {
    let rows: Vec<Row> =
        sql("SELECT id, campaign, unit, state, objective, kind, channels, month, tags, title_en, text_en, title_zh,
                text_zh, figures, kept_by, kept_at, version, created_by, created_at, updated_at
         FROM lesson
         WHERE workspace = $1 AND id < $2 AND created_at <= $3
           AND ($4 = '' OR state = $4) AND ($5 = '' OR kind = $5) AND ($6 = '' OR objective = $6)
           AND ($7 = '' OR LOWER(title_en) LIKE $7 ESCAPE '!' OR LOWER(text_en) LIKE $7 ESCAPE '!'
                OR LOWER(title_zh) LIKE $7 ESCAPE '!' OR LOWER(text_zh) LIKE $7 ESCAPE '!'
                OR LOWER(tags) LIKE $7 ESCAPE '!')
           AND (campaign = $8 OR $9 = 0)
         ORDER BY id DESC LIMIT $10")
        .bind(ws)
        .bind(before.unwrap_or(Id::max()))
        .bind(now)
        .bind(&filter.state)
        .bind(&filter.kind)
        .bind(&filter.objective)
        .bind(containing(&filter.search))
        .bind(filter.campaign.unwrap_or(Id::nil()))
        .bind(i64::from(filter.campaign.is_some()))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Put a lesson in, or write it anew.
pub(crate) async fn lesson_put(conn: &mut Conn, ws: WorkspaceId, lesson: &Lesson) -> Result<()> {
    let figures = serde_json::to_string(&lesson.figures).map_err(|_| Error::Stored("figures"))?;
    let (en, zh) = (lesson.texts.en.clone().unwrap_or_default(), lesson.texts.zh_cn.clone().unwrap_or_default());
    sql("INSERT INTO lesson (workspace, id, campaign, unit, state, objective, kind, channels, month, tags, title_en,
                             text_en, title_zh, text_zh, figures, kept_by, kept_at, version, created_by, created_at,
                             updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
         ON CONFLICT (workspace, id) DO UPDATE SET state = excluded.state, objective = excluded.objective,
           kind = excluded.kind, channels = excluded.channels, month = excluded.month, tags = excluded.tags,
           title_en = excluded.title_en, text_en = excluded.text_en, title_zh = excluded.title_zh,
           text_zh = excluded.text_zh, figures = excluded.figures, kept_by = excluded.kept_by,
           kept_at = excluded.kept_at, version = excluded.version, updated_at = excluded.updated_at")
    .bind(ws)
    .bind(lesson.id)
    .bind(lesson.campaign)
    .bind(lesson.unit)
    .bind(lesson.state.word())
    .bind(&lesson.objective)
    .bind(&lesson.kind)
    .bind(lesson.channels.join(","))
    .bind(lesson.month.map(i64::from))
    .bind(lesson.tags.join(","))
    .bind(&en.title)
    .bind(&en.text)
    .bind(&zh.title)
    .bind(&zh.text)
    .bind(figures)
    .bind(lesson.kept_by.as_deref())
    .bind(lesson.kept_at.map(to_micros))
    .bind(lesson.version)
    .bind(&lesson.created_by)
    .bind(to_micros(lesson.created_at))
    .bind(to_micros(lesson.updated_at))
    .execute(conn)
    .await?;
    Ok(())
}

/// Take a lesson out.
pub(crate) async fn lesson_delete(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<bool> {
    let done = sql("DELETE FROM lesson WHERE workspace = $1 AND id = $2").bind(ws).bind(id).execute(conn).await?;
    Ok(done > 0)
}
