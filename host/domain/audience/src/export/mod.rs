//! Lists taken away as files: CSV that spreadsheets open with every character
//! intact, or a workbook. Who takes what is written down before its first row
//! leaves. A text that a spreadsheet would run as a formula is guarded; the
//! import takes the guard off again, so what goes out comes back the same.
//!
//! To add a kind: implement [`ExportKind`] and [`register`] it when the slice
//! is made. It only gives headers and pages of cells.

mod contacts;
mod csv;
mod workbook;

pub use contacts::ContactsExport;
pub(crate) use csv::csv_row;

use crate::error::Error;
use async_trait::async_trait;
use axum::body::Body;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Problem, mask::masked_in};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// Rows asked of a kind at a time.
pub const EXPORT_ROWS: u32 = 500;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text that people or files gave us.
    Text(String),
    /// What we wrote ourselves: ids, instants, words.
    Plain(String),
    /// A number, as plain decimals.
    Number(String),
}

impl Cell {
    /// A text of somebody's.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A word, an id or an instant of ours; empty for none.
    pub fn plain(value: Option<impl ToString>) -> Self {
        Self::Plain(value.map(|value| value.to_string()).unwrap_or_default())
    }

    /// A number.
    pub fn number(value: impl ToString) -> Self {
        Self::Number(value.to_string())
    }

    /// What looks like an address in a text of somebody's is masked.
    pub(crate) fn mask(&mut self) {
        if let Self::Text(text) = self {
            *text = masked_in(text);
        }
    }

    /// As it stands in a file.
    fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => guarded(text),
            Self::Plain(text) | Self::Number(text) => Cow::Borrowed(text),
        }
    }
}

/// What begins a formula in one spreadsheet or another (OWASP, CSV injection;
/// the full-width forms are read as the plain ones by some).
const STARTERS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A text that no spreadsheet takes for a formula: one that would begin one
/// gets an apostrophe before it, and so does one that looks guarded already.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(STARTERS) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A text without the guard that [`guarded`] gave it.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(STARTERS) => rest,
        _ => text,
    }
}

/// What is taken away, and how.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ExportAsk {
    /// `csv` (when absent) or `xlsx`.
    pub format: Option<String>,
    /// Of a CSV file: `UTF-8` (when absent) or `GB18030`.
    pub encoding: Option<String>,
    /// Whether a CSV file in UTF-8 begins with a byte order mark, by which Excel knows it; yes when absent.
    pub bom: Option<bool>,
    /// Of contacts: those in a segment now.
    pub segment: Option<Uuid>,
    /// Of contacts: those on a snapshot.
    pub snapshot: Option<Uuid>,
    /// Of sends: those of a campaign.
    pub campaign: Option<Uuid>,
}

/// Some rows, and where the next begin.
#[derive(Debug, Default)]
pub struct ExportPage {
    /// The rows, each as wide as the header.
    pub rows: Vec<Vec<Cell>>,
    /// What to ask for the next page with; none at the end.
    pub next: Option<String>,
}

/// Something that can be taken away as a file.
#[async_trait]
pub trait ExportKind: Send + Sync {
    /// Its name, as in `rialto export NAME`.
    fn name(&self) -> &'static str;

    /// What a row is.
    fn about(&self) -> &'static str;

    /// The permission that whoever takes it away must hold, besides reading it.
    fn permission(&self) -> &'static str;

    /// The header.
    ///
    /// # Errors
    /// When what is asked for is not there.
    async fn header(&self, host: &Host, caller: &Caller, ask: &ExportAsk) -> Result<Vec<String>, Problem>;

    /// Rows after those before; at most some [`EXPORT_ROWS`].
    ///
    /// # Errors
    /// When the store fails.
    async fn page(&self, from: &ExportFrom, after: Option<String>) -> Result<ExportPage, Problem>;
}

/// What pages are read from.
#[derive(Clone)]
pub struct ExportFrom {
    /// The host.
    pub host: Host,
    /// Who takes it away.
    pub caller: Caller,
    /// What was asked for.
    pub ask: ExportAsk,
    /// The header.
    pub header: Vec<String>,
}

