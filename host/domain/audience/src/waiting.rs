//! Changes of what holds now (a profile, a consent) that came in before their
//! time, while the workspace stands in the past. They wait here, and are
//! applied in the order of time once the clock has passed them. What happened
//! (events, the records of consent) does not wait: it is kept and not yet seen.

use crate::{
    consent::{NewConsent, consents_now},
    error::{Error, Result},
    intake::{Change, changes_apply},
};
use async_trait::async_trait;
use rialto_jobs::{Consumer, OutboxItem};
use rialto_kernel::{Id, Ids, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{BulkInsert, Conn, sql};
use serde::{Deserialize, Serialize};

/// Changes that one transaction applies.
const STEP: u32 = 100;

/// A change that waits.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub(crate) enum Waiting {
    /// What a message says of a person.
    Profile(Change),
    /// A statement of consent; its record is kept already.
    Consent(NewConsent),
}

impl Waiting {
    fn at(&self) -> i64 {
        match self {
            Self::Profile(change) => change.at,
            Self::Consent(consent) => consent.at,
        }
    }

    fn contact(&self) -> Option<Id> {
        match self {
            Self::Profile(change) => change.contact,
            Self::Consent(consent) => Some(consent.contact),
        }
    }
}

/// Keep changes for later.
pub(crate) async fn wait_for(
    conn: &mut Conn,
    workspace: WorkspaceId,
    changes: impl IntoIterator<Item = (Id, Waiting)>,
) -> Result<()> {
    const COLUMNS: &[&str] = &["workspace", "at", "id", "contact", "topic", "payload"];
    let mut rows = BulkInsert::new("waiting", COLUMNS, "ON CONFLICT (workspace, at, id) DO NOTHING");
    for (id, change) in changes {
        let topic = if matches!(change, Waiting::Profile(_)) { "profile" } else { "consent" };
        let payload = serde_json::to_vec(&change).map_err(|e| Error::Refused(Problem::internal(e.to_string())))?;
        rows.push([
            workspace.into(),
            change.at().into(),
            id.into(),
            change.contact().into(),
            topic.into(),
            payload.into(),
        ]);
    }
    if !rows.is_empty() {
        rows.execute(conn).await?;
    }
    Ok(())
}

/// Applies what waited once the clock of a workspace moves on.
pub(crate) struct Apply {
    host: Host,
}

impl Apply {
    pub(crate) fn new(host: Host) -> Self {
        Self { host }
    }
}

#[async_trait]
impl Consumer for Apply {
    fn name(&self) -> &'static str {
        rialto_identity::CLOCK_MOVED
    }

    /// Takes a clock's move, as identity leaves it: the instant it moved to, or
    /// nothing for the present.
    async fn take(&self, item: &OutboxItem) -> Result<(), Problem> {
        let to: Option<i64> =
            serde_json::from_slice(&item.payload).map_err(|e| Problem::internal(format!("outbox payload: {e}")))?;
        let (workspace, to) = (item.workspace, to.unwrap_or(i64::MAX));
        loop {
            let (ids, now) = (self.host.ids().clone(), self.host.now_us());
            let step = self.host.store.write(workspace, "audience.waiting", move |conn| {
                Box::pin(async move { apply(conn, &ids, workspace, to, now).await })
            });
            if step.await? < STEP as usize {
                return Ok(());
            }
        }
    }
}

/// Apply the next ones up to an instant, oldest first; answers how many.
async fn apply(conn: &mut Conn, ids: &Ids, workspace: WorkspaceId, to: i64, now: i64) -> Result<usize> {
    conn.see_all();
    let due: Vec<(i64, Id, Vec<u8>)> =
        sql("SELECT at, id, payload FROM waiting WHERE workspace = $1 AND at <= $2 ORDER BY at, id LIMIT $3")
            .bind(workspace)
            .bind(to)
            .bind(STEP)
            .fetch_all(conn)
            .await?;
    for (at, id, payload) in &due {
        match serde_json::from_slice(payload).map_err(|e| Error::Refused(Problem::internal(e.to_string())))? {
            Waiting::Profile(change) => changes_apply(conn, ids, workspace, vec![change], now).await?,
            Waiting::Consent(consent) => consents_now(conn, workspace, &[consent]).await?,
        }
        sql("DELETE FROM waiting WHERE workspace = $1 AND at = $2 AND id = $3")
            .bind(workspace)
            .bind(*at)
            .bind(*id)
            .execute(conn)
            .await?;
    }
    Ok(due.len())
}
