//! Statements about imports.

use super::model::{Import, ImportError, ImportKept, ImportOptions, ImportReport, ImportState, ImportUndo};
use crate::{Error, error::Result, limits::IMPORT_MAPPINGS_MAX};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, sql};
use std::collections::BTreeMap;

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Id,
    kind: String,
    file_name: String,
    file_path: String,
    digest: String,
    options: String,
    state: String,
    job: Option<Id>,
    bytes_total: i64,
    bytes_read: i64,
    rows_read: i64,
    rows_good: i64,
    rows_bad: i64,
    report: String,
    error: Option<String>,
    created_by: String,
    created_at: i64,
    finished_at: Option<i64>,
    undo: Option<String>,
}

impl Row {
    fn shown(self) -> (Import, String) {
        let import = Import {
            id: self.id,
            kind: self.kind,
            file_name: self.file_name,
            digest: self.digest,
            options: serde_json::from_str::<ImportOptions>(&self.options).unwrap_or_default(),
            state: ImportState::of(&self.state),
            job: self.job,
            bytes_total: self.bytes_total,
            bytes_read: self.bytes_read,
            rows_read: self.rows_read,
            rows_good: self.rows_good,
            rows_bad: self.rows_bad,
            report: serde_json::from_str::<ImportReport>(&self.report).unwrap_or_default(),
            error: self.error,
            undo: self.undo.and_then(|text| serde_json::from_str(&text).ok()),
            created_by: self.created_by,
            created_at: from_micros(self.created_at),
            finished_at: self.finished_at.map(from_micros),
        };
        (import, self.file_path)
    }
}

/// The import with this id, and its file.
pub(crate) async fn import_get(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<(Import, String)> {
    let row: Option<Row> =
        sql("SELECT id, kind, file_name, file_path, digest, options, state, job, bytes_total, bytes_read, rows_read,
                rows_good, rows_bad, report, error, created_by, created_at, finished_at, undo
         FROM import WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    row.map(Row::shown).ok_or(Error::NotFound("import"))
}

/// Imports, latest first, before one.
pub(crate) async fn import_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    before: (i64, Id),
    limit: u32,
) -> Result<Vec<Import>> {
    let rows: Vec<Row> =
        sql("SELECT id, kind, file_name, file_path, digest, options, state, job, bytes_total, bytes_read, rows_read,
                rows_good, rows_bad, report, error, created_by, created_at, finished_at, undo
         FROM import WHERE workspace = $1 AND created_at <= $2 AND (created_at < $2 OR id < $3)
         ORDER BY created_at DESC, id DESC LIMIT $4")
        .bind(workspace)
        .bind(before.0)
        .bind(before.1)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.shown().0).collect())
}

