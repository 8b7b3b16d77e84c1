//! The words of the ledger: states, reasons, occurrences, counts. No I/O.

use rialto_creative::{FrozenMessage, Sender};
use rialto_kernel::{Currency, Id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it is stored and shown.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The value of a stored word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// Where a send stands.
    SendState {
        /// Waiting for its turn.
        Pending = "pending",
        /// Taken by a host for attempt n; nothing has left.
        Leased = "leased",
        /// Attempt n may have let the first byte go.
        Dispatching = "dispatching",
        /// To be tried again later.
        Deferred = "deferred",
        /// The other side took it.
        Accepted = "accepted",
        /// The other side never will.
        Rejected = "rejected",
        /// Whether the other side took it cannot be known.
        Uncertain = "uncertain",
        /// It will not be sent; the reason says why.
        NotSent = "not_sent",
    }
}

impl SendState {
    /// Whether the ledger is done with the row.
    #[must_use]
    pub fn terminal(self) -> bool {
        matches!(self, Self::Accepted | Self::Rejected | Self::Uncertain | Self::NotSent)
    }

    /// The changes the ledger knows; anything else is a fault of ours.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use SendState::{Accepted, Deferred, Dispatching, Leased, NotSent, Pending, Rejected, Uncertain};
        match self {
            Pending | Deferred => matches!(next, Leased | NotSent),
            Leased => matches!(next, Dispatching | Pending | Deferred | Rejected | NotSent),
            Dispatching => matches!(next, Accepted | Rejected | Deferred | Pending | Uncertain),
            // A person decides what became of an uncertain one.
            Uncertain => matches!(next, Accepted | Rejected | Pending),
            Accepted | Rejected | NotSent => false,
        }
    }
}

words! {
    /// Why a send was not made.
    Reason {
        /// In the control group.
        HeldOut = "held_out",
        /// The address is on the suppression list.
        Suppressed = "suppressed",
        /// No consent for the channel and topic.
        NoConsent = "no_consent",
        /// No usable address on the channel.
        NoAddress = "no_address",
        /// Over a frequency cap.
        Capped = "capped",
        /// Its time was over.
        Expired = "expired",
        /// Someone else in the audience has the same address.
        DuplicatePerson = "duplicate_person",
        /// The budget was spent.
        OverBudget = "over_budget",
        /// A rule of the channel or region forbids it.
        Policy = "policy",
        /// The campaign was cancelled before its turn.
        Cancelled = "cancelled",
    }
}

impl Reason {
    /// The reason for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::HeldOut => "in the control group, so that what the campaign earned can be measured",
            Self::Suppressed => "the address is on the suppression list",
            Self::NoConsent => "no consent for this channel and topic",
            Self::NoAddress => "no address for this channel",
            Self::Capped => "as many messages as the delivery policy allows had reached the person",
            Self::Expired => "the campaign ended before its turn",
            Self::DuplicatePerson => "the same person or address is in the audience another time",
            Self::OverBudget => "the budget was spent",
            Self::Policy => "the delivery policy bars this region",
            Self::Cancelled => "the campaign was cancelled before its turn",
        }
    }
}

words! {
    /// Where an occurrence stands.
    OccurrenceState {
        /// Sends are being made.
        Running = "running",
        /// Held until resumed.
        Paused = "paused",
        /// Stopped for good; what had not left is not sent.
        Cancelled = "cancelled",
        /// Fanned out, and every row terminal.
        Finished = "finished",
    }
}

words! {
    /// What to do with a send whose fate cannot be known.
    OnUncertain {
        /// Leave it marked: no duplicate.
        Park = "park",
        /// Send it again under the same Message-ID: no loss.
        Resend = "resend",
    }
}

/// A wave of sends to be made: a message over a frozen audience on one channel.
#[derive(Debug, Clone)]
pub struct NewOccurrence {
    /// The campaign it belongs to.
    pub campaign: Option<Id>,
    /// `email`, `sms`, `webhook` …
    pub channel: String,
    /// The message.
    pub message: Id,
    /// Its version at launch.
    pub message_version: i64,
    /// The connector's installation.
    pub installation: Id,
    /// From whom.
    pub sender: Option<Id>,
    /// Through which mail server; `None`: the workspace's first.
    pub mail_server: Option<Id>,
    /// The consent topic.
    pub topic: String,
    /// The frozen audience.
    pub snapshot: Id,
    /// How many are in it.
    pub audience_size: i64,
    /// What to do with uncertain sends.
    pub on_uncertain: OnUncertain,
    /// What one send costs.
    pub unit_cost_minor: i64,
    /// In which currency.
    pub currency: Currency,
    /// The most all sends may cost; `None`: no bound.
    pub budget_minor: Option<i64>,
    /// Not before, UTC microseconds.
    pub starts_at: i64,
    /// Not at or after, UTC microseconds.
    pub expires_at: Option<i64>,
    /// The experiment whose held-out arm is not written to.
    pub experiment: Option<Id>,
    /// The unit whose delivery policy it is judged by; `None`: the workspace's.
    pub unit: Option<Id>,
    /// What is said and by whom, as it is now and will stay.
    pub content: WaveContent,
}

