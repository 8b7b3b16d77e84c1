//! The verbs of lessons: draft, write, edit, keep, find.

use crate::{
    draft,
    error::{Error, Result},
    figures::{self, began, month_of},
    model::{Lesson, LessonPatch, LessonState, LessonText, LessonTexts, NewLesson, SimilarLesson},
    similar::{self, Plan},
    sql::{self, Filter},
};
use rialto_campaign::{Campaign, CampaignState, campaign_get, campaign_page};
use rialto_identity::{AuditEntry, audit, unit_path};
use rialto_kernel::{Id, Page, PageQuery, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// The permission to read lessons.
pub const READ: &str = "strategy.read";
/// The permission to write and keep them.
pub const WRITE: &str = "strategy.write";

const TITLE_CHARS_MAX: usize = 200;
const TEXT_BYTES_MAX: usize = 20_000;
const TAGS_MAX: usize = 30;
const TAG_CHARS_MAX: usize = 60;
/// Earlier campaigns a draft is held against, the latest first.
const EARLIER_MAX: usize = 50;
/// Kept lessons looked through for a plan.
const LOOKED_THROUGH_MAX: u32 = 2_000;
/// Lessons offered for a plan.
const OFFERED_MAX: usize = 10;

/// A lesson the caller may see.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn lesson_get(host: &Host, caller: &Caller, id: Id) -> Result<Lesson> {
    let mut conn = host.store.read(caller.workspace).await?;
    let lesson = sql::lesson_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, lesson.unit, READ).await?;
    Ok(lesson)
}

/// Lessons, newest first.
///
/// # Errors
/// When the caller may not, or the page is wrong.
pub(crate) async fn page_of(host: &Host, caller: &Caller, filter: &Filter, page: &PageQuery) -> Result<Page<Lesson>> {
    caller.require(READ)?;
    if !filter.state.is_empty() && LessonState::from_word(&filter.state).is_none() {
        return Err(Error::field("state", "use one of draft, kept, archived"));
    }
    let (limit, before) = (page.limit()?, page.after::<Id>()?);
    let mut conn = host.store.read(caller.workspace).await?;
    let now = host.now_in(caller.workspace);
    let rows = sql::lesson_list(&mut conn, caller.workspace, filter, before, now, limit + 1).await?;
    let mut page = Page::from_rows(rows, limit, |lesson| lesson.id)?;
    let mut seen = Vec::with_capacity(page.items.len());
    for lesson in page.items {
        if require(&mut conn, caller, lesson.unit, READ).await.is_ok() {
            seen.push(lesson);
        }
    }
    page.items = seen;
    Ok(page)
}

/// Lessons whose words hold a text, newest first.
///
/// # Errors
/// When the caller may not, or the page is wrong.
pub async fn lesson_page(host: &Host, caller: &Caller, search: &str, page: &PageQuery) -> Result<Page<Lesson>> {
    page_of(host, caller, &Filter { search: search.to_owned(), ..Filter::default() }, page).await
}

/// Draft a lesson from what came of a campaign. `conversion` names the
/// definition its return is computed by, where there are several.
///
/// # Errors
/// When there is no such campaign or definition, it has not run, or the caller may not.
pub async fn lesson_draft(host: &Host, caller: &Caller, campaign: Id, conversion: Option<&str>) -> Result<Lesson> {
    let campaign = campaign_get(host, caller, campaign).await?;
    if campaign.state == CampaignState::Draft {
        return Err(Error::NotRun);
    }
    let earlier = earlier(host, caller, &campaign).await?;
    let material = figures::gather(host, caller.workspace, &campaign, &earlier, conversion).await?;
    let mut lesson = blank(host, caller, Some(&campaign));
    lesson.texts = draft::written(&material);
    lesson.figures = material.figures;
    store(host, caller, lesson, "lesson.draft").await
}

/// Campaigns of the same type that began before this one, the latest first.
async fn earlier(host: &Host, caller: &Caller, campaign: &Campaign) -> Result<Vec<Id>> {
    let Some(before) = began(campaign) else { return Ok(Vec::new()) };
    let ran = [CampaignState::Finished, CampaignState::Past];
    let mut found: Vec<(i64, Id)> = Vec::new();
    let mut page = PageQuery { limit: Some(500), cursor: None };
    loop {
        let some = campaign_page(host, caller, &ran, "", &page).await?;
        let like = some.items.iter().filter(|one| one.id != campaign.id && one.kind == campaign.kind);
        found.extend(like.filter_map(|one| Some((began(one).filter(|at| *at < before)?, one.id))));
        match some.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|(at, id)| (std::cmp::Reverse(*at), *id));
    Ok(found.into_iter().take(EARLIER_MAX).map(|(_, id)| id).collect())
}

