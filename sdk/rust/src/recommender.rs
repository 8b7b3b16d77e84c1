//! Recommenders: rank what they are shown for a brief, and say why.

use std::marker::PhantomData;

use serde::{Serialize, de::DeserializeOwned};

use crate::{Fault, OptionBag as _, Options, settings};

pub use crate::bindings::{
    draft::exports::rialto::recommender::draft::Written,
    host::rialto::recommender::inputs::{Brief, Candidates, NumberColumn, TextColumn},
    learn::exports::rialto::recommender::learn::Outcomes,
    recommend::exports::rialto::recommender::recommend::{Ranked, Reason},
};

/// A recommender. `recommend` is all that is required; `learn` and `draft` are
/// exported only when named in [`crate::export!`].
pub trait Recommender: 'static {
    /// The settings of the manifest's schema; [`crate::NoSettings`] when there are none.
    type Settings: DeserializeOwned;

    /// Rank the candidates, best first; what is left out is not recommended.
    ///
    /// # Errors
    /// When the brief or the candidates cannot be used.
    fn recommend(settings: Self::Settings, brief: &Brief, candidates: &Candidates) -> Result<Vec<Ranked>, Fault>;

    /// Take in what came of earlier recommendations.
    ///
    /// # Errors
    /// Nothing was learnt.
    fn learn(settings: Self::Settings, outcomes: &[Outcomes]) -> Result<(), Fault> {
        let _ = (settings, outcomes);
        Err(Fault::unsupported("learn"))
    }

    /// Write drafts that a person edits.
    ///
    /// # Errors
    /// When nothing can be written from the material.
    fn draft(settings: Self::Settings, brief: &Brief, material: &Options) -> Result<Vec<Written>, Fault> {
        let _ = (settings, brief, material);
        Err(Fault::unsupported("draft"))
    }
}

impl Brief {
    /// A fact of the brief, if it is there and fits `T`.
    pub fn fact<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.facts.value(name)
    }

    /// Whether reasons are to be written in Chinese.
    pub fn is_chinese(&self) -> bool {
        self.locale.starts_with("zh")
    }
}

impl Candidates {
    /// Check that every column has an entry for every candidate.
    ///
    /// # Errors
    /// `invalid-input`, naming the column that does not fit.
    pub fn check(&self) -> Result<(), Fault> {
        let count = self.ids.len();
        let texts = self.texts.iter().map(|column| (&column.name, column.values.len()));
        let numbers = self.numbers.iter().map(|column| (&column.name, column.values.len()));
        for (name, length) in texts.chain(numbers) {
            if length != count {
                return Err(Fault::invalid_input(format!(
                    "column `{name}` has {length} entries for {count} candidates"
                )));
            }
        }
        Ok(())
    }

    /// How many candidates there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Walk the candidates.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Candidate<'_>> {
        (0..self.len()).map(|index| Candidate { all: self, index })
    }
}

/// One candidate: a row over the columns.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    all: &'a Candidates,
    index: usize,
}

impl<'a> Candidate<'a> {
    /// Its place among the candidates.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Its id.
    pub fn id(&self) -> &'a str {
        &self.all.ids[self.index]
    }

    /// A text of it; `None` when there is no such column or it is empty.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        let column = self.all.texts.iter().find(|column| column.name == name)?;
        column.values.get(self.index).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A number of it; `None` when there is no such column or it is unknown.
    pub fn number(&self, name: &str) -> Option<f64> {
        let column = self.all.numbers.iter().find(|column| column.name == name)?;
        column.values.get(self.index).copied().filter(|number| number.is_finite())
    }

    /// Rank it with a score; give reasons with [`Ranked::because`].
    pub fn ranked(&self, score: f64) -> Ranked {
        Ranked {
            candidate: u32::try_from(self.index).unwrap_or(u32::MAX),
            score,
            reasons: Vec::new(),
            changes: Options::new(),
        }
    }
}

impl Ranked {
    /// Give a reason: a code for programs, a sentence in the brief's language,
    /// and how much of the score it explains.
    pub fn because(mut self, code: impl Into<String>, text: impl Into<String>, weight: f64) -> Self {
        self.reasons.push(Reason { code: code.into(), text: text.into(), weight });
        self
    }

    /// Suggest a change: a field, and what it might better be.
    pub fn change(mut self, field: &str, value: impl Serialize) -> Self {
        self.changes = self.changes.with(field, value);
        self
    }
}

/// Put the best first; equal scores keep the order of the candidates, so that
/// the same input gives the same answer.
pub fn best_first(mut ranked: Vec<Ranked>) -> Vec<Ranked> {
    ranked.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.candidate.cmp(&other.candidate)));
    ranked
}

/// Carries a recommender over the contract; made by [`crate::export!`].
#[doc(hidden)]
pub struct Glue<T>(PhantomData<T>);

impl<T: Recommender> crate::bindings::recommend::exports::rialto::recommender::recommend::Guest for Glue<T> {
    fn recommend(settings: String, brief: Brief, candidates: Candidates) -> Result<Vec<Ranked>, Fault> {
        candidates.check()?;
        T::recommend(settings::read("settings", &settings)?, &brief, &candidates)
    }
}

impl<T: Recommender> crate::bindings::learn::exports::rialto::recommender::learn::Guest for Glue<T> {
    fn learn(settings: String, outcomes: Vec<Outcomes>) -> Result<(), Fault> {
        for outcome in &outcomes {
            outcome.candidates.check()?;
        }
        T::learn(settings::read("settings", &settings)?, &outcomes)
    }
}

impl<T: Recommender> crate::bindings::draft::exports::rialto::recommender::draft::Guest for Glue<T> {
    fn draft(settings: String, brief: Brief, material: Options) -> Result<Vec<Written>, Fault> {
        T::draft(settings::read("settings", &settings)?, &brief, &material)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Candidates {
        Candidates {
            kind: "creative".to_owned(),
            ids: vec!["a".to_owned(), "b".to_owned()],
            texts: vec![TextColumn { name: "theme".to_owned(), values: vec!["spring".to_owned(), String::new()] }],
            numbers: vec![NumberColumn { name: "past-sends".to_owned(), values: vec![f64::NAN, 7.0] }],
        }
    }

    #[test]
    fn unknown_reads_as_none() {
        let candidates = candidates();
        let read: Vec<_> = candidates.iter().map(|c| (c.id(), c.text("theme"), c.number("past-sends"))).collect();
        assert_eq!(read, vec![("a", Some("spring"), None), ("b", None, Some(7.0))]);
    }

    #[test]
    fn a_short_column_is_named() {
        let mut candidates = candidates();
        candidates.numbers[0].values.pop();
        assert!(candidates.check().unwrap_err().message.contains("past-sends"));
    }

    #[test]
    fn ties_keep_the_order_of_the_candidates() {
        let candidates = candidates();
        let ranked = best_first(candidates.iter().rev().map(|candidate| candidate.ranked(1.0)).collect());
        assert_eq!(ranked.iter().map(|r| r.candidate).collect::<Vec<_>>(), vec![0, 1]);
    }
}
