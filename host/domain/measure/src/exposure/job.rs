//! The job that derives a campaign's exposures: what stood where, then visit by
//! visit what was seen, each page with its checkpoint in one transaction.

use super::{
    SOURCE,
    sight::{SPANS_MAX, Sights, Span, Visit},
    sql,
};
use crate::{
    MeasureError,
    names::{PLACEMENT_SEEN, TOUCH_KIND},
};
use async_trait::async_trait;
use rialto_audience::{NewEvent, record_events};
use rialto_jobs::{JobFailure, JobHandler, JobRun, NewJob, Step, enqueue};
use rialto_kernel::{Id, Problem, WorkspaceId};
use rialto_sales::{SalesError, placement::placements_between};
use rialto_slice::Host;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The kind of the job.
pub(crate) const KIND: &str = "measure.exposures";
/// Visits in one transaction; each may be seen in a few media.
const VISITS_A_WRITE: u32 = 250;
/// Touches in one transaction.
const TOUCHES_A_WRITE: usize = 1_000;

/// Have a campaign's exposures derived, once: asked again, the job of the first
/// time is answered and nothing more is recorded.
///
/// # Errors
/// When the campaign is not there or has no window, or the store fails.
pub async fn exposures_derive(host: &Host, workspace: WorkspaceId, campaign: Id) -> Result<Id, Problem> {
    window(host, workspace, campaign).await?;
    let (id, now_us) = (host.id(), host.now_us());
    let job =
        NewJob::new(workspace, KIND, serde_json::json!({ "campaign": campaign }), now_us).keyed(campaign.to_string());
    Ok(host
        .store
        .write(workspace, "measure.exposures", move |conn| {
            Box::pin(async move { enqueue(conn, id, now_us, job).await.map_err(MeasureError::from) })
        })
        .await?)
}

async fn window(host: &Host, ws: WorkspaceId, campaign: Id) -> Result<(i64, i64), MeasureError> {
    let mut conn = host.store.read(ws).await?;
    match sql::campaign_window(&mut conn, ws, campaign).await? {
        Some((Some(start), Some(end))) => Ok((start, end)),
        Some(_) => Err(MeasureError::State {
            code: "no-window",
            detail: "give the campaign a start and an end first".to_owned(),
        }),
        None => Err(MeasureError::Missing("campaign")),
    }
}

/// Derives exposures.
pub(crate) struct Derive {
    host: Host,
}

impl Derive {
    /// A handler on this host.
    pub(crate) fn new(host: &Host) -> Self {
        Self { host: host.clone() }
    }
}

#[derive(Debug, Deserialize)]
struct Order {
    campaign: Id,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    at: i64,
    order: Id,
    recorded: u64,
}

#[async_trait]
impl JobHandler for Derive {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &mut JobRun) -> Result<Step, JobFailure> {
        let Order { campaign } = job.payload()?;
        let (start, end) = window(&self.host, job.workspace, campaign).await?;
        let sights = sights(&self.host, job.workspace, campaign, (start, end)).await?;
        let begin = Place { at: i64::MIN, order: Id::nil(), recorded: 0 };
        let mut place: Place = job.checkpoint()?.unwrap_or(begin);
        loop {
            if job.stop.is_cancelled() {
                return Ok(Step::Again(Duration::ZERO));
            }
            let visits = {
                let mut conn = self.host.store.read(job.workspace).await?;
                sql::visit_page(&mut conn, job.workspace, (start, end), (place.at, place.order), VISITS_A_WRITE).await?
            };
            let Some(last) = visits.last().copied() else { break };
            place = self
                .record(
                    job,
                    campaign,
                    (start, end),
                    (&sights, &visits),
                    Place { at: last.at, order: last.order, ..place },
                )
                .await?;
        }
        Ok(Step::Done(serde_json::json!({ "campaign": campaign, "touches": place.recorded, "spans": sights.len() })))
    }
}

impl Derive {
    /// Write what the visitors of a page saw, and how far it is, together.
    async fn record(
        &self,
        job: &JobRun,
        campaign: Id,
        (start, end): (i64, i64),
        (sights, visits): (&Sights, &[Visit]),
        place: Place,
    ) -> Result<Place, MeasureError> {
        let (ws, fence, now_us, ids) = (job.workspace, job.fence(), self.host.now_us(), self.host.ids().clone());
        let touches: Vec<NewEvent> = visits
            .iter()
            .flat_map(|visit| sights.seen(*visit, start).into_iter().map(|seen| touch(campaign, visit.contact, seen)))
            .collect();
        let done = u64::try_from(place.at.saturating_sub(start)).unwrap_or(0) / 1_000_000;
        let total = u64::try_from(end.saturating_sub(start)).unwrap_or(0) / 1_000_000;
        self.host
            .store
            .write(ws, "measure.exposures", move |conn| {
                Box::pin(async move {
                    let mut place = place;
                    let mut rest = touches;
                    while !rest.is_empty() {
                        let more = rest.split_off(rest.len().min(TOUCHES_A_WRITE));
                        let recorded = record_events(conn, &ids, now_us, ws, rest).await;
                        place.recorded += recorded.map_err(|cause| MeasureError::Other(cause.into()))?;
                        rest = more;
                    }
                    fence.save(conn, &serde_json::to_value(place)?, done, total).await?;
                    Ok::<_, MeasureError>(place)
                })
            })
            .await
    }
}

fn touch(campaign: Id, contact: Id, seen: super::sight::Seen) -> NewEvent {
    NewEvent {
        message_id: Some(format!("placement:{campaign}:{}", seen.key)),
        at: seen.at,
        kind: TOUCH_KIND.to_owned(),
        name: PLACEMENT_SEEN.to_owned(),
        contact: Some(contact),
        channel: Some(seen.medium),
        campaign: Some(campaign),
        source: SOURCE.to_owned(),
        ..NewEvent::default()
    }
}

/// Where and when a product of the campaign's offers stood.
async fn sights(host: &Host, ws: WorkspaceId, campaign: Id, (start, end): (i64, i64)) -> Result<Sights, MeasureError> {
    let mut conn = host.store.read(ws).await?;
    let numbers = sql::product_numbers(&mut conn, ws, campaign).await?;
    let mut sights = Sights::default();
    let other = |cause: SalesError| MeasureError::Other(cause.into());
    placements_between(&mut conn, ws, start, end, |placements| {
        let stood = placements.list.entries.iter().any(|entry| numbers.binary_search(&entry.product).is_ok());
        if stood && sights.len() < SPANS_MAX {
            let span = Span { starts_at: placements.starts_at, ends_at: placements.ends_at };
            sights.add(placements.sales_channel, placements.medium, span);
        }
        Ok(())
    })
    .await
    .map_err(other)?;
    if sights.len() == SPANS_MAX {
        let remedy = "choose a campaign with a shorter window";
        return Err(MeasureError::TooLarge { limit: "exposure-spans", value: SPANS_MAX as u64, remedy });
    }
    Ok(sights)
}
