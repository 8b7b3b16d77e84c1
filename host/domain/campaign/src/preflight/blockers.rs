//! What stands in the way of a launch: looked up anew each time, for whoever asks.

use super::count::audience;
use crate::{
    actions::LAUNCH,
    error::Result,
    lookup,
    model::{Blocker, Campaign, CampaignState, ChannelMessage},
    plan,
};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;

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

pub(super) fn blocker(field: &str, message: &str) -> Blocker {
    Blocker { field: field.to_owned(), message: message.to_owned() }
}
