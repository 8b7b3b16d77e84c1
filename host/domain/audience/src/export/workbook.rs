//! An export as a workbook. Its rows go to a file on disk as they are read, so
//! memory stays flat; the workbook is whole before its first byte leaves.

use super::{Cell, ExportFrom, ExportKind};
use crate::error::Error;
use axum::body::Body;
use rialto_kernel::Problem;
use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};
use std::{path::PathBuf, sync::Arc};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

/// Rows that a sheet holds besides its header.
const ROWS_MAX: u32 = 1_048_575;
/// Digits of a number that a workbook keeps.
const DIGITS_MAX: usize = 15;
/// Pages that wait to be written.
const PAGES_AHEAD: usize = 2;

/// Write the whole workbook, then hand out its bytes.
pub(super) async fn body(kind: Arc<dyn ExportKind>, from: ExportFrom) -> Result<Body, Problem> {
    let folder = from.host.data_dir.join("exports");
    tokio::fs::create_dir_all(&folder).await.map_err(unkept)?;
    let (pages, receiver) = mpsc::channel(PAGES_AHEAD);
    let (header, told) = (from.header.clone(), about(&from));
    let name = kind.name();
    let writer = tokio::task::spawn_blocking(move || write(folder, name, header, told, receiver));
    let read = send_pages(kind, from, pages).await;
    let file = writer.await.map_err(|_| Problem::internal("writing the workbook ended unexpectedly"))??;
    read?;
    // The name goes at once; the bytes stay until they are read.
    let open = file.reopen().map_err(unkept)?;
    Ok(Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(open))))
}

/// Who took it away and when stands in the workbook's properties.
fn about(from: &ExportFrom) -> String {
    let at = rialto_kernel::from_micros(from.host.now_us());
    format!("Exported by {} on {at} from workspace {}", from.caller.actor, from.caller.workspace.0)
}

async fn send_pages(
    kind: Arc<dyn ExportKind>,
    from: ExportFrom,
    pages: mpsc::Sender<Vec<Vec<Cell>>>,
) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let page = kind.page(&from, after).await?;
        // When the writer has given up it says why itself.
        if pages.send(page.rows).await.is_err() || page.next.is_none() {
            return Ok(());
        }
        after = page.next;
    }
}

fn write(
    folder: PathBuf,
    name: &str,
    header: Vec<String>,
    told: String,
    mut pages: mpsc::Receiver<Vec<Vec<Cell>>>,
) -> Result<NamedTempFile, Problem> {
    let mut book = Workbook::new();
    book.set_tempdir(&folder).map_err(refused)?;
    book.set_properties(&DocProperties::new().set_title(name).set_comment(told));
    let sheet = book.add_worksheet_with_constant_memory().map_err(refused)?;
    sheet.set_name(name).map_err(refused)?;
    row(sheet, 0, header.into_iter().map(Cell::Text).collect())?;
    let mut at = 0;
    while let Some(rows) = pages.blocking_recv() {
        for cells in rows {
            at += 1;
            if at > ROWS_MAX {
                let problem = Problem::from(Error::TooMany { limit: "xlsx-rows", max: u64::from(ROWS_MAX) });
                return Err(problem.at("format", "a sheet holds no more rows; take the list away as csv"));
            }
            row(sheet, at, cells)?;
        }
    }
    let mut file = tempfile::Builder::new().prefix("export-").tempfile_in(&folder).map_err(unkept)?;
    book.save_to_writer(file.as_file_mut()).map_err(refused)?;
    Ok(file)
}

fn row(sheet: &mut Worksheet, at: u32, cells: Vec<Cell>) -> Result<(), Problem> {
    for (column, cell) in cells.into_iter().enumerate() {
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        let shown = cell.shown();
        if shown.is_empty() {
            continue;
        }
        let exact = shown.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_MAX;
        match (&cell, shown.parse::<f64>()) {
            (Cell::Number(_), Ok(number)) if exact && number.is_finite() => sheet.write_number(at, column, number),
            _ => sheet.write_string(at, column, shown.as_ref()),
        }
        .map_err(refused)?;
    }
    Ok(())
}

fn refused(error: XlsxError) -> Problem {
    tracing::error!(%error, "a workbook could not be written");
    Problem::internal(format!("the workbook could not be written: {error}"))
}

fn unkept(cause: std::io::Error) -> Problem {
    Error::File { what: "the export could not be kept".to_owned(), cause }.into()
}
