//! Goals against the metrics catalogue: expected, so far, left. The numbers are
//! the catalogue's; this file only subtracts.

use crate::{MeasureError, Question, catalogue::Dimension, catalogue::Metric, metrics};
use jiff::Timestamp;
use rialto_campaign::{Campaign, Goal};
use rialto_kernel::{Locale, Problem, WorkspaceId};
use rialto_slice::Host;
use serde::Serialize;
use utoipa::ToSchema;

/// Metrics of which less is better.
const LESS_IS_BETTER: [&str; 13] = [
    "spend",
    "cost-per-conversion",
    "unsubscribes",
    "unsubscribe-rate",
    "bounces",
    "bounce-rate",
    "complaints",
    "rejected",
    "uncertain",
    "not-sent",
    "refunds",
    "discount",
    "committed-cost",
];

/// A goal as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GoalStatus {
    /// The metric.
    pub metric: String,
    /// What people call it.
    pub title: String,
    /// `count`, `ratio` or `money:USD` (minor units).
    pub unit: String,
    /// The value expected.
    pub expected: f64,
    /// The value so far; absent where there is none.
    pub so_far: Option<f64>,
    /// What is left to the expected value; for costs, what may still be spent.
    pub left: Option<f64>,
    /// Whether less is better.
    pub less_is_better: bool,
    /// `reached`, `open`, `missed` (its date is over), or `unknown`.
    pub state: String,
    /// `campaign`, or `workspace` where the metric cannot be told apart by
    /// campaign: then it is of the whole workspace in the campaign's time.
    pub scope: String,
    /// By when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Why there is no value, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What a goal's metric must be; campaigns ask this when they are saved.
///
/// # Errors
/// What is wrong with it and what would be right.
pub(crate) fn goal_metric(name: &str) -> Result<(), String> {
    let metric = metrics::find(name)
        .ok_or_else(|| format!("there is no metric `{}`; GET /api/v1/metrics lists them", name.escape_debug()))?;
    if metric.needs_run() {
        return Err(format!("`{name}` depends on an attribution model; choose a metric that does not"));
    }
    if metric.has(Dimension::Campaign) || metric.has(Dimension::Day) {
        return Ok(());
    }
    Err(format!("`{name}` can be told apart neither by campaign nor by time"))
}

/// Every goal of a campaign against what happened. `conversion` names the
/// conversion definition where there are several.
pub async fn goals_of(
    host: &Host,
    ws: WorkspaceId,
    locale: Locale,
    campaign: &Campaign,
    conversion: Option<&str>,
) -> Vec<GoalStatus> {
    let mut found = Vec::with_capacity(campaign.goals.len());
    for goal in &campaign.goals {
        found.push(status(host, ws, locale, campaign, goal, conversion).await);
    }
    found
}

async fn status(
    host: &Host,
    ws: WorkspaceId,
    locale: Locale,
    campaign: &Campaign,
    goal: &Goal,
    conversion: Option<&str>,
) -> GoalStatus {
    let metric = metrics::find(&goal.metric);
    let less_is_better = LESS_IS_BETTER.contains(&goal.metric.as_str());
    let by_campaign = metric.is_some_and(|metric| metric.has(Dimension::Campaign));
    let asked = match metric {
        Some(metric) => {
            let question = question(metric, campaign, goal, conversion);
            crate::query(host, ws, locale, &question).await.map(|answer| (answer.unit.clone(), answer.total))
        }
        None => Err(Problem::from(MeasureError::invalid("metric", "is in no catalogue"))),
    };
    let (unit, so_far, why) = match asked {
        Ok((unit, so_far)) => (unit, so_far, None),
        Err(problem) => (String::new(), None, Some(problem.detail)),
    };
    let over = goal.due_at.is_some_and(|due| due.as_microsecond() <= host.now_in(ws));
    GoalStatus {
        metric: goal.metric.clone(),
        title: metric.map_or_else(|| goal.metric.clone(), |metric| metric.title.of(locale).to_owned()),
        unit,
        expected: goal.expected,
        so_far,
        left: so_far.map(|so_far| goal.expected - so_far),
        less_is_better,
        state: state(so_far, goal.expected, less_is_better, over).to_owned(),
        scope: if by_campaign { "campaign" } else { "workspace" }.to_owned(),
        due_at: goal.due_at,
        why,
    }
}

fn question(metric: &Metric, campaign: &Campaign, goal: &Goal, conversion: Option<&str>) -> Question {
    let mut question = Question::of(&goal.metric);
    if metric.has(Dimension::Campaign) {
        question = question.only("campaign", campaign.id);
    } else {
        question.start = campaign.starts_at.or(campaign.launched_at);
        question.end = campaign.ends_at;
    }
    // What happens after the date does not reach the goal any more.
    if let (Some(due), true) = (goal.due_at, metric.has(Dimension::Day)) {
        question.end = Some(question.end.map_or(due, |end| end.min(due)));
    }
    if let (Some(code), true) = (conversion, metric.needs_conversion()) {
        question = question.only("conversion", code);
    }
    if metric.is_money() {
        question.currency = Some(campaign.currency.to_string());
    }
    question
}

/// A cost is kept to while it is not above; it is reached only when its date is over.
fn state(so_far: Option<f64>, expected: f64, less_is_better: bool, over: bool) -> &'static str {
    match (so_far, less_is_better) {
        (None, _) => "unknown",
        (Some(so_far), true) if so_far > expected => "missed",
        (Some(_), true) => {
            if over {
                "reached"
            } else {
                "open"
            }
        }
        (Some(so_far), false) if so_far >= expected => "reached",
        (Some(_), false) => {
            if over {
                "missed"
            } else {
                "open"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_reached_from_its_own_side() {
        assert_eq!(state(Some(10.0), 10.0, false, false), "reached");
        assert_eq!(state(Some(9.0), 10.0, false, false), "open");
        assert_eq!(state(Some(9.0), 10.0, false, true), "missed");
        assert_eq!(state(Some(9.0), 10.0, true, false), "open");
        assert_eq!(state(Some(9.0), 10.0, true, true), "reached");
        assert_eq!(state(Some(11.0), 10.0, true, false), "missed");
        assert_eq!(state(None, 10.0, false, true), "unknown");
    }

    #[test]
    fn a_goal_needs_a_metric_that_can_be_told() {
        assert!(goal_metric("redemption-rate").is_ok() && goal_metric("revenue").is_ok());
        assert!(goal_metric("luck").unwrap_err().contains("GET /api/v1/metrics"));
        assert!(goal_metric("attributed-revenue").unwrap_err().contains("attribution"));
    }
}
