//! A workbook's sheet (XLSX) as rows of CSV in UTF-8. What a cell shows is not
//! what it holds: dates become dates, numbers keep all their digits, a formula
//! gives its last result. A row that cannot be taken as it is comes out as a
//! framed bad row, with what is wrong, never as something similar.

use crate::limits::{
    IMPORT_COLUMNS_MAX, IMPORT_WORKBOOK_BYTES_MAX, IMPORT_WORKBOOK_PARTS_MAX, IMPORT_WORKBOOK_TEXTS_MAX,
};
use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook};
use std::{
    fs::File,
    io::{self, BufReader, Read as _, Write},
    path::Path,
};

/// Begins a framed bad row: its length, the length of its message, the message,
/// the row. Neither byte can begin a row in UTF-8.
pub(super) const FRAME: [u8; 2] = [0xff, 0xfe];
/// Numbers from here on have more digits than a workbook keeps.
const EXACT_MAX: f64 = 1e15;

/// What was found in a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    pub name: String,
    pub sheets: Vec<String>,
    /// Cells whose value is a formula's last result.
    pub formulas: u64,
    pub from_1904: bool,
}

/// Why a workbook cannot be read.
pub(super) enum Refused {
    /// The file is at fault.
    File(String),
    /// Reading or writing failed.
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<XlsxError> for Refused {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Io(error) => Self::Io(error),
            XlsxError::Password => Self::File("the workbook has a password; save it without one".to_owned()),
            other => Self::File(format!("the workbook cannot be read: {other}")),
        }
    }
}

/// Unpack every part once and count, before anything of it is held.
pub(super) fn check(path: &Path) -> Result<(), Refused> {
    let unreadable = |_| Refused::File("the file is no workbook, or not all of one; save it again as XLSX".to_owned());
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?)).map_err(unreadable)?;
    if archive.len() > IMPORT_WORKBOOK_PARTS_MAX {
        return Err(Refused::File(format!("the workbook has more than {IMPORT_WORKBOOK_PARTS_MAX} parts")));
    }
    let mut left = IMPORT_WORKBOOK_BYTES_MAX;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(unreadable)?;
        let texts = part.name().map_err(unreadable)?.to_ascii_lowercase().ends_with("sharedstrings.xml");
        let most = if texts { left.min(IMPORT_WORKBOOK_TEXTS_MAX) } else { left };
        let size = io::copy(&mut part.take(most + 1), &mut io::sink())
            .map_err(|_| Refused::File("the workbook is damaged; save it again".to_owned()))?;
        if size > most {
            let message = format!("the workbook unpacks to more than {most} bytes; save the sheet as CSV UTF-8");
            return Err(Refused::File(message));
        }
        left -= size;
    }
    Ok(())
}

/// Write a sheet's rows as CSV.
pub(super) fn to_csv(path: &Path, wanted: Option<&str>, out: &mut impl Write) -> Result<Sheet, Refused> {
    let mut book: Xlsx<_> = open_workbook(path)?;
    let mut sheet = chosen(&book, wanted)?;
    let mut rows = Rows::default();
    let mut reader = book.worksheet_cells_reader(&sheet.name)?;
    while let Some(cell) = reader.next_cell_with_formula()? {
        let (row, column) = cell.pos;
        if row != rows.row {
            rows.write(out)?;
            rows.begin(row);
        }
        sheet.formulas += u64::from(cell.formula.is_some());
        rows.cell(column as usize, &cell.value, cell.formula.is_some());
    }
    rows.write(out)?;
    Ok(sheet)
}

fn chosen<RS: io::Read + io::Seek>(book: &Xlsx<RS>, wanted: Option<&str>) -> Result<Sheet, Refused> {
    let sheets = || book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets().map(|sheet| sheet.name.clone()).collect();
    let name = match wanted {
        Some(wanted) => names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| {
            Refused::File(format!("there is no sheet `{}`, but {}", wanted.escape_debug(), names.join(", ")))
        })?,
        None => sheets()
            .find(|sheet| sheet.visible == SheetVisible::Visible)
            .map(|sheet| sheet.name.clone())
            .ok_or_else(|| Refused::File("the workbook has no sheet".to_owned()))?,
    };
    Ok(Sheet { name, sheets: names, formulas: 0, from_1904: book.has_1904_epoch() })
}

/// The row that is being put together.
#[derive(Default)]
struct Rows {
    row: u32,
    cells: Vec<String>,
    /// Cells of the header, once it is written.
    width: Option<usize>,
    fault: Option<String>,
}

impl Rows {
    fn begin(&mut self, row: u32) {
        self.row = row;
        self.cells.clear();
        self.fault = None;
    }

