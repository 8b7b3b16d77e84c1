//! One batch through the connector: render, one run, judge every delivery by
//! what the host saw, settle, and hand the mails on to be carried.

use super::{
    doors::Deliveries,
    mail::Ready,
    outcome::{Next, Word, of_run},
    render::{Rendered, Rows},
    settle::Verdict,
    work::{Why, Work},
};
use crate::{
    Error,
    model::SendState,
    smtp::{Mail, compose},
    sql::Due,
};
use rialto_contract::connector::{Batch, Outcome, deliver};
use rialto_kernel::Id;
use rialto_plugin_host::{
    DeliverySeen, PluginKind, RunError,
    capability::{Doors, MailContent},
};
use rialto_plugins::{ClosedRun, OpenRun, open_run};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// How long to leave a connector alone that cannot be run.
const CONNECTOR_REST: Duration = Duration::from_secs(15);
/// The longest it may ask to be left alone.
const CONNECTOR_REST_MAX: Duration = Duration::from_secs(15 * 60);

/// Run one batch. Its rows are leased; afterwards each is settled, given back,
/// or on its way through `ready`.
///
/// # Errors
/// When the ledger cannot be written, or belongs to another host now.
pub(crate) async fn run_batch(work: &Arc<Work>, rows: Vec<Due>, ready: &mpsc::Sender<Ready>) -> Result<(), Error> {
    let (rendered, spoilt) = work.content.render(work, rows).await?;
    let verdicts = spoilt.into_iter().map(|(due, words)| spoil(work, &due, None, &words)).collect();
    work.step(verdicts, Vec::new(), None).await?;
    if rendered.rows.is_empty() {
        return Ok(());
    }
    let deliveries = Deliveries::new(work, &rendered.dues(), rendered.hashes());
    let Some(open) = open(work, &deliveries).await else { return Ok(()) };
    let open = open.about(rendered.rows.iter().map(|row| row.due.contact).collect());
    let (run, version) = (open.id(), open.version_label.clone());
    deliveries.began(run, &version);
    let started_at = work.host.now_us();
    let (claims, closed) = call(work, open, &rendered).await;
    let judged = judge(work, &deliveries, &rendered, claims, &closed, started_at).await;
    let mut judged = settle(work, judged, closed, (run, started_at)).await?;
    for (due, content) in judged.carry.drain(..) {
        let Some(person) = rendered.rows.iter().find(|row| row.due.id == due.id) else { continue };
        match write(work, person, &content) {
            Ok(mail) => {
                let content_hash = person.content_hash.clone();
                let mail = Ready { due, mail, run, content_hash, connector_version: version.clone() };
                tokio::select! {
                    sent = ready.send(mail) => if sent.is_err() { return Ok(()) },
                    () = work.halt.wait() => return Ok(()),
                }
            }
            Err(words) => {
                work.step(vec![spoil(work, &due, Some(run), &words)], Vec::new(), None).await?;
            }
        }
    }
    Ok(())
}

/// A row that can never be sent as it is.
fn spoil(work: &Work, due: &Due, run: Option<Id>, words: &str) -> Verdict {
    let word = Word::Rejected { code: "content".to_owned(), mailbox_gone: false };
    work.attempt(due, run, work.host.now_us()).verdict(SendState::Leased, word, words)
}

/// A run of the connector; `None` when it cannot be run now, which is nobody's
/// failure: the rows wait.
async fn open(work: &Arc<Work>, deliveries: &Arc<Deliveries>) -> Option<OpenRun> {
    let doors = Doors {
        mail: Some(Arc::clone(deliveries) as _),
        dispatch: Some(Arc::clone(deliveries) as _),
        address: Some(Arc::clone(deliveries) as _),
        ..Doors::default()
    };
    let (ws, installation) = (work.ledger.workspace, work.occurrence.installation);
    match open_run(&work.host, ws, installation, PluginKind::Connector, doors).await {
        Ok(open) => Some(open),
        Err(cause) => {
            tracing::warn!(%installation, occurrence = %work.occurrence.id, %cause, "the connector cannot be run");
            work.halt.call(Why::Away(CONNECTOR_REST));
            None
        }
    }
}

async fn call(work: &Work, mut open: OpenRun, rendered: &Rows) -> (Result<Vec<Outcome>, RunError>, ClosedRun) {
    let batch = batch(work, &open, rendered);
    let settings = open.settings_json.clone();
    let claims = deliver(&mut open.run, &settings, batch).await;
    (claims, open.finish().await)
}

fn batch(work: &Work, open: &OpenRun, rendered: &Rows) -> Batch {
    let part_names = rendered.part_names();
    let columns = super::columns::granted(&open.grants);
    let mut batch = Batch {
        channel: work.occurrence.channel.clone(),
        topic: work.occurrence.topic.clone(),
        ids: rendered.rows.iter().map(|row| row.due.id.to_string()).collect(),
        parts: Vec::with_capacity(rendered.rows.len() * part_names.len()),
        columns: Vec::with_capacity(rendered.rows.len() * columns.len()),
        column_names: columns.clone(),
        options: Vec::new(),
        part_names: Vec::new(),
    };
    for row in &rendered.rows {
        batch.parts.extend(part_names.iter().map(|name| row.part(name)));
        batch.columns.extend(
            columns.iter().map(|name| {
                super::columns::value(&work.host.keys, open.installation, work.ledger.workspace, row, name)
            }),
        );
    }
    batch.part_names = part_names;
    batch
}

