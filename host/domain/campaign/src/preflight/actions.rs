//! Asking for a preflight, and reading the one a job counted.

use super::{
    blockers::{blocker, blockers},
    count::{Counting, audience},
    job::{KIND, Order},
    model::{Asked, Counts, PreflightRun, PreflightState, at_once},
    sql::{self, Run},
};
use crate::{
    actions::{READ, require},
    error::{Error, Result, problem},
    model::{Blocker, Campaign, Preflight},
    sql::campaign_find,
};
use rialto_audience::people_of;
use rialto_jobs::{JobState, NewJob, enqueue, job_progress};
use rialto_kernel::{Id, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde_json::json;

/// Count what a launch would do now: at once, or by a job where the audience
/// is large or the caller likes it better (`later`).
///
/// # Errors
/// When there is no such campaign, or the caller may not see it.
pub async fn campaign_preflight(host: &Host, caller: &Caller, id: Id, later: bool) -> Result<Asked> {
    let ws = caller.workspace;
    let mut conn = host.store.read(ws).await?;
    let campaign = campaign_find(&mut conn, ws, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    if later {
        drop(conn);
        return begun(host, caller, campaign).await;
    }
    let found = blockers(host, &mut conn, caller, &campaign).await?;
    let people = match audience(&campaign) {
        Some(source) => people_of(host, &mut conn, ws, source).await.map_err(problem)?,
        None => Vec::new(),
    };
    drop(conn);
    if !at_once(people.len(), campaign.messages.len()) {
        return begun(host, caller, campaign).await;
    }
    let counts = Counting::new(host, ws, &campaign, None).of(&people).await?;
    Ok(Asked::Now(Box::new(whole(counts, found))))
}

/// The preflight that a job counted last, or counts now.
///
/// # Errors
/// When none was asked for, there is no such campaign, or the caller may not see it.
pub async fn preflight_get(host: &Host, caller: &Caller, id: Id) -> Result<PreflightRun> {
    let mut conn = host.store.read(caller.workspace).await?;
    let campaign = campaign_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    let run = sql::run_find(&mut conn, caller.workspace, id).await?.ok_or(Error::NotFound("preflight"))?;
    shown(host, &mut conn, caller, &campaign, run).await
}

/// What was counted, with what stands in the way now.
fn whole(counts: Counts, mut blockers: Vec<Blocker>) -> Preflight {
    if counts.audience == 0 && blockers.is_empty() {
        blockers.push(blocker("segment", "nobody is in the audience now"));
    }
    Preflight { audience: counts.audience, channels: counts.channels, cost: counts.cost, blockers }
}

/// Queue the job, or answer the one that counts this version of the plan already.
async fn begun(host: &Host, caller: &Caller, campaign: Campaign) -> Result<Asked> {
    let (ws, now_us) = (caller.workspace, host.now_us());
    let (host_in, caller_in) = (host.clone(), caller.clone());
    host.store
        .write(ws, "campaign.preflight", move |conn| {
            Box::pin(async move {
                if let Some(held) = sql::run_find(conn, ws, campaign.id).await? {
                    let held = shown(&host_in, conn, &caller_in, &campaign, held).await?;
                    let counts = matches!(held.state, PreflightState::Waiting | PreflightState::Running);
                    if counts && !held.plan_changed {
                        return Ok(Asked::Later(Box::new(held)));
                    }
                }
                let (id, job) = (host_in.id(), host_in.id());
                let run = Run {
                    campaign: campaign.id,
                    id,
                    plan_version: campaign.version,
                    state: "open".to_owned(),
                    job,
                    counts: None,
                    error: None,
                    created_by: caller_in.actor.to_string(),
                    created_at: conn.now_or(now_us),
                    finished_at: None,
                };
                sql::run_put(conn, ws, &run).await?;
                let order = json!(Order { campaign: campaign.id, run: id });
                enqueue(conn, job, now_us, NewJob::new(ws, KIND, order, now_us)).await.map_err(problem)?;
                Ok(Asked::Later(Box::new(shown(&host_in, conn, &caller_in, &campaign, run).await?)))
            })
        })
        .await
}

async fn shown(host: &Host, conn: &mut Conn, caller: &Caller, campaign: &Campaign, run: Run) -> Result<PreflightRun> {
    let progress = job_progress(conn, caller.workspace, run.job).await.map_err(problem)?;
    let state = match (run.state.as_str(), progress.map(|progress| progress.state)) {
        ("finished", _) => PreflightState::Finished,
        ("open", Some(JobState::Pending)) => PreflightState::Waiting,
        ("open", Some(JobState::Running)) => PreflightState::Running,
        _ => PreflightState::Failed,
    };
    let result = match &run.counts {
        Some(text) => {
            let counts = serde_json::from_str(text).map_err(|_| Error::Stored("preflight"))?;
            Some(whole(counts, blockers(host, conn, caller, campaign).await?))
        }
        None => None,
    };
    let ended = (state == PreflightState::Failed).then(|| "its job was ended; ask for it again".to_owned());
    Ok(PreflightRun {
        id: run.id,
        campaign: run.campaign,
        plan_version: run.plan_version,
        plan_changed: run.plan_version != campaign.version,
        state,
        job: run.job,
        done: progress.map_or(0, |progress| progress.done),
        total: progress.map_or(0, |progress| progress.total),
        result,
        error: run.error.or(ended),
        created_by: run.created_by,
        created_at: from_micros(run.created_at),
        finished_at: run.finished_at.map(from_micros),
    })
}
