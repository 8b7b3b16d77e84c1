//! From identities to contacts, in bulk: found, or made. One person's sure
//! identity (`external`, `user_id`) is never put on a contact that has another
//! one of that kind: two customers who share a mailbox stay two.

use super::sql::{
    IdentityPut, contact_blank, contact_push, contact_roots, contact_rows, identity_map, identity_push, identity_rows,
};
use crate::{
    Error,
    error::Result,
    lists::{LIST_MAX, padded, whole_people},
    normalise::IdentityKind,
};
use rialto_kernel::{Id, Ids, Problem, WorkspaceId};
use rialto_store::{Conn, sql, sql_dynamic};
use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

/// One identity of a person, in its one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub kind: IdentityKind,
    pub value: String,
    pub shown: String,
}

/// Who a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// Somebody known.
    Known(Id),
    /// Somebody new; the contact is made.
    New(Id),
    /// Somebody known, and another contact that a weaker identity names.
    Both(Id, Id),
    /// Two contacts, of which this kind of identity names the second.
    Two(IdentityKind),
}

impl Resolved {
    /// The contact that is meant, if one is.
    pub(crate) fn contact(self) -> Option<Id> {
        match self {
            Self::Known(id) | Self::New(id) | Self::Both(id, _) => Some(id),
            Self::Two(_) => None,
        }
    }
}

/// What to do when a person's identities belong to two contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnTwo {
    /// Answer [`Resolved::Two`] and change nothing.
    Report,
    /// Take the surest identity's contact; a merge may follow.
    Surest,
}

/// The settings of a resolution.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolving<'a> {
    pub workspace: WorkspaceId,
    pub ids: &'a Ids,
    pub now: i64,
    /// While the workspace stands in the past: the latest instant that a new
    /// contact becomes known at; [`known_from`] says which it is.
    pub known_at: i64,
    pub source: &'a str,
    pub on_two: OnTwo,
}

const SURE: [IdentityKind; 2] = [IdentityKind::External, IdentityKind::UserId];

type Names = HashMap<(IdentityKind, String), Id>;

/// Find or make the contact of each person; a person's identities come with
/// the surest first. A person without any is answered as `None`.
pub(crate) async fn resolve(
    conn: &mut Conn,
    how: Resolving<'_>,
    people: &[Vec<Wanted>],
) -> Result<Vec<Option<Resolved>>> {
    let mut names = found(conn, how.workspace, people).await?;
    let mut sure = sure_held(conn, how.workspace, people, &names).await?;
    let roots = roots(conn, how.workspace, people, &names).await?;
    let mut answers = Vec::with_capacity(people.len());
    let mut made = Vec::new();
    let mut named: Vec<(usize, usize, Id)> = Vec::new();
    for (at, person) in people.iter().enumerate() {
        let Some(choice) = choose(person, &names, &sure, &roots, how.on_two) else {
            answers.push(None);
            continue;
        };
        let resolved = match choice {
            Choice::Nobody => Resolved::New(how.ids.make()),
            Choice::Contact(id, None) => Resolved::Known(id),
            Choice::Contact(id, Some(other)) => Resolved::Both(id, other),
            Choice::Two(kind) => Resolved::Two(kind),
        };
        if let Some(id) = resolved.contact() {
            for (n, wanted) in person.iter().enumerate() {
                let name = (wanted.kind, wanted.value.clone());
                if let Entry::Vacant(free) = names.entry(name) {
                    free.insert(id);
                    named.push((at, n, id));
                }
                if SURE.contains(&wanted.kind) {
                    sure.insert((id, wanted.kind));
                }
            }
        }
        if let Resolved::New(id) = resolved {
            made.push(id);
        }
        answers.push(Some(resolved));
    }
    contacts_make(conn, how, &made).await?;
    identities_make(conn, how, people, &named).await?;
    Ok(answers)
}

enum Choice {
    Nobody,
    Contact(Id, Option<Id>),
    Two(IdentityKind),
}

/// Whom a person's identities name.
fn choose(
    person: &[Wanted],
    names: &Names,
    sure: &HashSet<(Id, IdentityKind)>,
    roots: &HashMap<Id, Id>,
    on_two: OnTwo,
) -> Option<Choice> {
    person.first()?;
    let (mut chosen, mut other): (Option<Id>, Option<Id>) = (None, None);
    let root = |id: Id| roots.get(&id).copied().unwrap_or(id);
    for (n, wanted) in person.iter().enumerate() {
        let Some(id) = names.get(&(wanted.kind, wanted.value.clone())).copied() else { continue };
        match chosen {
            None => {
                // A surer identity that is new must not join a contact that has one of its kind.
                let clash = person[..n].iter().find(|w| SURE.contains(&w.kind) && sure.contains(&(id, w.kind)));
                match (clash, on_two) {
                    (None, _) => chosen = Some(id),
                    (Some(_), OnTwo::Report) => return Some(Choice::Two(wanted.kind)),
                    (Some(_), OnTwo::Surest) => return Some(Choice::Nobody),
                }
            }
            Some(held) if root(held) == root(id) => {}
            Some(_) if on_two == OnTwo::Report => return Some(Choice::Two(wanted.kind)),
            Some(_) => other = Some(id),
        }
    }
    Some(chosen.map_or(Choice::Nobody, |id| Choice::Contact(id, other)))
}

