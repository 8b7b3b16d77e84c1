//! Watching a launched campaign until every person of its audience has a final
//! row; then it is finished. Never a cursor: the rows themselves are counted.

use crate::{error::problem, model::CampaignState, sql};
use async_trait::async_trait;
use rialto_delivery::{LedgerOf, OccurrenceState, ledger_counts, occurrences_of};
use rialto_jobs::{JobFailure, JobHandler, JobRun, Step};
use rialto_kernel::Id;
use rialto_slice::Host;
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
        if !finished {
            return Ok(Step::Again(EVERY));
        }
        let (from, now_us) = (campaign.state, self.host.now_us());
        self.host
            .store
            .write(ws, "campaign.finish", move |conn| {
                Box::pin(async move { sql::campaign_turn(conn, ws, id, from, CampaignState::Finished, now_us).await })
            })
            .await?;
        Ok(Step::Done(json!({ "audience": counts.audience, "rows": counts.total() })))
    }
}
