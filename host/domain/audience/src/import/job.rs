//! The job that reads a file in: the next batch is cut while this one is
//! written, and each batch commits with its checkpoint.

use super::{
    actions::kind_of,
    header::{self, Mapping},
    kind::{ImportContext, ImportKind, ImportRow, RowError},
    model::{Import, ImportError, ImportOptions, ImportState},
    reader::{Cut, RowReader},
    source::{self, Source},
    sql::{self, Progress},
    upload,
};
use crate::{
    Error,
    error::Result,
    limits::{IMPORT_BATCH_BYTES_MAX, IMPORT_BATCH_ROWS_MAX, IMPORT_ERRORS_MAX, IMPORT_LINE_BYTES_MAX},
};
use async_trait::async_trait;
use rialto_jobs::{Fence, JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use serde::Deserialize;
use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

/// Reads files in.
pub struct ImportJob {
    host: Host,
}

impl ImportJob {
    /// The kind of its jobs.
    pub const KIND: &'static str = "audience.import";

    /// The handler of this host.
    #[must_use]
    pub fn new(host: Host) -> Self {
        Self { host }
    }
}

#[derive(Deserialize)]
struct Payload {
    import: Id,
}

#[async_trait]
impl JobHandler for ImportJob {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Payload { import } = job.payload()?;
        let (import, path) = {
            let mut conn = job.store.read(job.workspace).await?;
            sql::import_get(&mut conn, job.workspace, import).await?
        };
        if import.state != ImportState::Running {
            upload::discard(&self.host, import.id).await;
            return Ok(Step::Done(serde_json::json!({"state": import.state})));
        }
        match self.read(job, &import, Path::new(&path)).await {
            Ok(false) => Ok(Step::Again(Duration::ZERO)),
            Ok(true) => Ok(self.end(job, &import, ImportState::Done, None).await?),
            Err(error) if hopeless(&error) => {
                let message = Problem::from(error).detail;
                Ok(self.end(job, &import, ImportState::Failed, Some(message)).await?)
            }
            Err(Error::Conflict { code: STOPPED, .. }) => {
                upload::discard(&self.host, import.id).await;
                Ok(Step::Done(serde_json::json!({"state": ImportState::Cancelled})))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The code of the refusal by which a batch learns that its import was stopped.
const STOPPED: &str = "import-stopped";

/// Whether the file as a whole cannot be used; anything else may pass.
fn hopeless(error: &Error) -> bool {
    matches!(error, Error::Field { .. } | Error::Fields(_) | Error::TooMany { .. })
        || matches!(error, Error::File { cause, .. } if cause.kind() == std::io::ErrorKind::NotFound)
}

/// What all batches of a file share.
struct Shared {
    kind: Arc<dyn ImportKind>,
    ctx: ImportContext,
    fence: Fence,
    bytes_total: u64,
}

/// Rows that were cut together.
pub(super) struct Batch {
    pub rows: Vec<ImportRow>,
    pub broken: Vec<ImportError>,
    /// Where the next batch begins, and the number of the last row.
    offset: u64,
    row: u64,
}

impl ImportJob {
    /// Read on from the checkpoint; whether the end was reached.
    async fn read(&self, job: &mut JobRun, import: &Import, path: &Path) -> Result<bool> {
        let kind = kind_of(&self.host, &import.kind)?;
        let mut progress: Progress = job.checkpoint()?.unwrap_or_default();
        let opened = self.open(job.workspace, import, kind.as_ref(), path, progress.offset).await?;
        let mapping = Arc::new(opened.mapping);
        let shared = Arc::new(Shared {
            ctx: context(&self.host, job.workspace, import, &opened.options, &mapping),
            kind,
            fence: job.fence(),
            bytes_total: opened.bytes_total,
        });
        let size = shared.kind.batch_rows().clamp(1, IMPORT_BATCH_ROWS_MAX);
        let (mut reader, mut batch) = cut(opened.reader, Arc::clone(&mapping), progress.row, size).await?;
        while !(batch.rows.is_empty() && batch.broken.is_empty()) {
            if job.stop.is_cancelled() {
                return Ok(false);
            }
            let after = batch.row;
            let next = cut(reader, Arc::clone(&mapping), after, size);
            let (next, taken) = tokio::join!(next, take_in(&self.host, &shared, progress, batch));
            progress = taken?;
            (reader, batch) = next?;
        }
        Ok(true)
    }

    /// Make the file ready, match its header, and stand at `offset` (0: after the header).
    async fn open(
        &self,
        workspace: WorkspaceId,
        import: &Import,
        kind: &dyn ImportKind,
        path: &Path,
        offset: u64,
    ) -> Result<Opened> {
        let (path, turned) = (path.to_owned(), upload::turned_of(&self.host, import.id));
        upload::place(&self.host, import.id).await?;
        let asked = import.options.clone();
        let head = blocking(move || Head::read(source::ready(&path, &turned, &asked)?)).await?;
        let (source, mut options) = (&head.source, import.options.clone());
        let print = header::fingerprint(kind.name(), &head.cells);
        let recalled = if offset == 0 && options.map.is_empty() {
            recall(&self.host, workspace, kind, &head.cells, &print, &options).await?
        } else {
            None
        };
        let remembered = recalled.is_some();
        let own = !options.map.is_empty();
        options.map = recalled.unwrap_or(options.map);
        let (mapping, found) = header::matched(kind, &head.cells, &options)?;
        let mut report = head.report(&options);
        (report.columns, report.unknown, report.remembered) = (found.columns, found.unknown, remembered);
        mark_1904(&mut options, source);
        let from = if offset == 0 { head.after } else { offset };
        let reader = source.reader(from, Some(mapping.width)).map_err(unread)?;
        let bytes_total = std::fs::metadata(&source.path).map_err(unread)?.len();
        if offset == 0 {
            let (id, kept, now) = (import.id, options.clone(), self.host.now_us());
            let learned = own.then(|| (kind.name(), serde_json::to_string(&kept.map).unwrap_or_default()));
            let total = i64::try_from(bytes_total).unwrap_or(i64::MAX);
            self.host
                .store
                .write(workspace, "import.report", move |conn| {
                    Box::pin(async move {
                        sql::import_report(conn, workspace, id, (&report, &kept), total).await?;
                        match learned {
                            Some((kind, map)) => {
                                sql::import_mapping_put(conn, workspace, (kind, &print, &map), now).await
                            }
                            None => Ok(()),
                        }
                    })
                })
                .await?;
        }
        Ok(Opened { reader, mapping, options, bytes_total })
    }

    async fn end(&self, job: &JobRun, import: &Import, state: ImportState, error: Option<String>) -> Result<Step> {
        let (workspace, id, now) = (job.workspace, import.id, self.host.now_us());
        let told = error.clone();
        self.host
            .store
            .write(workspace, "import.end", move |conn| {
                Box::pin(async move { sql::import_end(conn, workspace, id, state, told.as_deref(), now).await })
            })
            .await?;
        upload::discard(&self.host, id).await;
        Ok(Step::Done(serde_json::json!({"state": state, "error": error})))
    }
}

struct Opened {
    reader: RowReader,
    mapping: Mapping,
    options: ImportOptions,
    bytes_total: u64,
}

/// A file made ready, and its first row.
pub(super) struct Head {
    pub source: Source,
    pub cells: Vec<String>,
    raw: Vec<u8>,
    /// Where the rows begin.
    pub after: u64,
}

impl Head {
    /// Read the header.
    pub(super) fn read(source: Source) -> Result<Self> {
        let mut reader = source.reader(source.offset, None).map_err(unread)?;
        let (cells, raw) = match reader.next().map_err(unread)? {
            Some(Cut::Cells { text, ends, raw }) => (cells(&text, &ends), raw),
            Some(Cut::Broken { message, .. }) => return Err(Error::field("header", message)),
            None => return Err(Error::field("file", "the file is empty; its first line must name the columns")),
        };
        Ok(Self { after: reader.offset(), source, cells, raw })
    }

    /// What is known so far.
    pub(super) fn report(&self, options: &ImportOptions) -> super::ImportReport {
        super::ImportReport {
            delimiter: char::from(self.source.delimiter).to_string(),
            header: String::from_utf8_lossy(&self.raw).trim_end_matches(['\r', '\n']).to_owned(),
            zone: options
                .zone
                .clone()
                .or_else(|| options.with.get("zone").cloned())
                .unwrap_or_else(|| "UTC".to_owned()),
            ..self.source.report.clone()
        }
    }
}

/// The columns that a header like this one had the last time, where they still fit.
pub(super) async fn recall(
    host: &Host,
    workspace: WorkspaceId,
    kind: &dyn ImportKind,
    headers: &[String],
    print: &str,
    options: &ImportOptions,
) -> Result<Option<std::collections::BTreeMap<String, String>>> {
    let mut conn = host.store.read(workspace).await?;
    let Some(text) = sql::import_mapping_find(&mut conn, workspace, kind.name(), print).await? else {
        return Ok(None);
    };
    let Ok(map) = serde_json::from_str(&text) else { return Ok(None) };
    let tried = ImportOptions { map, ..options.clone() };
    Ok(header::matched(kind, headers, &tried).is_ok().then_some(tried.map))
}

/// What a kind is told besides its rows.
pub(super) fn context(
    host: &Host,
    workspace: WorkspaceId,
    import: &Import,
    options: &ImportOptions,
    mapping: &Arc<Mapping>,
) -> ImportContext {
    let mut with = options.with.clone();
    with.insert("keep_unknown".to_owned(), options.keep_unknown.to_string());
    for (name, value) in [("zone", &options.zone), ("dates", &options.dates), ("region", &options.region)] {
        if let Some(value) = value {
            with.insert(name.to_owned(), value.clone());
        }
    }
    ImportContext {
        workspace,
        import: import.id,
        file_name: import.file_name.clone(),
        actor: import.created_by.clone(),
        ids: host.ids().clone(),
        keys: host.keys.clone(),
        now: host.now_us(),
        at: host.now_in(workspace),
        options: with,
        mapping: Arc::clone(mapping),
        cache: super::ImportCache::default(),
        made: std::sync::Mutex::default(),
    }
}

/// A workbook whose days count from 1904 says so to whoever reads them.
pub(super) fn mark_1904(options: &mut ImportOptions, source: &Source) {
    if source.from_1904 {
        options.with.insert("serial_days".to_owned(), "1904".to_owned());
    }
}

pub(super) fn unread(cause: std::io::Error) -> Error {
    Error::File { what: "the file cannot be read".to_owned(), cause }
}

pub(super) fn cells(text: &str, ends: &[u32]) -> Vec<String> {
    let mut begin = 0;
    ends.iter()
        .map(|end| {
            let cell = crate::export::unguarded(text.get(begin..*end as usize).unwrap_or("").trim()).to_owned();
            begin = *end as usize;
            cell
        })
        .collect()
}

/// Cut the next batch, away from the threads that serve.
async fn cut(mut reader: RowReader, mapping: Arc<Mapping>, row: u64, size: usize) -> Result<(RowReader, Batch)> {
    blocking(move || {
        let batch = cut_batch(&mut reader, &mapping, row, size).map_err(unread)?;
        Ok((reader, batch))
    })
    .await
}

pub(super) fn cut_batch(
    reader: &mut RowReader,
    mapping: &Arc<Mapping>,
    row: u64,
    size: usize,
) -> std::io::Result<Batch> {
    let mut batch = Batch { rows: Vec::with_capacity(size), broken: Vec::new(), offset: 0, row };
    let mut bytes = 0;
    while batch.rows.len() + batch.broken.len() < size && bytes < IMPORT_BATCH_BYTES_MAX {
        let Some(next) = reader.next()? else { break };
        batch.row += 1;
        match next {
            Cut::Cells { text, ends, raw } => {
                bytes += text.len() + raw.len();
                batch.rows.push(ImportRow {
                    number: batch.row,
                    mapping: Arc::clone(mapping),
                    text,
                    ends,
                    raw,
                    next_offset: reader.offset(),
                });
            }
            Cut::Broken { message, raw } => {
                batch.broken.push(error_of(batch.row, "row".to_owned(), message, &raw));
            }
        }
    }
    batch.offset = reader.offset();
    Ok(batch)
}

/// Take a batch in; a part that the kind refuses is tried again by halves,
/// down to the row at fault.
async fn take_in(host: &Host, shared: &Arc<Shared>, mut progress: Progress, batch: Batch) -> Result<Progress> {
    let end = (batch.offset, batch.row);
    let mut broken = batch.broken;
    let mut parts: Vec<Vec<ImportRow>> = vec![batch.rows];
    while let Some(rows) = parts.pop() {
        let (offset, row) = match (parts.is_empty(), rows.last()) {
            (false, Some(last)) => (last.next_offset, last.number),
            _ => end,
        };
        let later = broken.partition_point(|error| error.row <= row as i64);
        let rest = broken.split_off(later);
        let told = std::mem::replace(&mut broken, rest);
        let part = Part { rows: Arc::new(rows), told, offset, row };
        match commit(host, shared, progress, &part, None).await {
            Ok(now) => progress = now,
            Err(Error::Refused(problem)) if (400..500).contains(&problem.status) => {
                shared.ctx.cache.clear();
                if let [one] = part.rows.as_slice() {
                    let field = problem.errors.first().map_or("row", |error| error.field.as_str());
                    let fault = one.error(field, problem.detail.clone());
                    progress = commit(host, shared, progress, &part, Some(fault)).await?;
                } else {
                    broken.splice(0..0, part.told);
                    let rows = Arc::unwrap_or_clone(part.rows);
                    let (first, second) = rows.split_at(rows.len() / 2);
                    parts.push(second.to_vec());
                    parts.push(first.to_vec());
                }
            }
            Err(error) => {
                shared.ctx.cache.clear();
                return Err(error);
            }
        }
    }
    Ok(progress)
}

/// Some rows of a batch, and the broken ones among them.
struct Part {
    rows: Arc<Vec<ImportRow>>,
    told: Vec<ImportError>,
    offset: u64,
    row: u64,
}

/// Write a part, its errors, the progress and the checkpoint in one transaction.
async fn commit(
    host: &Host,
    shared: &Arc<Shared>,
    progress: Progress,
    part: &Part,
    fault: Option<RowError>,
) -> Result<Progress> {
    let (shared, rows, told) = (Arc::clone(shared), Arc::clone(&part.rows), part.told.clone());
    let (offset, row) = (part.offset, part.row);
    let workspace = shared.ctx.workspace;
    host.store
        .write(workspace, "import.batch", move |conn| {
            Box::pin(async move {
                let mut errors = told;
                shared.ctx.take_made();
                conn.see_all();
                let found = match fault {
                    Some(fault) => vec![fault],
                    None if rows.is_empty() => Vec::new(),
                    None => shared.kind.apply(conn, &shared.ctx, &rows).await?,
                };
                errors.extend(found.into_iter().map(|error| with_line(error, &rows)));
                let bad: BTreeSet<i64> = errors.iter().map(|error| error.row).collect();
                let mut next = Progress { offset, row, ..progress };
                next.bad += bad.len() as u64;
                next.good = row.saturating_sub(next.bad);
                keep_errors(conn, &shared, &mut next, errors).await?;
                sql::import_made_add(conn, workspace, shared.ctx.import, row, shared.ctx.take_made()).await?;
                if !sql::import_progress(conn, workspace, shared.ctx.import, next).await? {
                    return Err(Error::Conflict { code: STOPPED, detail: "the import was stopped".to_owned() });
                }
                let checkpoint = serde_json::to_value(next).unwrap_or_default();
                shared.fence.save(conn, &checkpoint, offset, shared.bytes_total).await?;
                Ok(next)
            })
        })
        .await
}

async fn keep_errors(conn: &mut Conn, shared: &Shared, next: &mut Progress, errors: Vec<ImportError>) -> Result<()> {
    let room = usize::try_from(IMPORT_ERRORS_MAX.saturating_sub(next.kept)).unwrap_or(0);
    let kept: Vec<ImportError> = errors.into_iter().take(room).collect();
    next.kept += kept.len() as u64;
    sql::import_errors_add(conn, shared.ctx.workspace, shared.ctx.import, kept).await
}

pub(super) fn with_line(error: RowError, rows: &[ImportRow]) -> ImportError {
    let raw = rows.iter().find(|row| row.number == error.row).map_or(&[][..], |row| row.raw.as_slice());
    error_of(error.row, error.field, error.message, raw)
}

fn error_of(row: u64, field: String, message: String, raw: &[u8]) -> ImportError {
    let line = String::from_utf8_lossy(&raw[..raw.len().min(IMPORT_LINE_BYTES_MAX)]);
    let line = line.trim_end_matches(['\r', '\n']).replace('\0', "\u{fffd}");
    ImportError { row: i64::try_from(row).unwrap_or(i64::MAX), field, message, line }
}

/// Run what reads a file on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(Error::Refused(Problem::internal("reading the file ended unexpectedly"))),
    }
}
