//! What goes through a run, word for word, held while it may still be wanted.
//! It is bounded: past its bound nothing of it is kept. What the words mean is
//! for the contract crate to know; here they are only held.

use crate::{capability::RecordedCall, error::RunError};
use std::{any::Any, sync::Arc};

/// The most bytes of what entries are given and answer that are held of a run.
pub(crate) const TAPE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Something that went into an entry or came out of it.
pub type Body = Arc<dyn Any + Send + Sync>;

/// One entry, word for word.
#[derive(Debug, Clone)]
pub struct EntryBody {
    /// `deliver`, `credit` …
    pub name: String,
    /// What it was given.
    pub asked: Body,
    /// What it answered, once that was checked.
    pub answered: Option<Body>,
    /// Why it answered nothing.
    pub error: Option<RunError>,
}

/// All of a run, word for word.
#[derive(Debug, Clone, Default)]
pub struct Bodies {
    /// Its entries, in order.
    pub entries: Vec<EntryBody>,
    /// Its host calls, in order; logs are kept apart.
    pub calls: Vec<RecordedCall>,
}

/// Holds the entries of one run.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    on: bool,
    over: bool,
    bytes: u64,
    entries: Vec<EntryBody>,
}

impl Tape {
    pub(crate) fn new(on: bool) -> Self {
        Self { on, ..Self::default() }
    }

    /// Whether anything more is taken.
    pub(crate) fn takes(&self) -> bool {
        self.on && !self.over
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    fn count(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > TAPE_BYTES_MAX {
            self.over = true;
            self.entries = Vec::new();
        }
    }

    pub(crate) fn asked(&mut self, name: &str, bytes: u64, body: Option<&Body>) {
        let Some(body) = body.filter(|_| self.takes()) else { return };
        self.entries.push(EntryBody { name: name.to_owned(), asked: Arc::clone(body), answered: None, error: None });
        self.count(bytes);
    }

    pub(crate) fn answered(&mut self, bytes: u64, body: Option<&Body>) {
        if !self.takes() {
            return;
        }
        if let (Some(last), Some(body)) = (self.entries.last_mut(), body) {
            last.answered = Some(Arc::clone(body));
        }
        self.count(bytes);
    }

    pub(crate) fn failed(&mut self, name: &str, why: &RunError) {
        if let Some(last) = self.entries.last_mut().filter(|last| last.name == name) {
            last.error.get_or_insert_with(|| why.clone());
        }
    }

    /// What was held; nothing past the bound.
    pub(crate) fn take(&mut self) -> Option<Vec<EntryBody>> {
        self.takes().then(|| std::mem::take(&mut self.entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_its_bound_nothing_is_held() {
        let body: Body = Arc::new(1_u8);
        let mut tape = Tape::new(true);
        tape.asked("a", TAPE_BYTES_MAX, Some(&body));
        assert!(tape.takes());
        tape.answered(1, Some(&body));
        assert!(tape.is_over() && tape.take().is_none());
        let mut off = Tape::new(false);
        off.asked("a", 1, Some(&body));
        assert!(off.take().is_none() && !off.is_over());
    }
}