/// Write a lesson by hand.
///
/// # Errors
/// When a field is wrong, there is no such campaign, or the caller may not.
pub async fn lesson_create(host: &Host, caller: &Caller, new: NewLesson) -> Result<Lesson> {
    let campaign = match new.campaign {
        Some(id) => Some(campaign_get(host, caller, id).await?),
        None => None,
    };
    let mut lesson = blank(host, caller, campaign.as_ref());
    lesson.unit = new.unit.or(lesson.unit);
    lesson.objective = new.objective.unwrap_or(lesson.objective);
    lesson.kind = new.kind.unwrap_or(lesson.kind);
    lesson.channels = new.channels.unwrap_or(lesson.channels);
    lesson.tags = new.tags;
    lesson.texts = new.texts;
    store(host, caller, lesson, "lesson.create").await
}

fn blank(host: &Host, caller: &Caller, campaign: Option<&Campaign>) -> Lesson {
    let now = from_micros(host.now_in(caller.workspace));
    let channels = campaign.map(|one| one.messages.iter().map(|message| message.channel.clone()).collect());
    Lesson {
        id: host.id(),
        campaign: campaign.map(|one| one.id),
        unit: campaign.and_then(|one| one.unit),
        state: LessonState::Draft,
        objective: campaign.map(|one| one.objective.clone()).unwrap_or_default(),
        kind: campaign.map(|one| one.kind.clone()).unwrap_or_default(),
        channels: channels.unwrap_or_default(),
        month: campaign.and_then(month_of),
        tags: Vec::new(),
        texts: LessonTexts::default(),
        figures: Vec::new(),
        kept_by: None,
        kept_at: None,
        version: 1,
        created_by: caller.actor.to_string(),
        created_at: now,
        updated_at: now,
    }
}

async fn store(host: &Host, caller: &Caller, lesson: Lesson, action: &'static str) -> Result<Lesson> {
    check(&lesson)?;
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, action, move |conn| {
            Box::pin(async move {
                require(conn, &caller_in, lesson.unit, WRITE).await?;
                sql::lesson_put(conn, workspace, &lesson).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, action, "lesson", lesson.id);
                audit(conn, &entry.detail(json!({ "campaign": lesson.campaign }))).await?;
                Ok(lesson)
            })
        })
        .await
}

/// Edit a lesson, agree to it, or put it away.
///
/// # Errors
/// When a field is wrong, it was changed meanwhile, or the caller may not.
pub async fn lesson_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    expected: IfMatch,
    patch: LessonPatch,
) -> Result<Lesson> {
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "lesson.change", move |conn| {
            Box::pin(async move {
                let mut lesson = sql::lesson_find(conn, workspace, id).await?;
                require(conn, &caller_in, lesson.unit, WRITE).await?;
                expected.check(lesson.version)?;
                let now = from_micros(host_in.now_in(workspace));
                if patch.state == Some(LessonState::Kept) && lesson.state != LessonState::Kept {
                    lesson.kept_by = Some(caller_in.actor.to_string());
                    lesson.kept_at = Some(now);
                }
                change(&mut lesson, patch);
                check(&lesson)?;
                lesson.version += 1;
                lesson.updated_at = now;
                sql::lesson_put(conn, workspace, &lesson).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "lesson.change", "lesson", lesson.id);
                audit(conn, &entry.detail(json!({ "state": lesson.state }))).await?;
                Ok(lesson)
            })
        })
        .await
}

fn change(lesson: &mut Lesson, patch: LessonPatch) {
    lesson.state = patch.state.unwrap_or(lesson.state);
    if let Some(objective) = patch.objective {
        lesson.objective = objective;
    }
    if let Some(kind) = patch.kind {
        lesson.kind = kind;
    }
    if let Some(channels) = patch.channels {
        lesson.channels = channels;
    }
    if let Some(tags) = patch.tags {
        lesson.tags = tags;
    }
    if let Some(texts) = patch.texts {
        lesson.texts.en = texts.en.or(lesson.texts.en.take());
        lesson.texts.zh_cn = texts.zh_cn.or(lesson.texts.zh_cn.take());
    }
}

