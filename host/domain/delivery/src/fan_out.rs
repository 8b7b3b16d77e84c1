//! Writing the ledger: a row for every member of the frozen audience, at most
//! 1,000 a step, resumable at any point.

use crate::{
    Error,
    judge::{Judged, Rules, STEP_ROWS, WaveRules, affordable, judge},
    model::{Occurrence, OccurrenceKey, OccurrenceState, Reason},
    occurrence::FAN_OUT,
    sql::{self, SendPut, SendShared},
};
use async_trait::async_trait;
use rialto_audience::{addressees, experiment::hold_out, snapshot_members};
use rialto_jobs::{Fence, JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, time::Duration};

/// How long to wait for a snapshot that is still being taken.
const SNAPSHOT_WAIT: Duration = Duration::from_millis(300);

/// The job [`FAN_OUT`].
pub(crate) struct FanOut {
    pub(crate) host: Host,
}

#[async_trait]
impl JobHandler for FanOut {
    fn kind(&self) -> &'static str {
        FAN_OUT
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let key: OccurrenceKey = job.payload()?;
        let ws = job.workspace;
        let mut progress: Progress = job.checkpoint()?.unwrap_or_default();
        loop {
            if job.stop.is_cancelled() {
                return Ok(Step::Again(Duration::ZERO));
            }
            let Some(step) = self.prepare(ws, key.occurrence, progress, step_rows(job.crashes)).await? else {
                return Ok(Step::Again(SNAPSHOT_WAIT));
            };
            let done = step.done;
            progress = step.progress;
            self.write(ws, job.fence(), step).await?;
            if done {
                return Ok(Step::Done(serde_json::json!(progress)));
            }
        }
    }
}

/// Rows of a step: fewer after every host that ended in the middle of one, so
/// that even hosts that live for moments get on.
fn step_rows(crashes: u32) -> u32 {
    (STEP_ROWS >> crashes.min(6)).max(1)
}

/// How far it came; kept in the transaction that writes the rows.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Progress {
    /// Rows written.
    rows: u64,
    /// Of them, sends to be made.
    planned: i64,
}

/// One step, judged and not yet written.
struct Prepared {
    occurrence: Occurrence,
    rows: Vec<SendPut>,
    after: Option<Id>,
    done: bool,
    progress: Progress,
    /// How many are in the audience.
    size: i64,
    /// The policy they were judged by.
    policy_version: i64,
}

impl FanOut {
    /// Read and judge the next members; `None` while the snapshot is being taken.
    async fn prepare(
        &self,
        ws: WorkspaceId,
        id: Id,
        mut progress: Progress,
        step_rows: u32,
    ) -> Result<Option<Prepared>, Error> {
        let mut conn = self.host.store.read(ws).await?;
        let conn = &mut conn;
        let occurrence = sql::occurrence_find(conn, ws, id).await?.ok_or(Error::NotFound("occurrence"))?;
        if occurrence.fanned_out_at.is_some() {
            let size = occurrence.audience_size;
            let (rows, after, policy_version) = (Vec::new(), None, 0);
            return Ok(Some(Prepared { occurrence, rows, after, done: true, progress, size, policy_version }));
        }
        let snapshot = rialto_audience::snapshot_find(conn, ws, occurrence.snapshot).await.map_err(problem)?;
        if !snapshot.complete {
            return Ok(None);
        }
        let after = sql::occurrence_fan_out_after(conn, ws, id).await?;
        let members = snapshot_members(conn, ws, occurrence.snapshot, after, step_rows).await.map_err(problem)?;
        let now_us = self.host.now_in(ws);
        // Rows come due by the machine's time, also where the workspace stands in the past.
        let shift = self.host.now_us() - now_us;
        let wave = wave(&occurrence, progress.planned, now_us);
        let mut rules = Rules::load(conn, ws, wave).await?;
        rules.taken = self.taken(conn, ws, &occurrence, &members).await?;
        let judged = judge(conn, &self.host.keys, ws, &mut rules, &members, now_us).await?;
        let done = members.len() < step_rows as usize;
        let rows: Vec<SendPut> = judged.into_iter().map(|one| self.row(one, shift)).collect();
        progress.rows += rows.len() as u64;
        progress.planned += rows.iter().filter(|row| row.reason.is_none()).map(|_| 1).sum::<i64>();
        Ok(Some(Prepared {
            policy_version: rules.policy_version(),
            rows,
            after: members.last().copied().or(after),
            done,
            progress,
            size: snapshot.size,
            occurrence,
        }))
    }

