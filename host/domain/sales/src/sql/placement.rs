//! Texts over `placement`. The lists in it are packed: see `placement`.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PlacementRow {
    pub(crate) sales_channel: Id,
    pub(crate) medium: String,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) entries: Vec<u8>,
}

/// One list, in order to add to it.
pub(crate) async fn placement_entries(
    conn: &mut Conn,
    workspace: WorkspaceId,
    sales_channel: Id,
    medium: &str,
    starts_at: i64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = sql("SELECT entries FROM placement
         WHERE workspace = $1 AND sales_channel = $2 AND medium = $3 AND starts_at = $4")
    .bind(workspace)
    .bind(sales_channel)
    .bind(medium)
    .bind(starts_at)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(entries,)| entries))
}

pub(crate) async fn placement_put(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: PlacementRow,
    products: usize,
) -> Result<(), StoreError> {
    sql("INSERT INTO placement (workspace, sales_channel, medium, starts_at, ends_at, products, entries)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace, sales_channel, medium, starts_at)
         DO UPDATE SET ends_at = excluded.ends_at, products = excluded.products, entries = excluded.entries")
    .bind(workspace)
    .bind(row.sales_channel)
    .bind(row.medium)
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(i64::try_from(products).unwrap_or(i64::MAX))
    .bind(row.entries)
    .execute(conn)
    .await?;
    Ok(())
}

/// The lists of one sales channel at one instant.
pub(crate) async fn placement_rows_at(
    conn: &mut Conn,
    workspace: WorkspaceId,
    sales_channel: Id,
    at_us: i64,
) -> Result<Vec<PlacementRow>, StoreError> {
    sql("SELECT sales_channel, medium, starts_at, ends_at, entries
         FROM placement WHERE workspace = $1 AND sales_channel = $2 AND starts_at <= $3 AND ends_at > $3
         ORDER BY medium, starts_at LIMIT 1000")
    .bind(workspace)
    .bind(sales_channel)
    .bind(at_us)
    .fetch_all(conn)
    .await
}

/// The lists that touch a time, after one.
pub(crate) async fn placement_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    (from_us, until_us): (i64, i64),
    after: &(Id, String, i64),
    rows: u32,
) -> Result<Vec<PlacementRow>, StoreError> {
    sql("SELECT sales_channel, medium, starts_at, ends_at, entries
         FROM placement
         WHERE workspace = $1 AND ends_at > $2 AND starts_at < $3
           AND (sales_channel, medium, starts_at) > ($4, $5, $6)
         ORDER BY sales_channel, medium, starts_at LIMIT $7")
    .bind(workspace)
    .bind(from_us)
    .bind(until_us)
    .bind(after.0)
    .bind(&after.1)
    .bind(after.2)
    .bind(rows)
    .fetch_all(conn)
    .await
}

/// Whether there are placements at all.
pub(crate) async fn placements_any(conn: &mut Conn, workspace: WorkspaceId) -> Result<bool, StoreError> {
    let row: Option<(i64,)> =
        sql("SELECT products FROM placement WHERE workspace = $1 LIMIT 1").bind(workspace).fetch_optional(conn).await?;
    Ok(row.is_some())
}
