//! Statements about requests, and those that the areas declared.

use super::{
    PART_BYTES,
    model::{PersonRequest, RequestKind, RequestState},
};
use crate::error::Result;
use rialto_kernel::{Id, Locale, WorkspaceId, from_micros};
use rialto_slice::person::Words;
use rialto_store::{BulkInsert, Conn, Dialect, JsonRow, Value, sql, sql_dynamic};

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Id,
    kind: String,
    contact: Id,
    contacts: String,
    state: String,
    reason: String,
    job: Id,
    bytes: i64,
    certificate: Option<String>,
    signature: Option<String>,
    created_by: String,
    created_at: i64,
    finished_at: Option<i64>,
}

impl From<Row> for PersonRequest {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: RequestKind::of(&row.kind),
            contact: row.contact,
            contacts: serde_json::from_str(&row.contacts).unwrap_or_default(),
            state: RequestState::of(&row.state),
            reason: row.reason,
            job: row.job,
            bytes: row.bytes,
            certificate: row.certificate.and_then(|text| serde_json::from_str(&text).ok()),
            signature: row.signature,
            created_by: row.created_by,
            created_at: from_micros(row.created_at),
            finished_at: row.finished_at.map(from_micros),
        }
    }
}

/// A request to be kept.
pub(super) struct RequestPut<'a> {
    pub id: Id,
    pub kind: RequestKind,
    pub contact: Id,
    pub contacts: &'a [Id],
    pub reason: &'a str,
    pub job: Id,
    pub actor: &'a str,
    pub now: i64,
}

/// Keep a request; false when it is there already.
pub(super) async fn request_insert(conn: &mut Conn, workspace: WorkspaceId, put: RequestPut<'_>) -> Result<bool> {
    let contacts = serde_json::json!(put.contacts).to_string();
    let made = sql("INSERT INTO person_request (workspace, id, kind, contact, contacts, state, reason, job, bytes,
                                     certificate, signature, created_by, created_at, finished_at)
         VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, 0, NULL, NULL, $8, $9, NULL)
         ON CONFLICT (workspace, id) DO NOTHING")
    .bind(workspace)
    .bind(put.id)
    .bind(put.kind.word())
    .bind(put.contact)
    .bind(contacts)
    .bind(put.reason)
    .bind(put.job)
    .bind(put.actor)
    .bind(put.now)
    .execute(conn)
    .await?;
    Ok(made == 1)
}

pub(super) async fn request_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<PersonRequest>> {
    let row: Option<Row> = sql("SELECT id, kind, contact, contacts, state, reason, job, bytes, certificate, signature,
                created_by, created_at, finished_at
         FROM person_request WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(PersonRequest::from))
}

/// Requests, latest first, before an id.
pub(super) async fn request_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    before: Id,
    limit: u32,
) -> Result<Vec<PersonRequest>> {
    let rows: Vec<Row> = sql("SELECT id, kind, contact, contacts, state, reason, job, bytes, certificate, signature,
                created_by, created_at, finished_at
         FROM person_request WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
    .bind(workspace)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(PersonRequest::from).collect())
}

/// A request is done: an export with so many bytes, an erasure with its certificate.
pub(super) async fn request_finish(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    bytes: i64,
    certificate: Option<(&str, &str)>,
    now: i64,
) -> Result<()> {
    sql("UPDATE person_request SET state = 'done', bytes = $3, certificate = $4, signature = $5, finished_at = $6
         WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .bind(bytes)
    .bind(certificate.map(|(text, _)| text))
    .bind(certificate.map(|(_, signature)| signature))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What was kept for a person's exports is no longer to be had, and no reason says why.
pub(super) async fn exports_expire(conn: &mut Conn, workspace: WorkspaceId, contact: Id) -> Result<()> {
    sql("UPDATE person_request SET state = 'expired', bytes = 0, reason = ''
         WHERE workspace = $1 AND contact = $2 AND kind = 'export'")
    .bind(workspace)
    .bind(contact)
    .execute(conn)
    .await?;
    Ok(())
}

/// Store a document in parts, in place of an earlier one.
pub(super) async fn document_put(conn: &mut Conn, workspace: WorkspaceId, request: Id, text: &str) -> Result<()> {
    sql("DELETE FROM person_document WHERE workspace = $1 AND request = $2")
        .bind(workspace)
        .bind(request)
        .execute(conn)
        .await?;
    let mut rest = text;
    let mut part = 0_i64;
    while !rest.is_empty() {
        let mut cut = rest.len().min(PART_BYTES);
        while !rest.is_char_boundary(cut) {
            cut -= 1;
        }
        let (head, tail) = rest.split_at(cut);
        let mut rows = BulkInsert::new("person_document", &["workspace", "request", "part", "body"], "");
        rows.push([workspace.into(), request.into(), part.into(), head.into()]);
        rows.execute(conn).await?;
        (rest, part) = (tail, part + 1);
    }
    Ok(())
}

pub(super) async fn document_read(conn: &mut Conn, workspace: WorkspaceId, request: Id) -> Result<String> {
    let parts: Vec<(String,)> =
        sql("SELECT body FROM person_document WHERE workspace = $1 AND request = $2 ORDER BY part LIMIT 1000")
            .bind(workspace)
            .bind(request)
            .fetch_all(conn)
            .await?;
    Ok(parts.into_iter().map(|(body,)| body).collect())
}

/// The language a workspace speaks.
pub(super) async fn workspace_locale(conn: &mut Conn, workspace: WorkspaceId) -> Result<Locale> {
    let row: Option<(String,)> =
        sql("SELECT locale FROM workspace WHERE id = $1").bind(workspace).fetch_optional(conn).await?;
    Ok(row.and_then(|(tag,)| tag.parse().ok()).unwrap_or_default())
}

/// Rows that a declared text finds.
pub(super) async fn held(
    conn: &mut Conn,
    find: &'static str,
    workspace: WorkspaceId,
    who: Id,
    limit: i64,
    passed: i64,
) -> Result<Vec<JsonRow>> {
    let query = sql_dynamic(find.to_owned()).bind(workspace).bind(who).bind(limit).bind(passed);
    Ok(query.fetch_all(conn).await?)
}

/// Erase rows by a declared text; how many.
pub(super) async fn erase(
    conn: &mut Conn,
    words: Words,
    workspace: WorkspaceId,
    who: Value,
    limit: i64,
) -> Result<u64> {
    let text = match (words, conn.dialect()) {
        (Words::Both(text), _)
        | (Words::Pair(text, _), Dialect::Sqlite)
        | (Words::Pair(_, text), Dialect::Postgres) => text,
    };
    Ok(sql_dynamic(text.to_owned()).bind(workspace).bind(who).bind(limit).execute(conn).await?)
}

/// Rows that a declared text counts.
pub(super) async fn busy(conn: &mut Conn, text: &'static str, workspace: WorkspaceId, who: Id) -> Result<bool> {
    let (count,): (i64,) = sql_dynamic(text.to_owned()).bind(workspace).bind(who).fetch_one(conn).await?;
    Ok(count > 0)
}

/// What a contact is called: kind, normalised value, as it was written.
pub(super) async fn names_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contact: Id,
) -> Result<Vec<(String, String, String)>> {
    Ok(sql(
        "SELECT kind, value, shown FROM identity WHERE workspace = $1 AND contact = $2 ORDER BY kind, value LIMIT 1000",
    )
    .bind(workspace)
    .bind(contact)
    .fetch_all(conn)
    .await?)
}
