//! What a kind of import is, and what it is given.

use super::header::Mapping;
use crate::limits::{IMPORT_BATCH_ROWS, IMPORT_CACHE_MAX};
use async_trait::async_trait;
use rialto_kernel::{Id, Ids, Keys, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// A column that a kind reads.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in a file's header.
    pub name: &'static str,
    /// Other names that mean it; case, spaces and punctuation do not count.
    pub aliases: &'static [&'static str],
    /// Whether a file without it is refused.
    pub required: bool,
    /// What it holds.
    pub about: &'static str,
}

/// What becomes of columns that a kind does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// They are reported and left out.
    Report,
    /// They are handed to the kind when whoever imports asks for it
    /// (`keep_unknown`), and reported otherwise.
    OnRequest,
    /// They are handed to the kind.
    Keep,
}

/// One kind of import: what a row means.
#[async_trait]
pub trait ImportKind: Send + Sync {
    /// Its name, as in `rialto import NAME FILE`.
    fn name(&self) -> &'static str;

    /// What it reads.
    fn columns(&self) -> &'static [Column];

    /// What becomes of other columns.
    fn extra(&self) -> Extra {
        Extra::Report
    }

    /// Whether a column outside [`ImportKind::columns`] is handed over in any
    /// case (`consent_email`, say).
    fn knows(&self, _header: &str) -> bool {
        false
    }

    /// The permission that whoever imports must hold.
    fn permission(&self) -> &'static str {
        "audience.write"
    }

    /// Rows it is handed at a time. A kind whose rows become few rows of a
    /// table may ask for more than the usual 1,000, up to
    /// [`crate::limits::IMPORT_BATCH_ROWS_MAX`].
    fn batch_rows(&self) -> usize {
        IMPORT_BATCH_ROWS
    }

    /// Take in a batch of rows in one transaction, which also keeps the
    /// checkpoint. Bulk statements only.
    ///
    /// # Errors
    /// For a wrong row answer a [`RowError`] and take in the others. A failure
    /// (`Err`) rolls all of them back: one with a 4xx status makes the host
    /// try the halves, down to the row at fault; another is tried again later.
    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem>;

    /// The objects whose making it writes down ([`ImportContext::made`]), in
    /// the order in which they are taken back; none when its imports cannot be.
    fn made_objects(&self) -> &'static [&'static str] {
        &[]
    }

    /// Why its imports cannot be taken back, where [`ImportKind::made_objects`]
    /// is empty, and what can be done instead.
    fn kept_because(&self) -> &'static str {
        "what it takes in cannot be told from what was there before"
    }

    /// Remove objects an import made, in bulk statements, but for those that
    /// were changed since or are in use. Answers what was kept, and why.
    ///
    /// # Errors
    /// Rolls all of them back; it is tried again.
    async fn take_back(&self, _conn: &mut Conn, _ctx: &TakeBack, _ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        Ok(Vec::new())
    }
}

/// What an import is taken back with.
#[derive(Debug, Clone)]
pub struct TakeBack {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The import.
    pub import: Id,
    /// What is taken back: one of [`ImportKind::made_objects`].
    pub object: &'static str,
    /// When the import ended, UTC microseconds: what was changed later stays.
    pub ended_at: i64,
    /// Who imported.
    pub actor: String,
    /// How often the import added to an object after the batch that made it
    /// ([`ImportContext::made`] with `OBJECT.grown`).
    pub again: Arc<HashMap<Id, i64>>,
    /// What each object is made of, where it is a pair of others: what was
    /// written down beside it ([`ImportContext::made`] with `OBJECT.of`).
    pub of: Arc<HashMap<Id, Vec<Id>>>,
}

/// What a batch is taken in with.
#[derive(Debug)]
pub struct ImportContext {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The import.
    pub import: Id,
    /// The file's name, as proof and source.
    pub file_name: String,
    /// Who imports.
    pub actor: String,
    /// Makes ids.
    pub ids: Ids,
    /// The host's keys.
    pub keys: Keys,
    /// The present, UTC microseconds.
    pub now: i64,
    /// The instant the workspace stands at: what is made is stamped with it.
    pub at: i64,
    /// What whoever imports asked for, by name.
    pub options: BTreeMap<String, String>,
    /// Which column stands where.
    pub mapping: Arc<Mapping>,
    /// Ids found by name, for the whole file.
    pub cache: ImportCache,
    /// What this batch has made so far.
    pub(super) made: Mutex<BTreeMap<&'static str, Vec<Id>>>,
}

