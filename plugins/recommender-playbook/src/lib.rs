//! Ranks campaign types, creatives and people by a playbook: factors with
//! weights, all of them data.
//!
//! A score is the sum of its reasons' weights, and a reason's weight is the
//! factor's weight times how well the candidate does by it (−1 to 1). What is
//! not known of a candidate gives no reason and no score: nothing is invented.

pub mod measure;
pub mod playbook;
pub mod say;

use std::collections::BTreeMap;

use rialto_sdk::{
    Fault, Recommender,
    recommender::{Brief, Candidates, Ranked, best_first},
};
use serde::Deserialize;

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
        let factors = playbook::factors(&settings, &candidates.kind, &brief.objective)?;
        let measured: Vec<Measured<'_>> =
            factors.iter().map(|factor| measure::measure(&factor.by, brief, candidates)).collect();
        let ranked = candidates.iter().map(|candidate| {
            let judged = factors.iter().zip(&measured);
            judged.fold(candidate.ranked(0.0), |ranked, (factor, measured)| {
                judge(ranked, brief, factor, measured, candidate.index())
            })
        });
        let mut ranked = best_first(ranked.map(|ranked| never_silent(brief, ranked)).collect());
        ranked.truncate(settings.limit);
        Ok(ranked.into_iter().enumerate().map(|(place, one)| shorten(brief, one, place >= settings.explain)).collect())
    }
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

rialto_sdk::export!(recommender: ByPlaybook);
