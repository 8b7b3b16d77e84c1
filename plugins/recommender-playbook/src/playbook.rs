//! The playbook: which factors count for which kind of candidate, how much, and
//! what to say about them. Its own is `playbook.json`; settings may override it.

use std::collections::BTreeMap;

use rialto_sdk::Fault;
use serde::Deserialize;

use crate::Settings;

const OWN: &str = include_str!("playbook.json");

/// Factors by kind of candidate.
pub type Playbook = BTreeMap<String, Vec<Factor>>;

/// One thing that speaks for or against a candidate.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Its name.
    pub code: String,
    /// What a perfect candidate gets for it.
    pub weight: f64,
    /// Only for these objectives; for all when empty.
    #[serde(default)]
    pub only: Vec<String>,
    /// Not for these objectives.
    #[serde(default)]
    pub except: Vec<String>,
    /// How it is measured.
    pub by: Measure,
    /// What to say when it speaks for the candidate.
    #[serde(rename = "for")]
    pub in_favour: Sentences,
    /// What to say when it speaks against; the same when absent.
    #[serde(default)]
    pub against: Option<Sentences>,
}

/// A sentence in each language; `{…}` stands for what was found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sentences {
    /// English.
    pub en: String,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    pub zh: String,
}

/// How a factor is measured; each gives −1 to 1, or nothing where the
/// candidate or the brief does not say.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Measure {
    /// 1 where the candidate's words meet the brief's, else `miss`.
    Match {
        /// Columns to look in; the first that says something counts.
        column: Vec<String>,
        /// A fact of the brief, or `objective`.
        fact: String,
        /// What a candidate gets that says something else.
        #[serde(default)]
        miss: f64,
        /// The field to suggest the brief's word for where they differ.
        #[serde(default)]
        suggest: Option<String>,
    },
    /// A table by objective and the candidate's word.
    Table {
        /// Columns to look in; the id when none says anything.
        column: Vec<String>,
        /// Objective, word, value.
        cells: BTreeMap<String, BTreeMap<String, f64>>,
    },
    /// How often it reached what was wanted, shrunk towards all candidates'
    /// rate by `prior` further tries at that rate; relative to that rate.
    Rate {
        /// The column of successes.
        reached: String,
        /// The column of tries.
        tried: String,
        /// How many tries at the common rate every candidate is lent.
        prior: f64,
    },
    /// The place among the candidates, −1 for the lowest to 1 for the highest.
    Rank {
        /// The column.
        column: String,
        /// A column to divide by.
        #[serde(default)]
        per: Option<String>,
        /// Whether low is good.
        #[serde(default)]
        low: bool,
    },
}

/// The factors that count for this kind and objective under these settings.
///
/// # Errors
/// `invalid-input` for a kind without a play, `bad-settings` for a weight of a
/// factor that does not exist or is not a number.
pub fn factors(settings: &Settings, kind: &str, objective: &str) -> Result<Vec<Factor>, Fault> {
    let mut book: Playbook = serde_json::from_str(OWN)?;
    book.extend(settings.playbook.clone());
    for (name, &weight) in &settings.weights {
        let factor = name
            .split_once('.')
            .and_then(|(kind, code)| book.get_mut(kind)?.iter_mut().find(|factor| factor.code == code));
        match factor {
            Some(factor) if weight.is_finite() => factor.weight = weight,
            _ => {
                return Err(Fault::bad_settings(format!(
                    "`weights.{name}` names no factor; write kind.factor, such as creative.season"
                )));
            }
        }
    }
    let known = book.keys().cloned().collect::<Vec<_>>().join(", ");
    let factors = book.remove(kind).ok_or_else(|| {
        Fault::invalid_input(format!("the playbook has no play for candidates of kind `{kind}`; it knows {known}"))
    })?;
    let counts = |factor: &Factor| {
        let named = |list: &[String]| list.iter().any(|one| one == objective);
        (factor.only.is_empty() || named(&factor.only)) && !named(&factor.except) && factor.weight != 0.0
    };
    Ok(factors.into_iter().filter(counts).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(settings: &Settings, kind: &str, objective: &str) -> Vec<String> {
        factors(settings, kind, objective).unwrap().into_iter().map(|factor| factor.code).collect()
    }

    #[test]
    fn the_own_playbook_is_whole() {
        let book: Playbook = serde_json::from_str(OWN).unwrap();
        assert_eq!(book.keys().collect::<Vec<_>>(), ["campaign-type", "contact", "creative"]);
        for factor in book.values().flatten() {
            let texts = [Some(&factor.in_favour), factor.against.as_ref()];
            for text in texts.into_iter().flatten() {
                assert!(text.en.ends_with('.') && text.zh.ends_with('。'), "{}", factor.code);
            }
        }
    }

    #[test]
    fn objectives_choose_factors() {
        let settings = Settings::default();
        assert!(codes(&settings, "contact", "win-back").contains(&"lapsed".to_owned()));
        assert!(!codes(&settings, "contact", "repeat").contains(&"lapsed".to_owned()));
    }

    #[test]
    fn settings_reweigh_and_switch_off() {
        let settings =
            Settings { weights: BTreeMap::from([("creative.season".to_owned(), 0.0)]), ..Settings::default() };
        assert!(!codes(&settings, "creative", "launch").contains(&"season".to_owned()));
        let wrong = Settings { weights: BTreeMap::from([("creative.moon".to_owned(), 1.0)]), ..Settings::default() };
        assert_eq!(factors(&wrong, "creative", "x").unwrap_err().code, "bad-settings");
        assert_eq!(factors(&Settings::default(), "planet", "x").unwrap_err().code, "invalid-input");
    }
}
