//! The outbox: what happened, one row per batch and consumer, written in the
//! transaction that made it happen. Consumers delete rows when done; nobody
//! tails a table.

use crate::JobError;
use async_trait::async_trait;
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_store::{BulkInsert, Conn};

/// One batch that one consumer has to take in. It may be handed over again
/// after a kill: taking it in twice must change nothing more.
#[derive(Debug, Clone)]
pub struct OutboxItem {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The batch.
    pub id: Id,
    /// What it is about, such as `events`.
    pub topic: String,
    /// The batch itself, as its writer and its reader agreed.
    pub payload: Vec<u8>,
    /// When it was written, UTC microseconds.
    pub created_at: i64,
}

/// Takes in batches of the outbox, in no promised order.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// The name rows are addressed to, such as `audience.profiles`.
    fn name(&self) -> &'static str;

    /// Take one batch in.
    ///
    /// # Errors
    /// The runner hands the same batch over again, with backoff.
    async fn take(&self, item: &OutboxItem) -> Result<(), Problem>;
}

/// Address one batch to these consumers, inside the caller's transaction.
///
/// # Errors
/// When the store fails.
pub async fn outbox_push(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
    now_us: i64,
    topic: &str,
    payload: &[u8],
    consumers: &[&str],
) -> Result<(), JobError> {
    const COLUMNS: &[&str] = &[
        "workspace",
        "id",
        "consumer",
        "topic",
        "payload",
        "created_at",
        "due_at",
        "lease_until",
        "attempt",
        "failures",
    ];
    let mut rows = BulkInsert::new("outbox", COLUMNS, "");
    for consumer in consumers {
        rows.push([
            workspace.into(),
            id.into(),
            (*consumer).into(),
            topic.into(),
            payload.into(),
            now_us.into(),
            now_us.into(),
            0_i64.into(),
            0_i64.into(),
            0_i64.into(),
        ]);
    }
    rows.execute(conn).await?;
    conn.signal_on_commit();
    Ok(())
}
