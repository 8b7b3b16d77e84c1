//! The latest conformance list of a package.

use crate::model::ConformanceRow;
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, StoreError, sql};

/// A new list is to be made; the one before stands until then.
pub(crate) async fn conformance_begin(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
    job: Id,
    suite: u32,
    now_us: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO plugin_conformance (workspace, digest, job, state, suite, checks, error, asked_at, finished_at)
         VALUES ($1, $2, $3, 'waiting', $4, '[]', NULL, $5, NULL)
         ON CONFLICT (workspace, digest) DO UPDATE SET job = $3, state = 'waiting', asked_at = $5")
    .bind(workspace)
    .bind(digest)
    .bind(job)
    .bind(i64::from(suite))
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// The latest list, if one was ever asked for.
pub(crate) async fn conformance_find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
) -> Result<Option<ConformanceRow>, StoreError> {
    sql("SELECT digest, job, state, suite, checks, error, asked_at, finished_at
         FROM plugin_conformance WHERE workspace = $1 AND digest = $2")
    .bind(workspace)
    .bind(digest)
    .fetch_optional(conn)
    .await
}

/// What the job found, or why it could not; only for the job that is meant.
pub(crate) async fn conformance_end(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digest: &str,
    job: Id,
    found: (u32, &Result<String, String>),
    now_us: i64,
) -> Result<(), StoreError> {
    let (suite, found) = found;
    let (state, checks, error) = match found {
        Ok(checks) => ("done", checks.as_str(), None),
        Err(why) => ("failed", "[]", Some(why.as_str())),
    };
    sql("UPDATE plugin_conformance SET state = $4, suite = $5, checks = $6, error = $7, finished_at = $8
         WHERE workspace = $1 AND digest = $2 AND job = $3")
    .bind(workspace)
    .bind(digest)
    .bind(job)
    .bind(state)
    .bind(i64::from(suite))
    .bind(checks)
    .bind(error)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}
