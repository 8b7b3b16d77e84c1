//! The shapes of imports.

use jiff::Timestamp;

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};
use utoipa::ToSchema;
use uuid::Uuid;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Waiting or being read.
    Running,
    /// Read to the end; some rows may be bad.
    Done,
    /// Stopped by a person; rows read before stay.
    Cancelled,
    /// The file as a whole could not be used.
    Failed,
}

impl ImportState {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    pub(super) fn of(text: &str) -> Self {
        match text {
            "done" => Self::Done,
            "cancelled" => Self::Cancelled,
            "failed" => Self::Failed,
            _ => Self::Running,
        }
    }
}

/// How a file is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportOptions {
    /// What separates the cells; guessed among comma, semicolon, tab and bar when absent.
    pub delimiter: Option<String>,
    /// The encoding of a file of text; guessed when absent.
    pub encoding: Option<String>,
    /// The sheet of a workbook; the first that shows when absent.
    pub sheet: Option<String>,
    /// The IANA zone of instants without one; UTC when absent.
    pub zone: Option<String>,
    /// The order of dates such as 3/4/2026: `dmy` or `mdy`.
    pub dates: Option<String>,
    /// The country (ISO 3166) of telephone numbers without a code.
    pub region: Option<String>,
    /// Which column a header means: a column's name, `trait:KEY`, or `ignore`.
    /// Remembered for the next file with the same header.
    pub map: BTreeMap<String, String>,
    /// Whether columns nobody knows become traits (contacts) or properties (events).
    pub keep_unknown: bool,
    /// What the kind wants to know besides.
    pub with: BTreeMap<String, String>,
}

/// A file to be read in.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// What its rows are.
    pub kind: String,
    /// The file, on this machine.
    pub path: PathBuf,
    /// Its name, to show.
    pub file_name: String,
    /// The digest of its bytes (SHA-256, hex), where it is known.
    pub digest: String,
    /// How to read it.
    pub options: ImportOptions,
}

/// What was found out about the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ImportReport {
    /// What it is: `csv` or `xlsx`.
    pub format: String,
    /// The encoding of a file of text.
    pub encoding: Option<String>,
    /// The sheet that is read.
    pub sheet: Option<String>,
    /// The sheets there are.
    pub sheets: Vec<String>,
    /// The zone of instants without one.
    pub zone: String,
    /// Whether the columns were taken as they were the last time.
    pub remembered: bool,
    /// What whoever imports should know.
    pub notes: Vec<String>,
    /// What separates the cells.
    pub delimiter: String,
    /// The header as it stands in the file.
    pub header: String,
    /// Which column each header was taken for.
    pub columns: Vec<ColumnUse>,
    /// Headers nobody knows, whose cells were left out.
    pub unknown: Vec<String>,
}

/// What one header was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnUse {
    /// As in the file.
    pub header: String,
    /// The column, or `trait:KEY`.
    pub column: String,
}

/// A file being read in, or that was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// The id.
    pub id: Uuid,
    /// What its rows are.
    pub kind: String,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of the file, in hex; empty for a file on this machine.
    pub digest: String,
    /// How it is read.
    pub options: ImportOptions,
    /// How far it is.
    pub state: ImportState,
    /// The job that reads it.
    pub job: Option<Uuid>,
    /// Bytes of the file.
    pub bytes_total: i64,
    /// Bytes read so far.
    pub bytes_read: i64,
    /// Rows read so far.
    pub rows_read: i64,
    /// Rows taken in.
    pub rows_good: i64,
    /// Rows left out.
    pub rows_bad: i64,
    /// What was found out about the file.
    pub report: ImportReport,
    /// Why it failed.
    pub error: Option<String>,
    /// What came of taking it back.
    pub undo: Option<ImportUndo>,
    /// Who imports.
    pub created_by: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

/// What came of taking an import back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ImportUndo {
    /// Whether it is still going on.
    pub running: bool,
    /// What it made and is gone again.
    pub removed: u64,
    /// What it made and was kept: changed since, or in use.
    pub kept: u64,
}

/// Something an import made that its undoing left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportKept {
    /// What it is: `contact`, `order` …
    pub object: String,
    /// Its id.
    pub id: Uuid,
    /// Why: `changed`, or where it is used.
    pub reason: String,
}

/// A file looked at before it is imported.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportPreview {
    /// What was found out about the file.
    pub report: ImportReport,
    /// Its headers, in order.
    pub headers: Vec<String>,
    /// Its first rows.
    pub rows: Vec<Vec<String>>,
    /// Rows that were tried out.
    pub tried: u64,
    /// What is wrong with the file as a whole; it cannot be imported so.
    pub problems: Vec<String>,
    /// What is wrong with the rows tried out.
    pub errors: Vec<ImportError>,
}

/// One thing wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportError {
    /// The row's number; the first after the header is 1.
    pub row: i64,
    /// The column.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// The row as it stands in the file, cut when long.
    pub line: String,
}

/// What a kind of import reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportKindInfo {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<ColumnInfo>,
    /// What becomes of other columns: `report`, `on_request`, `keep`.
    pub extra: String,
}

/// A column of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// Other names that mean it.
    pub aliases: Vec<String>,
    /// Whether a file must have it.
    pub required: bool,
    /// What it holds.
    pub about: String,
}
