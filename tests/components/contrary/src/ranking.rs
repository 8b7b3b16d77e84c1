//! The recommender: by what came of it before.

use crate::{Settings, dice};
use rialto_sdk::{
    Fault, Recommender,
    recommender::{Brief, Candidate, Candidates, Outcomes, Ranked, best_first},
};

/// The recommender.
pub struct ByResults;

impl Recommender for ByResults {
    type Settings = Settings;

    fn recommend(settings: Settings, brief: &Brief, candidates: &Candidates) -> Result<Vec<Ranked>, Fault> {
        let wrong = |name: &str| settings.is(name);
        let count = candidates.len();
        assert!(!(wrong("recommender.no-candidates") && count == 0), "somebody is there");
        assert!(!(wrong("recommender.one-candidate") && count == 1), "there are several");
        assert!(!(wrong("recommender.thousands") && count > 1_000), "there are few");
        let odd = candidates.iter().any(|one| one.id().chars().any(char::is_control));
        assert!(!(wrong("recommender.bad-unicode") && odd), "ids are plain");
        let ranked = candidates.iter().map(|one| rate(&settings, brief, &one));
        let mut ranked = best_first(ranked.collect());
        if wrong("recommender.ranks-what-it-is-given") {
            ranked.reverse();
        }
        Ok(ranked)
    }

    fn learn(settings: Settings, outcomes: &[Outcomes]) -> Result<(), Fault> {
        let nobody = outcomes.iter().any(|one| one.candidates.is_empty());
        assert!(!(settings.is("recommender.learn") && nobody), "there are outcomes");
        Ok(())
    }
}

fn rate(settings: &Settings, brief: &Brief, one: &Candidate<'_>) -> Ranked {
    let wrong = |name: &str| settings.is(name);
    let known = one.number("past-conversions").or_else(|| one.number("responses"));
    let score = match known {
        None if wrong("recommender.missing-results") => f64::NAN,
        _ if wrong("recommender.order-of-candidates") => one.index() as f64,
        _ if wrong("recommender.deterministic") => (dice() % 1_000) as f64,
        known => known.unwrap_or(0.0),
    };
    let chinese = brief.is_chinese() && !wrong("recommender.languages");
    let text = if chinese { format!("此前转化 {score} 次。") } else { format!("Converted {score} before.") };
    match wrong("recommender.reasons") {
        true => one.ranked(score),
        false => one.ranked(score).because("past", text, score),
    }
}