/// Who has the identities already.
async fn found(conn: &mut Conn, workspace: WorkspaceId, people: &[Vec<Wanted>]) -> Result<Names> {
    let mut by_kind: BTreeMap<IdentityKind, Vec<String>> = BTreeMap::new();
    for wanted in people.iter().flatten() {
        by_kind.entry(wanted.kind).or_default().push(wanted.value.clone());
    }
    let mut names = Names::new();
    for (kind, mut values) in by_kind {
        values.sort_unstable();
        values.dedup();
        let known = identity_map(conn, workspace, kind, "", &values).await?;
        names.extend(known.into_iter().map(|(value, id)| ((kind, value), id)));
    }
    Ok(names)
}

/// Which of the contacts that a weaker identity found are persons with a sure one.
async fn sure_held(
    conn: &mut Conn,
    workspace: WorkspaceId,
    people: &[Vec<Wanted>],
    names: &Names,
) -> Result<HashSet<(Id, IdentityKind)>> {
    let known = |wanted: &Wanted| names.get(&(wanted.kind, wanted.value.clone())).copied();
    let mut doubtful: Vec<Id> = people
        .iter()
        .filter(|person| person.iter().any(|w| SURE.contains(&w.kind) && known(w).is_none()))
        .flat_map(|person| person.iter().filter_map(known))
        .collect();
    doubtful.sort_unstable();
    doubtful.dedup();
    let mut held = HashSet::new();
    for chunk in doubtful.chunks(LIST_MAX) {
        let list = padded(chunk);
        let text = format!(
            "SELECT DISTINCT p.asked, i.kind FROM {} p
             CROSS JOIN identity i
             WHERE i.workspace = $1 AND i.contact = p.id AND i.kind IN ('external', 'user_id')",
            whole_people(2, list.len())
        );
        let rows: Vec<(Id, String)> = sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        held.extend(rows.into_iter().filter_map(|(id, kind)| Some((id, kind.parse().ok()?))));
    }
    Ok(held)
}

/// Who stands for the contacts of people whose identities name several.
async fn roots(
    conn: &mut Conn,
    workspace: WorkspaceId,
    people: &[Vec<Wanted>],
    names: &Names,
) -> Result<HashMap<Id, Id>> {
    let mut several: HashSet<Id> = HashSet::new();
    for person in people {
        let mut ids: Vec<Id> = person.iter().filter_map(|w| names.get(&(w.kind, w.value.clone())).copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > 1 {
            several.extend(ids);
        }
    }
    if several.is_empty() {
        return Ok(HashMap::new());
    }
    let several: Vec<Id> = several.into_iter().collect();
    contact_roots(conn, workspace, &several).await
}

/// While the workspace stands in the past a contact becomes known with the
/// first thing that happened to it: let it be no later than these.
pub(crate) async fn known_from(
    conn: &mut Conn,
    workspace: WorkspaceId,
    seen: impl IntoIterator<Item = (Option<Id>, i64)>,
) -> Result<()> {
    let Some(stands) = conn.stands_at() else { return Ok(()) };
    let mut first: BTreeMap<Id, i64> = BTreeMap::new();
    for (contact, at) in seen {
        if let Some(contact) = contact {
            let held = first.entry(contact).or_insert(i64::MAX);
            *held = (*held).min(at.max(stands));
        }
    }
    for (contact, at) in first {
        sql("UPDATE contact SET created_at = $3 WHERE workspace = $1 AND id = $2 AND created_at > $3")
            .bind(workspace)
            .bind(contact)
            .bind(at)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn contacts_make(conn: &mut Conn, how: Resolving<'_>, made: &[Id]) -> Result<()> {
    if made.is_empty() {
        return Ok(());
    }
    let created_at = conn.stands_at().map_or(how.now, |stands| stands.max(how.known_at));
    let mut rows = contact_rows("");
    for id in made {
        contact_push(&mut rows, how.workspace, &contact_blank(*id, how.source, created_at));
    }
    rows.execute(conn).await?;
    Ok(())
}

async fn identities_make(
    conn: &mut Conn,
    how: Resolving<'_>,
    people: &[Vec<Wanted>],
    named: &[(usize, usize, Id)],
) -> Result<()> {
    if named.is_empty() {
        return Ok(());
    }
    let mut puts: Vec<IdentityPut<'_>> = named
        .iter()
        .filter_map(|(at, n, id)| {
            let wanted = people.get(*at)?.get(*n)?;
            let (value, shown) = (&wanted.value, &wanted.shown);
            Some(IdentityPut { kind: wanted.kind, issuer: "", value, shown, contact: *id })
        })
        .collect();
    // In one order everywhere, so that two writers never wait for each other.
    puts.sort_by(|a, b| (a.kind.as_str(), a.value).cmp(&(b.kind.as_str(), b.value)));
    let mut rows = identity_rows();
    for put in &puts {
        identity_push(&mut rows, how.workspace, how.source, how.now, put);
    }
    if rows.execute(conn).await? < puts.len() as u64 {
        // Another host named somebody at the same time: all of this is done again, and finds them.
        let mut problem = Problem::unavailable("somebody else wrote the same identity; try again");
        problem.retry_after_s = Some(1);
        return Err(Error::Refused(problem.with("race", true)));
    }
    Ok(())
}

/// Whether a failure is a race that doing it again will settle.
pub(crate) fn is_race(error: &Error) -> bool {
    matches!(error, Error::Refused(problem) if problem.more.contains_key("race"))
}
