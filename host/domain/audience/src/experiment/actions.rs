//! What can be done with experiments.

use super::{
    model::{Experiment, ExperimentScope, ExperimentState, ExperimentView, NewExperiment},
    sql,
};
use crate::{Error, error::Result};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Purpose, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// Make an experiment. Its arms never change afterwards: a split that moved
/// would be no split.
///
/// # Errors
/// When a field is wrong, the name is taken, or another workspace-wide one is
/// in force at the same time.
pub async fn experiment_create(host: &Host, caller: &Caller, new: NewExperiment) -> Result<Experiment> {
    let new = new.checked()?;
    let (workspace, id, now) = (caller.workspace, host.id(), from_micros(host.now_in(caller.workspace)));
    let salt = host.keys.mac(Purpose::Pseudonym, &[workspace.0.as_bytes(), b"experiment", id.as_bytes()]);
    let experiment = Experiment {
        id,
        name: new.name,
        scope: new.scope,
        state: ExperimentState::Open,
        arms: new.arms,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        version: 1,
        created_by: caller.actor.to_string(),
        created_at: now,
        updated_at: now,
    };
    let entry = AuditEntry::new(host, caller, "experiment.create", "experiment", id)
        .detail(json!({ "name": experiment.name, "scope": experiment.scope, "arms": experiment.arms }));
    host.store
        .write(workspace, "experiment.create", move |conn| {
            Box::pin(async move {
                alone(conn, workspace, &experiment).await?;
                sql::experiment_insert(conn, workspace, &experiment, &salt).await?;
                audit(conn, &entry).await?;
                Ok::<_, Error>(experiment)
            })
        })
        .await
}

/// Two workspace-wide hold-outs at once would leave nobody able to say whom.
async fn alone(conn: &mut Conn, workspace: WorkspaceId, new: &Experiment) -> Result<()> {
    let (ExperimentScope::Workspace, Some(start), Some(end)) = (new.scope, new.starts_at, new.ends_at) else {
        return Ok(());
    };
    match sql::experiment_meeting(conn, workspace, start, end).await? {
        None => Ok(()),
        Some(name) => Err(Error::Conflict {
            code: "experiment-overlaps",
            detail: format!(
                "`{name}` holds out of every campaign in that period already; choose another, or archive it"
            ),
        }),
    }
}

/// An experiment, and how its people are spread.
///
/// # Errors
/// When there is none.
pub async fn experiment_get(host: &Host, workspace: WorkspaceId, id: Id) -> Result<ExperimentView> {
    let mut conn = host.store.read(workspace).await?;
    let experiment = sql::experiment_find(&mut conn, workspace, id).await?;
    let mut people = vec![0; experiment.arms.len()];
    for (place, count) in sql::assignment_counts(&mut conn, workspace, id).await? {
        if let Some(held) = usize::try_from(place).ok().and_then(|place| people.get_mut(place)) {
            *held = count;
        }
    }
    Ok(ExperimentView::of(experiment, &people))
}

/// Put an experiment away: no campaign takes it any more, and a workspace-wide
/// one no longer holds out. Who was given which arm stays known.
///
/// # Errors
/// When there is none, or it was changed since.
pub async fn experiment_archive(host: &Host, caller: &Caller, id: Id, expected: IfMatch) -> Result<Experiment> {
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    let entry = AuditEntry::new(host, caller, "experiment.archive", "experiment", id);
    host.store
        .write(workspace, "experiment.archive", move |conn| {
            Box::pin(async move {
                let experiment = sql::experiment_find(conn, workspace, id).await?;
                expected.check(experiment.version)?;
                if experiment.state == ExperimentState::Archived {
                    return Ok(experiment);
                }
                sql::experiment_close(conn, workspace, id, now).await?;
                audit(conn, &entry).await?;
                sql::experiment_find(conn, workspace, id).await
            })
        })
        .await
}

/// Why a campaign cannot name this experiment: there is none, it is archived, or
/// it covers the workspace anyway. Nothing when it can.
///
/// # Errors
/// When the store fails.
pub async fn experiment_unusable(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Option<String>> {
    match sql::experiment_find(conn, workspace, id).await {
        Ok(experiment) => Ok(unusable(&experiment)),
        Err(Error::NotFound(_)) => Ok(Some("there is no such experiment".to_owned())),
        Err(other) => Err(other),
    }
}

fn unusable(experiment: &Experiment) -> Option<String> {
    let wrong = match (experiment.scope, experiment.state) {
        (ExperimentScope::Workspace, _) => "holds out of every campaign already; name one of scope `campaign`",
        (_, ExperimentState::Archived) => "is archived; name an open one",
        _ => return None,
    };
    Some(format!("`{}` {wrong}", experiment.name))
}
