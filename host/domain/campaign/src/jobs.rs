//! Watching a launched campaign until every person of its audience has a final
//! row; then it is finished. Never a cursor: the rows themselves are counted.

use crate::{
    Error,
    error::problem,
    model::{Campaign, CampaignState},
    sql,
};
use async_trait::async_trait;
use rialto_delivery::{
    LedgerOf, Occurrence, OccurrenceState, ledger_counts, occurrence_hold, occurrences_of, policy_in,
};
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_plugins::installation_find;
use rialto_slice::Host;
use rialto_web::Actor;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// The job that sees a campaign to its end.
pub const WATCH: &str = "campaign.watch";
/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// The handler of [`WATCH`].
pub(crate) struct Watch {
    pub(crate) host: Host,
}

#[derive(Deserialize)]
struct Payload {
    campaign: Id,
}

#[async_trait]
impl JobHandler for Watch {
    fn kind(&self) -> &'static str {
        WATCH
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Payload { campaign: id } = job.payload()?;
        let ws = job.workspace;
        let mut conn = self.host.store.read(ws).await?;
        let campaign = sql::campaign_find(&mut conn, ws, id).await?;
        if !matches!(campaign.state, CampaignState::Running | CampaignState::Paused) {
            return Ok(Step::Done(json!({ "state": campaign.state.word() })));
        }
        let counts = ledger_counts(&mut conn, ws, LedgerOf::Campaign(id)).await.map_err(problem)?;
        let over = |state| matches!(state, OccurrenceState::Finished | OccurrenceState::Cancelled);
        let occurrences = occurrences_of(&mut conn, ws, id).await.map_err(problem)?;
        let finished = counts.finished && occurrences.iter().all(|occurrence| over(occurrence.state()));
        drop(conn);
        self.hold(ws, &campaign, &occurrences).await?;
        if !finished {
            return Ok(Step::Again(EVERY));
        }
        let (from, now_us) = (campaign.state, self.host.now_in(ws));
        self.host
            .store
            .write(ws, "campaign.finish", move |conn| {
                Box::pin(async move { sql::campaign_turn(conn, ws, id, from, CampaignState::Finished, now_us).await })
            })
            .await?;
        Ok(Step::Done(json!({ "audience": counts.audience, "rows": counts.total() })))
    }
}

impl Watch {
    /// Hold a campaign one of whose waves bounces, or is complained about, more
    /// than the policy bears, or has a connector no version of which serves any
    /// more; with the reason, and in the audit log.
    async fn hold(&self, ws: WorkspaceId, campaign: &Campaign, waves: &[Occurrence]) -> Result<(), Problem> {
        if campaign.state != CampaignState::Running {
            return Ok(());
        }
        let pause = policy_in(&self.host, ws, campaign.unit).await?.auto_pause;
        let running: Vec<&Occurrence> = waves.iter().filter(|wave| wave.state() == OccurrenceState::Running).collect();
        let judged = |wave: &&Occurrence| {
            let reason = pause.reason(wave.tried, wave.hard_bounces, wave.complaints)?;
            Some(format!("{}: {reason}", wave.channel))
        };
        let Some(reason) = running.iter().find_map(judged).or(self.unserved(ws, &running).await?) else {
            return Ok(());
        };
        let (id, now_us, host) = (campaign.id, self.host.now_in(ws), self.host.clone());
        let running: Vec<Id> = running.iter().map(|wave| wave.id).collect();
        self.host
            .store
            .write(ws, "campaign.hold", move |conn| {
                Box::pin(async move {
                    let (from, to) = (CampaignState::Running, CampaignState::Paused);
                    if !sql::campaign_turn(conn, ws, id, from, to, now_us).await? {
                        return Ok(());
                    }
                    for wave in running {
                        occurrence_hold(conn, ws, wave, &reason).await.map_err(problem)?;
                    }
                    let entry = AuditEntry::by(&host, ws, &Actor::System, "campaign.hold", "campaign", id);
                    audit(conn, &entry.detail(json!({ "reason": reason }))).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(())
    }

    /// The wave whose connector was quarantined with nothing to go back to: a
    /// person has to look, and nobody of the audience is given up meanwhile.
    async fn unserved(&self, ws: WorkspaceId, running: &[&Occurrence]) -> Result<Option<String>, Problem> {
        let mut conn = self.host.store.read(ws).await?;
        for wave in running {
            let Some(connector) = installation_find(&mut conn, ws, wave.installation).await? else { continue };
            if connector.active_version.is_none() {
                return Ok(Some(format!("{}: no version of {} serves", wave.channel, connector.name)));
            }
        }
        Ok(None)
    }
}