/// A new import's row.
pub(crate) async fn import_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    import: &Import,
    path: &str,
    created_at: i64,
) -> Result<()> {
    let json = |e: serde_json::Error| Error::Refused(rialto_kernel::Problem::internal(e.to_string()));
    sql("INSERT INTO import (workspace, id, kind, file_name, file_path, digest, options, state, job, bytes_total,
                             bytes_read, rows_read, rows_good, rows_bad, report, error, created_by, created_at,
                             finished_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, 0, 0, 0, 0, '{}', NULL, $10, $11, NULL)")
    .bind(workspace)
    .bind(import.id)
    .bind(&import.kind)
    .bind(&import.file_name)
    .bind(path)
    .bind(&import.digest)
    .bind(serde_json::to_string(&import.options).map_err(json)?)
    .bind(import.job)
    .bind(import.bytes_total)
    .bind(&import.created_by)
    .bind(created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keep what was found out about the file, how it is read and how long it is.
pub(crate) async fn import_report(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    (report, options): (&ImportReport, &ImportOptions),
    bytes_total: i64,
) -> Result<()> {
    let report = serde_json::to_string(report).unwrap_or_default();
    sql("UPDATE import SET report = $3, options = $4, bytes_total = $5 WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(report)
        .bind(serde_json::to_string(options).unwrap_or_default())
        .bind(bytes_total)
        .execute(conn)
        .await?;
    Ok(())
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Progress {
    /// Where the next row begins.
    pub offset: u64,
    /// Rows read.
    pub row: u64,
    /// Rows taken in.
    pub good: u64,
    /// Rows left out.
    pub bad: u64,
    /// Errors kept.
    pub kept: u64,
}

/// Keep the progress; whether the import is still running.
pub(crate) async fn import_progress(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    progress: Progress,
) -> Result<bool> {
    let kept = sql("UPDATE import SET bytes_read = $3, rows_read = $4, rows_good = $5, rows_bad = $6
         WHERE workspace = $1 AND id = $2 AND state = 'running'")
    .bind(workspace)
    .bind(id)
    .bind(progress.offset as i64)
    .bind(progress.row as i64)
    .bind(progress.good as i64)
    .bind(progress.bad as i64)
    .execute(conn)
    .await?;
    Ok(kept == 1)
}

/// End an import that runs; whether it ran.
pub(crate) async fn import_end(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    state: ImportState,
    error: Option<&str>,
    now: i64,
) -> Result<bool> {
    let ended = sql("UPDATE import SET state = $3, error = $4, finished_at = $5
         WHERE workspace = $1 AND id = $2 AND state = 'running'")
    .bind(workspace)
    .bind(id)
    .bind(state.as_str())
    .bind(error.map(str::to_owned))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(ended == 1)
}

/// Keep row errors; the same row and field again is told once.
pub(crate) async fn import_errors_add(
    conn: &mut Conn,
    workspace: WorkspaceId,
    import: Id,
    errors: Vec<ImportError>,
) -> Result<()> {
    let mut rows = BulkInsert::new(
        "import_error",
        &["workspace", "import", "row", "field", "message", "line"],
        "ON CONFLICT DO NOTHING",
    );
    for error in errors {
        rows.push([
            workspace.into(),
            import.into(),
            error.row.into(),
            error.field.into(),
            error.message.into(),
            error.line.into(),
        ]);
    }
    if !rows.is_empty() {
        rows.execute(conn).await?;
    }
    Ok(())
}

/// Row errors in the order of the file, after a key.
pub(crate) async fn import_error_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    import: Id,
    after: (i64, String),
    limit: u32,
) -> Result<Vec<ImportError>> {
    let rows: Vec<(i64, String, String, String)> = sql("SELECT row, field, message, line FROM import_error
         WHERE workspace = $1 AND import = $2 AND (row > $3 OR (row = $3 AND field > $4))
         ORDER BY row, field LIMIT $5")
    .bind(workspace)
    .bind(import)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let shown = |(row, field, message, line)| ImportError { row, field, message, line };
    Ok(rows.into_iter().map(shown).collect())
}

/// What the columns of a header meant the last time.
pub(crate) async fn import_mapping_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: &str,
    fingerprint: &str,
) -> Result<Option<String>> {
    let row: Option<(String,)> =
        sql("SELECT map FROM import_mapping WHERE workspace = $1 AND kind = $2 AND fingerprint = $3")
            .bind(workspace)
            .bind(kind)
            .bind(fingerprint)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(map,)| map))
}

/// Keep what the columns of a header meant; those unused the longest go.
pub(crate) async fn import_mapping_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    (kind, fingerprint, map): (&str, &str, &str),
    now: i64,
) -> Result<()> {
    sql("INSERT INTO import_mapping (workspace, kind, fingerprint, map, used_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, kind, fingerprint) DO UPDATE SET map = excluded.map, used_at = excluded.used_at")
    .bind(workspace)
    .bind(kind)
    .bind(fingerprint)
    .bind(map)
    .bind(now)
    .execute(conn)
    .await?;
    sql("DELETE FROM import_mapping WHERE workspace = $1 AND used_at <
             (SELECT used_at FROM import_mapping WHERE workspace = $1 ORDER BY used_at DESC LIMIT 1 OFFSET $2)")
    .bind(workspace)
    .bind(IMPORT_MAPPINGS_MAX)
    .execute(conn)
    .await?;
    Ok(())
}

/// Write down what a batch made.
pub(crate) async fn import_made_add(
    conn: &mut Conn,
    workspace: WorkspaceId,
    import: Id,
    batch: u64,
    made: BTreeMap<&'static str, Vec<Id>>,
) -> Result<()> {
    let mut rows = BulkInsert::new(
        "import_made",
        &["workspace", "import", "object", "batch", "ids"],
        "ON CONFLICT (workspace, import, object, batch) DO NOTHING",
    );
    for (object, ids) in made.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| *id.as_bytes()).collect();
        let batch = i64::try_from(batch).unwrap_or(i64::MAX);
        rows.push([workspace.into(), import.into(), object.into(), batch.into(), bytes.into()]);
    }
    if !rows.is_empty() {
        rows.execute(conn).await?;
    }
    Ok(())
}

/// Mark that an import is being taken back; whether it was not before.
pub(crate) async fn import_undo_begin(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    undo: &ImportUndo,
) -> Result<bool> {
    let begun = sql("UPDATE import SET undo = $3 WHERE workspace = $1 AND id = $2 AND undo IS NULL")
        .bind(workspace)
        .bind(id)
        .bind(serde_json::to_string(undo).unwrap_or_default())
        .execute(conn)
        .await?;
    Ok(begun == 1)
}

/// Keep what came of taking an import back.
pub(crate) async fn import_undo_put(conn: &mut Conn, workspace: WorkspaceId, id: Id, undo: &ImportUndo) -> Result<()> {
    sql("UPDATE import SET undo = $3 WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(serde_json::to_string(undo).unwrap_or_default())
        .execute(conn)
        .await?;
    Ok(())
}

/// What the next batch of an import made.
pub(crate) async fn import_made_next(
    conn: &mut Conn,
    workspace: WorkspaceId,
    import: Id,
    object: &str,
    after: i64,
) -> Result<Option<(i64, Vec<Id>)>> {
    let row: Option<(i64, Vec<u8>)> = sql("SELECT batch, ids FROM import_made
         WHERE workspace = $1 AND import = $2 AND object = $3 AND batch > $4 ORDER BY batch LIMIT 1")
    .bind(workspace)
    .bind(import)
    .bind(object)
    .bind(after)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(batch, bytes)| (batch, bytes.chunks_exact(16).filter_map(|id| Id::from_slice(id).ok()).collect())))
}

/// List what taking an import back left alone.
pub(crate) async fn import_kept_add(
    conn: &mut Conn,
    workspace: WorkspaceId,
    import: Id,
    object: &str,
    kept: impl IntoIterator<Item = (Id, String)>,
) -> Result<()> {
    let mut rows = BulkInsert::new(
        "import_kept",
        &["workspace", "import", "object", "id", "reason"],
        "ON CONFLICT (workspace, import, object, id) DO NOTHING",
    );
    for (id, reason) in kept {
        rows.push([workspace.into(), import.into(), object.into(), id.into(), reason.into()]);
    }
    if !rows.is_empty() {
        rows.execute(conn).await?;
    }
    Ok(())
}

/// What taking an import back left alone, after a key.
pub(crate) async fn import_kept_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    import: Id,
    after: (String, Id),
    limit: u32,
) -> Result<Vec<ImportKept>> {
    let rows: Vec<(String, Id, String)> = sql("SELECT object, id, reason FROM import_kept
         WHERE workspace = $1 AND import = $2 AND (object > $3 OR (object = $3 AND id > $4))
         ORDER BY object, id LIMIT $5")
    .bind(workspace)
    .bind(import)
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(object, id, reason)| ImportKept { object, id, reason }).collect())
}