/// The kinds a host knows. Each slice registers its own.
#[derive(Default)]
pub struct ExportKinds(Mutex<BTreeMap<&'static str, Arc<dyn ExportKind>>>);

/// Make a kind known to this host; a slice does it when it is made.
pub fn register(host: &Host, kind: Arc<dyn ExportKind>) {
    host.slot::<ExportKinds>().0.lock().unwrap_or_else(PoisonError::into_inner).insert(kind.name(), kind);
}

/// A kind, for whoever asks what there is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExportKindInfo {
    /// Its name.
    pub name: String,
    /// What a row is.
    pub about: String,
    /// The permission it needs.
    pub permission: String,
}

/// What can be taken away from this host.
#[must_use]
pub fn export_kinds(host: &Host) -> Vec<ExportKindInfo> {
    let kinds = host.slot::<ExportKinds>();
    let kinds = kinds.0.lock().unwrap_or_else(PoisonError::into_inner);
    let told = |kind: &Arc<dyn ExportKind>| ExportKindInfo {
        name: kind.name().to_owned(),
        about: kind.about().to_owned(),
        permission: kind.permission().to_owned(),
    };
    kinds.values().map(told).collect()
}

/// A file on its way out.
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its bytes, read as they are sent.
    pub body: Body,
}

/// The forms a file can have.
#[derive(Debug, Clone, Copy)]
enum Form {
    Csv(csv::Writing),
    Workbook,
}

fn form(ask: &ExportAsk) -> Result<Form, Error> {
    let format = ask.format.as_deref().unwrap_or("csv");
    match format {
        "csv" => csv::Writing::of(ask).map(Form::Csv),
        "xlsx" if ask.encoding.is_none() => Ok(Form::Workbook),
        "xlsx" => Err(Error::field("encoding", "a workbook has an encoding of its own; leave it out")),
        _ => Err(Error::field("format", "must be csv or xlsx")),
    }
}

/// Take a list away.
///
/// # Errors
/// When the kind or the form is not known, or the caller may not.
pub async fn export(host: &Host, caller: &Caller, name: &str, ask: ExportAsk) -> Result<ExportFile, Problem> {
    let kinds = host.slot::<ExportKinds>();
    let found = kinds.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
    let kind = found.ok_or_else(|| Problem::not_found("kind of export"))?;
    caller.require_everywhere(kind.permission())?;
    let form = form(&ask)?;
    let header = kind.header(host, caller, &ask).await?;
    write_down(host, caller, kind.as_ref(), &ask).await?;
    let from = ExportFrom { host: host.clone(), caller: caller.clone(), ask, header };
    let kind_name = kind.name();
    Ok(match form {
        Form::Csv(writing) => ExportFile {
            name: format!("{kind_name}.csv"),
            media: writing.media(),
            body: csv::stream(kind, from, writing),
        },
        Form::Workbook => ExportFile {
            name: format!("{kind_name}.xlsx"),
            media: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            body: workbook::body(kind, from).await?,
        },
    })
}

/// Who takes what away, before the first row leaves.
async fn write_down(host: &Host, caller: &Caller, kind: &dyn ExportKind, ask: &ExportAsk) -> Result<(), Problem> {
    let entry = AuditEntry::new(host, caller, "export", kind.name(), "all").detail(serde_json::json!({
        "format": ask.format, "segment": ask.segment, "snapshot": ask.snapshot, "campaign": ask.campaign,
    }));
    host.store
        .write(caller.workspace, "export", move |conn| {
            Box::pin(async move {
                audit(conn, &entry).await?;
                Ok::<(), Error>(())
            })
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_a_formula_and_every_guard_comes_off_again() {
        for text in ["=1+1", "+86", "-1", "@x", "\tx", "\rx", "＝1", "'=1", "''+x", "plain", "", "'quoted'", "a=b", "'"]
        {
            let out = guarded(text);
            assert!(!out.starts_with(STARTERS), "{text:?}");
            assert_eq!(unguarded(&out), text);
        }
        assert_eq!(guarded("=1"), "'=1");
        assert_eq!(guarded("it's"), "it's");
    }
}
