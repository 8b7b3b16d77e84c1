//! What a preflight by a job is, and where it stands.

use crate::model::{ChannelPreflight, Preflight};
use jiff::Timestamp;
use rialto_kernel::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// People times channels that are counted while the caller waits: about a
/// second's work. What is more becomes a job.
pub(crate) const AT_ONCE_MAX: usize = 20_000;

/// Whether so many people on so many channels are counted at once.
pub(crate) fn at_once(people: usize, channels: usize) -> bool {
    people.saturating_mul(channels) <= AT_ONCE_MAX
}

/// What was counted; what stands in the way is looked up when it is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) audience: i64,
    pub(crate) channels: Vec<ChannelPreflight>,
    pub(crate) cost: Money,
}

/// What came of asking for a preflight.
#[derive(Debug, Clone)]
pub enum Asked {
    /// It is counted.
    Now(Box<Preflight>),
    /// A job counts it.
    Later(Box<PreflightRun>),
}

/// Where a preflight by a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreflightState {
    /// The job waits for its turn.
    Waiting,
    /// The job counts.
    Running,
    /// It is counted.
    Finished,
    /// It could not be counted; `error` says why.
    Failed,
}

/// A preflight by a job: the last one of its campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PreflightRun {
    /// Its id.
    pub id: Uuid,
    /// The campaign.
    pub campaign: Uuid,
    /// The version of the plan that is counted.
    pub plan_version: i64,
    /// Whether the plan was changed since: ask again.
    pub plan_changed: bool,
    /// Where it stands.
    pub state: PreflightState,
    /// The job that counts.
    pub job: Uuid,
    /// Judged so far: people, once a channel.
    pub done: i64,
    /// To be judged in all; 0 while that is not known.
    pub total: i64,
    /// What was counted, once it is finished.
    pub result: Option<Preflight>,
    /// Why it could not be counted.
    pub error: Option<String>,
    /// Who asked.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was counted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::at_once;

    #[test]
    fn a_large_audience_is_a_job_and_so_is_a_smaller_one_on_many_channels() {
        assert!(at_once(0, 0) && at_once(20_000, 1) && at_once(5_000, 4));
        assert!(!at_once(20_001, 1) && !at_once(10_001, 2) && !at_once(usize::MAX, 2));
    }
}