/// What is to become of the rows of a batch.
#[derive(Default)]
struct Judged {
    verdicts: Vec<Verdict>,
    carry: Vec<(Due, MailContent)>,
    /// Rows as they were, to be judged again without claims.
    seen: Vec<(Due, Option<DeliverySeen>)>,
}

async fn judge(
    work: &Work,
    deliveries: &Deliveries,
    rendered: &Rows,
    claims: Result<Vec<Outcome>, RunError>,
    closed: &ClosedRun,
    started_at: i64,
) -> Judged {
    let gone = deliveries.gone().await;
    let failure = claims.as_ref().err().map(ToString::to_string).unwrap_or_default();
    let refused = refused(work, claims.as_ref().err());
    let claims = claims.unwrap_or_default();
    let mut seen: HashMap<&str, &DeliverySeen> =
        closed.deliveries.iter().map(|seen| (seen.delivery.as_str(), seen)).collect();
    let mut judged = Judged::default();
    for (at, row) in rendered.rows.iter().enumerate() {
        let due = &row.due;
        if gone.refused.contains(&due.id) {
            continue;
        }
        let dispatched = gone.dispatched.contains(&due.id);
        let sight = seen.remove(due.id.to_string().as_str()).filter(|_| dispatched).cloned();
        let sight = sight.or_else(|| dispatched.then(|| unseen(due)));
        let next = of_run(claims.get(at), sight.as_ref(), deliveries.has_mail(due.id), &failure);
        judged.seen.push((due.clone(), sight));
        match (next, deliveries.take_mail(due.id)) {
            (Next::Carry, Some(content)) => judged.carry.push((due.clone(), content)),
            (Next::Carry, None) => {}
            (Next::Over(word, words), _) => {
                let attempt = work.attempt(due, Some(closed.record.run), started_at);
                let word = if refused && !dispatched { Word::Untouched } else { word };
                judged.verdicts.push(attempt.verdict(state(dispatched), word, &words));
            }
        }
    }
    judged
}

/// Whether the connector said that it sends nothing now (its other side is
/// away, its settings are wrong). That is no row's failure: all of them wait.
fn refused(work: &Work, error: Option<&RunError>) -> bool {
    let Some(RunError::Fault { fault, .. }) = error else { return false };
    let asked = fault.retry_after_ms.map_or(CONNECTOR_REST, Duration::from_millis);
    tracing::warn!(occurrence = %work.occurrence.id, code = fault.code, message = fault.message, "the connector refuses");
    work.halt.call(Why::Away(asked.clamp(Duration::from_secs(1), CONNECTOR_REST_MAX)));
    true
}

/// Settle the batch with what the run wants kept. Where that does not stand,
/// the run counts as failed: its claims and its mails are thrown away, and
/// what left is judged by what the host saw.
async fn settle(work: &Work, judged: Judged, closed: ClosedRun, (run, started_at): (Id, i64)) -> Result<Judged, Error> {
    let state = (!closed.state.is_empty()).then(|| Arc::new(closed.state));
    let Judged { verdicts, carry, seen } = judged;
    match work.step(verdicts, Vec::new(), state).await {
        Ok(_) => Ok(Judged { carry, ..Judged::default() }),
        Err(Error::Answer(why)) => {
            let verdicts = seen.iter().filter_map(|(due, sight)| {
                let Next::Over(word, words) = of_run(None, sight.as_ref(), false, &why) else { return None };
                let attempt = work.attempt(due, Some(run), started_at);
                Some(attempt.verdict(self::state(sight.is_some()), word, &words))
            });
            work.step(verdicts.collect(), Vec::new(), None).await?;
            Ok(Judged::default())
        }
        Err(other) => Err(other),
    }
}

fn state(dispatched: bool) -> SendState {
    if dispatched { SendState::Dispatching } else { SendState::Leased }
}

/// The ledger let it go and the host has nothing to say of what followed.
fn unseen(due: &Due) -> DeliverySeen {
    DeliverySeen {
        delivery: due.id.to_string(),
        dispatched: true,
        reached: true,
        mail_submitted: false,
        status: None,
        body_head: String::new(),
        fault: None,
    }
}

/// The mail as it leaves, with the host's own envelope and headers.
fn write(work: &Work, row: &Rendered, content: &MailContent) -> Result<Mail, String> {
    let address = row.due.address.as_deref().ok_or("the row has no address")?;
    let letter = work.content.letter(work.host.clock.now(), row, address, content);
    let signer = work.pool.as_ref().and_then(|pool| pool.server().dkim.as_deref());
    let bytes = compose(&letter, signer)?;
    let bounce_domain = work.pool.as_ref().map(|pool| pool.server().bounce_domain.clone()).unwrap_or_default();
    let from = if bounce_domain.is_empty() {
        work.content.sender_address().to_owned()
    } else {
        format!("{}@{bounce_domain}", crate::tracking::bounce_local(&work.host.keys, row.due.id))
    };
    Ok(Mail { from, to: address.to_owned(), bytes })
}
