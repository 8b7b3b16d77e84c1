//! Counting what the rules say of everyone in the audience, a step at a time.
//! Each step reads anew, so that a long count holds no connection.

use super::model::Counts;
use crate::{
    error::{Error, Result, problem},
    model::{Campaign, ChannelMessage, ChannelPreflight},
};
use rialto_audience::RuleSource;
use rialto_delivery::{Planned, Rules, STEP_ROWS, WaveRules, affordable, count, judge, waiting};
use rialto_jobs::JobRun;
use rialto_kernel::{Id, Money, WorkspaceId, allot, to_micros};
use rialto_slice::Host;
use serde_json::Value;

/// Steps between two notes of how far a job came.
const STEPS_A_NOTE: u64 = 5;

/// Whom the plan is for.
pub(crate) fn audience(campaign: &Campaign) -> Option<RuleSource> {
    match (&campaign.segment, &campaign.rule) {
        (Some(segment), _) => Some(RuleSource::Segment(*segment)),
        (None, Some(rule)) => Some(RuleSource::Rule(rule.clone())),
        (None, None) => None,
    }
}

/// The budget of each channel: equal shares that sum to the whole.
pub(crate) fn budgets(campaign: &Campaign) -> Vec<Option<i64>> {
    let channels = campaign.messages.len();
    match campaign.budget_minor {
        None => vec![None; channels],
        Some(all) => allot(all, &vec![1.0; channels]).into_iter().map(Some).collect(),
    }
}

/// What is counted for, and how far it came.
pub(crate) struct Counting<'a> {
    host: &'a Host,
    workspace: WorkspaceId,
    campaign: &'a Campaign,
    /// The job that counts, where one does.
    job: Option<&'a mut JobRun>,
    steps: u64,
    done: u64,
    total: u64,
}

impl<'a> Counting<'a> {
    pub(crate) fn new(
        host: &'a Host,
        workspace: WorkspaceId,
        campaign: &'a Campaign,
        job: Option<&'a mut JobRun>,
    ) -> Self {
        Self { host, workspace, campaign, job, steps: 0, done: 0, total: 0 }
    }

    /// Judge these people for every channel.
    ///
    /// # Errors
    /// When the store fails, or the job is told to stop.
    pub(crate) async fn of(mut self, people: &[Id]) -> Result<Counts> {
        self.total = u64::try_from(people.len().saturating_mul(self.campaign.messages.len())).unwrap_or(u64::MAX);
        self.note().await?;
        let mut channels = Vec::with_capacity(self.campaign.messages.len());
        let mut planned = Planned::new();
        for (message, budget) in self.campaign.messages.iter().zip(budgets(self.campaign)) {
            channels.push(self.channel(message, budget, people, &mut planned).await?);
        }
        let minor = channels.iter().map(|channel| channel.cost_minor).sum();
        let audience = i64::try_from(people.len()).unwrap_or(i64::MAX);
        Ok(Counts { audience, channels, cost: Money { minor, currency: self.campaign.currency } })
    }

    async fn channel(
        &mut self,
        message: &ChannelMessage,
        budget: Option<i64>,
        people: &[Id],
        planned: &mut Planned,
    ) -> Result<ChannelPreflight> {
        let (host, ws, now_us) = (self.host, self.workspace, self.host.now_in(self.workspace));
        let wave = self.wave(message, budget, now_us);
        let mut rules = Rules::load(&mut host.store.read(ws).await?, ws, wave).await.map_err(problem)?;
        rules.planned = std::mem::take(planned);
        let (mut rows, mut later) = (Vec::new(), 0);
        for step in people.chunks(STEP_ROWS as usize) {
            let mut conn = host.store.read(ws).await?;
            let judged = judge(&mut conn, &host.keys, ws, &mut rules, step, now_us).await.map_err(problem)?;
            drop(conn);
            count(&judged, &mut rows);
            later += waiting(&judged);
            self.stepped(step.len()).await?;
        }
        *planned = rules.planned;
        let sent: i64 = rows.iter().filter(|row| row.reason.is_none()).map(|row| row.count).sum();
        let cost_minor = sent * self.campaign.unit_cost_minor;
        Ok(ChannelPreflight { channel: message.channel.clone(), rows, after_quiet_hours: later, cost_minor })
    }

    fn wave(&self, message: &ChannelMessage, budget: Option<i64>, now_us: i64) -> WaveRules {
        let campaign = self.campaign;
        WaveRules {
            channel: message.channel.clone(),
            topic: campaign.topic.clone(),
            affordable: affordable(budget, campaign.unit_cost_minor),
            nobody: None,
            experiment: campaign.experiment,
            unit: campaign.unit,
            at_us: campaign.starts_at.map_or(now_us, |at| to_micros(at).max(now_us)),
            expires_at: campaign.ends_at.map(to_micros),
        }
    }

    async fn stepped(&mut self, people: usize) -> Result<()> {
        self.steps += 1;
        self.done += u64::try_from(people).unwrap_or(0);
        if self.job.as_ref().is_some_and(|job| job.stop.is_cancelled()) {
            return Err(Error::Stopped);
        }
        if self.steps.is_multiple_of(STEPS_A_NOTE) { self.note().await } else { Ok(()) }
    }

    /// Note how far the job came. What it counted is not kept before it is
    /// whole: a count that was cut off begins again, for people change meanwhile.
    async fn note(&mut self) -> Result<()> {
        let (done, total) = (self.done, self.total);
        match &mut self.job {
            Some(job) => job.save(Value::Null, done, total).await.map_err(problem),
            None => Ok(()),
        }
    }
}