/// What a wave says and from whom, frozen at its launch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WaveContent {
    /// The message in every language, drawn and its links numbered.
    pub message: FrozenMessage,
    /// The sender.
    pub sender: Option<Sender>,
}

/// A wave of sends, as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Occurrence {
    /// Its id.
    pub id: Id,
    /// The campaign it belongs to.
    pub campaign: Option<Id>,
    /// The channel.
    pub channel: String,
    /// The message.
    pub message: Id,
    /// The connector's installation.
    pub installation: Id,
    /// From whom.
    pub sender: Option<Id>,
    /// Through which mail server.
    pub mail_server: Option<Id>,
    /// The consent topic.
    pub topic: String,
    /// The frozen audience.
    pub snapshot: Id,
    /// How many are in it.
    pub audience_size: i64,
    /// An [`OccurrenceState`].
    pub state: String,
    /// An [`OnUncertain`].
    pub on_uncertain: String,
    /// What one send costs.
    pub unit_cost_minor: i64,
    /// In which currency.
    pub currency: String,
    /// The most all sends may cost.
    pub budget_minor: Option<i64>,
    /// What they cost so far.
    pub budget_used: i64,
    /// When the fan-out was done.
    pub fanned_out_at: Option<i64>,
    /// Not before.
    pub starts_at: i64,
    /// Not at or after.
    pub expires_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it was finished or cancelled.
    pub finished_at: Option<i64>,
    /// The experiment whose held-out arm is not written to.
    pub experiment: Option<Id>,
    /// Sends that were taken or turned away since its begin or its last resume.
    pub tried: i64,
    /// Of them, to mailboxes that are gone.
    pub hard_bounces: i64,
    /// Complaints in that time.
    pub complaints: i64,
    /// Why it was held by itself.
    pub hold_reason: Option<String>,
    /// The unit whose delivery policy it is judged by; `None`: the workspace's.
    pub unit: Option<Id>,
}

impl Occurrence {
    /// The state as a value.
    #[must_use]
    pub fn state(&self) -> OccurrenceState {
        OccurrenceState::from_word(&self.state).unwrap_or(OccurrenceState::Paused)
    }

    /// What to do with uncertain sends; parking is the safe reading.
    #[must_use]
    pub fn on_uncertain(&self) -> OnUncertain {
        OnUncertain::from_word(&self.on_uncertain).unwrap_or(OnUncertain::Park)
    }
}

/// Whose ledger rows to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerOf {
    /// Those of one occurrence.
    Occurrence(Id),
    /// Those of all occurrences of a campaign.
    Campaign(Id),
}

/// How many rows are in a state, for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerCount {
    /// The state.
    pub state: SendState,
    /// For `not_sent`, why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How many.
    pub count: i64,
}

/// The ledger in numbers. Once the fan-out is done the counts sum to the audience.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerCounts {
    /// How many people the occurrences were meant for.
    pub audience: i64,
    /// Rows by state and reason.
    pub rows: Vec<LedgerCount>,
    /// What the sends cost so far, minor units.
    pub cost_minor: i64,
    /// Whether every member has a row.
    pub fanned_out: bool,
    /// Whether besides that every row is terminal.
    pub finished: bool,
    /// Why it was held by itself, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<String>,
}

impl LedgerCounts {
    /// Rows in a state, for whatever reason.
    #[must_use]
    pub fn of(&self, state: SendState) -> i64 {
        self.rows.iter().filter(|row| row.state == state).map(|row| row.count).sum()
    }

    /// Rows not sent for a reason.
    #[must_use]
    pub fn not_sent(&self, reason: Reason) -> i64 {
        self.rows.iter().filter(|row| row.reason == Some(reason)).map(|row| row.count).sum()
    }

    /// All rows.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.rows.iter().map(|row| row.count).sum()
    }
}

/// What names an occurrence in a job's payload.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct OccurrenceKey {
    pub(crate) occurrence: Id,
}

#[cfg(test)]
mod tests {
    use super::SendState;

    #[test]
    fn nothing_leaves_without_dispatching_and_what_is_settled_stays() {
        for from in SendState::ALL {
            for to in SendState::ALL {
                if matches!(to, SendState::Accepted | SendState::Uncertain) {
                    let allowed = matches!(from, SendState::Dispatching)
                        || (matches!(from, SendState::Uncertain) && matches!(to, SendState::Accepted));
                    assert_eq!(from.may_become(*to), allowed, "{from:?} to {to:?}");
                }
            }
            if matches!(from, SendState::Accepted | SendState::Rejected | SendState::NotSent) {
                assert!(SendState::ALL.iter().all(|to| !from.may_become(*to)), "{from:?} is settled");
            }
        }
    }

    #[test]
    fn a_word_reads_back_as_what_it_was() {
        for state in SendState::ALL {
            assert_eq!(SendState::from_word(state.word()), Some(*state));
        }
    }
}
