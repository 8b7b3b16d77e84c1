//! Why did this person get, or not get, what a campaign sent? One answer, of the
//! audience as it was frozen, the arms of experiments, and the ledger. It works
//! for people who were never in the audience, too.

use crate::{
    actions::{READ, require},
    error::{Error, Result, problem},
    lookup,
    model::{Campaign, CampaignState},
    sql,
};
use jiff::Timestamp;
use rialto_audience::{contact_root, snapshot_find};
use rialto_delivery::{SendWhy, send_why, sends_to};
use rialto_kernel::{Id, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a person got, or did not get, what a campaign sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Why {
    /// In one sentence.
    pub answer: String,
    /// Whom it is about.
    pub contact: Uuid,
    /// The contact that stands for the person, where theirs was merged.
    pub person: Uuid,
    /// The campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<WhyCampaign>,
    /// The audience as it was frozen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<WhyAudience>,
    /// The arms the person is in.
    pub experiments: Vec<WhyArm>,
    /// A send a channel, each with all it was decided by.
    pub sends: Vec<SendWhy>,
}

/// The campaign in question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyCampaign {
    /// The id.
    pub id: Uuid,
    /// Its short name.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it stands.
    pub state: CampaignState,
    /// When it was launched.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub launched_at: Option<Timestamp>,
}

/// The audience as it was frozen at launch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyAudience {
    /// The snapshot.
    pub snapshot: Uuid,
    /// The segment it was taken of.
    pub segment: Option<Uuid>,
    /// The rule as it was then.
    #[schema(value_type = Object)]
    pub rule: serde_json::Value,
    /// The instant it is as of.
    #[schema(value_type = String, format = DateTime)]
    pub taken_at: Timestamp,
    /// How many are in it.
    pub size: i64,
    /// Whether this person is.
    pub member: bool,
}

/// An arm of an experiment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyArm {
    /// The experiment.
    pub experiment: Uuid,
    /// What people call it.
    pub name: String,
    /// The arm.
    pub arm: String,
    /// Whether this arm is not written to.
    pub held_out: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Why a contact got, or did not get, what a campaign (named by id or code) sent.
///
/// # Errors
/// When there is no such contact or campaign, or the caller may not see it.
pub async fn contact_why(host: &Host, caller: &Caller, contact: Id, campaign: Option<&str>) -> Result<Why> {
    let ws = caller.workspace;
    let mut conn = host.store.read(ws).await?;
    let person = contact_root(&mut conn, ws, contact).await.map_err(problem)?.ok_or(Error::NotFound("contact"))?;
    let Some(campaign) = campaign else {
        return Err(Error::field("campaign", "say which campaign, by its id or code"));
    };
    let id = match Id::parse_str(campaign) {
        Ok(id) => id,
        Err(_) => lookup::campaign_by_code(&mut conn, ws, campaign).await?.ok_or(Error::NotFound("campaign"))?,
    };
    let campaign = sql::campaign_find(&mut conn, ws, id).await?;
    require(&mut conn, caller, campaign.unit, READ).await?;
    let audience = audience(&mut conn, caller, &campaign, contact, person).await?;
    let experiments = arms(&mut conn, caller, campaign.experiment, contact, person).await?;
    let ids = sends_to(&mut conn, ws, id, contact, person).await.map_err(problem)?;
    drop(conn);
    let mut sends = Vec::with_capacity(ids.len());
    for send in ids {
        sends.push(send_why(host, caller, send).await.map_err(problem)?);
    }
    let answer = answer(&campaign, audience.as_ref(), &sends);
    Ok(Why { answer, contact, person, campaign: Some(shown(campaign)), audience, experiments, sends })
}

/// Why one send came to be, or not.
///
/// # Errors
/// When there is no such send.
pub async fn send_explained(host: &Host, caller: &Caller, send: Id) -> Result<Why> {
    let ws = caller.workspace;
    let why = send_why(host, caller, send).await.map_err(problem)?;
    let contact = why.send.send.contact;
    let mut conn = host.store.read(ws).await?;
    let person = contact_root(&mut conn, ws, contact).await.map_err(problem)?.unwrap_or(contact);
    let campaign = match why.send.send.campaign {
        Some(id) => Some(sql::campaign_find(&mut conn, ws, id).await?),
        None => None,
    };
    let audience = match &campaign {
        Some(campaign) => audience(&mut conn, caller, campaign, contact, person).await?,
        None => None,
    };
    let experiment = campaign.as_ref().and_then(|campaign| campaign.experiment);
    let experiments = arms(&mut conn, caller, experiment, contact, person).await?;
    let answer = why.answer.clone();
    Ok(Why { answer, contact, person, campaign: campaign.map(shown), audience, experiments, sends: vec![why] })
}

async fn audience(
    conn: &mut Conn,
    caller: &Caller,
    campaign: &Campaign,
    contact: Id,
    person: Id,
) -> Result<Option<WhyAudience>> {
    let Some(id) = campaign.snapshot else { return Ok(None) };
    let snapshot = snapshot_find(conn, caller.workspace, id).await.map_err(problem)?;
    let member = lookup::member_of(conn, caller.workspace, id, contact, person).await?;
    Ok(Some(WhyAudience {
        snapshot: id,
        segment: snapshot.segment,
        rule: snapshot.rule,
        taken_at: snapshot.created_at,
        size: snapshot.size,
        member,
    }))
}

async fn arms(
    conn: &mut Conn,
    caller: &Caller,
    experiment: Option<Id>,
    contact: Id,
    person: Id,
) -> Result<Vec<WhyArm>> {
    let rows = lookup::arms_of_person(conn, caller.workspace, contact, person).await?;
    let counts = |row: &lookup::ArmRow| row.scope == "workspace" || Some(row.experiment) == experiment;
    Ok(rows
        .into_iter()
        .filter(counts)
        .map(|row| WhyArm {
            experiment: row.experiment,
            name: row.name,
            arm: row.arm,
            held_out: row.held_out,
            at: from_micros(row.at),
        })
        .collect())
}

fn answer(campaign: &Campaign, audience: Option<&WhyAudience>, sends: &[SendWhy]) -> String {
    let told = sends.iter().map(|why| format!("by {}: {}", why.send.send.channel, why.answer));
    if let Some(told) = told.reduce(|told, next| format!("{told}; and {next}")) {
        return told;
    }
    match audience {
        None if campaign.state == CampaignState::Past => "the campaign ran elsewhere and has no sends here".to_owned(),
        None => "the campaign is not launched yet".to_owned(),
        Some(audience) if audience.member => "in the audience, and its row is being written".to_owned(),
        Some(_) => "not in the audience: the rule did not match at launch".to_owned(),
    }
}

fn shown(campaign: Campaign) -> WhyCampaign {
    WhyCampaign {
        id: campaign.id,
        code: campaign.code,
        name: campaign.name,
        state: campaign.state,
        launched_at: campaign.launched_at,
    }
}
