//! Writing the ledger: a row for every member of the frozen audience, at most
//! 1,000 a step, resumable at any point. The same judgement, only counted, is
//! the campaign's preflight.

use crate::{
    Error,
    model::{LedgerCount, Occurrence, OccurrenceKey, OccurrenceState, Reason, SendState},
    occurrence::FAN_OUT,
    sql::{self, SendPut, SendShared},
};
use async_trait::async_trait;
use rialto_audience::{addressees, consent_allowed, snapshot_members, suppressed};
use rialto_jobs::{Fence, JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Id, Keys, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, time::Duration};

/// Members a step.
pub const STEP_ROWS: u32 = 1_000;
/// How long to wait for a snapshot that is still being taken.
const SNAPSHOT_WAIT: Duration = Duration::from_millis(300);

/// By what a member is judged.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The channel.
    pub channel: String,
    /// The consent topic.
    pub topic: String,
    /// How many sends the budget still allows; `None`: any number.
    pub affordable: Option<i64>,
    /// A reason that holds for everyone, such as `cancelled`.
    pub nobody: Option<Reason>,
}

/// What was judged of a member.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The member.
    pub contact: Id,
    /// Their language, as the contact says.
    pub locale: String,
    /// The address to send to.
    pub address: Option<String>,
    /// Its hash, where a send is to be made.
    pub address_hash: Option<Vec<u8>>,
    /// Why no send is to be made.
    pub reason: Option<Reason>,
}

/// Judge these members (at most [`STEP_ROWS`]) as of now. `taken` are the
/// addresses that have a send already; those of this step are added to it.
///
/// # Errors
/// When the store fails.
pub async fn judge(
    conn: &mut Conn,
    keys: &Keys,
    workspace: WorkspaceId,
    rules: &mut Rules,
    members: &[Id],
    taken: &mut HashSet<Vec<u8>>,
) -> Result<Vec<Judged>, Error> {
    let people = addressees(conn, workspace, members, &rules.channel).await.map_err(problem)?;
    let agreed = consent_allowed(conn, workspace, members, &rules.channel, &rules.topic).await.map_err(problem)?;
    let mut known: HashSet<Id> = HashSet::with_capacity(people.len());
    let mut all = Vec::with_capacity(members.len());
    for person in people {
        known.insert(person.contact);
        let hash = person.address.as_deref().map(|address| keys.address_hash(workspace, address));
        let barred = match &hash {
            Some(hash) => suppressed(conn, workspace, &rules.channel, hash).await.map_err(problem)?,
            None => false,
        };
        let reason = rules.reason(hash.as_ref(), agreed.contains(&person.contact), barred, taken);
        all.push(Judged {
            contact: person.contact,
            locale: person.locale,
            address: person.address,
            address_hash: hash.filter(|_| reason.is_none()),
            reason,
        });
    }
    // A member whose contact is gone has a row like everyone else.
    let gone = members.iter().filter(|id| !known.contains(id));
    all.extend(gone.map(|id| Judged {
        contact: *id,
        locale: String::new(),
        address: None,
        address_hash: None,
        reason: Some(Reason::NoAddress),
    }));
    Ok(all)
}

impl Rules {
    fn reason(
        &mut self,
        hash: Option<&Vec<u8>>,
        agreed: bool,
        barred: bool,
        taken: &mut HashSet<Vec<u8>>,
    ) -> Option<Reason> {
        let Some(hash) = hash else { return Some(Reason::NoAddress) };
        if self.nobody.is_some() {
            return self.nobody;
        }
        if !agreed {
            return Some(Reason::NoConsent);
        }
        if barred {
            return Some(Reason::Suppressed);
        }
        if taken.contains(hash) {
            return Some(Reason::DuplicatePerson);
        }
        if let Some(left) = &mut self.affordable {
            if *left <= 0 {
                return Some(Reason::OverBudget);
            }
            *left -= 1;
        }
        taken.insert(hash.clone());
        None
    }
}

/// Count what was judged, by state and reason.
pub fn count(judged: &[Judged], into: &mut Vec<LedgerCount>) {
    for one in judged {
        let state = if one.reason.is_some() { SendState::NotSent } else { SendState::Pending };
        match into.iter_mut().find(|row| row.state == state && row.reason == one.reason) {
            Some(row) => row.count += 1,
            None => into.push(LedgerCount { state, reason: one.reason, count: 1 }),
        }
    }
}

/// How many sends a budget pays for.
#[must_use]
pub fn affordable(budget_minor: Option<i64>, unit_cost_minor: i64) -> Option<i64> {
    budget_minor.filter(|_| unit_cost_minor > 0).map(|budget| budget.max(0) / unit_cost_minor)
}

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
            let Some(step) = self.prepare(ws, key.occurrence, progress).await? else {
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
}

