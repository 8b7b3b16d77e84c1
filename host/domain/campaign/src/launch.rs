//! Launch, pause, resume, cancel. A launch freezes the audience first; one
//! transaction then turns the campaign, makes its occurrences and queues their
//! jobs. Sending itself is delivery's.

use crate::{
    actions::{LAUNCH, require},
    error::{Error, Result, problem},
    jobs::WATCH,
    lookup,
    model::{Campaign, CampaignState, ChannelMessage},
    plan,
    preflight::{audience, blockers, budgets},
    sql,
};
use rialto_audience::{Snapshot, snapshot_create};
use rialto_creative::{message_load, sender_find};
use rialto_delivery::{
    NewOccurrence, OccurrenceState, WaveContent, occurrence_cancel, occurrence_create, occurrence_pause,
    occurrence_resume, occurrences_of,
};
use rialto_identity::{AuditEntry, audit};
use rialto_jobs::{NewJob, enqueue};
use rialto_kernel::{Id, from_micros, problem::FieldError, to_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};
use serde_json::json;

/// Launch a draft: freeze its audience and let its sends begin.
///
/// # Errors
/// When something stands in the way (each thing is named), nobody is in the
/// audience, or it was changed meanwhile. Nothing has left then.
pub async fn campaign_launch(host: &Host, caller: &Caller, id: Id, expected: IfMatch) -> Result<Campaign> {
    let campaign = ready(host, caller, id, expected).await?;
    let Some(source) = audience(&campaign) else { return Err(Error::field("segment", "choose whom it is for")) };
    let name = format!("{} {}", campaign.code, id.simple());
    let snapshot = snapshot_create(host, caller, source, &name).await.map_err(problem)?;
    if snapshot.size == 0 {
        return Err(Error::field("segment", "nobody is in the audience now; widen the segment, then launch"));
    }
    let contents = contents(host, caller, &campaign).await?;
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "campaign.launch", move |conn| {
            Box::pin(async move { launch(conn, &host_in, &caller_in, campaign, &snapshot, contents).await })
        })
        .await
}

/// What each channel says and from whom, as it is now.
async fn contents(host: &Host, caller: &Caller, campaign: &Campaign) -> Result<Vec<WaveContent>> {
    let ws = caller.workspace;
    let mut conn = host.store.read(ws).await?;
    let mut all = Vec::with_capacity(campaign.messages.len());
    for message in &campaign.messages {
        let sender = match message.sender {
            Some(id) => Some(sender_find(&mut conn, ws, id).await.map_err(problem)?),
            None => None,
        };
        let message = message_load(&mut conn, ws, message.message).await.map_err(problem)?.freeze();
        all.push(WaveContent { message, sender });
    }
    Ok(all)
}

/// The campaign, when nothing stands in the way.
async fn ready(host: &Host, caller: &Caller, id: Id, expected: IfMatch) -> Result<Campaign> {
    let mut conn = host.store.read(caller.workspace).await?;
    let campaign = sql::campaign_find(&mut conn, caller.workspace, id).await?;
    require(&mut conn, caller, campaign.unit, LAUNCH).await?;
    expected.check(campaign.version)?;
    if campaign.state != CampaignState::Draft {
        return Err(Error::state(campaign.state, "only a draft can be launched"));
    }
    let found = blockers(host, &mut conn, caller, &campaign).await?;
    if found.is_empty() {
        return Ok(campaign);
    }
    Err(Error::Fields(found.into_iter().map(|b| FieldError { field: b.field, message: b.message }).collect()))
}

async fn launch(
    conn: &mut Conn,
    host: &Host,
    caller: &Caller,
    mut campaign: Campaign,
    snapshot: &Snapshot,
    contents: Vec<WaveContent>,
) -> Result<Campaign> {
    let (ws, now_us) = (caller.workspace, host.now_us());
    // Looked at again in this transaction: no change slips in after the preflight.
    if let Some(blocker) = plan::launch_allowed(conn, ws, &campaign, host.now_in(ws)).await? {
        return Err(Error::field(&blocker.field, blocker.message));
    }
    campaign.state = CampaignState::Running;
    campaign.snapshot = Some(snapshot.id);
    let at = conn.now_or(now_us);
    campaign.launched_at = Some(from_micros(at));
    campaign.updated_at = from_micros(at);
    campaign.version += 1;
    // Refused when anyone changed or launched it since it was read.
    sql::campaign_put(conn, ws, &campaign).await?;
    for ((message, budget), content) in campaign.messages.iter().zip(budgets(&campaign)).zip(contents) {
        let new = occurrence(conn, caller, &campaign, message, (snapshot, content), budget, now_us).await?;
        occurrence_create(conn, host.ids(), now_us, ws, new).await.map_err(problem)?;
    }
    let watch = NewJob::new(ws, WATCH, json!({ "campaign": campaign.id }), now_us).keyed(campaign.id.to_string());
    enqueue(conn, host.id(), now_us, watch).await.map_err(problem)?;
    let detail = json!({ "audience": snapshot.size, "snapshot": snapshot.id, "channels": campaign.messages.len() });
    let entry = AuditEntry::new(host, caller, "campaign.launch", "campaign", campaign.id);
    audit(conn, &entry.detail(detail)).await?;
    Ok(campaign)
}

