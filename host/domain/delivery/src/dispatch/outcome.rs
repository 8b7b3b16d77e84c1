//! What an ending means for the ledger: pure rules, from what the host saw and
//! what a connector claims. Where the two differ the host's own eyes count.

use super::settle::Verdict;
use crate::{
    model::{OnUncertain, SendState},
    smtp::{Fate, one_line},
    sql::{Due, Turn},
};
use rialto_contract::connector::{Outcome, Status};
use rialto_kernel::Id;
use rialto_plugin_host::DeliverySeen;

/// How long a delivery is tried before it is given up: 72 hours.
pub(crate) const GIVE_UP_US: i64 = 72 * 3_600 * 1_000_000;
/// The first wait after the other side said to come later, and the longest.
const BACKOFF_US: i64 = 60 * 1_000_000;
const BACKOFF_MAX_US: i64 = 4 * 3_600 * 1_000_000;
/// The longest wait that a plugin may ask for.
const ASKED_MAX_US: i64 = 24 * 3_600 * 1_000_000;
/// Runs that may fail over a row before it is given up.
pub(crate) const RUN_FAILURES_MAX: i64 = 6;
/// The first wait after a failed run.
const RUN_BACKOFF_US: i64 = 2 * 1_000_000;
/// Times an uncertain one is sent again, where that is wanted.
const RESENDS_MAX: i64 = 3;

/// The attempt that ended.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) due: Due,
    pub(crate) run: Option<Id>,
    pub(crate) started_at: i64,
    pub(crate) now_us: i64,
    pub(crate) on_uncertain: OnUncertain,
    /// A uniform number: retries of many rows must not come all at once.
    pub(crate) jitter: f64,
}

/// The last word on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    Accepted {
        code: String,
        provider_id: Option<String>,
    },
    Rejected {
        code: String,
        mailbox_gone: bool,
    },
    /// Nothing happened; again after what was asked for, or the usual wait.
    Later {
        code: String,
        asked_us: Option<i64>,
    },
    /// Nothing happened and it is nobody's fault: again at once.
    Untouched,
    /// The run failed before anything left.
    RunFailed,
    Uncertain,
}

impl Attempt {
    /// The verdict on a row that is in `from`.
    pub(crate) fn verdict(&self, from: SendState, word: Word, words: &str) -> Verdict {
        let words = one_line(words);
        let mut turn = self.turn(from, &word);
        if turn.to != SendState::Accepted {
            turn.detail = Some(words.clone()).filter(|words| !words.is_empty());
        }
        let gone = matches!(word, Word::Rejected { mailbox_gone: true, .. });
        let uncertain = matches!(word, Word::Uncertain);
        Verdict {
            send: self.due.id,
            contact: self.due.contact,
            turn,
            run: self.run,
            started_at: self.started_at,
            words,
            shown: uncertain.then_some(SendState::Uncertain),
            suppress: self.due.address_hash.clone().filter(|_| gone),
        }
    }

    fn turn(&self, from: SendState, word: &Word) -> Turn {
        let base = Turn {
            from,
            attempt: self.due.attempt,
            to: SendState::Pending,
            reason: None,
            code: None,
            detail: None,
            provider_id: None,
            due_at: None,
            failures: 0,
        };
        match word.clone() {
            Word::Accepted { code, provider_id } => {
                Turn { to: SendState::Accepted, code: Some(code), provider_id, ..base }
            }
            Word::Rejected { code, .. } => Turn { to: SendState::Rejected, code: Some(code), ..base },
            Word::Later { code, .. } if self.too_late() => {
                Turn { to: SendState::Rejected, code: Some(code), failures: 1, ..base }
            }
            Word::Later { code, asked_us } => {
                let wait = asked_us.map_or_else(|| self.backoff(BACKOFF_US), |asked| asked.clamp(1, ASKED_MAX_US));
                let due_at = Some(self.now_us.saturating_add(wait));
                Turn { to: SendState::Deferred, code: Some(code), due_at, failures: 1, ..base }
            }
            Word::Untouched => base,
            Word::RunFailed if self.due.failures + 1 >= RUN_FAILURES_MAX => {
                Turn { to: SendState::Rejected, code: Some("run-failed".to_owned()), failures: 1, ..base }
            }
            Word::RunFailed => {
                let due_at = Some(self.now_us.saturating_add(self.backoff(RUN_BACKOFF_US)));
                Turn { due_at, failures: 1, ..base }
            }
            Word::Uncertain if self.on_uncertain == OnUncertain::Resend && self.due.failures < RESENDS_MAX => {
                let due_at = Some(self.now_us.saturating_add(self.backoff(RUN_BACKOFF_US)));
                Turn { code: Some("uncertain".to_owned()), due_at, failures: 1, ..base }
            }
            Word::Uncertain => Turn { to: SendState::Uncertain, code: Some("uncertain".to_owned()), ..base },
        }
    }

    fn too_late(&self) -> bool {
        self.now_us.saturating_sub(self.due.created_at) > GIVE_UP_US
    }

