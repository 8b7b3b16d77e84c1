//! A file looked at before it is imported: what it is, what its columns are
//! taken for, its first rows, and what is wrong with the first few hundred.
//! They are tried out in a transaction that is always taken back.

use super::{
    ImportKind, ImportPreview, ImportState, Mapping,
    actions::{check_options, kind_of},
    header,
    job::{Head, blocking, cells, context, cut_batch, mark_1904, recall, unread, with_line},
    kind::{ImportContext, ImportRow, RowError},
    model::{Import, ImportOptions},
    reader::Cut,
    source, upload,
};
use crate::{
    Error,
    error::Result,
    limits::{IMPORT_PREVIEW_ROWS, IMPORT_PREVIEW_TRIED_ROWS},
};
use axum::body::Body;
use rialto_kernel::{Problem, from_micros};
use rialto_slice::Host;
use rialto_web::Caller;
use std::sync::{Arc, Mutex, PoisonError};

/// The code of the refusal by which what was tried out is taken back.
const TRIED: &str = "import-tried";

/// Look at a file; nothing of it stays.
///
/// # Errors
/// When the kind is not known, the caller may not import it, or the file does
/// not arrive whole. What is wrong with the file itself is part of the answer.
pub async fn preview(
    host: &Host,
    caller: &Caller,
    kind: String,
    file_name: String,
    options: ImportOptions,
    body: Body,
) -> Result<ImportPreview> {
    let known = kind_of(host, &kind)?;
    caller.require(known.permission())?;
    check_options(&options)?;
    let import = blank(host, caller, kind, file_name, options);
    let path = upload::place(host, import.id).await?;
    let looked = match upload::receive(host, body, &path).await {
        Ok(_) => look(host, caller, known, &import, path).await,
        Err(error) => Err(error),
    };
    upload::discard(host, import.id).await;
    looked
}

fn blank(host: &Host, caller: &Caller, kind: String, file_name: String, options: ImportOptions) -> Import {
    Import {
        id: host.id(),
        kind,
        file_name,
        digest: String::new(),
        options,
        state: ImportState::Running,
        job: None,
        bytes_total: 0,
        bytes_read: 0,
        rows_read: 0,
        rows_good: 0,
        rows_bad: 0,
        report: super::ImportReport::default(),
        error: None,
        undo: None,
        created_by: caller.actor.to_string(),
        created_at: from_micros(host.now_us()),
        finished_at: None,
    }
}

async fn look(
    host: &Host,
    caller: &Caller,
    kind: Arc<dyn ImportKind>,
    import: &Import,
    path: std::path::PathBuf,
) -> Result<ImportPreview> {
    let (turned, asked) = (upload::turned_of(host, import.id), import.options.clone());
    let head = match blocking(move || Head::read(source::ready(&path, &turned, &asked)?)).await {
        Ok(head) => head,
        Err(error @ (Error::Field { .. } | Error::TooMany { .. })) => {
            return Ok(ImportPreview { problems: vec![Problem::from(error).detail], ..ImportPreview::default() });
        }
        Err(error) => return Err(error),
    };
    let mut options = import.options.clone();
    let print = header::fingerprint(kind.name(), &head.cells);
    let recalled = match options.map.is_empty() {
        true => recall(host, caller.workspace, kind.as_ref(), &head.cells, &print, &options).await?,
        false => None,
    };
    let mut shown = ImportPreview { report: head.report(&options), ..ImportPreview::default() };
    shown.report.remembered = recalled.is_some();
    options.map = recalled.unwrap_or(options.map);
    mark_1904(&mut options, &head.source);
    let source = head.source.clone();
    let (after, width) = (head.after, head.cells.len());
    shown.rows = blocking(move || first_rows(&source, after, width)).await?;
    match header::matched(kind.as_ref(), &head.cells, &options) {
        Err(error) => shown.problems.push(Problem::from(error).detail),
        Ok((mapping, found)) => {
            (shown.report.columns, shown.report.unknown) = (found.columns, found.unknown);
            let mapping = Arc::new(mapping);
            let ctx = context(host, caller.workspace, import, &options, &mapping);
            try_out(host, kind, ctx, &head, mapping, &mut shown).await?;
        }
    }
    shown.headers = head.cells;
    Ok(shown)
}

fn first_rows(source: &source::Source, after: u64, width: usize) -> Result<Vec<Vec<String>>> {
    let mut reader = source.reader(after, Some(width)).map_err(unread)?;
    let mut rows = Vec::new();
    while rows.len() < IMPORT_PREVIEW_ROWS
        && let Some(cut) = reader.next().map_err(unread)?
    {
        if let Cut::Cells { text, ends, .. } = cut {
            rows.push(cells(&text, &ends));
        }
    }
    Ok(rows)
}

/// Take the first rows in, learn what is wrong with them, and take them back.
async fn try_out(
    host: &Host,
    kind: Arc<dyn ImportKind>,
    ctx: ImportContext,
    head: &Head,
    mapping: Arc<Mapping>,
    shown: &mut ImportPreview,
) -> Result<()> {
    let mut reader = head.source.reader(head.after, Some(mapping.width)).map_err(unread)?;
    let batch =
        blocking(move || cut_batch(&mut reader, &mapping, 0, IMPORT_PREVIEW_TRIED_ROWS).map_err(unread)).await?;
    shown.tried = (batch.rows.len() + batch.broken.len()) as u64;
    shown.errors = batch.broken;
    let rows = Arc::new(batch.rows);
    let wrong = tried(host, kind, ctx, Arc::clone(&rows)).await?;
    shown.errors.extend(wrong.into_iter().map(|error| with_line(error, &rows)));
    shown.errors.sort_by_key(|error| error.row);
    Ok(())
}

async fn tried(
    host: &Host,
    kind: Arc<dyn ImportKind>,
    ctx: ImportContext,
    rows: Arc<Vec<ImportRow>>,
) -> Result<Vec<RowError>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let found: Arc<Mutex<Vec<RowError>>> = Arc::default();
    let told = Arc::clone(&found);
    let first = rows.first().map_or(1, |row| row.number);
    let outcome: Result<()> = host
        .store
        .write(ctx.workspace, "import.preview", move |conn| {
            Box::pin(async move {
                conn.see_all();
                let errors = kind.apply(conn, &ctx, &rows).await?;
                *told.lock().unwrap_or_else(PoisonError::into_inner) = errors;
                Err(Error::Conflict { code: TRIED, detail: "tried out".to_owned() })
            })
        })
        .await;
    let errors = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    match outcome {
        Ok(()) | Err(Error::Conflict { code: TRIED, .. }) => Ok(errors),
        Err(Error::Refused(problem)) if (400..500).contains(&problem.status) => {
            let field = problem.errors.first().map_or("row", |error| error.field.as_str()).to_owned();
            Ok(vec![RowError { row: first, field, message: problem.detail }])
        }
        Err(error) => Err(error),
    }
}
