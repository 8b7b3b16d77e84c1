//! Runs that are kept word for word: their index, and the keys of their files.

use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{BulkInsert, Conn, StoreError, sql};

/// A recording, as the index has it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct RecordingRow {
    pub(crate) run: Id,
    pub(crate) installation: Id,
    pub(crate) installation_version: Id,
    pub(crate) kind: String,
    pub(crate) at: i64,
    pub(crate) outcome: String,
    pub(crate) bytes: i64,
    pub(crate) about: String,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) async fn recording_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    row: RecordingRow,
    contacts: &[Id],
) -> Result<(), StoreError> {
    let run = row.run;
    sql("INSERT INTO plugin_recording (workspace, run, installation, installation_version, kind, at, outcome, bytes,
                                       about, sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (workspace, run) DO NOTHING")
    .bind(workspace)
    .bind(run)
    .bind(row.installation)
    .bind(row.installation_version)
    .bind(row.kind)
    .bind(row.at)
    .bind(row.outcome)
    .bind(row.bytes)
    .bind(row.about)
    .bind(row.sealed)
    .execute(conn)
    .await?;
    const COLUMNS: &[&str] = &["workspace", "run", "contact"];
    let mut rows = BulkInsert::new("plugin_recording_contact", COLUMNS, "ON CONFLICT DO NOTHING");
    for contact in contacts {
        rows.push([workspace.into(), run.into(), (*contact).into()]);
    }
    rows.execute(conn).await?;
    Ok(())
}

pub(crate) async fn recording_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    run: Id,
) -> Result<Option<RecordingRow>, StoreError> {
    sql("SELECT run, installation, installation_version, kind, at, outcome, bytes, about, sealed
         FROM plugin_recording WHERE workspace = $1 AND run = $2")
    .bind(workspace)
    .bind(run)
    .fetch_optional(conn)
    .await
}

/// The newest of a version, newest first.
pub(crate) async fn recording_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
    since: i64,
    limit: u32,
) -> Result<Vec<RecordingRow>, StoreError> {
    sql("SELECT run, installation, installation_version, kind, at, outcome, bytes, about, sealed
         FROM plugin_recording WHERE workspace = $1 AND installation_version = $2 AND at >= $3
         ORDER BY at DESC, run DESC LIMIT $4")
    .bind(workspace)
    .bind(version)
    .bind(since)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// How many a version has, and their bytes.
pub(crate) async fn recording_sum(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
) -> Result<(i64, i64), StoreError> {
    let sum: Option<(i64, i64)> = sql("SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(bytes), 0) AS BIGINT)
         FROM plugin_recording WHERE workspace = $1 AND installation_version = $2")
    .bind(workspace)
    .bind(version)
    .fetch_optional(conn)
    .await?;
    Ok(sum.unwrap_or((0, 0)))
}

/// The oldest of a version: run and bytes.
pub(crate) async fn recording_oldest(
    conn: &mut Conn,
    workspace: WorkspaceId,
    version: Id,
    limit: u32,
) -> Result<Vec<(Id, i64)>, StoreError> {
    sql("SELECT run, bytes FROM plugin_recording WHERE workspace = $1 AND installation_version = $2
         ORDER BY at, run LIMIT $3")
    .bind(workspace)
    .bind(version)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Those from before an instant.
pub(crate) async fn recording_before(
    conn: &mut Conn,
    workspace: WorkspaceId,
    before: i64,
    limit: u32,
) -> Result<Vec<Id>, StoreError> {
    let rows: Vec<(Id,)> =
        sql("SELECT run FROM plugin_recording WHERE workspace = $1 AND at < $2 ORDER BY run LIMIT $3")
            .bind(workspace)
            .bind(before)
            .bind(limit)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(run,)| run).collect())
}

/// Forget one; nothing opens its file any more.
pub(crate) async fn recording_delete(conn: &mut Conn, workspace: WorkspaceId, run: Id) -> Result<(), StoreError> {
    sql("DELETE FROM plugin_recording_contact WHERE workspace = $1 AND run = $2")
        .bind(workspace)
        .bind(run)
        .execute(conn)
        .await?;
    sql("DELETE FROM plugin_recording WHERE workspace = $1 AND run = $2")
        .bind(workspace)
        .bind(run)
        .execute(conn)
        .await?;
    Ok(())
}
