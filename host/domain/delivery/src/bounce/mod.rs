//! What comes back after the server took a mail. A bounce after acceptance is
//! a report beside the row, not a change of it; a mailbox that is gone and a
//! complaint are heeded at once.

mod read;

use crate::{
    Error,
    fan_out::problem,
    model::SendState,
    sql::{self, SendBrief, Turn},
    tracking::{event, read_bounce_local},
};
use read::{Came, Kind};
use rialto_audience::{ConsentState, NewConsent, consent_set, record_events, suppress};
use rialto_kernel::{Id, Ids, WorkspaceId};
use rialto_slice::Host;
use rialto_store::Conn;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// Bytes of a mail that came back.
pub(crate) const BYTES_MAX: usize = 1024 * 1024;

/// What was made of a mail that came back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Taken {
    /// `bounced`, `delayed`, `delivered`, `complained`, `auto_reply` or `other`.
    pub kind: &'static str,
    /// The send it speaks of, where that is known.
    pub send: Option<Uuid>,
    /// Whether it was new; the same mail again counts once.
    pub recorded: bool,
    /// Whether the address will not be sent to again.
    pub suppressed: bool,
}

/// Read a mail that came back and write down what it means.
///
/// # Errors
/// When the store fails; a mail that is not understood is no error.
pub(crate) async fn take(host: &Host, ws: WorkspaceId, raw: &[u8]) -> Result<Taken, Error> {
    let came = read::read(raw);
    let key = key(raw);
    let (keys, ids, now_us) = (host.keys.clone(), host.ids().clone(), host.now_us());
    host.store
        .write(ws, "delivery.bounce", move |conn| {
            Box::pin(async move {
                let mut taken = Taken { kind: word(came.kind), send: None, recorded: false, suppressed: false };
                let Some(send) = find(conn, &keys, ws, &came).await? else { return Ok(taken) };
                taken.send = Some(send.id);
                if matches!(came.kind, Kind::Other | Kind::AutoReply) {
                    return Ok(taken);
                }
                let detail = serde_json::json!({ "status": came.status, "said": came.detail }).to_string();
                taken.recorded =
                    sql::report_insert(conn, ws, ids.make(), send.id, word(came.kind), &key, now_us, &detail).await?;
                if taken.recorded {
                    taken.suppressed = heed(conn, &ids, ws, now_us, &send, &came, &key).await?;
                }
                Ok(taken)
            })
        })
        .await
}

/// The send a mail speaks of: by the address it came to, else by the
/// Message-ID of what it gives back.
async fn find(
    conn: &mut Conn,
    keys: &rialto_kernel::Keys,
    ws: WorkspaceId,
    came: &Came,
) -> Result<Option<SendBrief>, Error> {
    let signed = came.addressed.iter().filter_map(|local| read_bounce_local(keys, local));
    let named = came.about.iter().filter_map(|id| id.split_once('@')).filter_map(|(id, _)| Id::try_parse(id).ok());
    for id in signed.chain(named) {
        if let Some(send) = sql::send_brief(conn, ws, id).await? {
            return Ok(Some(send));
        }
    }
    Ok(None)
}

/// Draw the conclusions; whether the address is suppressed now.
async fn heed(
    conn: &mut Conn,
    ids: &Ids,
    ws: WorkspaceId,
    now_us: i64,
    send: &SendBrief,
    came: &Came,
    key: &str,
) -> Result<bool, Error> {
    resolve(conn, ws, now_us, send, came).await?;
    let mut suppressed = false;
    let reason = match came.kind {
        Kind::Bounced { gone: true } => Some("hard_bounce"),
        Kind::Complained => Some("complaint"),
        _ => None,
    };
    if came.kind == Kind::Complained {
        let consent = NewConsent {
            id: ids.make(),
            contact: send.contact,
            channel: send.channel.clone(),
            topic: send.topic.clone(),
            state: ConsentState::Withdrawn,
            source: "complaint".to_owned(),
            proof: serde_json::json!({ "send": send.id, "report": key }).to_string(),
            actor: "contact".to_owned(),
            at: conn.now_or(now_us),
        };
        consent_set(conn, ws, consent).await.map_err(problem)?;
    }
    if let (Some(reason), Some(hash)) = (reason, &send.address_hash) {
        suppress(conn, ws, &send.channel, hash, reason, "bounce", now_us).await.map_err(problem)?;
        suppressed = true;
    }
    let (gone, complained) = (came.kind == Kind::Bounced { gone: true }, came.kind == Kind::Complained);
    if gone || complained {
        sql::occurrence_tally(conn, ws, send.occurrence, 0, i64::from(gone), i64::from(complained)).await?;
    }
    let name = match came.kind {
        Kind::Bounced { .. } => "bounce",
        Kind::Complained => "complaint",
        _ => return Ok(suppressed),
    };
    let mut event = event(send, name, conn.now_or(now_us));
    event.message_id = Some(format!("{name}/{}/{key}", send.id));
    event.properties.insert("hard".to_owned(), matches!(came.kind, Kind::Bounced { gone: true }).into());
    event.properties.insert("status".to_owned(), came.status.clone().into());
    record_events(conn, ids, now_us, ws, vec![event]).await.map_err(problem)?;
    Ok(suppressed)
}

/// A report settles a send whose fate was not known.
async fn resolve(conn: &mut Conn, ws: WorkspaceId, now_us: i64, send: &SendBrief, came: &Came) -> Result<(), Error> {
    let to = match came.kind {
        Kind::Bounced { .. } => SendState::Rejected,
        Kind::Delivered | Kind::Complained => SendState::Accepted,
        _ => return Ok(()),
    };
    if send.state != SendState::Uncertain.word() {
        return Ok(());
    }
    let turn = Turn {
        from: SendState::Uncertain,
        attempt: send.attempt,
        to,
        reason: None,
        code: Some("report".to_owned()),
        detail: Some(came.detail.clone()),
        provider_id: None,
        due_at: None,
        failures: 0,
    };
    sql::send_turn(conn, ws, now_us, &turn, &[send.id]).await?;
    Ok(())
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Bounced { .. } => "bounced",
        Kind::Delayed => "delayed",
        Kind::Delivered => "delivered",
        Kind::Complained => "complained",
        Kind::AutoReply => "auto_reply",
        Kind::Other => "other",
    }
}

/// Names a mail by its bytes.
fn key(raw: &[u8]) -> String {
    Sha256::digest(raw)[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}
