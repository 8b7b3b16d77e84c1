//! One row of the ledger, explained: why did this person get it, or not? And
//! what a person may decide about a send whose fate is not known.

use crate::{
    Error, dispatch,
    fan_out::problem,
    model::{Reason, SendState},
    occurrence::occurrence_get,
    sql::{self, SendFilter, SendRow, Turn},
};
use jiff::Timestamp;
use rialto_audience::{
    ConsentRecord, address_seen, consent_allows, consent_records, consents_seen, json_seen, suppressed, text_seen,
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, Page, PageQuery, from_micros};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Attempts, reports and statements of consent that are shown of one send.
const SHOWN_MAX: u32 = 100;

/// A row of the ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SendView {
    /// The id, which is also the delivery's id for connectors.
    pub id: Uuid,
    /// Its wave.
    pub occurrence: Uuid,
    /// Its campaign.
    pub campaign: Option<Uuid>,
    /// To whom.
    pub contact: Uuid,
    /// By which channel.
    pub channel: String,
    /// The address: whole for those who have `audience.reveal`, masked for others who may read contacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where it stands.
    pub state: SendState,
    /// Why it was not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Attempts so far.
    pub attempt: i64,
    /// When a waiting one is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The person's language.
    pub locale: String,
    /// The consent topic.
    pub topic: String,
    /// The content that was sent, by its SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// The connector's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_version: Option<String>,
    /// What the other side calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The other side's code, or ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it cost, minor units of the occurrence's currency.
    pub cost_minor: i64,
    /// When the row was written.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its last attempt began to leave.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatched_at: Option<Timestamp>,
    /// When it became terminal.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
}

/// One try.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttemptView {
    /// Its number.
    pub attempt: i64,
    /// Which host.
    pub host: String,
    /// The connector's run.
    pub run: Option<Uuid>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub state: String,
    /// The other side's code, or ours.
    pub code: Option<String>,
    /// What was said.
    pub detail: Option<String>,
}

/// What came back later.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportView {
    /// `bounced`, `delayed`, `delivered` or `complained`.
    pub kind: String,
    /// When it was taken in.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it says.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// Everything there is to say about one send.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SendStory {
    /// The row.
    #[serde(flatten)]
    pub send: SendView,
    /// Its attempts, latest first.
    pub attempts: Vec<AttemptView>,
    /// What came back.
    pub reports: Vec<ReportView>,
    /// What the person said about consent, latest first, with the proof.
    pub consent: Vec<ConsentRecord>,
    /// Whether they may be written to about this topic now.
    pub consent_now: bool,
    /// Whether the address is on the suppression list now.
    pub suppressed_now: bool,
}

/// What a list of sends is narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SendQuery {
    /// Of one campaign.
    pub campaign: Option<Uuid>,
    /// Of one wave.
    pub occurrence: Option<Uuid>,
    /// To one contact.
    pub contact: Option<Uuid>,
    /// In one state.
    pub state: Option<SendState>,
    /// Not sent for one reason.
    pub reason: Option<Reason>,
    /// Rows wanted, 1 to 500.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// What a person knows about a send whose fate the host does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// It arrived.
    Accepted,
    /// It did not and never will.
    Rejected,
}

/// A page of sends.
///
/// # Errors
/// When the page is not one of this list.
pub async fn sends(host: &Host, caller: &Caller, query: SendQuery) -> Result<Page<SendView>, Error> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, after) = (page.limit()?, page.after::<Id>()?.unwrap_or_default());
    let filter = SendFilter {
        campaign: query.campaign,
        occurrence: query.occurrence,
        contact: query.contact,
        state: query.state.map(SendState::word),
        reason: query.reason.map(Reason::word),
    };
    let mut conn = host.store.read(caller.workspace).await?;
    let rows = sql::send_list(&mut conn, caller.workspace, &filter, after, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| row.id)?.map(|row| shown(caller, row)))
}

/// One send, explained.
///
/// # Errors
/// When it is not there.
pub async fn send_story(host: &Host, caller: &Caller, id: Id) -> Result<SendStory, Error> {
    let ws = caller.workspace;
    let mut conn = host.store.read(ws).await?;
    let conn = &mut conn;
    let row = sql::send_find(conn, ws, id).await?.ok_or(Error::NotFound("send"))?;
    let attempts = sql::attempt_list(conn, ws, id, SHOWN_MAX).await?;
    let reports = sql::report_list(conn, ws, id, SHOWN_MAX).await?;
    let consent = consent_records(conn, ws, &[row.contact], SHOWN_MAX).await.map_err(problem)?;
    let consent_now = consent_allows(conn, ws, row.contact, &row.channel, &row.topic).await.map_err(problem)?;
    let hash = row.address_hash.clone().or_else(|| row.address.as_ref().map(|a| host.keys.address_hash(ws, a)));
    let suppressed_now = match hash {
        Some(hash) => suppressed(conn, ws, &row.channel, &hash).await.map_err(problem)?,
        None => false,
    };
    Ok(SendStory {
        consent: consents_seen(caller, consent).into_iter().filter(|record| record.channel == row.channel).collect(),
        send: shown(caller, row),
        attempts: attempts.into_iter().map(|row| attempt(caller, row)).collect(),
        reports: reports.into_iter().map(|row| report(caller, row)).collect(),
        consent_now,
        suppressed_now,
    })
}

