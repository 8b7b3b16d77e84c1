//! All that one person said about being written to, and the statements it
//! takes for them to say otherwise. It reads what `consent_allows` decides by,
//! and writes nothing.

use super::{ConsentState, TOPIC_ALL, said::Said};
use crate::{
    contact::{contact_find, person_ids},
    error::Result,
    lists::{LIST_MAX, in_list, padded},
    normalise::IdentityKind,
    person::ERASED,
};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::{Conn, sql_dynamic};
use std::collections::{BTreeMap, BTreeSet};

/// A statement that holds: whose, what, since when.
type Word = (Id, ConsentState, i64);

/// What one person said, as it holds now.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The person's language, as a BCP 47 tag; empty when not known.
    pub locale: String,
    kinds: BTreeSet<String>,
    words: BTreeMap<(String, String), Vec<Word>>,
}

/// Whether anything is held of the person behind this contact: it is there, and
/// was not erased.
///
/// # Errors
/// When the store fails.
pub async fn person_held(conn: &mut Conn, workspace: WorkspaceId, contact: Id) -> Result<bool> {
    Ok(contact_find(conn, workspace, contact).await?.is_some_and(|contact| contact.source != ERASED))
}

/// What the person behind this contact said; `None` where there is no such
/// contact, or nothing is held of them since they were erased.
///
/// # Errors
/// When the store fails.
pub async fn standing_of(conn: &mut Conn, workspace: WorkspaceId, contact: Id) -> Result<Option<Standing>> {
    let Some(own) = contact_find(conn, workspace, contact).await? else { return Ok(None) };
    if own.source == ERASED {
        return Ok(None);
    }
    let root = match own.merged_into {
        Some(winner) => contact_find(conn, workspace, winner).await?.unwrap_or(own),
        None => own,
    };
    let people = person_ids(conn, workspace, root.id).await?;
    let mut standing = Standing { locale: root.locale, kinds: BTreeSet::new(), words: BTreeMap::new() };
    for chunk in people.chunks(LIST_MAX) {
        standing.read(conn, workspace, chunk).await?;
    }
    Ok(Some(standing))
}

impl Standing {
    async fn read(&mut self, conn: &mut Conn, workspace: WorkspaceId, people: &[Id]) -> Result<()> {
        let list = padded(people);
        let within = in_list(2, list.len());
        let text = format!("SELECT DISTINCT kind FROM identity WHERE workspace = $1 AND contact IN {within}");
        let kinds: Vec<(String,)> = sql_dynamic(text).bind(workspace).bind_all(list.clone()).fetch_all(conn).await?;
        self.kinds.extend(kinds.into_iter().map(|(kind,)| kind));
        let text = format!(
            "SELECT contact, channel, topic, state, at FROM consent WHERE workspace = $1 AND contact IN {within}"
        );
        let rows: Vec<(Id, String, String, String, i64)> =
            sql_dynamic(text).bind(workspace).bind_all(list).fetch_all(conn).await?;
        for (contact, channel, topic, state, at) in rows {
            self.hear(contact, &channel, &topic, (ConsentState::of(&state), at));
        }
        Ok(())
    }

    fn hear(&mut self, contact: Id, channel: &str, topic: &str, (state, at): (ConsentState, i64)) {
        self.words.entry((channel.to_owned(), topic.to_owned())).or_default().push((contact, state, at));
    }

    /// Whether the person has an address that this channel writes to.
    #[must_use]
    pub fn has_address(&self, channel: &str) -> bool {
        IdentityKind::of_channel(channel).is_some_and(|kind| self.kinds.contains(kind.as_str()))
    }

    /// The channels the person said anything about.
    #[must_use]
    pub fn channels(&self) -> BTreeSet<&str> {
        self.words.keys().map(|(channel, _)| channel.as_str()).collect()
    }

    /// Whether the person may be written to about this topic by this channel.
    #[must_use]
    pub fn allows(&self, channel: &str, topic: &str) -> bool {
        self.said(channel, topic).agrees()
    }

    /// The contacts that have to say so for the person to agree; `own` speaks
    /// where nobody has yet.
    #[must_use]
    pub fn to_grant(&self, channel: &str, topic: &str, own: Id) -> BTreeSet<Id> {
        let said = self.said(channel, topic);
        match said.agrees() {
            true => BTreeSet::new(),
            false => said.who(ConsentState::Withdrawn).chain([own]).collect(),
        }
    }

