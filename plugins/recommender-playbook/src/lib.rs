//! Ranks campaign types, creatives and people by a playbook: factors with
//! weights, all of them data.
//!
//! A score is the sum of its reasons' weights, and a reason's weight is the
//! factor's weight times how well the candidate does by it (−1 to 1). What is
//! not known of a candidate gives no reason and no score: nothing is invented.
//!
//! People are ranked by what earlier campaigns taught, where the host tells of
//! them first in the same run: learnt weights, spend or the playbook, whichever
//! did best by cross-validation over whole campaigns. Nothing is kept between
//! runs, so an answer never knows more than the host just told.

pub mod fit;
pub mod measure;
pub mod people;
pub mod playbook;
pub mod say;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use rialto_sdk::{
    Fault, Recommender, log,
    recommender::{Brief, Candidates, Outcomes, Ranked, best_first},
};
use serde::Deserialize;

use fit::{Choice, Chosen, Lesson};
use measure::Measured;
use playbook::{Factor, Playbook};

/// The installation's settings; see the schema in `rialto.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// Other weights, by factor: `"creative.season": 0` switches one off.
    pub weights: BTreeMap<String, f64>,
    /// Other factors for whole kinds, in the playbook's own form.
    pub playbook: Playbook,
    /// At most so many recommendations.
    pub limit: usize,
    /// So many of the best get every reason; those below get one for all, so
    /// that an answer about thousands of people stays within the host's bound.
    pub explain: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { weights: BTreeMap::new(), playbook: Playbook::new(), limit: 2_500, explain: 300 }
    }
}

/// The plugin.
pub struct ByPlaybook;

impl Recommender for ByPlaybook {
    type Settings = Settings;

    fn recommend(settings: Settings, brief: &Brief, candidates: &Candidates) -> Result<Vec<Ranked>, Fault> {
        let taught = LEARNT.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let ranked = match taught.filter(|_| candidates.kind == PEOPLE).map(|chosen| chosen.choice) {
            Some(Choice::Learnt { weights, .. }) => by_lessons(brief, candidates, &weights),
            Some(Choice::Rival(SPEND)) => by_spend(brief, candidates),
            _ => by_playbook(&settings, brief, candidates)?,
        };
        let mut ranked = best_first(ranked.into_iter().map(|one| never_silent(brief, one)).collect());
        ranked.truncate(settings.limit);
        Ok(ranked.into_iter().enumerate().map(|(place, one)| shorten(brief, one, place >= settings.explain)).collect())
    }

    fn learn(settings: Settings, outcomes: &[Outcomes]) -> Result<(), Fault> {
        let about_people = outcomes.iter().filter(|one| one.candidates.kind == PEOPLE);
        let lessons: Vec<Lesson> = about_people.map(|one| lesson(&settings, one)).collect::<Result<_, _>>()?;
        let chosen = fit::choose(&lessons);
        match &chosen {
            Some(chosen) => log::write("info", &told(chosen), &[]),
            None => log::write("info", "too little came of earlier campaigns: people are ranked by the playbook", &[]),
        }
        *LEARNT.lock().unwrap_or_else(PoisonError::into_inner) = chosen;
        Ok(())
    }
}

/// The kind of candidates that there are lessons about.
const PEOPLE: &str = "contact";
/// The rivals' places in a lesson: by spend, by the playbook.
const SPEND: usize = 0;

/// What this run was taught; every run has an instance of its own.
static LEARNT: Mutex<Option<Chosen>> = Mutex::new(None);

/// What came of one campaign, and what its rivals would have said.
fn lesson(settings: &Settings, outcome: &Outcomes) -> Result<Lesson, Fault> {
    let candidates = &outcome.candidates;
    let mut playbook = vec![0.0; candidates.len()];
    for one in by_playbook(settings, &outcome.brief, candidates)? {
        if let Some(score) = playbook.get_mut(one.candidate as usize) {
            *score = one.score;
        }
    }
    Ok(Lesson {
        rows: people::rows(candidates),
        reached: (0..candidates.len()).map(|at| outcome.reached.get(at).is_some_and(|count| *count > 0)).collect(),
        rivals: vec![spend(candidates), playbook],
    })
}

