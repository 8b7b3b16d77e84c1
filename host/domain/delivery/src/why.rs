//! By what a send was decided: the policy and what its caps counted, the
//! content that was frozen, the connector's binary. Read from the ledger, for
//! whoever asks why; it decides nothing again.

use crate::{
    Error,
    fan_out::problem,
    model::{SendState, WaveContent},
    policy::{Cap, policy_of},
    send::{SendStory, send_story},
    sql,
};
use jiff::Timestamp;
use rialto_audience::contact_root;
use rialto_kernel::{Id, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// One send with all it was decided by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SendWhy {
    /// In one sentence.
    pub answer: String,
    /// The row, its attempts, what came back, and the consent with its proof.
    pub send: SendStory,
    /// The last change of the delivery policies when it was decided; 0 is no policy. The audit log tells each change.
    pub policy_version: Option<i64>,
    /// The caps as they are now, and what each counted when it was decided.
    pub caps: Vec<CapCount>,
    /// What was said, as frozen at launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentBasis>,
    /// What carried it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorBasis>,
}

/// What a cap counted for a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CapCount {
    /// The cap.
    #[serde(flatten)]
    pub cap: Cap,
    /// Whether it holds for this channel and topic.
    pub applies: bool,
    /// Other sends that had left to the person in its window.
    pub counted: i64,
}

/// What was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContentBasis {
    /// The message.
    pub message: Uuid,
    /// Its version at launch.
    pub message_version: i64,
    /// The frozen content of all languages, by its SHA-256.
    pub digest: String,
    /// From whom, as at launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
}

/// What carried it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectorBasis {
    /// The installation.
    pub installation: Uuid,
    /// Its version.
    pub version: Option<String>,
    /// The run of the last attempt.
    pub run: Option<Uuid>,
    /// The SHA-256 of the plugin that ran, where the run is still kept.
    pub digest: Option<String>,
}

/// Why did this send come to be, or not?
///
/// # Errors
/// When there is no such send.
pub async fn send_why(host: &Host, caller: &Caller, id: Id) -> Result<SendWhy, Error> {
    let ws = caller.workspace;
    let send = send_story(host, caller, id).await?;
    let mut conn = host.store.read(ws).await?;
    let conn = &mut conn;
    let basis = sql::send_basis(conn, ws, id).await?.ok_or(Error::NotFound("send"))?;
    let decided_at = basis.dispatched_at.or(basis.settled_at).unwrap_or_else(|| host.now_in(ws));
    let caps = caps_of(conn, ws, (&send, basis.unit), decided_at).await?;
    let content = sql::content_find(conn, ws, send.send.occurrence).await?;
    let content = content.map(|(text, digest)| ContentBasis {
        message: basis.message,
        message_version: basis.message_version,
        digest: hex(&digest),
        sender: sender_of(&text),
    });
    let run = send.attempts.iter().find_map(|attempt| attempt.run);
    let digest = match run {
        Some(run) => sql::run_digest(conn, ws, run).await?,
        None => None,
    };
    let version = send.send.connector_version.clone();
    let connector = (run.is_some() || version.is_some()).then_some(ConnectorBasis {
        installation: basis.installation,
        version,
        run,
        digest,
    });
    Ok(SendWhy { answer: answer(&send), send, policy_version: basis.policy_version, caps, content, connector })
}

/// The sends of a campaign to a person, by the contacts that are this person.
///
/// # Errors
/// When the store fails.
pub async fn sends_to(
    conn: &mut Conn,
    workspace: WorkspaceId,
    campaign: Id,
    contact: Id,
    root: Id,
) -> Result<Vec<Id>, Error> {
    Ok(sql::send_ids_of(conn, workspace, campaign, contact, root).await?)
}

async fn caps_of(
    conn: &mut Conn,
    ws: WorkspaceId,
    (story, unit): (&SendStory, Option<Id>),
    at_us: i64,
) -> Result<Vec<CapCount>, Error> {
    let policy = policy_of(conn, ws, unit).await?;
    let contact = story.send.contact;
    let root = contact_root(conn, ws, contact).await.map_err(problem)?.unwrap_or(contact);
    let contacts: Vec<Id> = sql::person_contacts(conn, ws, &[root]).await?.into_keys().collect();
    let mut all = Vec::with_capacity(policy.rules.caps.len());
    for cap in policy.rules.caps {
        let from_us = at_us.saturating_sub(cap.window_us());
        let rows = sql::send_reached(conn, ws, &cap, (from_us, at_us), &contacts).await?;
        let counted = rows.into_iter().map(|(_, count)| count).sum();
        all.push(CapCount { applies: cap.applies(&story.send.channel, &story.send.topic), cap, counted });
    }
    Ok(all)
}

fn sender_of(content: &str) -> Option<String> {
    let content: WaveContent = serde_json::from_str(content).ok()?;
    content.sender.map(|sender| format!("{} <{}>", sender.name, sender.address))
}

fn answer(story: &SendStory) -> String {
    let send = &story.send;
    let at = |at: Option<Timestamp>| at.map(|at| format!(" ({at})")).unwrap_or_default();
    let code = send.code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
    match (send.state, send.reason) {
        (SendState::NotSent, Some(reason)) => format!("not sent: {}", reason.sentence()),
        (SendState::NotSent, None) => "not sent".to_owned(),
        (SendState::Accepted, _) => {
            format!("sent: the other side took it{}{code}, attempt {}", at(send.dispatched_at), send.attempt)
        }
        (SendState::Rejected, _) => format!("not taken: the other side turned it away for good{code}"),
        (SendState::Uncertain, _) => "it may have arrived: the other side's answer was lost".to_owned(),
        (SendState::Deferred, _) if send.code.as_deref() == Some("quiet-hours") => {
            format!("waits for the end of the person's quiet hours{}", at(send.due_at))
        }
        (SendState::Deferred, _) => format!("waits to be tried again{}{code}", at(send.due_at)),
        (SendState::Pending | SendState::Leased, _) => format!("waits for its turn{}", at(send.due_at)),
        (SendState::Dispatching, _) => format!("on its way since{}", at(send.dispatched_at)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
