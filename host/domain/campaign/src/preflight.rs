//! What a launch would do, before it does it. The people are judged by the very
//! code that writes the ledger, so the numbers here are those of the launch.

use crate::{
    actions::{LAUNCH, READ, require},
    error::{Result, problem},
    lookup,
    model::{Blocker, Campaign, CampaignState, ChannelMessage, ChannelPreflight, Preflight},
    plan, sql,
};
use rialto_audience::{RuleSource, people_of};
use rialto_delivery::{Planned, Rules, STEP_ROWS, WaveRules, affordable, count, judge, waiting};
use rialto_kernel::{Id, Money, allot, to_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;

/// Count what a launch would do now.
///
/// # Errors
/// When there is no such campaign, or the caller may not see it.
pub async fn campaign_preflight(host: &Host, caller: &Caller, id: Id) -> Result<Preflight> {
    let mut conn = host.store.read(caller.workspace).await?;
    let campaign = sql::campaign_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    let mut blockers = blockers(host, &mut conn, caller, &campaign).await?;
    let people = match audience(&campaign) {
        Some(source) => people_of(host, &mut conn, caller.workspace, source).await.map_err(problem)?,
        None => Vec::new(),
    };
    if people.is_empty() && blockers.is_empty() {
        blockers.push(blocker("segment", "nobody is in the audience now"));
    }
    let mut channels = Vec::with_capacity(campaign.messages.len());
    let budgets = budgets(&campaign);
    let mut planned = Planned::new();
    for (message, budget) in campaign.messages.iter().zip(budgets) {
        channels.push(channel(host, &mut conn, caller, (&campaign, message), budget, &people, &mut planned).await?);
    }
    let minor = channels.iter().map(|channel| channel.cost_minor).sum();
    let audience = i64::try_from(people.len()).unwrap_or(i64::MAX);
    Ok(Preflight { audience, channels, cost: Money { minor, currency: campaign.currency }, blockers })
}

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

async fn channel(
    host: &Host,
    conn: &mut Conn,
    caller: &Caller,
    (campaign, message): (&Campaign, &ChannelMessage),
    budget: Option<i64>,
    people: &[Id],
    planned: &mut Planned,
) -> Result<ChannelPreflight> {
    let (ws, now_us) = (caller.workspace, host.now_in(caller.workspace));
    let wave = WaveRules {
        channel: message.channel.clone(),
        topic: campaign.topic.clone(),
        affordable: affordable(budget, campaign.unit_cost_minor),
        nobody: None,
        experiment: campaign.experiment,
        at_us: campaign.starts_at.map_or(now_us, |at| to_micros(at).max(now_us)),
        expires_at: campaign.ends_at.map(to_micros),
    };
    let mut rules = Rules::load(conn, ws, wave).await.map_err(problem)?;
    rules.planned = std::mem::take(planned);
    let (mut rows, mut later) = (Vec::new(), 0);
    for step in people.chunks(STEP_ROWS as usize) {
        let judged = judge(conn, &host.keys, ws, &mut rules, step, now_us).await.map_err(problem)?;
        count(&judged, &mut rows);
        later += waiting(&judged);
    }
    *planned = rules.planned;
    let sent: i64 = rows.iter().filter(|row| row.reason.is_none()).map(|row| row.count).sum();
    let cost_minor = sent * campaign.unit_cost_minor;
    Ok(ChannelPreflight { channel: message.channel.clone(), rows, after_quiet_hours: later, cost_minor })
}

/// What stands in the way of a launch.
pub(crate) async fn blockers(
    host: &Host,
    conn: &mut Conn,
    caller: &Caller,
    campaign: &Campaign,
) -> Result<Vec<Blocker>> {
    let mut found = Vec::new();
    if campaign.state != CampaignState::Draft {
        found.push(blocker("state", "only a draft can be launched"));
    }
    if audience(campaign).is_none() {
        found.push(blocker("segment", "choose whom it is for: a segment or a rule"));
    }
    if campaign.topic.is_empty() {
        found.push(blocker("topic", "choose the topic people agreed to"));
    }
    if campaign.messages.is_empty() {
        found.push(blocker("messages", "choose at least one channel and its message"));
    }
    if campaign.ends_at.is_some_and(|at| at.as_microsecond() <= host.now_in(caller.workspace)) {
        found.push(blocker("ends_at", "its end is over; choose a later one"));
    }
    for (at, message) in campaign.messages.iter().enumerate() {
        found.extend(message_blockers(conn, caller, at, message).await?);
    }
    found.extend(plan::launch_allowed(conn, caller.workspace, campaign, host.now_in(caller.workspace)).await?);
    if !caller.may(LAUNCH) {
        found.push(blocker("permission", "a launch needs the permission `campaign.launch`"));
    }
    Ok(found)
}

async fn message_blockers(
    conn: &mut Conn,
    caller: &Caller,
    at: usize,
    message: &ChannelMessage,
) -> Result<Vec<Blocker>> {
    let ws = caller.workspace;
    let mut found = Vec::new();
    let field = |name: &str| format!("messages[{at}].{name}");
    match lookup::message_head(conn, ws, message.message).await? {
        Some(head) if head.archived => found.push(blocker(&field("message"), "the message is archived")),
        Some(head) if head.contents == 0 => found.push(blocker(&field("message"), "the message has no content yet")),
        Some(_) => {}
        None => found.push(blocker(&field("message"), "there is no such message")),
    }
    if lookup::installation_ready(conn, ws, message.installation).await? != Some(true) {
        found.push(blocker(&field("installation"), "the connector is not switched on and approved"));
    }
    if message.channel == "email" && message.sender.is_none() {
        found.push(blocker(&field("sender"), "email needs a sender"));
    }
    Ok(found)
}

fn blocker(field: &str, message: &str) -> Blocker {
    Blocker { field: field.to_owned(), message: message.to_owned() }
}
