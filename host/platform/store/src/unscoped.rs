//! The few texts of the store that carry no workspace: the schema's own.

use crate::{Conn, StoreError, query::sql};

/// Names of the migrations that are applied.
///
/// # Errors
/// When the database is away.
pub async fn migrations_applied(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql("SELECT name FROM schema_migration ORDER BY name").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