    /// Addresses of these members that have a row already.
    async fn taken(
        &self,
        conn: &mut Conn,
        ws: WorkspaceId,
        occurrence: &Occurrence,
        members: &[Id],
    ) -> Result<HashSet<Vec<u8>>, Error> {
        let people = addressees(conn, ws, members, &occurrence.channel).await.map_err(problem)?;
        let hashes: Vec<Vec<u8>> = people
            .iter()
            .filter_map(|person| person.address.as_deref())
            .map(|address| self.host.keys.address_hash(ws, address))
            .collect();
        Ok(sql::send_addresses_taken(conn, ws, occurrence.id, &occurrence.channel, &hashes).await?)
    }

    fn row(&self, judged: Judged, shift: i64) -> SendPut {
        SendPut {
            id: self.host.id(),
            contact: judged.contact,
            address: judged.address,
            address_hash: judged.address_hash,
            reason: judged.reason,
            locale: judged.locale,
            due_at: judged.due_at.map(|at| at + shift),
        }
    }

    /// Rows, mark and checkpoint in one transaction.
    async fn write(&self, ws: WorkspaceId, fence: Fence, step: Prepared) -> Result<(), Error> {
        let now_us = self.host.now_us();
        self.host
            .store
            .write(ws, "delivery.fan-out", move |conn| {
                Box::pin(async move {
                    let occurrence = &step.occurrence;
                    let total = u64::try_from(step.size).unwrap_or(0);
                    fence.save(conn, &serde_json::json!(step.progress), step.progress.rows, total).await?;
                    if occurrence.fanned_out_at.is_some() {
                        return Ok(());
                    }
                    let shared = SendShared {
                        occurrence: occurrence.id,
                        campaign: occurrence.campaign,
                        channel: occurrence.channel.clone(),
                        topic: occurrence.topic.clone(),
                        due_at: due_at(occurrence),
                        now_us,
                        policy_version: step.policy_version,
                    };
                    // Lots are drawn, and periods held against, the instant the workspace stands at.
                    let stands_at = conn.now_or(now_us);
                    arms(conn, ws, occurrence, &step.rows, stands_at).await?;
                    sql::send_insert(conn, ws, &shared, step.rows).await?;
                    let done_at = step.done.then_some(now_us);
                    sql::occurrence_fan_out_mark(conn, ws, occurrence.id, step.after, done_at, step.size).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// The wave as members are judged for it, when so many sends are planned
/// already; `now_us` is the instant the workspace stands at.
fn wave(occurrence: &Occurrence, planned: i64, now_us: i64) -> WaveRules {
    WaveRules {
        channel: occurrence.channel.clone(),
        topic: occurrence.topic.clone(),
        affordable: affordable(occurrence.budget_minor, occurrence.unit_cost_minor).map(|all| all - planned),
        nobody: (occurrence.state() == OccurrenceState::Cancelled).then_some(Reason::Cancelled),
        experiment: occurrence.experiment,
        unit: occurrence.unit,
        at_us: occurrence.starts_at.max(now_us),
        expires_at: occurrence.expires_at,
    }
}

/// When the rows of a wave come due, by the machine's time: at once where its
/// start lies before the launch.
fn due_at(occurrence: &Occurrence) -> i64 {
    occurrence.starts_at.max(occurrence.created_at)
}

/// Write down the arm of each member, as it was judged a moment ago.
async fn arms(
    conn: &mut Conn,
    ws: WorkspaceId,
    occurrence: &Occurrence,
    rows: &[SendPut],
    now_us: i64,
) -> Result<(), Error> {
    let members: Vec<Id> = rows.iter().map(|row| row.contact).collect();
    let held_out = hold_out(conn, ws, occurrence.experiment, &members, now_us).await.map_err(problem)?;
    // An experiment that began or ended in between: judge this step again.
    let differs = |row: &SendPut| match row.reason {
        Some(Reason::HeldOut) => !held_out.contains_key(&row.contact),
        None => held_out.contains_key(&row.contact),
        Some(_) => false,
    };
    if rows.iter().any(differs) { Err(Error::Raced) } else { Ok(()) }
}

/// Another area's refusal as ours.
pub(crate) fn problem(cause: impl Into<rialto_kernel::Problem>) -> Error {
    Error::Problem(cause.into())
}
