//! Statements about experiments.

use super::model::{Arm, Experiment, ExperimentScope, ExperimentState};
use crate::{
    Error,
    error::Result,
    limits::EXPERIMENTS_WIDE_MAX,
    lists::{LIST_MAX, in_list, padded},
};
use jiff::Timestamp;
use rialto_kernel::{Id, WorkspaceId, from_micros, to_micros};
use rialto_store::{BulkInsert, Conn, StoreError, sql, sql_dynamic};
use std::collections::HashMap;

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: Id,
    name: String,
    scope: String,
    state: String,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    salt: Vec<u8>,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

/// The experiment with this id.
///
/// # Errors
/// When there is none, or the store fails.
pub async fn experiment_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Experiment> {
    Ok(experiment_salted(conn, workspace, id).await?.0)
}

/// The experiment with this id, and the key of its hash.
pub(super) async fn experiment_salted(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Id,
) -> Result<(Experiment, Vec<u8>)> {
    let row: Option<Row> =
        sql("SELECT id, name, scope, state, starts_at, ends_at, salt, version, created_by, created_at, updated_at
             FROM experiment WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    read(conn, workspace, row.ok_or(Error::NotFound("experiment"))?).await
}

/// Experiments, newest first.
pub(crate) async fn experiment_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    state: ExperimentState,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Experiment>> {
    let rows: Vec<Row> =
        sql("SELECT id, name, scope, state, starts_at, ends_at, salt, version, created_by, created_at, updated_at
             FROM experiment WHERE workspace = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4")
        .bind(workspace)
        .bind(state.word())
        .bind(before.unwrap_or_else(Id::max))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(read(conn, workspace, row).await?.0);
    }
    Ok(all)
}

async fn read(conn: &mut Conn, workspace: WorkspaceId, row: Row) -> Result<(Experiment, Vec<u8>)> {
    let arms: Vec<(String, i64, bool)> = sql("SELECT name, share_bp, held_out FROM experiment_arm
         WHERE workspace = $1 AND experiment = $2 ORDER BY place")
    .bind(workspace)
    .bind(row.id)
    .fetch_all(conn)
    .await?;
    let arms = arms.into_iter().map(|(name, share_bp, held_out)| Arm { name, share_bp, held_out }).collect();
    let experiment = Experiment {
        id: row.id,
        name: row.name,
        scope: ExperimentScope::from_word(&row.scope).unwrap_or(ExperimentScope::Campaign),
        state: ExperimentState::from_word(&row.state).unwrap_or(ExperimentState::Archived),
        arms,
        starts_at: row.starts_at.map(from_micros),
        ends_at: row.ends_at.map(from_micros),
        version: row.version,
        created_by: row.created_by,
        created_at: from_micros(row.created_at),
        updated_at: from_micros(row.updated_at),
    };
    Ok((experiment, row.salt))
}

/// Insert an experiment with its arms.
pub(super) async fn experiment_insert(
    conn: &mut Conn,
    workspace: WorkspaceId,
    experiment: &Experiment,
    salt: &[u8],
) -> Result<()> {
    let put = sql("INSERT INTO experiment (workspace, id, name, scope, state, starts_at, ends_at, salt, version,
                                 created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
    .bind(workspace)
    .bind(experiment.id)
    .bind(&experiment.name)
    .bind(experiment.scope.word())
    .bind(experiment.state.word())
    .bind(experiment.starts_at.map(to_micros))
    .bind(experiment.ends_at.map(to_micros))
    .bind(salt.to_vec())
    .bind(experiment.version)
    .bind(&experiment.created_by)
    .bind(to_micros(experiment.created_at))
    .bind(to_micros(experiment.updated_at))
    .execute(conn)
    .await;
    match put {
        Err(StoreError::Duplicate { .. }) => {
            let detail = "an experiment with this name exists already; choose another".to_owned();
            return Err(Error::Conflict { code: "experiment-name-taken", detail });
        }
        other => other?,
    };
    const ARM: &[&str] = &["workspace", "experiment", "place", "name", "share_bp", "held_out"];
    let mut arms = BulkInsert::new("experiment_arm", ARM, "");
    for (place, arm) in experiment.arms.iter().enumerate() {
        arms.push([
            workspace.into(),
            experiment.id.into(),
            (place as i64).into(),
            (&arm.name).into(),
            arm.share_bp.into(),
            arm.held_out.into(),
        ]);
    }
    arms.execute(conn).await?;
    Ok(())
}

/// Put an experiment away.
pub(super) async fn experiment_close(conn: &mut Conn, workspace: WorkspaceId, id: Id, now: i64) -> Result<()> {
    sql("UPDATE experiment SET state = 'archived', version = version + 1, updated_at = $3
         WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The workspace-wide experiments that hold out at an instant.
pub(super) async fn experiment_wide(conn: &mut Conn, workspace: WorkspaceId, now: i64) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = sql("SELECT id FROM experiment
         WHERE workspace = $1 AND scope = 'workspace' AND state = 'open' AND starts_at <= $2 AND ends_at > $2
         ORDER BY id LIMIT $3")
    .bind(workspace)
    .bind(now)
    .bind(EXPERIMENTS_WIDE_MAX)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The name of an open workspace-wide experiment whose period meets this one.
pub(super) async fn experiment_meeting(
    conn: &mut Conn,
    workspace: WorkspaceId,
    starts_at: Timestamp,
    ends_at: Timestamp,
) -> Result<Option<String>> {
    let row: Option<(String,)> = sql("SELECT name FROM experiment
         WHERE workspace = $1 AND scope = 'workspace' AND state = 'open' AND starts_at < $3 AND ends_at > $2
         ORDER BY id LIMIT 1")
    .bind(workspace)
    .bind(to_micros(starts_at))
    .bind(to_micros(ends_at))
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(name,)| name))
}

/// The places of the arms these people were given.
pub(super) async fn assignment_map(
    conn: &mut Conn,
    workspace: WorkspaceId,
    experiment: Id,
    people: &[Id],
) -> Result<HashMap<Id, usize>> {
    let mut map = HashMap::with_capacity(people.len());
    for chunk in people.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT contact, place FROM experiment_assignment
             WHERE workspace = $1 AND experiment = $2 AND contact IN {}",
            in_list(3, list.len())
        );
        let rows: Vec<(Id, i64)> =
            sql_dynamic(text).bind(workspace).bind(experiment).bind_all(list).fetch_all(conn).await?;
        map.extend(rows.into_iter().map(|(id, place)| (id, usize::try_from(place).unwrap_or(usize::MAX))));
    }
    Ok(map)
}

/// Write down who was given which place. A row that another transaction wrote
/// meanwhile says the same: both come from one hash.
pub(super) async fn assignment_add(
    conn: &mut Conn,
    workspace: WorkspaceId,
    experiment: Id,
    fresh: &[(Id, usize)],
    now: i64,
) -> Result<()> {
    const COLUMNS: &[&str] = &["workspace", "experiment", "contact", "place", "at"];
    let mut rows = BulkInsert::new("experiment_assignment", COLUMNS, "ON CONFLICT DO NOTHING");
    for (contact, place) in fresh {
        rows.push([workspace.into(), experiment.into(), (*contact).into(), (*place as i64).into(), now.into()]);
    }
    rows.execute(conn).await?;
    Ok(())
}

/// How many people each place has.
pub(super) async fn assignment_counts(
    conn: &mut Conn,
    workspace: WorkspaceId,
    experiment: Id,
) -> Result<Vec<(i64, i64)>> {
    Ok(sql("SELECT place, CAST(COUNT(*) AS BIGINT) FROM experiment_assignment
         WHERE workspace = $1 AND experiment = $2 GROUP BY place ORDER BY place")
    .bind(workspace)
    .bind(experiment)
    .fetch_all(conn)
    .await?)
}
