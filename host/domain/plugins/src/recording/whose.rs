//! Whose words a recording holds, so that they go when a person is erased. In
//! doubt they are everyone's, and any erasure takes them.

use rialto_contract::{Asked, Tape};
use rialto_kernel::Id;
use rialto_plugin_host::{HostAnswer, PluginKind};

/// The most contacts a recording is indexed by; one of more is everyone's.
const CONTACTS_MAX: usize = 500;

/// Whose words they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Nobody's.
    Nobody,
    /// These contacts', as far as the one who made the run knows.
    Contacts(Vec<Id>),
    /// Nobody knows: everyone's.
    Everyone,
}

impl Whose {
    /// What holds of a kind when nobody says more.
    pub(crate) fn of(kind: PluginKind) -> Self {
        match kind {
            // Reports see the catalogue, which hides groups of fewer than five.
            PluginKind::Report => Self::Nobody,
            _ => Self::Everyone,
        }
    }

    /// The word for the index, and the contacts for it.
    pub(crate) fn told(self, tape: &Tape) -> (&'static str, Vec<Id>) {
        match self {
            Self::Nobody => ("nobody", Vec::new()),
            Self::Contacts(contacts) if contacts.len() <= CONTACTS_MAX && !reads_state(tape) => ("contacts", contacts),
            Self::Everyone if about_things(tape) => ("nobody", Vec::new()),
            Self::Contacts(_) | Self::Everyone => ("everyone", Vec::new()),
        }
    }
}

/// What an earlier run wrote may be of somebody else.
fn reads_state(tape: &Tape) -> bool {
    tape.calls.iter().any(|call| match &call.answer {
        HostAnswer::Value(Ok(Some(_))) => true,
        HostAnswer::Keys(Ok(keys)) => !keys.is_empty(),
        _ => false,
    })
}

/// Rankings of creatives and of campaigns name nobody.
fn about_things(tape: &Tape) -> bool {
    let things = |asked: &Asked| match asked {
        Asked::Recommend { candidates, .. } => candidates.kind != "contact",
        Asked::DescribeConnector {} | Asked::DescribeReport { .. } => true,
        _ => false,
    };
    !tape.entries.is_empty() && tape.entries.iter().all(|entry| things(&entry.asked)) && !reads_state(tape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_contract::tape::TapedEntry;
    use rialto_plugin_host::{HostCall, Limits, RecordedCall, capability::Blob};

    fn tape(asked: Vec<Asked>, read: bool) -> Tape {
        let call = RecordedCall {
            call: HostCall::StateGet { key: "k".into() },
            answer: HostAnswer::Value(Ok(Some(Blob(b"v".to_vec())))),
        };
        Tape {
            at_us: 0,
            seed: String::new(),
            limits: Limits::of(PluginKind::Connector),
            entries: asked.into_iter().map(|asked| TapedEntry { asked, answered: None, error: None }).collect(),
            calls: if read { vec![call] } else { vec![] },
            logs: vec![],
        }
    }

    #[test]
    fn in_doubt_they_are_everyones() {
        let one = vec![Id::from_u128(1)];
        let check = || vec![Asked::Check { settings: "{}".into() }];
        assert_eq!(Whose::of(PluginKind::Connector).told(&tape(check(), false)).0, "everyone");
        assert_eq!(Whose::of(PluginKind::Attribution).told(&tape(vec![], false)).0, "everyone");
        assert_eq!(Whose::of(PluginKind::Report).told(&tape(vec![], false)).0, "nobody");
        assert_eq!(Whose::Contacts(one.clone()).told(&tape(check(), false)), ("contacts", one.clone()));
        assert_eq!(Whose::Contacts(one).told(&tape(check(), true)).0, "everyone", "state may be of others");
        let many = (0..=CONTACTS_MAX as u128).map(Id::from_u128).collect();
        assert_eq!(Whose::Contacts(many).told(&tape(check(), false)).0, "everyone");
        let describe = vec![Asked::DescribeConnector {}];
        assert_eq!(Whose::Everyone.told(&tape(describe, false)).0, "nobody");
    }
}