    fn backoff(&self, first_us: i64) -> i64 {
        let doublings = u32::try_from(self.due.failures.clamp(0, 16)).unwrap_or(0);
        let wait = first_us.saturating_mul(1_i64 << doublings).min(BACKOFF_MAX_US);
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a fifth of a bounded wait")]
        let spread = (wait as f64 * 0.2 * self.jitter) as i64;
        wait + spread
    }
}

/// What an SMTP server's behaviour means.
pub(crate) fn of_fate(fate: &Fate) -> (Word, String) {
    match fate {
        Fate::Accepted { code, text } => (Word::Accepted { code: code.to_string(), provider_id: None }, text.clone()),
        Fate::Deferred { code, text } => (Word::Later { code: code.to_string(), asked_us: None }, text.clone()),
        Fate::Rejected { code, text, recipient } => {
            (Word::Rejected { code: code.to_string(), mailbox_gone: *recipient }, text.clone())
        }
        Fate::Untouched { text, server: true } => (Word::Untouched, text.clone()),
        Fate::Untouched { text, server: false } => {
            (Word::Later { code: "connection".to_owned(), asked_us: None }, text.clone())
        }
        Fate::Uncertain { text } => (Word::Uncertain, text.clone()),
    }
}

/// What becomes of a delivery after a connector's run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// The mail it handed over is to be carried.
    Carry,
    /// It is over, for now or for good.
    Over(Word, String),
}

/// Judge one delivery. `claim` is absent when the run failed or answered wrongly.
pub(crate) fn of_run(claim: Option<&Outcome>, seen: Option<&DeliverySeen>, mailed: bool, failure: &str) -> Next {
    let dispatched = seen.is_some_and(|seen| seen.dispatched);
    match claim {
        Some(outcome) if dispatched => of_claim(outcome, seen),
        Some(outcome) => of_idle_claim(outcome, mailed),
        None if dispatched => of_sight(seen, failure),
        None => Next::Over(Word::RunFailed, failure.to_owned()),
    }
}

/// It claims something about a delivery that did leave.
fn of_claim(outcome: &Outcome, seen: Option<&DeliverySeen>) -> Next {
    let (code, text) = said(outcome, "the connector");
    let word = match Status::of(&outcome.status) {
        Status::Accepted => Word::Accepted { code, provider_id: outcome.provider_id.clone() },
        Status::Rejected => Word::Rejected { code, mailbox_gone: false },
        Status::Retry if seen.is_some_and(nothing_happened) => Word::Later { code, asked_us: asked(outcome) },
        Status::Retry | Status::Submitted | Status::Uncertain => Word::Uncertain,
    };
    Next::Over(word, text)
}

/// It claims something about a delivery for which nothing left through the host.
fn of_idle_claim(outcome: &Outcome, mailed: bool) -> Next {
    let (code, text) = said(outcome, "the connector");
    match Status::of(&outcome.status) {
        Status::Rejected => Next::Over(Word::Rejected { code, mailbox_gone: false }, text),
        Status::Retry => Next::Over(Word::Later { code, asked_us: asked(outcome) }, text),
        Status::Submitted | Status::Accepted | Status::Uncertain if mailed => Next::Carry,
        claimed => {
            let words = format!("the connector answered {claimed:?}, and nothing left through the host");
            Next::Over(Word::RunFailed, words.to_lowercase())
        }
    }
}

/// The run failed after the delivery left: what did the host itself see?
fn of_sight(seen: Option<&DeliverySeen>, failure: &str) -> Next {
    let Some(seen) = seen else { return Next::Over(Word::Uncertain, failure.to_owned()) };
    let words = format!("{failure}; the host saw {}", seen.body_head);
    let word = match seen.status {
        Some(status @ 200..=299) => Word::Accepted { code: status.to_string(), provider_id: None },
        Some(status @ (408 | 425 | 429 | 500..=599)) => Word::Later { code: status.to_string(), asked_us: None },
        Some(status @ 400..=499) => Word::Rejected { code: status.to_string(), mailbox_gone: false },
        Some(_) => Word::Uncertain,
        None if nothing_happened(seen) => Word::Later { code: "connection".to_owned(), asked_us: None },
        None => Word::Uncertain,
    };
    Next::Over(word, words)
}

/// Whether the host knows that the other side did not act: it answered that it
/// would not, or no byte can have left.
fn nothing_happened(seen: &DeliverySeen) -> bool {
    match seen.status {
        Some(status) => !(200..300).contains(&status),
        None => !seen.reached,
    }
}

fn said(outcome: &Outcome, who: &str) -> (String, String) {
    match &outcome.fault {
        Some(fault) => (one_line(&fault.code), fault.message.clone()),
        None => (one_line(&outcome.status), format!("{who} says {}", outcome.status)),
    }
}

