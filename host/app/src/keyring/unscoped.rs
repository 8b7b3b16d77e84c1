//! The keys that outlive a master key. They are no workspace's.

use rialto_store::{Conn, StoreError, sql};

/// More purposes than there are.
const ROWS_MAX: u32 = 100;

/// Every kept key, sealed, by its purpose.
pub(crate) async fn kept_keys(conn: &mut Conn) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    sql("SELECT purpose, sealed FROM kept_key ORDER BY purpose LIMIT $1").bind(ROWS_MAX).fetch_all(conn).await
}

/// Keep one.
pub(crate) async fn kept_key_put(conn: &mut Conn, purpose: &str, sealed: &[u8], now_us: i64) -> Result<(), StoreError> {
    sql("INSERT INTO kept_key (purpose, sealed, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (purpose) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at")
    .bind(purpose)
    .bind(sealed)
    .bind(now_us)
    .execute(conn)
    .await
    .map(drop)
}
