//! Audience snapshots: the list of people a rule gave at one instant, fixed.
//! Nothing is added to a complete one, and nothing is taken away.

use super::{Rule, RuleSource, actions::rule_of, compile};
use crate::{
    Error,
    error::Result,
    limits::{NAME_BYTES_MAX, SNAPSHOT_MEMBERS_MAX},
    normalise::short_name,
};
use async_trait::async_trait;
use jiff::Timestamp;
use rialto_jobs::{JobFailure, JobHandler, JobRun, NewJob, Step, enqueue};
use rialto_kernel::{Id, WorkspaceId, from_micros, to_micros};
use rialto_slice::Host;
use rialto_store::{BulkInsert, Conn, WRITE_ROWS_MAX, containing, sql};
use rialto_web::Caller;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Members that one write removes or adds.
const STEP_ROWS: usize = WRITE_ROWS_MAX;

/// A fixed list of people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Snapshot {
    /// The id.
    pub id: Uuid,
    /// The segment it was taken of, if one.
    pub segment: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// The rule it was taken by.
    #[schema(value_type = Object)]
    pub rule: serde_json::Value,
    /// How many people are on it; 0 until it is complete.
    pub size: i64,
    /// Whether everybody is on it.
    pub complete: bool,
    /// Who took it.
    pub created_by: String,
    /// The instant it is as of.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A snapshot to be taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSnapshot {
    /// Of whom.
    pub of: RuleSource,
    /// Its name.
    pub name: String,
}

type Row = (Id, Option<Id>, String, String, i64, bool, String, i64);

/// Take a snapshot and wait until it is complete.
///
/// # Errors
/// When the rule or the name is wrong, or there are too many people.
pub async fn snapshot_create(host: &Host, caller: &Caller, of: RuleSource, name: &str) -> Result<Snapshot> {
    let workspace = caller.workspace;
    let (worker, actor, name) = (host.clone(), caller.actor.to_string(), name.to_owned());
    let begun = host
        .store
        .write(workspace, "snapshot.begin", move |conn| {
            Box::pin(async move { snapshot_begin(conn, &worker, workspace, &actor, NewSnapshot { of, name }).await })
        })
        .await?;
    snapshot_fill(host, workspace, begun.id).await
}