fn asked(outcome: &Outcome) -> Option<i64> {
    let ms = outcome.fault.as_ref()?.retry_after_ms?;
    Some(i64::try_from(ms).unwrap_or(i64::MAX).saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(failures: i64, age_us: i64, on_uncertain: OnUncertain) -> Attempt {
        let due = Due {
            id: Id::from_u128(1),
            contact: Id::from_u128(2),
            address: Some("a@b.example".to_owned()),
            address_hash: Some(vec![1]),
            attempt: 3,
            failures,
            cost_minor: 0,
            created_at: 0,
        };
        Attempt { due, run: None, started_at: 0, now_us: age_us, on_uncertain, jitter: 0.5 }
    }

    fn after(fate: Fate, failures: i64, age_us: i64, on_uncertain: OnUncertain) -> Verdict {
        let (word, words) = of_fate(&fate);
        attempt(failures, age_us, on_uncertain).verdict(SendState::Dispatching, word, &words)
    }

    #[test]
    fn smtp_replies_mean_what_the_standard_says() {
        let text = || "5.1.1 gone".to_owned();
        let taken = after(Fate::Accepted { code: 250, text: text() }, 0, 0, OnUncertain::Park);
        assert_eq!((taken.turn.to, taken.turn.code.as_deref()), (SendState::Accepted, Some("250")));
        let later = after(Fate::Deferred { code: 450, text: text() }, 2, 0, OnUncertain::Park);
        assert_eq!(later.turn.to, SendState::Deferred);
        assert!(later.turn.due_at.unwrap() >= 240_000_000, "the third wait is longer than the first");
        let old = after(Fate::Deferred { code: 450, text: text() }, 2, GIVE_UP_US + 1, OnUncertain::Park);
        assert_eq!(old.turn.to, SendState::Rejected);
        let gone = after(Fate::Rejected { code: 550, text: text(), recipient: true }, 0, 0, OnUncertain::Park);
        assert_eq!((gone.turn.to, gone.suppress), (SendState::Rejected, Some(vec![1])));
        let policy = after(Fate::Rejected { code: 550, text: text(), recipient: false }, 0, 0, OnUncertain::Park);
        assert_eq!(policy.suppress, None);
    }

    #[test]
    fn the_uncertain_are_parked_or_sent_again_and_marked_either_way() {
        let lost = || Fate::Uncertain { text: "cut".to_owned() };
        let parked = after(lost(), 0, 0, OnUncertain::Park);
        assert_eq!((parked.turn.to, parked.shown), (SendState::Uncertain, Some(SendState::Uncertain)));
        let again = after(lost(), 0, 0, OnUncertain::Resend);
        assert_eq!((again.turn.to, again.shown), (SendState::Pending, Some(SendState::Uncertain)));
        assert_eq!(after(lost(), RESENDS_MAX, 0, OnUncertain::Resend).turn.to, SendState::Uncertain);
        let untouched = after(Fate::Untouched { text: String::new(), server: true }, 0, 0, OnUncertain::Park);
        assert_eq!((untouched.turn.to, untouched.turn.failures), (SendState::Pending, 0));
    }

    fn claim(status: &str) -> Outcome {
        Outcome { delivery: 0, status: status.to_owned(), provider_id: None, fault: None, options: vec![] }
    }

    fn seen(reached: bool, status: Option<u16>) -> DeliverySeen {
        DeliverySeen {
            delivery: "d".to_owned(),
            dispatched: true,
            reached,
            mail_submitted: false,
            status,
            body_head: String::new(),
            fault: None,
        }
    }

    fn word(next: Next) -> Word {
        match next {
            Next::Over(word, _) => word,
            Next::Carry => panic!("nothing to carry"),
        }
    }

    #[test]
    fn a_claim_without_an_effect_is_a_failed_run() {
        assert_eq!(word(of_run(Some(&claim("accepted")), None, false, "")), Word::RunFailed);
        assert_eq!(word(of_run(Some(&claim("submitted")), None, false, "")), Word::RunFailed);
        assert_eq!(of_run(Some(&claim("submitted")), None, true, ""), Next::Carry);
        assert!(matches!(word(of_run(Some(&claim("rejected")), None, true, "")), Word::Rejected { .. }));
        assert_eq!(word(of_run(None, None, true, "trap")), Word::RunFailed, "its mail is thrown away");
    }

    #[test]
    fn after_a_trap_the_hosts_own_eyes_count() {
        let sight = |reached, status| word(of_run(None, Some(&seen(reached, status)), false, "trap"));
        assert!(matches!(sight(true, Some(204)), Word::Accepted { .. }));
        assert!(matches!(sight(true, Some(503)), Word::Later { .. }));
        assert!(matches!(sight(true, Some(404)), Word::Rejected { .. }));
        assert!(matches!(sight(false, None), Word::Later { .. }));
        assert_eq!(sight(true, None), Word::Uncertain);
    }

    #[test]
    fn retry_is_believed_only_where_nothing_can_have_happened() {
        let claimed =
            |words, reached, status| word(of_run(Some(&claim(words)), Some(&seen(reached, status)), false, ""));
        assert!(matches!(claimed("retry", true, Some(503)), Word::Later { .. }));
        assert!(matches!(claimed("retry", false, None), Word::Later { .. }));
        assert_eq!(claimed("retry", true, Some(200)), Word::Uncertain);
        assert_eq!(claimed("retry", true, None), Word::Uncertain);
        assert_eq!(claimed("odd", true, Some(200)), Word::Uncertain);
    }
}
