//! What the host holds of a person: each area declares it for the tables it
//! owns, and the audience's export and erasure follow the declarations. A test
//! fails when a table with a contact in it is declared by nobody.

use crate::{Host, declared};

/// By what the rows of a table are a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// `$2` is one of the person's contacts.
    Contact,
    /// `$2` is a `LIKE` pattern (escaped by `\`) around one of the person's
    /// addresses or numbers: rows of free text that may repeat it.
    Value,
}

/// A text for the database: for both, or one for each.
#[derive(Debug, Clone, Copy)]
pub enum Words {
    /// For both.
    Both(&'static str),
    /// For SQLite and for PostgreSQL.
    Pair(&'static str, &'static str),
}

/// What one table holds of a person, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub struct Holding {
    /// The table.
    pub table: &'static str,
    /// What its rows are, for the person: in English and in Chinese. Said where
    /// there is a [`Holding::find`].
    pub about: (&'static str, &'static str),
    /// Its columns that say who somebody is, for the test that reads the schema.
    pub columns: &'static [&'static str],
    /// By what its rows are found.
    pub by: By,
    /// Reads the rows for an export: `$1` the workspace, `$2` as [`By`] says,
    /// `$3` how many, `$4` how many to pass over. None where nothing is shown.
    pub find: Option<&'static str>,
    /// Erases at most `$3` rows and, run again, the next ones, until it finds
    /// none. None where all stays.
    pub erase: Option<Words>,
    /// Counts rows that cannot be erased yet: `$1` and `$2` as above.
    pub busy: Option<&'static str>,
    /// What stays of it and why, for the certificate; empty where nothing does.
    pub left: &'static str,
}

/// A holding that is not shown, not erased and never busy, to be filled in.
pub const HOLDING: Holding = Holding {
    table: "",
    about: ("", ""),
    columns: &[],
    by: By::Contact,
    find: None,
    erase: None,
    busy: None,
    left: "",
};

/// Declare what an area holds; its tables only.
pub fn declare(host: &Host, holdings: &'static [Holding]) {
    declared::add(host, holdings);
}

/// All that the areas of this host declared.
#[must_use]
pub fn holdings(host: &Host) -> Vec<Holding> {
    declared::all(host)
}
