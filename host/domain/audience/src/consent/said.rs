//! The one rule of what holds for a person: what each of their contacts said
//! last counts, a withdrawal wins at the same instant, one withdrawal is
//! enough, and nothing said is no.

use super::ConsentState;
use rialto_kernel::Id;
use std::collections::HashMap;

/// What the contacts of one person said last of one channel and topic, the
/// statements for every topic among them.
#[derive(Debug, Clone, Default)]
pub(super) struct Said(HashMap<Id, (i64, bool)>);

impl Said {
    /// Take in a statement, in whatever order they come.
    pub(super) fn hear(&mut self, contact: Id, state: ConsentState, at: i64) {
        let rank = (at, state == ConsentState::Withdrawn);
        let held = self.0.entry(contact).or_insert(rank);
        *held = rank.max(*held);
    }

    /// Whether the person agrees.
    pub(super) fn agrees(&self) -> bool {
        !self.0.is_empty() && self.0.values().all(|(_, withdrawn)| !withdrawn)
    }

    /// The contacts whose last word is this.
    pub(super) fn who(&self, state: ConsentState) -> impl Iterator<Item = Id> {
        let withdrawn = state == ConsentState::Withdrawn;
        self.0.iter().filter(move |(_, last)| last.1 == withdrawn).map(|(contact, _)| *contact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_each_counts_and_one_withdrawal_is_enough() {
        let (a, b) = (Id::from_u128(1), Id::from_u128(2));
        let mut said = Said::default();
        assert!(!said.agrees(), "nothing said is no");
        said.hear(a, ConsentState::Granted, 5);
        said.hear(a, ConsentState::Withdrawn, 4);
        assert!(said.agrees());
        said.hear(b, ConsentState::Withdrawn, 1);
        assert!(!said.agrees());
        assert_eq!(said.who(ConsentState::Withdrawn).collect::<Vec<_>>(), [b]);
        said.hear(b, ConsentState::Granted, 1);
        assert!(!said.agrees(), "at the same instant the withdrawal wins");
        said.hear(b, ConsentState::Granted, 2);
        assert!(said.agrees());
    }
}
