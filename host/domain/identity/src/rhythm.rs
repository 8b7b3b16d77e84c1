//! Jobs that every workspace has at times of its own clock: put there when it is
//! made or moves to another zone, and at each start, for those that an earlier
//! program made.

use crate::{IdentityError, actions::workspace_list, sql};
use rialto_jobs::{NewSchedule, schedule_set, schedule_stands};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_slice::{
    Host,
    rhythm::{Rhythm, rhythms},
};
use rialto_store::Conn;
use serde_json::json;

/// What is declared, ready to be put into a transaction.
pub(crate) struct Rhythms {
    each: Vec<(Id, Rhythm)>,
    now_us: i64,
}

impl Rhythms {
    pub(crate) fn of(host: &Host) -> Self {
        Self { each: rhythms(host).into_iter().map(|rhythm| (host.id(), rhythm)).collect(), now_us: host.now_us() }
    }

    /// Schedule them in a workspace by the clock of its zone.
    pub(crate) async fn put(&self, conn: &mut Conn, workspace: WorkspaceId, zone: &str) -> Result<(), Problem> {
        for (id, rhythm) in &self.each {
            schedule_set(conn, *id, self.now_us, &schedule(rhythm, workspace, zone)).await?;
        }
        Ok(())
    }

    async fn stand(&self, conn: &mut Conn, workspace: WorkspaceId, zone: &str) -> Result<bool, Problem> {
        for (_, rhythm) in &self.each {
            if !schedule_stands(conn, &schedule(rhythm, workspace, zone)).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn schedule(rhythm: &Rhythm, workspace: WorkspaceId, zone: &str) -> NewSchedule {
    NewSchedule {
        workspace,
        kind: rhythm.kind,
        key: rhythm.key.to_owned(),
        payload: json!({}),
        cron: rhythm.cron.to_owned(),
        zone: zone.to_owned(),
        enabled: true,
    }
}

/// See that every workspace has what is declared; where it has, nothing is written.
///
/// # Errors
/// When the store fails.
pub async fn rhythms_keep(host: &Host) -> Result<(), IdentityError> {
    for (workspace, _) in workspace_list(host).await? {
        let rhythms = Rhythms::of(host);
        let mut conn = host.store.read(workspace).await?;
        let Some(row) = sql::workspace_find(&mut conn, workspace).await? else { continue };
        if rhythms.stand(&mut conn, workspace, &row.zone).await? {
            continue;
        }
        drop(conn);
        let write = host.store.write(workspace, "identity.rhythms", move |conn| {
            Box::pin(async move {
                let Some(row) = sql::workspace_find(conn, workspace).await? else { return Ok(()) };
                rhythms.put(conn, workspace, &row.zone).await
            })
        });
        write.await.map_err(IdentityError::from)?;
    }
    Ok(())
}