/// Send a parked one again, under the same Message-ID. It passes the gate like
/// any other.
///
/// # Errors
/// When it is not uncertain.
pub async fn send_resend(host: &Host, caller: &Caller, id: Id) -> Result<(), Error> {
    decide(host, caller, id, SendState::Pending, "send.resend").await
}

/// Say what became of a parked one.
///
/// # Errors
/// When it is not uncertain.
pub async fn send_settle(host: &Host, caller: &Caller, id: Id, known: Settlement) -> Result<(), Error> {
    let to = match known {
        Settlement::Accepted => SendState::Accepted,
        Settlement::Rejected => SendState::Rejected,
    };
    decide(host, caller, id, to, "send.settle").await
}

async fn decide(host: &Host, caller: &Caller, id: Id, to: SendState, action: &'static str) -> Result<(), Error> {
    let (ws, now_us, worker) = (caller.workspace, host.now_us(), host.clone());
    let actor = caller.actor.to_string();
    let entry = AuditEntry::new(host, caller, action, "send", id).detail(serde_json::json!({ "to": to.word() }));
    host.store
        .write(ws, "delivery.decide", move |conn| {
            Box::pin(async move {
                let row = sql::send_find(conn, ws, id).await?.ok_or(Error::NotFound("send"))?;
                let turn = turn(&row, to, now_us, &actor);
                if sql::send_turn(conn, ws, now_us, &turn, &[id]).await? != 1 {
                    return Err(Error::State { state: row.state, remedy: "only an uncertain send can be decided" });
                }
                if to == SendState::Pending {
                    let occurrence = occurrence_get(conn, ws, row.occurrence).await?;
                    dispatch::requeue(conn, &worker, ws, &occurrence).await?;
                }
                audit(conn, &entry).await?;
                Ok(())
            })
        })
        .await
}

fn turn(row: &SendRow, to: SendState, now_us: i64, actor: &str) -> Turn {
    Turn {
        from: SendState::Uncertain,
        attempt: row.attempt,
        to,
        reason: None,
        code: Some("decided".to_owned()),
        detail: Some(format!("by {actor}")),
        provider_id: None,
        due_at: Some(now_us),
        failures: 0,
    }
}

fn shown(caller: &Caller, row: SendRow) -> SendView {
    let state = SendState::from_word(&row.state).unwrap_or(SendState::Uncertain);
    let waits = matches!(state, SendState::Pending | SendState::Deferred);
    SendView {
        id: row.id,
        occurrence: row.occurrence,
        campaign: row.campaign,
        contact: row.contact,
        channel: row.channel,
        address: row.address.and_then(|address| address_seen(caller, address)),
        state,
        reason: row.reason.as_deref().and_then(Reason::from_word),
        attempt: row.attempt,
        due_at: waits.then(|| from_micros(row.due_at)),
        locale: row.locale,
        topic: row.topic,
        content_hash: row.content_hash.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect()),
        connector_version: row.connector_version,
        provider_id: row.provider_id,
        code: row.code,
        detail: row.detail.map(|detail| text_seen(caller, detail)),
        cost_minor: row.cost_minor,
        created_at: from_micros(row.created_at),
        dispatched_at: row.dispatched_at.map(from_micros),
        settled_at: row.settled_at.map(from_micros),
    }
}

fn attempt(caller: &Caller, row: sql::AttemptRow) -> AttemptView {
    let (attempt, host, run, started_at, ended_at, state, code, detail) = row;
    AttemptView {
        attempt,
        host,
        run,
        started_at: from_micros(started_at),
        ended_at: ended_at.map(from_micros),
        state,
        code,
        detail: detail.map(|detail| text_seen(caller, detail)),
    }
}

fn report(caller: &Caller, (kind, at, detail): sql::ReportRow) -> ReportView {
    let detail = serde_json::from_str(&detail).unwrap_or_default();
    ReportView { kind, at: from_micros(at), detail: json_seen(caller, detail) }
}
