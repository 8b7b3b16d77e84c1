//! One store over two databases. SQLite is embedded and the default;
//! PostgreSQL takes over when one machine is not enough.
//!
//! - [`sql`] runs one static text on either database.
//! - [`Store::write`] is the only way to write; on SQLite it commits in groups.
//! - [`Store::read`] gives a connection that cannot write.
//!
//! It knows no table of any area, and never decides what a row means.

mod bulk;
mod conn;
mod error;
mod migrate;
mod open;
mod query;
mod schema;
pub mod unscoped;
mod value;
mod write;

pub use bulk::{BulkInsert, PARAMETERS_MAX, placeholders};
pub use conn::{Conn, Dialect};
pub use error::StoreError;
pub use migrate::Migration;
pub use open::{Scope, Store, StoreOptions};
pub use query::{Row, Sql, pair, sql, sql_dynamic};
pub use schema::MIGRATIONS;
pub use value::Value;
pub use write::{WRITE_GROUP_MAX, WRITE_ROWS_MAX};

/// The future a write closure answers with.
pub use futures::future::BoxFuture;