async fn occurrence(
    conn: &mut Conn,
    caller: &Caller,
    campaign: &Campaign,
    message: &ChannelMessage,
    (snapshot, content): (&Snapshot, WaveContent),
    budget_minor: Option<i64>,
    now_us: i64,
) -> Result<NewOccurrence> {
    let head =
        lookup::message_head(conn, caller.workspace, message.message).await?.ok_or(Error::NotFound("message"))?;
    if head.version != content.message.version {
        return Err(Error::field(
            "messages",
            "a message was changed while this was launched; look at it, then launch again",
        ));
    }
    Ok(NewOccurrence {
        campaign: Some(campaign.id),
        channel: message.channel.clone(),
        message: message.message,
        message_version: head.version,
        installation: message.installation,
        sender: message.sender,
        mail_server: message.mail_server,
        topic: campaign.topic.clone(),
        snapshot: snapshot.id,
        audience_size: snapshot.size,
        on_uncertain: campaign.on_uncertain,
        unit_cost_minor: campaign.unit_cost_minor,
        currency: campaign.currency,
        budget_minor,
        starts_at: campaign.starts_at.map_or_else(|| conn.now_or(now_us), to_micros),
        expires_at: campaign.ends_at.map(to_micros),
        experiment: campaign.experiment,
        unit: campaign.unit,
        content,
    })
}

/// What a running campaign may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Hold it.
    Pause,
    /// Let it go on.
    Resume,
    /// Stop it for good.
    Cancel,
}

impl Turn {
    fn action(self) -> &'static str {
        match self {
            Self::Pause => "campaign.pause",
            Self::Resume => "campaign.resume",
            Self::Cancel => "campaign.cancel",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Pause => "only a running one can be paused",
            Self::Resume => "only a paused one can be resumed",
            Self::Cancel => "only a running or paused one can be cancelled",
        }
    }

    fn to(self) -> CampaignState {
        match self {
            Self::Pause => CampaignState::Paused,
            Self::Resume => CampaignState::Running,
            Self::Cancel => CampaignState::Cancelled,
        }
    }

    fn allowed(self, from: CampaignState) -> bool {
        match self {
            Self::Pause => from == CampaignState::Running,
            Self::Resume => from == CampaignState::Paused,
            Self::Cancel => matches!(from, CampaignState::Running | CampaignState::Paused),
        }
    }

    /// Whether an occurrence in this state is still to be turned.
    fn turns(self, occurrence: OccurrenceState) -> bool {
        match self {
            Self::Pause => occurrence == OccurrenceState::Running,
            Self::Resume => occurrence == OccurrenceState::Paused,
            Self::Cancel => matches!(occurrence, OccurrenceState::Running | OccurrenceState::Paused),
        }
    }
}

/// Pause, resume or cancel a campaign and its occurrences, in one transaction.
/// Once it commits nothing more leaves but what is already `dispatching`.
///
/// # Errors
/// When its state does not allow it, or the caller may not.
pub async fn campaign_turn(host: &Host, caller: &Caller, id: Id, turn: Turn) -> Result<Campaign> {
    let (workspace, host_in, caller_in) = (caller.workspace, host.clone(), caller.clone());
    host.store
        .write(workspace, "campaign.turn", move |conn| {
            Box::pin(async move {
                let campaign = sql::campaign_find(conn, workspace, id).await?;
                require(conn, &caller_in, campaign.unit, LAUNCH).await?;
                let now_us = host_in.now_in(workspace);
                if !turn.allowed(campaign.state)
                    || !sql::campaign_turn(conn, workspace, id, campaign.state, turn.to(), now_us).await?
                {
                    return Err(Error::state(campaign.state, turn.remedy()));
                }
                for occurrence in occurrences_of(conn, workspace, id).await.map_err(problem)? {
                    if turn.turns(occurrence.state()) {
                        match turn {
                            Turn::Pause => occurrence_pause(conn, workspace, occurrence.id).await,
                            Turn::Resume => occurrence_resume(conn, workspace, occurrence.id).await,
                            Turn::Cancel => occurrence_cancel(conn, workspace, occurrence.id).await,
                        }
                        .map_err(problem)?;
                    }
                }
                audit(conn, &AuditEntry::new(&host_in, &caller_in, turn.action(), "campaign", id)).await?;
                sql::campaign_find(conn, workspace, id).await
            })
        })
        .await
}