impl FanOut {
    /// Read and judge the next members; `None` while the snapshot is being taken.
    async fn prepare(&self, ws: WorkspaceId, id: Id, mut progress: Progress) -> Result<Option<Prepared>, Error> {
        let mut conn = self.host.store.read(ws).await?;
        let conn = &mut conn;
        let occurrence = sql::occurrence_find(conn, ws, id).await?.ok_or(Error::NotFound("occurrence"))?;
        if occurrence.fanned_out_at.is_some() {
            let size = occurrence.audience_size;
            return Ok(Some(Prepared { occurrence, rows: Vec::new(), after: None, done: true, progress, size }));
        }
        let snapshot = rialto_audience::snapshot_find(conn, ws, occurrence.snapshot).await.map_err(problem)?;
        if !snapshot.complete {
            return Ok(None);
        }
        let after = sql::occurrence_fan_out_after(conn, ws, id).await?;
        let members = snapshot_members(conn, ws, occurrence.snapshot, after, STEP_ROWS).await.map_err(problem)?;
        let mut rules = self.rules(&occurrence, progress.planned);
        let mut taken = self.taken(conn, ws, &occurrence, &members).await?;
        let judged = judge(conn, &self.host.keys, ws, &mut rules, &members, &mut taken).await?;
        let done = members.len() < STEP_ROWS as usize;
        let rows: Vec<SendPut> = judged.into_iter().map(|one| self.row(one)).collect();
        progress.rows += rows.len() as u64;
        progress.planned += rows.iter().filter(|row| row.reason.is_none()).map(|_| 1).sum::<i64>();
        Ok(Some(Prepared {
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

    fn rules(&self, occurrence: &Occurrence, planned: i64) -> Rules {
        let expired = occurrence.expires_at.is_some_and(|at| at <= self.host.now_us());
        Rules {
            channel: occurrence.channel.clone(),
            topic: occurrence.topic.clone(),
            affordable: affordable(occurrence.budget_minor, occurrence.unit_cost_minor).map(|all| all - planned),
            nobody: match occurrence.state() {
                OccurrenceState::Cancelled => Some(Reason::Cancelled),
                _ if expired => Some(Reason::Expired),
                _ => None,
            },
        }
    }

    fn row(&self, judged: Judged) -> SendPut {
        SendPut {
            id: self.host.id(),
            contact: judged.contact,
            address: judged.address,
            address_hash: judged.address_hash,
            reason: judged.reason,
            locale: judged.locale,
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
                        due_at: occurrence.starts_at.max(occurrence.created_at),
                        now_us,
                    };
                    sql::send_insert(conn, ws, &shared, step.rows).await?;
                    let done_at = step.done.then_some(now_us);
                    sql::occurrence_fan_out_mark(conn, ws, occurrence.id, step.after, done_at, step.size).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// Another area's refusal as ours.
pub(crate) fn problem(cause: impl Into<rialto_kernel::Problem>) -> Error {
    Error::Problem(cause.into())
}

#[cfg(test)]
mod tests {
    use super::{Reason, Rules, affordable};
    use std::collections::HashSet;

    fn rules(affordable: Option<i64>) -> Rules {
        Rules { channel: "email".to_owned(), topic: "news".to_owned(), affordable, nobody: None }
    }

    #[test]
    fn each_member_has_one_reason_or_a_send_of_their_own() {
        let mut taken = HashSet::new();
        let mut rules = rules(Some(2));
        let (a, b, c) = (vec![1], vec![2], vec![3]);
        assert_eq!(rules.reason(None, true, false, &mut taken), Some(Reason::NoAddress));
        assert_eq!(rules.reason(Some(&a), false, false, &mut taken), Some(Reason::NoConsent));
        assert_eq!(rules.reason(Some(&a), true, true, &mut taken), Some(Reason::Suppressed));
        assert_eq!(rules.reason(Some(&a), true, false, &mut taken), None, "a refused one does not take the address");
        assert_eq!(rules.reason(Some(&a), true, false, &mut taken), Some(Reason::DuplicatePerson));
        assert_eq!(rules.reason(Some(&b), true, false, &mut taken), None);
        assert_eq!(rules.reason(Some(&c), true, false, &mut taken), Some(Reason::OverBudget));
    }

    #[test]
    fn a_budget_pays_for_whole_sends_only() {
        assert_eq!(affordable(Some(100), 30), Some(3));
        assert_eq!(affordable(Some(100), 0), None);
        assert_eq!(affordable(None, 30), None);
    }
}
