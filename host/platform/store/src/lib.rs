//! One store over two databases. SQLite is embedded and the default;
//! PostgreSQL takes over when one machine is not enough.
//!
//! - [`sql`] runs one static text on either database.
//! - [`Store::write`] is the only way to write; on SQLite it commits in groups.
//! - [`Store::read`] gives a connection that cannot write.
//!
//! It knows no table of any area, and never decides what a row means.

mod as_of;
mod bulk;
mod clocks;
mod conn;
mod copy;
mod error;
mod json_row;
mod migrate;
mod months;
mod open;
mod query;
mod schema;
mod statistics;
pub mod unscoped;
mod value;
mod wall;
mod write;

pub use as_of::{AS_OF, Bound, as_of};
pub use bulk::{BulkInsert, PARAMETERS_MAX, placeholders};
pub use clocks::Clocks;
pub use conn::{Conn, Dialect};
pub use copy::{Copied, CopiedTable, tables_bytes, tables_in, tables_out};
pub use error::StoreError;
pub use json_row::JsonRow;
pub use migrate::Migration;
pub use months::{EVENT_AT_END, EVENT_AT_MIN};
pub use open::{Scope, Store, StoreOptions};
pub use query::{Row, Sql, containing, pair, sql, sql_dynamic};
pub use schema::MIGRATIONS;
pub use value::Value;
pub use wall::{HOST_ROLE, TENANT_ROLE, Wall};
pub use write::{WRITE_GROUP_MAX, WRITE_ROWS_MAX};

/// The future a write closure answers with.
pub use futures::future::BoxFuture;