    fn cell(&mut self, column: usize, value: &DataRef<'_>, formula: bool) {
        match text_of(value, formula) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(_) if column >= IMPORT_COLUMNS_MAX => {
                self.fault.get_or_insert_with(|| format!("has more than {IMPORT_COLUMNS_MAX} cells"));
            }
            Ok(text) => self.put(column, text),
            Err(message) => {
                let at = format!("{}{}", letters(column), self.row + 1);
                self.fault.get_or_insert_with(|| format!("cell {at} {message}"));
                self.put(column, shown_fault(value));
            }
        }
    }

    fn put(&mut self, column: usize, text: String) {
        if column < IMPORT_COLUMNS_MAX {
            if self.cells.len() <= column {
                self.cells.resize(column + 1, String::new());
            }
            self.cells[column] = text;
        }
    }

    fn write(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.cells.is_empty() && self.fault.is_none() {
            return Ok(());
        }
        let width = *self.width.get_or_insert(self.cells.len());
        if self.cells.len() > width && self.fault.is_none() {
            self.fault = Some(format!("has {} cells; the header has {width}", self.cells.len()));
        }
        self.cells.resize(self.cells.len().max(width), String::new());
        let line = line_of(&self.cells);
        match self.fault.take() {
            None => out.write_all(line.as_bytes()),
            Some(message) => {
                let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes();
                out.write_all(&FRAME)?;
                out.write_all(&length(&message))?;
                out.write_all(&length(&line))?;
                out.write_all(message.as_bytes())?;
                out.write_all(line.as_bytes())
            }
        }
    }
}

/// What a cell holds, as a file of text would.
fn text_of(value: &DataRef<'_>, formula: bool) -> Result<String, String> {
    Ok(match value {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) if n.abs() >= EXACT_MAX && n.fract() == 0.0 => {
            return Err("holds a number of more than 15 digits, and a workbook keeps no more; \
                        format the column as text and type it again"
                .to_owned());
        }
        DataRef::Float(n) => n.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        // A time of day without a day is a number like any other.
        DataRef::DateTime(at) if at.is_duration() || at.as_f64() < 1.0 => at.as_f64().to_string(),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, ms) = at.to_ymd_hms_milli();
            let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}")
        }
        DataRef::Error(error) => return Err(format!("holds the error {error}; mend its formula")),
        DataRef::Empty if formula => {
            return Err("holds a formula that was never worked out; open and save the workbook once".to_owned());
        }
        DataRef::Empty => String::new(),
    })
}

fn shown_fault(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Float(n) => format!("{n:.0}"),
        DataRef::Error(error) => error.to_string(),
        _ => String::new(),
    }
}

/// A column as a workbook names it.
fn letters(column: usize) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        name.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().map(|byte| char::from(*byte)).collect()
}

fn line_of(cells: &[String]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) || cell.starts_with(char::is_whitespace) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

    fn csv(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> (Sheet, Vec<u8>) {
        let mut book = Workbook::new();
        fill(book.add_worksheet());
        let file = tempfile::NamedTempFile::new().unwrap();
        book.save(file.path()).unwrap();
        assert!(check(file.path()).is_ok());
        let mut out = Vec::new();
        let sheet = to_csv(file.path(), None, &mut out).ok().unwrap();
        (sheet, out)
    }

    #[test]
    fn cells_give_what_they_hold_and_bad_rows_say_where() {
        let day = Format::new().set_num_format("yyyy/m/d h:mm");
        let (sheet, out) = csv(|sheet| {
            for (at, name) in ["编号", "金额", "时间", "备注"].iter().enumerate() {
                sheet.write_string(0, at as u16, *name).unwrap();
            }
            sheet.write_number(1, 0, 13_800_138_000.0).unwrap();
            sheet.write_formula(1, 1, Formula::new("=6*2.05").set_result("12.3")).unwrap();
            let at = ExcelDateTime::parse_from_str("2026-03-01 09:30:00").unwrap();
            sheet.write_datetime_with_format(1, 2, &at, &day).unwrap();
            sheet.write_string(1, 3, "a \"b\", c").unwrap();
            sheet.write_string(3, 0, "x").unwrap();
            sheet.write_number(4, 0, 1_234_567_890_123_456_789.0).unwrap();
            sheet.write_string(5, 5, "too far").unwrap();
        });
        assert_eq!((sheet.name.as_str(), sheet.formulas), ("Sheet1", 1));
        let text = String::from_utf8_lossy(&out);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], "编号,金额,时间,备注");
        assert_eq!(lines[1], "13800138000,12.3,2026-03-01T09:30:00,\"a \"\"b\"\", c\"");
        assert_eq!(lines[2], "x,,,");
        assert!(lines[3].contains("cell A5 holds a number of more than 15 digits"), "{}", lines[3]);
        assert!(lines[4].contains("has 6 cells; the header has 4"), "{}", lines[4]);
    }

    #[test]
    fn columns_are_named_as_workbooks_name_them() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn what_is_no_workbook_is_said_to_be_none() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"PK\x03\x04 and nothing more").unwrap();
        assert!(matches!(check(file.path()), Err(Refused::File(_))));
    }
}
