//! Receipts, and what shadow runs showed.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

pub(crate) async fn receipt_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    (run, subject, installation): (Id, Id, Id),
    at: i64,
    receipt: String,
) -> Result<(), StoreError> {
    sql("INSERT INTO plugin_receipt (workspace, run, subject, installation, at, receipt)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace, run) DO NOTHING")
    .bind(workspace)
    .bind(run)
    .bind(subject)
    .bind(installation)
    .bind(at)
    .bind(receipt)
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest of what was made.
pub(crate) async fn receipt_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    subject: Id,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql(
        "SELECT receipt FROM plugin_receipt WHERE workspace = $1 AND subject = $2 ORDER BY at DESC, run DESC LIMIT 1",
    )
    .bind(workspace)
    .bind(subject)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(receipt,)| receipt))
}

/// Keep a report of a shadow run, and forget a version's older ones.
pub(crate) async fn shadow_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    (id, installation, version, against): (Id, Id, Id, Id),
    (at, actor): (i64, String),
    report: String,
) -> Result<(), StoreError> {
    sql("INSERT INTO plugin_shadow (workspace, id, installation, installation_version, against, at, actor, report)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(workspace)
    .bind(id)
    .bind(installation)
    .bind(version)
    .bind(against)
    .bind(at)
    .bind(actor)
    .bind(report)
    .execute(conn)
    .await?;
    sql("DELETE FROM plugin_shadow WHERE workspace = $1 AND installation_version = $2 AND id <> $3")
        .bind(workspace)
        .bind(version)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest report of a version.
pub(crate) async fn shadow_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql("SELECT report FROM plugin_shadow
         WHERE workspace = $1 AND installation_version = $2 ORDER BY at DESC, id DESC LIMIT 1")
    .bind(workspace)
    .bind(version)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(report,)| report))
}