/// Take a lesson out for good.
///
/// # Errors
/// When there is none, or the caller may not.
pub async fn lesson_delete(host: &Host, caller: &Caller, id: Id) -> Result<()> {
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "lesson.delete", move |conn| {
            Box::pin(async move {
                let lesson = sql::lesson_find(conn, workspace, id).await?;
                require(conn, &caller_in, lesson.unit, WRITE).await?;
                sql::lesson_delete(conn, workspace, id).await?;
                audit(conn, &AuditEntry::new(&host_in, &caller_in, "lesson.delete", "lesson", id)).await?;
                Ok(())
            })
        })
        .await
}

/// Kept lessons that fit a campaign's plan, the best first.
///
/// # Errors
/// When there is no such campaign, or the caller may not.
pub async fn lesson_similar(host: &Host, caller: &Caller, campaign: Id) -> Result<Vec<SimilarLesson>> {
    caller.require(READ)?;
    let campaign = campaign_get(host, caller, campaign).await?;
    let plan = Plan {
        objective: campaign.objective.clone(),
        kind: campaign.kind.clone(),
        channels: campaign.messages.iter().map(|message| message.channel.clone()).collect(),
        month: month_of(&campaign),
        words: similar::words_of(&campaign.name),
    };
    let kept = Filter { state: LessonState::Kept.word().to_owned(), ..Filter::default() };
    let mut conn = host.store.read(caller.workspace).await?;
    let now = host.now_in(caller.workspace);
    let lessons = sql::lesson_list(&mut conn, caller.workspace, &kept, None, now, LOOKED_THROUGH_MAX).await?;
    let mut found = Vec::new();
    for lesson in lessons {
        let own = lesson.campaign == Some(campaign.id);
        if own || require(&mut conn, caller, lesson.unit, READ).await.is_err() {
            continue;
        }
        let (score, reasons) = similar::fit(&plan, &lesson, caller.locale);
        if score > 0 {
            found.push(SimilarLesson { lesson, score, reasons });
        }
    }
    // Lessons come newest first; the sort keeps that among equals.
    found.sort_by_key(|one| std::cmp::Reverse(one.score));
    found.truncate(OFFERED_MAX);
    Ok(found)
}

async fn require(conn: &mut Conn, caller: &Caller, unit: Option<Id>, permission: &str) -> Result<()> {
    match unit {
        Some(unit) => {
            let path = unit_path(conn, caller.workspace, unit)
                .await
                .map_err(|_| Error::field("unit", "there is no such unit"))?;
            caller.require_in(permission, &path)?;
        }
        None if permission == READ => caller.require(permission)?,
        None => caller.require_everywhere(permission)?,
    }
    Ok(())
}

fn check(lesson: &Lesson) -> Result<()> {
    if lesson.texts.en.is_none() && lesson.texts.zh_cn.is_none() {
        return Err(Error::field("texts", "write it in at least one language (en, zh-CN)"));
    }
    for (at, text) in [("texts.en", &lesson.texts.en), ("texts.zh-CN", &lesson.texts.zh_cn)] {
        if let Some(LessonText { title, text }) = text {
            let chars = title.chars().count();
            if title.trim().is_empty() || chars > TITLE_CHARS_MAX || title.contains('\n') {
                return Err(Error::field(
                    &format!("{at}.title"),
                    format!("one line of 1 to {TITLE_CHARS_MAX} characters"),
                ));
            }
            if text.len() > TEXT_BYTES_MAX {
                return Err(Error::field(&format!("{at}.text"), format!("at most {TEXT_BYTES_MAX} bytes")));
            }
        }
    }
    words("tags", &lesson.tags)?;
    words("channels", &lesson.channels)
}

fn words(field: &str, words: &[String]) -> Result<()> {
    if words.len() > TAGS_MAX {
        return Err(Error::field(field, format!("at most {TAGS_MAX} words")));
    }
    let bad =
        words.iter().any(|word| word.trim().is_empty() || word.contains(',') || word.chars().count() > TAG_CHARS_MAX);
    if bad {
        return Err(Error::field(field, format!("each 1 to {TAG_CHARS_MAX} characters without a comma")));
    }
    Ok(())
}
