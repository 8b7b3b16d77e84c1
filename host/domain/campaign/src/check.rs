//! What a plan must be before it is kept. Every mistake is told, each with its
//! field. What only a launch needs is in `preflight`.

use crate::{
    error::{Error, Result},
    lookup,
    model::{Campaign, Goal},
};
use rialto_audience::{experiment::experiment_unusable, segment_known};
use rialto_kernel::{Id, WorkspaceId, problem::FieldError};
use rialto_slice::Host;
use rialto_store::Conn;
use std::{collections::HashSet, sync::OnceLock};

/// The longest name or code, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// The longest note, in bytes.
pub const NOTE_BYTES_MAX: usize = 4_000;
/// Channels of a campaign.
pub const CHANNELS_MAX: usize = 16;
/// Goals of a campaign.
pub const GOALS_MAX: usize = 50;
/// Offers a campaign names by the API; imports may link more.
pub const OFFERS_MAX: usize = 1_000;

/// A line of text that is not empty and not too long.
pub(crate) fn line(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > NAME_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(Error::field(field, format!("must be one line of 1 to {NAME_BYTES_MAX} bytes")));
    }
    Ok(text.to_owned())
}

/// A text that is not too long.
pub(crate) fn bounded(field: &str, text: &str) -> Result<String> {
    if text.len() > NOTE_BYTES_MAX || text.contains('\0') {
        return Err(Error::field(field, format!("must be at most {NOTE_BYTES_MAX} bytes of text")));
    }
    Ok(text.to_owned())
}

/// A code as people may give it.
pub(crate) fn code(text: &str) -> Result<String> {
    let text = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 80 || !text.chars().all(fits) {
        return Err(Error::field("code", "use 1 to 80 letters, digits, `-`, `_` or `.`"));
    }
    Ok(text.to_owned())
}

/// A code made from a name; the id keeps it unique.
pub(crate) fn code_from(name: &str, id: Id) -> String {
    let mut code: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect::<String>()
        .split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    code.truncate(40);
    let tail = id.simple().to_string();
    let tail = &tail[tail.len() - 6..];
    if code.is_empty() { tail.to_owned() } else { format!("{code}-{tail}") }
}

/// Check a whole plan; what it points at must be there.
pub(crate) async fn plan(conn: &mut Conn, ws: WorkspaceId, campaign: &Campaign) -> Result<()> {
    let mut errors = numbers(campaign);
    if let Some(segment) = campaign.segment
        && !segment_known(conn, ws, segment).await.map_err(crate::error::problem)?
    {
        errors.push(mistake("segment", "there is no such segment"));
    }
    if let Some(experiment) = campaign.experiment
        && let Some(wrong) = experiment_unusable(conn, ws, experiment).await.map_err(crate::error::problem)?
    {
        errors.push(mistake("experiment", wrong));
    }
    if let Some(rule) = &campaign.rule
        && let Err(cause) = rialto_audience::Rule::parse(rule.clone())
    {
        errors.push(mistake("rule", cause.to_string()));
    }
    errors.extend(messages(conn, ws, campaign).await?);
    let known: HashSet<Id> = lookup::offers_known(conn, ws, &campaign.offers).await?.into_iter().collect();
    for (at, offer) in campaign.offers.iter().enumerate() {
        if !known.contains(offer) {
            errors.push(mistake(&format!("offers[{at}]"), "there is no such offer"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Fields(errors)) }
}

/// What a goal's metric must be, asked of whoever keeps the catalogue: that is
/// a higher area, which hands its check in when it is made.
type GoalCheck = fn(&str) -> Result<(), String>;

#[derive(Default)]
struct GoalChecks(OnceLock<GoalCheck>);

/// Have goals checked by this from now on; the first one stays.
pub fn register_goal_check(host: &Host, check: GoalCheck) {
    // A second host part would bring the same check.
    let _ = host.slot::<GoalChecks>().0.set(check);
}

/// Refuse goals whose metric no catalogue knows, and a metric twice.
pub(crate) fn goals(host: &Host, goals: &[Goal]) -> Result<()> {
    let slot = host.slot::<GoalChecks>();
    let mut errors = Vec::new();
    let mut seen = HashSet::new();
    for (at, goal) in goals.iter().enumerate() {
        if !seen.insert(goal.metric.as_str()) {
            errors.push(mistake(&format!("goals[{at}].metric"), format!("`{}` is there twice", goal.metric)));
        } else if let Some(Err(wrong)) = slot.0.get().map(|check| check(&goal.metric)) {
            errors.push(mistake(&format!("goals[{at}].metric"), wrong));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Fields(errors)) }
}

fn numbers(campaign: &Campaign) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut check = |wrong: bool, field: &str, message: &str| {
        if wrong {
            errors.push(mistake(field, message));
        }
    };
    check(campaign.unit_cost_minor < 0, "unit_cost_minor", "must not be negative");
    check(campaign.budget_minor.is_some_and(|b| b < 0), "budget_minor", "must not be negative");
    check(campaign.segment.is_some() && campaign.rule.is_some(), "rule", "name a segment or a rule, not both");
    check(campaign.messages.len() > CHANNELS_MAX, "messages", "too many channels (the limit is 16)");
    check(campaign.goals.len() > GOALS_MAX, "goals", "too many goals (the limit is 50)");
    check(campaign.offers.len() > OFFERS_MAX, "offers", "too many offers (the limit is 1,000)");
    check(campaign.goals.iter().any(|g| !g.expected.is_finite()), "goals", "expected values must be finite numbers");
    let texts = [&campaign.kind, &campaign.objective, &campaign.topic];
    check(texts.iter().any(|t| t.len() > NAME_BYTES_MAX), "topic", "kind, objective and topic are at most 200 bytes");
    if let (Some(starts), Some(ends)) = (campaign.starts_at, campaign.ends_at) {
        check(starts >= ends, "ends_at", "must be after starts_at");
    }
    errors
}

async fn messages(conn: &mut Conn, ws: WorkspaceId, campaign: &Campaign) -> Result<Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut channels = HashSet::new();
    for (at, m) in campaign.messages.iter().enumerate() {
        let mut wrong =
            |field: &str, message: String| errors.push(mistake(&format!("messages[{at}].{field}"), message));
        if !channels.insert(m.channel.as_str()) {
            wrong("channel", format!("`{}` is named twice", m.channel));
        }
        match lookup::message_head(conn, ws, m.message).await? {
            None => wrong("message", "there is no such message".to_owned()),
            Some(head) if head.channel != m.channel => {
                wrong("message", format!("it is a message for `{}`, not for `{}`", head.channel, m.channel));
            }
            Some(_) => {}
        }
        if lookup::installation_ready(conn, ws, m.installation).await?.is_none() {
            wrong("installation", "there is no such installation".to_owned());
        }
        if let Some(sender) = m.sender
            && lookup::sender_channel(conn, ws, sender).await?.as_deref() != Some(m.channel.as_str())
        {
            wrong("sender", format!("there is no such sender for `{}`", m.channel));
        }
    }
    Ok(errors)
}

fn mistake(field: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::{code, code_from};
    use rialto_kernel::Id;

    #[test]
    fn a_name_in_any_script_makes_a_code() {
        let id = Id::from_u128(0xabc_def0);
        assert_eq!(code_from("Spring  Sale!", id), "spring-sale-bcdef0");
        assert_eq!(code_from("春季促销", id), "bcdef0");
        assert!(code("春").is_err() && code("").is_err() && code("a b").is_err());
        assert!(code("cj-18").is_ok());
    }
}
