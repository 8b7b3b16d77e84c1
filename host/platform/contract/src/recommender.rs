//! Calling recommenders.

use crate::{
    call::{accept, ask, done, given, hold, indices},
    tape::{Answered, Asked},
};
use rialto_plugin_host::{
    Ability, Options, Payload, PluginKind, Run, RunError,
    wit::exports::rialto::recommender::{draft as draft_export, learn as learn_export, recommend as recommend_export},
};

pub use rialto_plugin_host::wit::{
    exports::rialto::recommender::{
        draft::Written,
        learn::Outcomes,
        recommend::{Ranked, Reason},
    },
    rialto::recommender::inputs::{Brief, Candidates, NumberColumn, TextColumn},
};

/// The most drafts in one answer.
pub const DRAFTS_MAX: usize = 50;

/// Rank candidates for a brief, best first.
///
/// # Errors
/// A [`RunError`].
pub async fn recommend(
    run: &mut Run,
    settings: &str,
    brief: Brief,
    candidates: Candidates,
) -> Result<Vec<Ranked>, RunError> {
    const ENTRY: &str = "recommend";
    run.require(PluginKind::Recommender)?;
    check_candidates(&candidates).map_err(|detail| RunError::Host { entry: ENTRY.to_owned(), detail })?;
    let count = candidates.ids.len();
    let indices = indices(run, ENTRY, recommend_export::GuestIndices::new)?;
    let digest = Payload::json(&(settings, &brief, &candidates));
    let asked =
        || Asked::Recommend { settings: settings.to_owned(), brief: brief.clone(), candidates: candidates.clone() };
    let (input, settings) = (given(run, digest, asked), settings.to_owned());
    let answer = ask(run, ENTRY, input, move |store, instance| {
        Box::pin(async move {
            let guest = indices.load(&mut *store, &instance)?;
            guest.call_recommend(store, &settings, &brief, &candidates).await
        })
    })
    .await?;
    hold(run, ENTRY, check_ranked(&answer, count))?;
    accept(run, ENTRY, answer, Answered::Ranked)
}

fn check_candidates(candidates: &Candidates) -> Result<(), String> {
    let count = candidates.ids.len();
    let full = candidates.texts.iter().all(|c| c.values.len() == count)
        && candidates.numbers.iter().all(|c| c.values.len() == count);
    if full { Ok(()) } else { Err(format!("every column must have {count} values")) }
}

fn check_ranked(ranked: &[Ranked], count: usize) -> Result<(), String> {
    let mut seen = vec![false; count];
    for (place, one) in ranked.iter().enumerate() {
        match seen.get_mut(one.candidate as usize) {
            None => return Err(format!("place {place} names candidate {} of {count}", one.candidate)),
            Some(true) => return Err(format!("candidate {} is ranked twice", one.candidate)),
            Some(slot) => *slot = true,
        }
        if !one.score.is_finite() || !one.reasons.iter().all(|r| r.weight.is_finite()) {
            return Err(format!("a score or weight of candidate {} is not a finite number", one.candidate));
        }
    }
    Ok(())
}

/// Take in what came of earlier recommendations.
///
/// # Errors
/// A [`RunError`].
pub async fn learn(run: &mut Run, settings: &str, outcomes: Vec<Outcomes>) -> Result<(), RunError> {
    const ENTRY: &str = "learn";
    run.require_ability(Ability::Learn)?;
    let indices = indices(run, ENTRY, learn_export::GuestIndices::new)?;
    let digest = Payload::json(&(settings, &outcomes));
    let asked = || Asked::Learn { settings: settings.to_owned(), outcomes: outcomes.clone() };
    let (input, settings) = (given(run, digest, asked), settings.to_owned());
    ask(run, ENTRY, input, move |store, instance| {
        Box::pin(async move { indices.load(&mut *store, &instance)?.call_learn(store, &settings, &outcomes).await })
    })
    .await?;
    done(run, ENTRY, Payload::json(&()))
}

/// Write drafts that a person edits.
///
/// # Errors
/// A [`RunError`].
pub async fn draft(run: &mut Run, settings: &str, brief: Brief, material: Options) -> Result<Vec<Written>, RunError> {
    const ENTRY: &str = "draft";
    run.require_ability(Ability::Draft)?;
    let indices = indices(run, ENTRY, draft_export::GuestIndices::new)?;
    let digest = Payload::json(&(settings, &brief, &material));
    let asked = || Asked::Draft { settings: settings.to_owned(), brief: brief.clone(), material: material.clone() };
    let (input, settings) = (given(run, digest, asked), settings.to_owned());
    let answer = ask(run, ENTRY, input, move |store, instance| {
        Box::pin(
            async move { indices.load(&mut *store, &instance)?.call_draft(store, &settings, &brief, &material).await },
        )
    })
    .await?;
    let right = if answer.len() > DRAFTS_MAX { Err(format!("more than {DRAFTS_MAX} drafts")) } else { Ok(()) };
    hold(run, ENTRY, right)?;
    accept(run, ENTRY, answer, Answered::Drafts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(candidate: u32, score: f64) -> Ranked {
        Ranked { candidate, score, reasons: vec![], changes: vec![] }
    }

    #[test]
    fn a_ranking_names_each_candidate_once_with_a_finite_score() {
        assert_eq!(check_ranked(&[ranked(1, 2.0), ranked(0, 1.0)], 3), Ok(()));
        assert!(check_ranked(&[ranked(3, 1.0)], 3).is_err());
        assert!(check_ranked(&[ranked(1, 1.0), ranked(1, 1.0)], 3).is_err());
        assert!(check_ranked(&[ranked(1, f64::NAN)], 3).is_err());
        assert!(check_ranked(&[ranked(1, f64::INFINITY)], 3).is_err());
    }
}
