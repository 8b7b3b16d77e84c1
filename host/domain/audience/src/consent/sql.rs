//! Statements about consent.

use super::{Consent, ConsentRecord, ConsentState, NewConsent, TOPIC_ALL, gate_turn, said::Said};
use crate::{
    error::Result,
    lists::{LIST_MAX, in_list, padded, whole_people},
    waiting::{Waiting, wait_for},
};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_store::{BulkInsert, Conn, sql, sql_dynamic};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Record a statement of consent under the person's lock. What holds now is
/// what was said last, whatever the order in which it was written down.
///
/// # Errors
/// When there is no such contact, or a text is empty or too long.
pub async fn consent_set(conn: &mut Conn, workspace: WorkspaceId, new: NewConsent) -> Result<()> {
    let new = new.checked()?;
    gate_turn(conn, workspace, new.contact).await?;
    consents_put(conn, workspace, vec![new]).await
}

/// Record several statements of one person together. Whoever found out which
/// are new holds the person's lock since before.
///
/// # Errors
/// When there is no such contact, or a text is empty or too long.
pub async fn consents_set(conn: &mut Conn, workspace: WorkspaceId, new: Vec<NewConsent>) -> Result<()> {
    let new = new.into_iter().map(NewConsent::checked).collect::<Result<_>>()?;
    consents_put(conn, workspace, new).await
}

/// Record many statements (of contacts nobody is sending to yet: an import of
/// new consents); a withdrawal still takes its person's lock.
pub(crate) async fn consents_put(conn: &mut Conn, workspace: WorkspaceId, new: Vec<NewConsent>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let withdrawn: HashSet<Id> = new.iter().filter(|n| n.state == ConsentState::Withdrawn).map(|n| n.contact).collect();
    let mut turns: Vec<Id> = withdrawn.into_iter().collect();
    turns.sort_unstable();
    for contact in turns {
        gate_turn(conn, workspace, contact).await?;
    }
    records_put(conn, workspace, &new).await?;
    let present = conn.now_or(i64::MAX);
    let (known, later): (Vec<_>, Vec<_>) = new.into_iter().partition(|n| n.at <= present);
    wait_for(conn, workspace, later.into_iter().map(|n| (n.id, Waiting::Consent(n)))).await?;
    consents_now(conn, workspace, &known).await
}

async fn records_put(conn: &mut Conn, workspace: WorkspaceId, new: &[NewConsent]) -> Result<()> {
    const RECORD: &[&str] =
        &["workspace", "id", "contact", "channel", "topic", "state", "source", "proof", "actor", "at"];
    let mut records = BulkInsert::new("consent_record", RECORD, "");
    for n in new {
        records.push([
            workspace.into(),
            n.id.into(),
            n.contact.into(),
            (&n.channel).into(),
            (&n.topic).into(),
            n.state.as_str().into(),
            (&n.source).into(),
            (&n.proof).into(),
            (&n.actor).into(),
            n.at.into(),
        ]);
    }
    records.execute(conn).await?;
    Ok(())
}

/// What holds now, after these statements.
pub(crate) async fn consents_now(conn: &mut Conn, workspace: WorkspaceId, new: &[NewConsent]) -> Result<()> {
    const CURRENT: &[&str] = &["workspace", "contact", "channel", "topic", "state", "record", "at"];
    if new.is_empty() {
        return Ok(());
    }
    let mut current = BulkInsert::new(
        "consent",
        CURRENT,
        "ON CONFLICT (workspace, contact, channel, topic) DO UPDATE SET state = excluded.state, \
         record = excluded.record, at = excluded.at WHERE excluded.at >= consent.at",
    );
    for n in last_said(new) {
        current.push([
            workspace.into(),
            n.contact.into(),
            (&n.channel).into(),
            (&n.topic).into(),
            n.state.as_str().into(),
            n.id.into(),
            n.at.into(),
        ]);
    }
    current.execute(conn).await?;
    Ok(())
}

/// The last statement of each person, channel and topic; of two at the same
/// instant the withdrawal.
fn last_said(new: &[NewConsent]) -> Vec<&NewConsent> {
    let rank = |n: &NewConsent| (n.at, n.state == ConsentState::Withdrawn);
    let mut last: BTreeMap<(Id, &str, &str), &NewConsent> = BTreeMap::new();
    for n in new {
        let slot = (n.contact, n.channel.as_str(), n.topic.as_str());
        if last.get(&slot).is_none_or(|held| rank(held) <= rank(n)) {
            last.insert(slot, n);
        }
    }
    last.into_values().collect()
}

