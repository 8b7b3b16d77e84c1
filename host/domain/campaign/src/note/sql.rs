//! The SQL of comments and annotations.

use super::{Annotation, Comment};
use crate::error::Result;
use rialto_kernel::{Id, WorkspaceId, from_micros, to_micros};
use rialto_store::{BulkInsert, Conn, placeholders, sql, sql_dynamic};
use std::collections::HashMap;

type CommentRow = (Id, Id, Option<Id>, String, String, i64, Option<i64>, Option<i64>);

fn read((id, campaign, parent, body, author, created_at, edited_at, deleted_at): CommentRow) -> Comment {
    Comment {
        id,
        campaign,
        parent,
        body,
        mentions: Vec::new(),
        author,
        created_at: from_micros(created_at),
        edited_at: edited_at.map(from_micros),
        deleted_at: deleted_at.map(from_micros),
    }
}

/// Comments of a campaign, oldest first, after an id.
pub(crate) async fn comment_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Id,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<Comment>> {
    let rows: Vec<CommentRow> =
        sql("SELECT id, campaign, parent, body, author, created_at, edited_at, deleted_at FROM campaign_comment
             WHERE workspace = $1 AND campaign = $2 AND id > $3 ORDER BY id LIMIT $4")
        .bind(ws)
        .bind(campaign)
        .bind(after.unwrap_or_else(Id::nil))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    with_mentions(conn, ws, rows.into_iter().map(read).collect()).await
}

/// Comments that mention a user and were not deleted, newest first, before an id.
pub(crate) async fn mention_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    user: Id,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Comment>> {
    let rows: Vec<CommentRow> =
        sql("SELECT c.id, c.campaign, c.parent, c.body, c.author, c.created_at, c.edited_at, c.deleted_at
             FROM comment_mention m JOIN campaign_comment c ON c.workspace = m.workspace AND c.id = m.comment
             WHERE m.workspace = $1 AND m.user_account = $2 AND m.comment < $3 AND c.deleted_at IS NULL
             ORDER BY m.comment DESC LIMIT $4")
        .bind(ws)
        .bind(user)
        .bind(before.unwrap_or_else(Id::max))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    with_mentions(conn, ws, rows.into_iter().map(read).collect()).await
}

/// A comment of a campaign.
pub(crate) async fn comment_find(conn: &mut Conn, ws: WorkspaceId, campaign: Id, id: Id) -> Result<Option<Comment>> {
    let row: Option<CommentRow> =
        sql("SELECT id, campaign, parent, body, author, created_at, edited_at, deleted_at FROM campaign_comment
             WHERE workspace = $1 AND campaign = $2 AND id = $3")
        .bind(ws)
        .bind(campaign)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(with_mentions(conn, ws, row.map(read).into_iter().collect()).await?.pop())
}

async fn with_mentions(conn: &mut Conn, ws: WorkspaceId, mut comments: Vec<Comment>) -> Result<Vec<Comment>> {
    if comments.is_empty() {
        return Ok(comments);
    }
    let text = format!(
        "SELECT comment, user_account FROM comment_mention WHERE workspace = $1 AND comment IN ({}) ORDER BY user_account",
        placeholders(2, comments.len())
    );
    let ids: Vec<Id> = comments.iter().map(|comment| comment.id).collect();
    let rows: Vec<(Id, Id)> = sql_dynamic(text).bind(ws).bind_all(ids).fetch_all(conn).await?;
    let mut users: HashMap<Id, Vec<Id>> = HashMap::new();
    for (comment, user) in rows {
        users.entry(comment).or_default().push(user);
    }
    for comment in &mut comments {
        comment.mentions = users.remove(&comment.id).unwrap_or_default();
    }
    Ok(comments)
}

/// Write a comment and whom it mentions.
pub(crate) async fn comment_put(conn: &mut Conn, ws: WorkspaceId, c: &Comment) -> Result<()> {
    sql("INSERT INTO campaign_comment (workspace, id, campaign, parent, body, author, created_at, edited_at, deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace, id) DO UPDATE SET
           body = excluded.body, edited_at = excluded.edited_at, deleted_at = excluded.deleted_at")
    .bind(ws)
    .bind(c.id)
    .bind(c.campaign)
    .bind(c.parent)
    .bind(&c.body)
    .bind(&c.author)
    .bind(to_micros(c.created_at))
    .bind(c.edited_at.map(to_micros))
    .bind(c.deleted_at.map(to_micros))
    .execute(conn)
    .await?;
    sql("DELETE FROM comment_mention WHERE workspace = $1 AND comment = $2").bind(ws).bind(c.id).execute(conn).await?;
    let columns = &["workspace", "comment", "user_account"];
    let mut mentions = BulkInsert::new("comment_mention", columns, "ON CONFLICT DO NOTHING");
    for user in &c.mentions {
        mentions.push([ws.into(), c.id.into(), (*user).into()]);
    }
    mentions.execute(conn).await?;
    Ok(())
}

/// Which of these users there are; the identity area's rows, read only.
pub(crate) async fn users_known(conn: &mut Conn, ws: WorkspaceId, users: &[Id]) -> Result<Vec<Id>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT id FROM user_account WHERE workspace = $1 AND id IN ({})", placeholders(2, users.len()));
    let rows: Vec<(Id,)> = sql_dynamic(text).bind(ws).bind_all(users.to_vec()).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

type AnnotationRow = (Id, Option<Id>, i64, String, String);

fn annotation((id, campaign, at, text, author): AnnotationRow) -> Annotation {
    Annotation { id, campaign, at: from_micros(at), text, author }
}

/// Annotations from one instant to another, newest first, before `(at, id)`;
/// those of a campaign and of all where one is named.
pub(crate) async fn annotation_list(
    conn: &mut Conn,
    ws: WorkspaceId,
    campaign: Option<Id>,
    (from, until): (i64, i64),
    before: (i64, Id),
    limit: u32,
) -> Result<Vec<Annotation>> {
    let rows: Vec<AnnotationRow> = sql("SELECT id, campaign, at, text, author FROM annotation
         WHERE workspace = $1 AND (campaign = $2 OR $2 IS NULL OR campaign IS NULL) AND at >= $3 AND at <= $4
           AND (at, id) < ($5, $6)
         ORDER BY at DESC, id DESC LIMIT $7")
    .bind(ws)
    .bind(campaign)
    .bind(from)
    .bind(until)
    .bind(before.0)
    .bind(before.1)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(annotation).collect())
}

/// An annotation.
pub(crate) async fn annotation_find(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<Option<Annotation>> {
    let row: Option<AnnotationRow> =
        sql("SELECT id, campaign, at, text, author FROM annotation WHERE workspace = $1 AND id = $2")
            .bind(ws)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(annotation))
}

/// Insert an annotation.
pub(crate) async fn annotation_insert(conn: &mut Conn, ws: WorkspaceId, a: &Annotation, now_us: i64) -> Result<()> {
    sql("INSERT INTO annotation (workspace, id, campaign, at, text, author, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(ws)
        .bind(a.id)
        .bind(a.campaign)
        .bind(to_micros(a.at))
        .bind(&a.text)
        .bind(&a.author)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(())
}

/// Take an annotation away.
pub(crate) async fn annotation_delete(conn: &mut Conn, ws: WorkspaceId, id: Id) -> Result<()> {
    sql("DELETE FROM annotation WHERE workspace = $1 AND id = $2").bind(ws).bind(id).execute(conn).await?;
    Ok(())
}
