//! SQL of `send`, the ledger.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// Rows of an occurrence by state.
pub(crate) async fn send_count_states(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
) -> Result<Vec<(String, i64)>, StoreError> {
    sql("SELECT state, CAST(COUNT(*) AS BIGINT) FROM send WHERE workspace = $1 AND occurrence = $2
         GROUP BY state ORDER BY state LIMIT 100")
    .bind(ws)
    .bind(occurrence)
    .fetch_all(conn)
    .await
}

/// Rows of an occurrence that were not sent, by reason.
pub(crate) async fn send_count_reasons(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: Id,
) -> Result<Vec<(Option<String>, i64)>, StoreError> {
    sql("SELECT reason, CAST(COUNT(*) AS BIGINT) FROM send
         WHERE workspace = $1 AND occurrence = $2 AND state = 'not_sent' GROUP BY reason ORDER BY reason LIMIT 100")
    .bind(ws)
    .bind(occurrence)
    .fetch_all(conn)
    .await
}

/// Whether a row is not yet terminal.
pub(crate) async fn send_any_live(conn: &mut Conn, ws: WorkspaceId, occurrence: Id) -> Result<bool, StoreError> {
    let row: Option<(Id,)> = sql("SELECT id FROM send WHERE workspace = $1 AND occurrence = $2
                                  AND state IN ('pending', 'leased', 'dispatching', 'deferred') LIMIT 1")
        .bind(ws)
        .bind(occurrence)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}
