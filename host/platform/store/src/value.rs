//! The values that go to the database. Ids are BLOB(16) in SQLite and UUID in
//! PostgreSQL; instants are microseconds; the rest is what it looks like.

use rialto_kernel::{Currency, Id, WorkspaceId};

/// A bound value, typed even when it is null.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An id.
    Id(Option<Id>),
    /// A whole number or an instant.
    Int(Option<i64>),
    /// A real number.
    Real(Option<f64>),
    /// A text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// Yes or no.
    Bool(Option<bool>),
}

macro_rules! value_from {
    ($($from:ty => $variant:ident, |$x:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($x: $from) -> Self {
                Self::$variant(Some($to))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(maybe: Option<$from>) -> Self {
                Self::$variant(maybe.map(|$x| $to))
            }
        }
    )*};
}

value_from! {
    Id => Id, |x| x;
    WorkspaceId => Id, |x| x.0;
    i64 => Int, |x| x;
    i32 => Int, |x| i64::from(x);
    u32 => Int, |x| i64::from(x);
    u16 => Int, |x| i64::from(x);
    jiff::Timestamp => Int, |x| x.as_microsecond();
    f64 => Real, |x| x;
    String => Text, |x| x;
    &str => Text, |x| x.to_owned();
    &String => Text, |x| x.clone();
    Currency => Text, |x| x.code().to_owned();
    Vec<u8> => Bytes, |x| x;
    &[u8] => Bytes, |x| x.to_vec();
    bool => Bool, |x| x;
}