/// Make a snapshot of these very people, such as the best of a ranking. Its rule
/// names itself, so that it can be an audience like any other.
///
/// # Errors
/// When the name is wrong, or there are too many people.
pub async fn snapshot_of(host: &Host, caller: &Caller, name: &str, people: Vec<Id>) -> Result<Snapshot> {
    if people.len() > SNAPSHOT_MEMBERS_MAX {
        return Err(Error::TooMany { limit: "snapshot-members", max: SNAPSHOT_MEMBERS_MAX as u64 });
    }
    let (workspace, id, now) = (caller.workspace, host.id(), host.now_in(caller.workspace));
    let name = short_name("/name", name, NAME_BYTES_MAX)?;
    let rule = serde_json::json!({ "on": "snapshot", "id": id }).to_string();
    let row: Row = (id, None, name, rule, 0, false, caller.actor.to_string(), now);
    let kept = row.clone();
    host.store
        .write(workspace, "snapshot.of", move |conn| {
            Box::pin(async move {
                sql("INSERT INTO audience_snapshot (workspace, id, segment, name, rule, size, complete, created_by, created_at)
                     VALUES ($1, $2, NULL, $3, $4, 0, FALSE, $5, $6)")
                .bind(workspace)
                .bind(kept.0)
                .bind(&kept.2)
                .bind(&kept.3)
                .bind(&kept.6)
                .bind(kept.7)
                .execute(conn)
                .await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    fill_with(host, workspace, id, &people).await?;
    let mut snapshot = shown(row);
    (snapshot.size, snapshot.complete) = (people.len() as i64, true);
    Ok(snapshot)
}

/// Order a snapshot in the caller's transaction: as of now, to be filled by a
/// job (or sooner by [`snapshot_fill`]). Use it only once it is complete.
///
/// # Errors
/// When the rule or the name is wrong.
pub async fn snapshot_begin(
    conn: &mut Conn,
    host: &Host,
    workspace: WorkspaceId,
    actor: &str,
    new: NewSnapshot,
) -> Result<Snapshot> {
    let segment = match &new.of {
        RuleSource::Segment(id) => Some(*id),
        RuleSource::Rule(_) => None,
    };
    let name = short_name("/name", &new.name, NAME_BYTES_MAX)?;
    let rule = rule_of(conn, workspace, "/of", new.of).await?;
    let (id, now) = (host.id(), host.now_in(workspace));
    sql("INSERT INTO audience_snapshot (workspace, id, segment, name, rule, size, complete, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, 0, FALSE, $6, $7)")
    .bind(workspace)
    .bind(id)
    .bind(segment)
    .bind(&name)
    .bind(rule.json().to_string())
    .bind(actor)
    .bind(now)
    .execute(conn)
    .await?;
    let job = NewJob::new(workspace, SnapshotJob::KIND, serde_json::json!({"snapshot": id}), now).keyed(id.to_string());
    enqueue(conn, host.id(), now, job).await?;
    let row = (id, segment, name, rule.json().to_string(), 0, false, actor.to_owned(), now);
    Ok(shown(row))
}

/// Put everybody on a snapshot that is not complete. Members that an
/// interrupted filling left are removed first, so that the list is what one
/// statement saw.
///
/// # Errors
/// When there is no such snapshot, or too many people.
pub async fn snapshot_fill(host: &Host, workspace: WorkspaceId, id: Id) -> Result<Snapshot> {
    let (snapshot, members) = {
        let mut conn = host.store.read(workspace).await?;
        let snapshot = snapshot_find(&mut conn, workspace, id).await?;
        if snapshot.complete {
            return Ok(snapshot);
        }
        let rule = Rule::parse(snapshot.rule.clone())?;
        let compiled = compile(&rule, workspace, to_micros(snapshot.created_at));
        (snapshot, compiled.everyone(&mut conn).await?)
    };
    clear(host, workspace, id).await?;
    let size = members.len() as i64;
    fill_with(host, workspace, id, &members).await?;
    Ok(Snapshot { size, complete: true, ..snapshot })
}

async fn fill_with(host: &Host, workspace: WorkspaceId, id: Id, members: &[Id]) -> Result<()> {
    let size = members.len() as i64;
    for step in members.chunks(STEP_ROWS) {
        let step = step.to_vec();
        host.store
            .write(workspace, "snapshot.fill", move |conn| {
                Box::pin(async move { members_add(conn, workspace, id, step).await })
            })
            .await?;
    }
    host.store
        .write(workspace, "snapshot.complete", move |conn| {
            Box::pin(async move { complete(conn, workspace, id, size).await })
        })
        .await
}

/// The snapshot with this id.
///
/// # Errors
/// When there is none.
pub async fn snapshot_find(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<Snapshot> {
    let row: Option<Row> = sql("SELECT id, segment, name, rule, size, complete, created_by, created_at
         FROM audience_snapshot WHERE workspace = $1 AND id = $2")
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.map(shown).ok_or(Error::NotFound("snapshot"))
}

/// The snapshots whose name has `q` in it, the latest first, before one.
///
/// # Errors
/// When the store fails.
pub(crate) async fn snapshot_list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    q: &str,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Snapshot>> {
    let rows: Vec<Row> = sql("SELECT id, segment, name, rule, size, complete, created_by, created_at
         FROM audience_snapshot
         WHERE workspace = $1 AND id < $2 AND ($3 = '' OR LOWER(name) LIKE $3 ESCAPE '!') ORDER BY id DESC LIMIT $4")
    .bind(workspace)
    .bind(before.unwrap_or_else(Id::max))
    .bind(containing(q))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(shown).collect())
}

/// The people on a snapshot in the order of their ids, after one.
///
/// # Errors
/// When the store fails.
pub async fn snapshot_members(
    conn: &mut Conn,
    workspace: WorkspaceId,
    snapshot: Id,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = sql("SELECT contact FROM audience_member
         WHERE workspace = $1 AND snapshot = $2 AND contact > $3 ORDER BY contact LIMIT $4")
    .bind(workspace)
    .bind(snapshot)
    .bind(after.unwrap_or_else(Id::nil))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

async fn members_add(conn: &mut Conn, workspace: WorkspaceId, snapshot: Id, step: Vec<Id>) -> Result<()> {
    let mut rows = BulkInsert::new("audience_member", &["workspace", "snapshot", "contact"], "ON CONFLICT DO NOTHING");
    for contact in step {
        rows.push([workspace.into(), snapshot.into(), contact.into()]);
    }
    rows.execute(conn).await?;
    Ok(())
}

async fn complete(conn: &mut Conn, workspace: WorkspaceId, id: Id, size: i64) -> Result<()> {
    sql("UPDATE audience_snapshot SET size = $3, complete = TRUE
         WHERE workspace = $1 AND id = $2 AND complete = FALSE")
    .bind(workspace)
    .bind(id)
    .bind(size)
    .execute(conn)
    .await?;
    Ok(())
}

/// Remove the members an interrupted filling left.
async fn clear(host: &Host, workspace: WorkspaceId, id: Id) -> Result<()> {
    loop {
        let gone = host
            .store
            .write(workspace, "snapshot.clear", move |conn| {
                Box::pin(async move {
                    let gone = sql("DELETE FROM audience_member WHERE workspace = $1 AND snapshot = $2 AND contact IN
                           (SELECT contact FROM audience_member WHERE workspace = $1 AND snapshot = $2
                            ORDER BY contact LIMIT $3)
                         AND EXISTS (SELECT 1 FROM audience_snapshot
                                     WHERE workspace = $1 AND id = $2 AND complete = FALSE)")
                    .bind(workspace)
                    .bind(id)
                    .bind(STEP_ROWS as i64)
                    .execute(conn)
                    .await?;
                    Ok::<u64, Error>(gone)
                })
            })
            .await?;
        if gone == 0 {
            return Ok(());
        }
    }
}

fn shown((id, segment, name, rule, size, complete, created_by, at): Row) -> Snapshot {
    let rule = serde_json::from_str(&rule).unwrap_or_default();
    Snapshot { id, segment, name, rule, size, complete, created_by, created_at: from_micros(at) }
}

/// Fills snapshots that were ordered and not filled since.
pub struct SnapshotJob {
    host: Host,
}

impl SnapshotJob {
    /// The kind of its jobs.
    pub const KIND: &'static str = "audience.snapshot";

    /// The handler of this host.
    #[must_use]
    pub fn new(host: Host) -> Self {
        Self { host }
    }
}

#[derive(Deserialize)]
struct Payload {
    snapshot: Id,
}

#[async_trait]
impl JobHandler for SnapshotJob {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Payload { snapshot } = job.payload()?;
        let filled = snapshot_fill(&self.host, job.workspace, snapshot).await?;
        Ok(Step::Done(serde_json::json!({"size": filled.size})))
    }
}