impl ImportContext {
    /// Write down that this batch makes an object, so that the import can be
    /// taken back ([`ImportKind::take_back`]).
    pub fn made(&self, object: &'static str, ids: impl IntoIterator<Item = Id>) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).entry(object).or_default().extend(ids);
    }

    /// What the batch has made; the next begins with nothing.
    pub(super) fn take_made(&self) -> BTreeMap<&'static str, Vec<Id>> {
        std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A telephone number as the import's `region` reads it.
    ///
    /// # Errors
    /// When it is none.
    pub fn phone(&self, text: &str) -> Result<String, String> {
        super::phone::international(text, self.option("region"))
    }

    /// An option's value.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }
}

/// A row as cut from the file.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Its number among the file's rows; the first after the header is 1.
    pub number: u64,
    pub(super) mapping: Arc<Mapping>,
    pub(super) text: String,
    pub(super) ends: Vec<u32>,
    /// As it stands in the file.
    pub(super) raw: Vec<u8>,
    /// Where the next row begins in the file.
    pub(super) next_offset: u64,
}

impl ImportRow {
    /// The cell of a column, by the column's place in
    /// [`ImportKind::columns`]: trimmed, `None` when empty or not in the file.
    #[must_use]
    pub fn text(&self, column: usize) -> Option<&str> {
        let place = self.mapping.columns.get(column).copied().flatten()?;
        self.cell(place)
    }

    /// The cells of the columns handed over beyond those, with their headers;
    /// empty ones are left out.
    pub fn extras(&self) -> impl Iterator<Item = (&str, &str)> {
        self.mapping.extras.iter().filter_map(|(header, place)| Some((header.as_str(), self.cell(*place)?)))
    }

    /// An error at a field of this row.
    #[must_use]
    pub fn error(&self, field: impl Into<String>, message: impl Into<String>) -> RowError {
        RowError { row: self.number, field: field.into(), message: message.into() }
    }

    pub(super) fn cell(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)? as usize;
        let begin = if place == 0 { 0 } else { *self.ends.get(place - 1)? as usize };
        let cell = self.text.get(begin..end)?.trim();
        // The guard against formulas that our exports put before a text.
        let cell = crate::export::unguarded(cell);
        (!cell.is_empty()).then_some(cell)
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The row's number.
    pub row: u64,
    /// The column.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Ids that earlier rows found or made, so that each name is looked up once a
/// file. Emptied when it grows too large or a batch is rolled back.
#[derive(Debug, Default)]
pub struct ImportCache(Mutex<HashMap<(&'static str, String), Id>>);

impl ImportCache {
    /// The id kept for a name of this sort (`sku`, `email` …).
    #[must_use]
    pub fn get(&self, sort: &'static str, name: &str) -> Option<Id> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(sort, name.to_owned())).copied()
    }

    /// Keep ids by name.
    pub fn put(&self, sort: &'static str, ids: impl IntoIterator<Item = (String, Id)>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() > IMPORT_CACHE_MAX {
            kept.clear();
        }
        kept.extend(ids.into_iter().map(|(name, id)| ((sort, name), id)));
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The kinds a host knows. Each slice registers its own.
#[derive(Default)]
pub struct ImportKinds(Mutex<BTreeMap<&'static str, Arc<dyn ImportKind>>>);

impl ImportKinds {
    /// The kind of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<dyn ImportKind>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Every kind, by name.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<dyn ImportKind>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

/// Make a kind known to this host; a slice does it when it is made.
pub fn register(host: &Host, kind: Arc<dyn ImportKind>) {
    host.slot::<ImportKinds>().0.lock().unwrap_or_else(PoisonError::into_inner).insert(kind.name(), kind);
}
