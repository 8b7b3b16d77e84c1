//! A file as people have it, made ready for the row reader: whatever it is, the
//! reader gets UTF-8 with separated cells. A file that is not so already is
//! turned once, into a second file beside it; the same bytes always give the
//! same second file, so an import goes on in it after a kill.

use super::{
    actions::delimiter,
    encoding,
    model::{ImportOptions, ImportReport},
    reader::{RowReader, opening},
    workbook::{self, Refused},
};
use crate::{Error, error::Result};
use encoding_rs::{Encoding, UTF_8};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// A workbook is an archive.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// Workbooks before 2007, and those with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";

/// A file that the row reader can read.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub path: PathBuf,
    /// Where the header begins.
    pub offset: u64,
    pub delimiter: u8,
    /// The encoding the file was in.
    pub encoding: &'static str,
    /// What was found out on the way.
    pub report: ImportReport,
    /// Whether serial days count from 1904.
    pub from_1904: bool,
}

impl Source {
    /// A reader from an offset on.
    pub(super) fn reader(&self, offset: u64, width: Option<usize>) -> io::Result<RowReader> {
        Ok(RowReader::open(&self.path, offset, self.delimiter, width)?.told_as(self.encoding))
    }
}

/// Make a file ready; what is turned goes to `turned`.
pub(super) fn ready(path: &Path, turned: &Path, options: &ImportOptions) -> Result<Source> {
    let wanted = delimiter(&options.delimiter)?;
    let asked = match &options.encoding {
        Some(name) => Some(encoding::named(name).map_err(|message| Error::field("encoding", message))?),
        None => None,
    };
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(8).read_to_end(&mut head)).map_err(unread)?;
    if head.starts_with(COMPOUND) {
        let message = "the file is a workbook of the old kind, or one with a password; save it as XLSX without one";
        return Err(Error::field("file", message));
    }
    if head.starts_with(ARCHIVE) {
        return of_workbook(path, turned, options.sheet.as_deref());
    }
    of_text(path, turned, wanted, asked)
}

fn of_workbook(path: &Path, turned: &Path, sheet: Option<&str>) -> Result<Source> {
    let refused = |refused| match refused {
        Refused::File(message) => Error::field("file", message),
        Refused::Io(cause) => unread(cause),
    };
    workbook::check(path).map_err(refused)?;
    let mut found = workbook::Sheet::default();
    turn(turned, |out| {
        found = workbook::to_csv(path, sheet, out).map_err(refused)?;
        Ok(())
    })?;
    let mut notes = Vec::new();
    if found.formulas > 0 {
        notes.push(format!("{} cells hold formulas; their last results are read", found.formulas));
    }
    if found.sheets.len() > 1 && sheet.is_none() {
        notes.push(format!("the workbook has {} sheets; the first that shows is read", found.sheets.len()));
    }
    let report = ImportReport {
        format: "xlsx".to_owned(),
        sheet: Some(found.name),
        sheets: found.sheets,
        notes,
        ..ImportReport::default()
    };
    let from_1904 = found.from_1904;
    Ok(Source { path: turned.to_owned(), offset: 0, delimiter: b',', encoding: "UTF-8", report, from_1904 })
}

fn of_text(path: &Path, turned: &Path, wanted: Option<u8>, asked: Option<&'static Encoding>) -> Result<Source> {
    let guess = encoding::guess(path, asked).map_err(unread)?;
    let as_it_is = guess.encoding == UTF_8;
    if !as_it_is {
        turn(turned, |out| encoding::to_utf8(path, guess, out).map_err(unread))?;
    }
    let (path, mark) = if as_it_is { (path.to_owned(), guess.mark) } else { (turned.to_owned(), 0) };
    let seen = opening(&path, mark, wanted).map_err(unread)?;
    let mut notes = Vec::new();
    if guess.mixed() {
        notes.push(format!(
            "the file is put together of two encodings: of its first lines with more than ASCII, {} are UTF-8 and {} \
             are GB18030; it is read as {}, and the others are bad rows",
            guess.utf8_lines,
            guess.gb_lines,
            guess.encoding.name()
        ));
    }
    let encoding = name_of(guess.encoding);
    let report = ImportReport {
        format: "csv".to_owned(),
        encoding: Some(encoding.to_owned()),
        notes,
        ..ImportReport::default()
    };
    Ok(Source { path, offset: seen.offset, delimiter: seen.delimiter, encoding, report, from_1904: false })
}

/// An encoding's name as people know it.
fn name_of(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "gb18030" => "GB18030",
        other => other,
    }
}

/// Write a file whole or not at all. One that is there was written by the same
/// import before a kill.
fn turn(turned: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let part = turned.with_extension("part");
    let mut out = BufWriter::new(File::create(&part).map_err(unkept)?);
    let done = write(&mut out).and_then(|()| out.flush().map_err(unkept));
    let done = done.and_then(|()| fs::rename(&part, turned).map_err(unkept));
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}

fn unread(cause: io::Error) -> Error {
    Error::File { what: "the file cannot be read".to_owned(), cause }
}

fn unkept(cause: io::Error) -> Error {
    Error::File { what: "the file could not be kept".to_owned(), cause }
}
