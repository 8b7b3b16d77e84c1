//! The verbs of notes.

use super::{Annotation, Comment, CommentPatch, MENTIONS_MAX, NewAnnotation, NewComment, sql};
use crate::{
    actions::{READ, WRITE, require},
    check,
    error::{Error, Result},
    sql::campaign_find,
};
use jiff::Timestamp;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Page, PageQuery, Problem, WorkspaceId, from_micros, to_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Actor, Caller};
use serde_json::json;

/// Comments of a campaign, oldest first.
pub(crate) async fn comment_page(host: &Host, caller: &Caller, id: Id, page: &PageQuery) -> Result<Page<Comment>> {
    let (limit, after, ws) = (page.limit()?, page.after::<Id>()?, caller.workspace);
    let mut conn = host.store.read(ws).await?;
    let campaign = campaign_find(&mut conn, ws, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    let rows = sql::comment_list(&mut conn, ws, id, after, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.id)?)
}

/// Comments that mention the caller, newest first.
pub(crate) async fn mention_page(host: &Host, caller: &Caller, page: &PageQuery) -> Result<Page<Comment>> {
    caller.require(READ)?;
    let (limit, before, ws) = (page.limit()?, page.after::<Id>()?, caller.workspace);
    let Actor::User(user) = caller.actor else { return Ok(Page { items: Vec::new(), next: None }) };
    let mut conn = host.store.read(ws).await?;
    let rows = sql::mention_list(&mut conn, ws, user, before, limit + 1).await?;
    let mut page = Page::from_rows(rows, limit, |row| row.id)?;
    let mut seen = Vec::with_capacity(page.items.len());
    for comment in page.items {
        // A mention opens no campaign that its reader may not see.
        let campaign = campaign_find(&mut conn, ws, comment.campaign).await?;
        if require(&mut conn, caller, campaign.unit, READ).await.is_ok() {
            seen.push(comment);
        }
    }
    page.items = seen;
    Ok(page)
}

async fn checked(conn: &mut Conn, ws: WorkspaceId, body: &str, mentions: Vec<Id>) -> Result<(String, Vec<Id>)> {
    let body = check::bounded("body", body.trim())?;
    if body.is_empty() {
        return Err(Error::field("body", "must not be empty"));
    }
    if mentions.len() > MENTIONS_MAX {
        return Err(Error::field("mentions", format!("at most {MENTIONS_MAX} users")));
    }
    let mut mentions = mentions;
    mentions.sort_unstable();
    mentions.dedup();
    let known = sql::users_known(conn, ws, &mentions).await?;
    match mentions.iter().find(|user| !known.contains(user)) {
        Some(stranger) => Err(Error::field("mentions", format!("there is no user {stranger}"))),
        None => Ok((body, mentions)),
    }
}

/// Comment on a campaign, or answer a comment.
pub(crate) async fn comment_create(host: &Host, caller: &Caller, campaign: Id, new: NewComment) -> Result<Comment> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "comment.create", move |conn| {
            Box::pin(async move {
                let held = campaign_find(conn, ws, campaign).await?;
                require(conn, &caller_in, held.unit, WRITE).await?;
                let parent = match new.parent {
                    None => None,
                    Some(id) => {
                        let found = sql::comment_find(conn, ws, campaign, id).await?;
                        let found = found.ok_or_else(|| Error::field("parent", "there is no such comment here"))?;
                        // A thread is one deep: an answer to an answer is one to the first.
                        Some(found.parent.unwrap_or(found.id))
                    }
                };
                let (body, mentions) = checked(conn, ws, &new.body, new.mentions).await?;
                let comment = Comment {
                    id: host_in.id(),
                    campaign,
                    parent,
                    body,
                    mentions,
                    author: caller_in.actor.to_string(),
                    created_at: from_micros(host_in.now_us()),
                    edited_at: None,
                    deleted_at: None,
                };
                sql::comment_put(conn, ws, &comment).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, "comment.create", "campaign", campaign);
                audit(conn, &entry.detail(json!({ "comment": comment.id }))).await?;
                Ok(comment)
            })
        })
        .await
}

