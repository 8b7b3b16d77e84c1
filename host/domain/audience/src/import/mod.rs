//! Reading files in: any area's rows go through this one reader. A file is
//! read in batches; each batch is one transaction with its checkpoint, so a
//! kill at any point repeats nothing and skips nothing. A broken row is told
//! and left out; it never stops the file.
//!
//! To add a kind: implement [`ImportKind`] and [`register`] it when the slice
//! is made. The header is matched, rows are cut, errors are kept and progress
//! is told here; the kind only says what to do with up to 1,000 rows.

mod actions;
mod contacts;
pub(crate) mod encoding;
mod events;
mod header;
mod job;
mod keeping;
mod kind;
mod made;
mod model;
mod moment;
mod names;
mod phone;
mod preview;
mod reader;
mod source;
pub(crate) mod sql;
mod undo;
mod upload;
mod workbook;

pub use actions::{import_cancel, import_errors_csv, import_find, import_kinds, start_import};
pub use contacts::ContactsImport;
pub use events::EventsImport;
pub use header::{Mapping, RESERVED_PREFIX};
pub use job::ImportJob;
pub use keeping::{NamedIn, Naming, named_in, remove, take_back_versioned};
pub use kind::{
    Column, Extra, ImportCache, ImportContext, ImportKind, ImportKinds, ImportRow, RowError, TakeBack, register,
};
pub use model::{
    ColumnInfo, ColumnUse, Import, ImportError, ImportKept, ImportKindInfo, ImportOptions, ImportPreview, ImportReport,
    ImportState, ImportUndo, NewImport,
};
pub use moment::{DateOrder, Moments};
pub use preview::preview;
pub use undo::{UndoJob, Uses, import_undo, register_uses};
pub use upload::upload;