fn told(chosen: &Chosen) -> String {
    let figures = |all: &[f64]| all.iter().map(|gini| format!("{gini:.3}")).collect::<Vec<_>>().join(", ");
    let how = match &chosen.choice {
        Choice::Learnt { penalty, .. } => format!("learnt weights, penalty {penalty}"),
        Choice::Rival(SPEND) => "spend".to_owned(),
        Choice::Rival(_) => "the playbook".to_owned(),
    };
    format!(
        "people are ranked by {how}; Gini on campaigns left out, {} in all: learnt {}; spend, playbook {}",
        chosen.campaigns,
        figures(&chosen.learnt),
        figures(&chosen.rivals)
    )
}

fn by_playbook(settings: &Settings, brief: &Brief, candidates: &Candidates) -> Result<Vec<Ranked>, Fault> {
    let factors = playbook::factors(settings, &candidates.kind, &brief.objective)?;
    let measured: Vec<Measured<'_>> =
        factors.iter().map(|factor| measure::measure(&factor.by, brief, candidates)).collect();
    let ranked = candidates.iter().map(|candidate| {
        let judged = factors.iter().zip(&measured);
        judged.fold(candidate.ranked(0.0), |ranked, (factor, measured)| {
            judge(ranked, brief, factor, measured, candidate.index())
        })
    });
    Ok(ranked.collect())
}

fn by_lessons(brief: &Brief, candidates: &Candidates, weights: &[f64]) -> Vec<Ranked> {
    let rows = people::rows(candidates);
    let each = candidates.iter().zip(&rows).map(|(candidate, row)| {
        let mut ranked = candidate.ranked(fit::score(row, weights));
        let mut parts: Vec<_> = people::FEATURES.iter().zip(row).zip(weights).collect();
        parts.retain(|((_, place), weight)| *place * *weight != 0.0);
        parts.sort_by(|one, other| {
            let size = |((_, place), weight): &((&people::Feature, &f64), &f64)| (*place * *weight).abs();
            size(other).total_cmp(&size(one))
        });
        for ((feature, place), weight) in parts {
            let part = place * weight;
            ranked = ranked.because(feature.code, say::lesson(feature, *place, part, brief.is_chinese()), part);
        }
        ranked
    });
    each.collect()
}

fn by_spend(brief: &Brief, candidates: &Candidates) -> Vec<Ranked> {
    let places = spend(candidates);
    let Some(feature) = people::FEATURES.iter().find(|feature| feature.code == "spend") else { return Vec::new() };
    let each = candidates.iter().zip(places).map(|(candidate, place)| {
        let text = say::lesson(feature, place, place, brief.is_chinese());
        candidate.ranked(place).because(feature.code, text, place)
    });
    each.collect()
}

/// Each person's place by spend.
fn spend(candidates: &Candidates) -> Vec<f64> {
    people::places(&candidates.iter().map(|candidate| candidate.number("spend")).collect::<Vec<_>>())
}

/// One reason for the whole score, for those far down the list.
fn shorten(brief: &Brief, ranked: Ranked, far_down: bool) -> Ranked {
    if !far_down || ranked.reasons.len() < 2 {
        return ranked;
    }
    let text = if brief.is_chinese() { "各项因素合计。" } else { "All factors together." };
    let score = ranked.score;
    Ranked { reasons: Vec::new(), ..ranked }.because("together", text, score)
}

/// Add what one factor says of one candidate.
fn judge(mut ranked: Ranked, brief: &Brief, factor: &Factor, measured: &Measured<'_>, index: usize) -> Ranked {
    let Some(found) = measured.of(index) else { return ranked };
    if let (Some(field), true) = (found.suggest, found.value <= 0.0) {
        ranked = ranked.change(field, found.facts.wanted.as_deref().unwrap_or_default());
    }
    let weight = factor.weight * found.value;
    if weight == 0.0 {
        return ranked;
    }
    ranked.score += weight;
    let sentence = say::sentence(factor, found.value, brief.is_chinese(), &found.facts);
    ranked.because(factor.code.clone(), sentence, weight)
}

/// A candidate of which nothing is known says so.
fn never_silent(brief: &Brief, ranked: Ranked) -> Ranked {
    if !ranked.reasons.is_empty() {
        return ranked;
    }
    let text = match brief.is_chinese() {
        true => "没有可用于评分的资料。",
        false => "Nothing is known that the playbook could rate.",
    };
    ranked.because("nothing-known", text, 0.0)
}

rialto_sdk::export!(recommender: ByPlaybook, learn);
