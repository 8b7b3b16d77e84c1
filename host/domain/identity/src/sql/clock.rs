//! Statements of a workspace's clock.

use rialto_kernel::WorkspaceId;
use rialto_store::{Conn, StoreError, sql};

/// What a workspace holds that happened at a time, in a word; empty when there
/// is none of it. It reads the tables of other areas and writes none.
pub(crate) async fn workspace_holds(conn: &mut Conn, workspace: WorkspaceId) -> Result<String, StoreError> {
    let (held,): (String,) = sql("SELECT CASE
           WHEN EXISTS (SELECT 1 FROM contact WHERE workspace = $1) THEN 'contacts'
           WHEN EXISTS (SELECT 1 FROM event WHERE workspace = $1) THEN 'events'
           WHEN EXISTS (SELECT 1 FROM sales_order WHERE workspace = $1) THEN 'orders'
           WHEN EXISTS (SELECT 1 FROM redemption WHERE workspace = $1) THEN 'redemptions'
           WHEN EXISTS (SELECT 1 FROM placement WHERE workspace = $1) THEN 'placements'
           WHEN EXISTS (SELECT 1 FROM campaign WHERE workspace = $1) THEN 'campaigns'
           WHEN EXISTS (SELECT 1 FROM creative_result WHERE workspace = $1) THEN 'results of creatives'
           WHEN EXISTS (SELECT 1 FROM send WHERE workspace = $1) THEN 'sends'
           ELSE '' END")
    .bind(workspace)
    .fetch_one(conn)
    .await?;
    Ok(held)
}

/// Put a workspace's clock, if it still has this version.
pub(crate) async fn workspace_stand(
    conn: &mut Conn,
    workspace: WorkspaceId,
    stands_at: Option<i64>,
    version: i64,
) -> Result<u64, StoreError> {
    sql("UPDATE workspace SET stands_at = $2, version = version + 1 WHERE id = $1 AND version = $3")
        .bind(workspace)
        .bind(stands_at)
        .bind(version)
        .execute(conn)
        .await
}