    /// The contacts that have to say so for none of them to agree any more:
    /// all that do, lest a merge that is undone brings one back.
    #[must_use]
    pub fn to_withdraw(&self, channel: &str, topic: &str) -> BTreeSet<Id> {
        self.said(channel, topic).who(ConsentState::Granted).collect()
    }

    /// The contacts that have to leave every topic of a channel, `own` at least;
    /// empty where that was said and nothing has been agreed to since.
    #[must_use]
    pub fn to_leave(&self, channel: &str, own: Id) -> BTreeSet<Id> {
        let mut left: BTreeMap<Id, i64> = BTreeMap::new();
        let mut agreed: BTreeMap<Id, i64> = BTreeMap::new();
        for ((_, topic), words) in self.words.iter().filter(|((of, _), _)| of == channel) {
            for (contact, state, at) in words {
                let last = match state {
                    ConsentState::Granted => agreed.entry(*contact).or_insert(*at),
                    ConsentState::Withdrawn if topic == TOPIC_ALL => left.entry(*contact).or_insert(*at),
                    ConsentState::Withdrawn => continue,
                };
                *last = (*last).max(*at);
            }
        }
        let agrees = agreed.iter().filter(|(contact, at)| left.get(contact).is_none_or(|left| left < at));
        let mut all: BTreeSet<Id> = agrees.map(|(contact, _)| *contact).collect();
        if !left.contains_key(&own) {
            all.insert(own);
        }
        all
    }

    /// Every contact that said anything about a channel, and `own`.
    #[must_use]
    pub fn speakers(&self, channel: &str, own: Id) -> BTreeSet<Id> {
        let words = self.words.iter().filter(|((of, _), _)| of == channel).flat_map(|(_, words)| words);
        words.map(|(contact, ..)| *contact).chain([own]).collect()
    }

    fn said(&self, channel: &str, topic: &str) -> Said {
        let mut said = Said::default();
        for topic in [topic, TOPIC_ALL] {
            let key = (channel.to_owned(), topic.to_owned());
            for (contact, state, at) in self.words.get(&key).into_iter().flatten() {
                said.hear(*contact, *state, *at);
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Id = Id::from_u128(1);
    const B: Id = Id::from_u128(2);

    fn standing(words: &[(Id, &str, ConsentState, i64)]) -> Standing {
        let kinds = BTreeSet::from(["email".to_owned()]);
        let mut standing = Standing { locale: String::new(), kinds, words: BTreeMap::new() };
        for (contact, topic, state, at) in words {
            standing.hear(*contact, "email", topic, (*state, *at));
        }
        standing
    }

    #[test]
    fn a_choice_asks_of_those_who_say_otherwise() {
        let held = standing(&[(A, "news", ConsentState::Granted, 1), (B, "*", ConsentState::Withdrawn, 2)]);
        assert!(!held.allows("email", "news"), "one withdrawal is enough");
        assert_eq!(held.to_grant("email", "news", A), BTreeSet::from([A, B]));
        assert_eq!(held.to_withdraw("email", "news"), BTreeSet::from([A]));
        assert_eq!(held.to_grant("sms", "news", A), BTreeSet::from([A]), "nothing said is no");
        assert!(held.has_address("email") && !held.has_address("sms") && !held.has_address("push"));
    }

    #[test]
    fn leaving_everything_is_said_once() {
        let held = standing(&[(A, "news", ConsentState::Granted, 1)]);
        assert_eq!(held.to_leave("email", B), BTreeSet::from([A, B]));
        let left = standing(&[
            (A, "news", ConsentState::Granted, 1),
            (A, "*", ConsentState::Withdrawn, 2),
            (B, "*", ConsentState::Withdrawn, 2),
        ]);
        assert_eq!(left.to_leave("email", B), BTreeSet::new());
        let back = standing(&[(B, "*", ConsentState::Withdrawn, 2), (B, "news", ConsentState::Granted, 3)]);
        assert_eq!(back.to_leave("email", B), BTreeSet::from([B]));
    }
}