/// Edit a comment of one's own, or delete it (`None`).
pub(crate) async fn comment_change(
    host: &Host,
    caller: &Caller,
    (campaign, id): (Id, Id),
    patch: Option<CommentPatch>,
) -> Result<Comment> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "comment.change", move |conn| {
            Box::pin(async move {
                let held = campaign_find(conn, ws, campaign).await?;
                require(conn, &caller_in, held.unit, READ).await?;
                let found = sql::comment_find(conn, ws, campaign, id).await?;
                let mut comment = found.filter(|c| c.deleted_at.is_none()).ok_or(Error::NotFound("comment"))?;
                if comment.author != caller_in.actor.to_string() {
                    let message = "only who wrote a comment changes or deletes it";
                    return Err(Problem::new(403, "not-yours", message).into());
                }
                let now = from_micros(host_in.now_us());
                let action = match patch {
                    Some(patch) => {
                        let mentions = patch.mentions.unwrap_or_else(|| std::mem::take(&mut comment.mentions));
                        (comment.body, comment.mentions) = checked(conn, ws, &patch.body, mentions).await?;
                        comment.edited_at = Some(now);
                        "comment.change"
                    }
                    None => {
                        (comment.body, comment.mentions) = (String::new(), Vec::new());
                        comment.deleted_at = Some(now);
                        "comment.delete"
                    }
                };
                sql::comment_put(conn, ws, &comment).await?;
                let entry = AuditEntry::new(&host_in, &caller_in, action, "campaign", campaign);
                audit(conn, &entry.detail(json!({ "comment": id }))).await?;
                Ok(comment)
            })
        })
        .await
}

/// Annotations of a campaign and of the whole workspace from one instant to
/// another, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn annotations_between(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Option<Id>,
    span: (i64, i64),
    limit: u32,
) -> Result<Vec<Annotation>> {
    let mut found = sql::annotation_list(conn, ws, campaign, span, (i64::MAX, Id::max()), limit).await?;
    found.reverse();
    Ok(found)
}

/// Which annotations are wanted.
#[derive(Debug, Default)]
pub(crate) struct AnnotationWanted {
    pub(crate) campaign: Option<Id>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) page: PageQuery,
}

/// Annotations, newest first.
pub(crate) async fn annotation_page(
    host: &Host,
    caller: &Caller,
    wanted: AnnotationWanted,
) -> Result<Page<Annotation>> {
    caller.require(READ)?;
    let (limit, ws) = (wanted.page.limit()?, caller.workspace);
    let before = wanted.page.after()?.unwrap_or((i64::MAX, Id::max()));
    let mut conn = host.store.read(ws).await?;
    if let Some(campaign) = wanted.campaign {
        let held = campaign_find(&mut conn, ws, campaign).await?;
        require(&mut conn, caller, held.unit, READ).await?;
    }
    let until = wanted.until.map_or(i64::MAX, to_micros).min(host.now_in(ws));
    let span = (wanted.from.map_or(i64::MIN, to_micros), until);
    let rows = sql::annotation_list(&mut conn, ws, wanted.campaign, span, before, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| (to_micros(row.at), row.id))?)
}

/// Say what happened on a day.
pub(crate) async fn annotation_create(host: &Host, caller: &Caller, new: NewAnnotation) -> Result<Annotation> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "annotation.create", move |conn| {
            Box::pin(async move {
                writable(conn, &caller_in, new.campaign).await?;
                let annotation = Annotation {
                    id: host_in.id(),
                    campaign: new.campaign,
                    at: new.at,
                    text: check::line("text", &new.text)?,
                    author: caller_in.actor.to_string(),
                };
                sql::annotation_insert(conn, ws, &annotation, host_in.now_us()).await?;
                audit(conn, &AuditEntry::new(&host_in, &caller_in, "annotation.create", "annotation", annotation.id))
                    .await?;
                Ok(annotation)
            })
        })
        .await
}

async fn writable(conn: &mut Conn, caller: &Caller, campaign: Option<Id>) -> Result<()> {
    let unit = match campaign {
        Some(campaign) => campaign_find(conn, caller.workspace, campaign).await?.unit,
        None => None,
    };
    require(conn, caller, unit, WRITE).await
}

/// Take an annotation away.
pub(crate) async fn annotation_delete(host: &Host, caller: &Caller, id: Id) -> Result<()> {
    let (ws, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(ws, "annotation.delete", move |conn| {
            Box::pin(async move {
                let found = sql::annotation_find(conn, ws, id).await?.ok_or(Error::NotFound("annotation"))?;
                writable(conn, &caller_in, found.campaign).await?;
                sql::annotation_delete(conn, ws, id).await?;
                audit(conn, &AuditEntry::new(&host_in, &caller_in, "annotation.delete", "annotation", id)).await?;
                Ok(())
            })
        })
        .await
}