/// Whether this person may be written to about this topic by this channel. Of
/// the topic's own statement and the one for all topics the later counts; no
/// statement means no; and where several contacts are one person, one
/// withdrawal is enough.
///
/// # Errors
/// When the store fails.
pub async fn consent_allows(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contact: Id,
    channel: &str,
    topic: &str,
) -> Result<bool> {
    Ok(consent_allowed(conn, workspace, &[contact], channel, topic).await?.contains(&contact))
}

/// Which of these contacts may be written to, as [`consent_allows`] says.
///
/// # Errors
/// When the store fails.
pub async fn consent_allowed(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contacts: &[Id],
    channel: &str,
    topic: &str,
) -> Result<HashSet<Id>> {
    let mut allowed = HashSet::new();
    for chunk in contacts.chunks(LIST_MAX) {
        let verdicts = verdicts(conn, workspace, chunk, channel, topic).await?;
        allowed.extend(chunk.iter().filter(|id| verdicts.get(id) == Some(&true)));
    }
    Ok(allowed)
}

/// Whether each contact's person agrees; absent where nothing was said.
async fn verdicts(
    conn: &mut Conn,
    workspace: WorkspaceId,
    contacts: &[Id],
    channel: &str,
    topic: &str,
) -> Result<HashMap<Id, bool>> {
    type Row = (Id, Id, String, i64);
    let list = padded(contacts);
    let text = format!(
        "SELECT p.asked, p.id, s.state, s.at FROM {} p
         CROSS JOIN consent s
         WHERE s.workspace = $1 AND s.contact = p.id AND s.channel = $2 AND s.topic IN ($3, $4)",
        whole_people(5, list.len())
    );
    let query = sql_dynamic(text).bind(workspace).bind(channel).bind(topic).bind(TOPIC_ALL).bind_all(list);
    let rows: Vec<Row> = query.fetch_all(conn).await?;
    let mut said: HashMap<Id, Said> = HashMap::new();
    for (asked, contact, state, at) in rows {
        said.entry(asked).or_default().hear(contact, ConsentState::of(&state), at);
    }
    Ok(said.into_iter().map(|(asked, said)| (asked, said.agrees())).collect())
}

/// What holds now for these contacts, which are one person.
pub(crate) async fn consent_current(conn: &mut Conn, workspace: WorkspaceId, people: &[Id]) -> Result<Vec<Consent>> {
    let list = padded(&people[..people.len().min(LIST_MAX)]);
    let text = format!(
        "SELECT channel, topic, state, record, at FROM consent
         WHERE workspace = $1 AND contact IN {} ORDER BY channel, topic, at DESC LIMIT 1000",
        in_list(2, list.len())
    );
    let rows: Vec<(String, String, String, Id, i64)> =
        sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
    let shown = |(channel, topic, state, record, at): (String, String, String, Id, i64)| Consent {
        channel,
        topic,
        state: ConsentState::of(&state),
        at: from_micros(at),
        record,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// The statements of one person, latest first.
///
/// # Errors
/// When the store fails.
pub async fn consent_records(
    conn: &mut Conn,
    workspace: WorkspaceId,
    people: &[Id],
    limit: u32,
) -> Result<Vec<ConsentRecord>> {
    type Row = (Id, Id, String, String, String, String, String, String, i64);
    let mut all: Vec<ConsentRecord> = Vec::new();
    for contact in people {
        let rows: Vec<Row> =
            sql("SELECT id, contact, channel, topic, state, source, proof, actor, at FROM consent_record
             WHERE workspace = $1 AND contact = $2 ORDER BY at DESC, id DESC LIMIT $3")
            .bind(workspace)
            .bind(*contact)
            .bind(limit)
            .fetch_all(conn)
            .await?;
        all.extend(rows.into_iter().map(|(id, contact, channel, topic, state, source, proof, actor, at)| {
            let state = ConsentState::of(&state);
            ConsentRecord { id, contact, channel, topic, state, source, proof, actor, at: from_micros(at) }
        }));
    }
    all.sort_by_key(|record| std::cmp::Reverse((record.at, record.id)));
    all.truncate(limit as usize);
    Ok(all)
}
