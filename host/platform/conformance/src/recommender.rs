//! What a recommender must bear: nobody to rank, one, thousands, and candidates
//! of whom nothing is known. It ranks only what it was given, best first, and
//! says why in the reader's language.

use crate::{
    model::{Finding, HOLDS, Miss, answer_or_fault, ensure, failed, not_applicable},
    subject::Subject,
    suite::{Check, check},
    texts::{ODD, is_chinese},
};
use rialto_contract::recommender::{Brief, Candidates, NumberColumn, Outcomes, Ranked, TextColumn};
use rialto_plugin_host::RunError;
use std::collections::BTreeMap;

pub(crate) const CHECKS: &[Check] = &[
    check!(
        Recommender,
        "recommender.ranks-what-it-is-given",
        ranks,
        "ranks each candidate at most once, best first, and nobody else"
    ),
    check!(Recommender, "recommender.reasons", reasons, "gives a reason for every candidate it ranks"),
    check!(
        Recommender,
        "recommender.languages",
        languages,
        "writes its reasons in English and in Chinese, as the brief asks"
    ),
    check!(Recommender, "recommender.no-candidates", no_candidates, "answers nobody to rank with an empty ranking"),
    check!(Recommender, "recommender.one-candidate", one_candidate, "bears a single candidate"),
    check!(Recommender, "recommender.thousands", thousands, "ranks thousands within its bounds"),
    check!(
        Recommender,
        "recommender.missing-results",
        missing_results,
        "bears candidates of which no result is known, and invents none"
    ),
    check!(
        Recommender,
        "recommender.bad-unicode",
        bad_unicode,
        "bears odd texts in every column, and unknown objectives and languages"
    ),
    check!(Recommender, "recommender.deterministic", deterministic, "ranks the same candidates the same way each time"),
    check!(
        Recommender,
        "recommender.order-of-candidates",
        order_of_candidates,
        "rates a candidate alike wherever it stands in the list"
    ),
    check!(
        Recommender,
        "recommender.bad-settings",
        bad_settings,
        "answers settings that break its schema with a fault"
    ),
    check!(
        Recommender / Learn,
        "recommender.learn",
        learn,
        "learns from outcomes, none included, and still ranks rightly in the same run"
    ),
];

/// The kinds of candidates that hosts show.
const KINDS: [&str; 3] = ["creative", "campaign-type", "contact"];
/// How far apart two scores of the same candidate may be.
const SCORE_SLACK: f64 = 1e-9;

fn brief(locale: &str) -> Brief {
    let facts = [("season", "\"winter\""), ("channel", "\"email\""), ("audience", "\"families\"")];
    Brief {
        objective: "win-back".to_owned(),
        locale: locale.to_owned(),
        at: 1_767_225_600_000_000,
        facts: facts.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    }
}

/// A number that differs from candidate to candidate, and sometimes is unknown.
#[allow(clippy::cast_precision_loss, reason = "small numbers")]
fn number(seed: usize, at: usize) -> f64 {
    let mixed = (at * 7_919 + seed * 104_729) % 997;
    if mixed.is_multiple_of(11) { f64::NAN } else { mixed as f64 }
}

fn numbers(names: &[&str], count: usize) -> Vec<NumberColumn> {
    let column = |(seed, name): (usize, &&str)| NumberColumn {
        name: (*name).to_owned(),
        values: (0..count).map(|at| number(seed, at)).collect(),
    };
    names.iter().enumerate().map(column).collect()
}

fn words(columns: &[(&str, &[&str])], count: usize) -> Vec<TextColumn> {
    let column = |(seed, (name, words)): (usize, &(&str, &[&str]))| TextColumn {
        name: (*name).to_owned(),
        values: (0..count).map(|at| words[(at + seed * 3) % words.len()].to_owned()).collect(),
    };
    columns.iter().enumerate().map(column).collect()
}

/// Candidates as the host shows them.
fn shown(kind: &str, count: usize) -> Candidates {
    let past = ["past-sends", "past-clicks", "past-conversions", "past-revenue", "days-since"];
    let (texts, numbers) = match kind {
        "contact" => (
            Vec::new(),
            numbers(
                &[
                    "recency-days",
                    "orders",
                    "spend",
                    "recent-spend",
                    "discount",
                    "category-affinity",
                    "category-spend",
                    "coupon-redemptions",
                    "similar-campaigns",
                    "similar-responses",
                    "campaigns",
                    "responses",
                ],
                count,
            ),
        ),
        _ => (
            words(
                &[
                    ("name", &["Winter sale", "新年礼盒", "Come back"]),
                    ("type", &["newsletter", "win-back", "display"]),
                    ("season", &["winter", "summer", ""]),
                    ("channel", &["email", "display", ""]),
                    ("objectives", &["win-back", "launch", ""]),
                    ("audience", &["families", ""]),
                    ("theme", &["gifts", ""]),
                ],
                count,
            ),
            numbers(&past, count),
        ),
    };
    let id = |at: usize| match kind {
        "campaign-type" => {
            ["newsletter", "win-back", "display"].get(at).map_or_else(|| format!("type-{at}"), |t| (*t).to_owned())
        }
        "contact" => at.to_string(),
        _ => format!("019a0000-0000-7000-8000-{at:012}"),
    };
    Candidates { kind: kind.to_owned(), ids: (0..count).map(id).collect(), texts, numbers }
}

async fn rank(subject: &Subject, locale: &str, candidates: Candidates) -> Result<Vec<Ranked>, Miss> {
    let settings = subject.settings()?;
    Ok(subject.recommend(&settings, Vec::new(), brief(locale), candidates).await?)
}

/// The kinds of candidates that it ranks: for the others it answers a fault.
async fn kinds(subject: &Subject) -> Result<Vec<&'static str>, Miss> {
    let settings = subject.settings()?;
    let mut found = Vec::new();
    let mut fault = None;
    for kind in KINDS {
        match subject.recommend(&settings, Vec::new(), brief("en"), shown(kind, 3)).await {
            Ok(_) => found.push(kind),
            Err(RunError::Fault { fault: said, .. }) => fault = Some(said.message),
            Err(error) => return Err(error.into()),
        }
    }
    match (found.is_empty(), fault) {
        (true, why) => {
            Err(failed(format!("it ranks neither creatives, campaign types nor people: {}", why.unwrap_or_default())))
        }
        (false, _) => Ok(found),
    }
}

async fn ranks(subject: &Subject) -> Finding {
    let kinds = kinds(subject).await?;
    let mut any = false;
    for kind in &kinds {
        // Places beyond the list and twice the same are refused by the typed call.
        let ranked = rank(subject, "en", shown(kind, 40)).await?;
        any |= !ranked.is_empty();
        let falls = ranked.windows(2).position(|pair| pair[0].score < pair[1].score);
        if let Some(place) = falls {
            return Err(failed(format!(
                "among {kind}s place {} has a higher score than place {}",
                place + 2,
                place + 1
            )));
        }
    }
    ensure(any, || "it recommends none of forty candidates of any kind".to_owned())?;
    Ok(Some(kinds.join(", ")))
}

fn reasoned(ranked: &[Ranked]) -> Result<(), Miss> {
    let silent = ranked.iter().position(|one| {
        one.reasons.is_empty() || one.reasons.iter().any(|r| r.text.trim().is_empty() || r.code.trim().is_empty())
    });
    silent.map_or(Ok(()), |place| Err(failed(format!("place {} has no reason, or one without a text", place + 1))))
}

async fn reasons(subject: &Subject) -> Finding {
    for kind in kinds(subject).await? {
        reasoned(&rank(subject, "en", shown(kind, 40)).await?)?;
    }
    HOLDS
}

async fn languages(subject: &Subject) -> Finding {
    for kind in kinds(subject).await? {
        let chinese = rank(subject, "zh-CN", shown(kind, 6)).await?;
        let all = chinese.iter().flat_map(|one| &one.reasons);
        if let Some(reason) = all.clone().find(|reason| !is_chinese(&reason.text)) {
            return Err(failed(format!("asked for Chinese, it writes `{}`", reason.text)));
        }
        let english = rank(subject, "en", plain(kind, 6)).await?;
        if let Some(reason) = english.iter().flat_map(|one| &one.reasons).find(|reason| is_chinese(&reason.text)) {
            return Err(failed(format!("asked for English, it writes `{}`", reason.text)));
        }
    }
    HOLDS
}

/// Candidates without a Chinese text of their own.
fn plain(kind: &str, count: usize) -> Candidates {
    let mut candidates = shown(kind, count);
    for column in &mut candidates.texts {
        column.values.iter_mut().filter(|text| is_chinese(text)).for_each(|text| "Gift box".clone_into(text));
    }
    candidates
}

async fn no_candidates(subject: &Subject) -> Finding {
    for kind in kinds(subject).await? {
        let ranked = rank(subject, "en", shown(kind, 0)).await?;
        ensure(ranked.is_empty(), || "it ranks somebody where there is nobody".to_owned())?;
    }
    HOLDS
}

async fn one_candidate(subject: &Subject) -> Finding {
    for kind in kinds(subject).await? {
        reasoned(&rank(subject, "en", shown(kind, 1)).await?)?;
    }
    HOLDS
}

async fn thousands(subject: &Subject) -> Finding {
    let count = subject.effort().candidates;
    for kind in kinds(subject).await? {
        let ranked = rank(subject, "zh-CN", shown(kind, count)).await?;
        reasoned(&ranked)?;
    }
    Ok(Some(format!("{count} candidates")))
}

async fn missing_results(subject: &Subject) -> Finding {
    for kind in kinds(subject).await? {
        let mut candidates = shown(kind, 20);
        candidates.numbers.iter_mut().for_each(|column| column.values.fill(f64::NAN));
        candidates.texts.iter_mut().for_each(|column| column.values.iter_mut().for_each(String::clear));
        // A score or a weight that is no number is refused by the typed call.
        reasoned(&rank(subject, "en", candidates).await?)?;
        let bare = Candidates { texts: Vec::new(), numbers: Vec::new(), ..shown(kind, 5) };
        reasoned(&rank(subject, "en", bare).await?)?;
    }
    HOLDS
}

async fn bad_unicode(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    for kind in kinds(subject).await? {
        let mut candidates = shown(kind, ODD.len());
        candidates.ids = ODD.iter().map(|text| (*text).to_owned()).collect();
        for column in &mut candidates.texts {
            column.values = ODD.iter().rev().map(|text| (*text).to_owned()).collect();
        }
        rank(subject, "en", candidates.clone()).await?;
        for text in ODD {
            let facts = vec![((*text).to_owned(), (*text).to_owned()), ("season".to_owned(), (*text).to_owned())];
            let brief = Brief { objective: (*text).to_owned(), locale: (*text).to_owned(), at: i64::MIN, facts };
            answer_or_fault(subject.recommend(&settings, Vec::new(), brief, candidates.clone()).await)?;
        }
    }
    HOLDS
}

async fn deterministic(subject: &Subject) -> Finding {
    for kind in kinds(subject).await? {
        let first = rank(subject, "en", shown(kind, 60)).await?;
        let again = rank(subject, "en", shown(kind, 60)).await?;
        ensure(first == again, || format!("the same {kind}s are ranked differently the second time"))?;
    }
    HOLDS
}

async fn order_of_candidates(subject: &Subject) -> Finding {
    for kind in kinds(subject).await? {
        let candidates = shown(kind, 30);
        let mut turned = candidates.clone();
        turned.ids.reverse();
        turned.texts.iter_mut().for_each(|column| column.values.reverse());
        turned.numbers.iter_mut().for_each(|column| column.values.reverse());
        let first = scores(&candidates, rank(subject, "en", candidates.clone()).await?);
        let again = scores(&turned, rank(subject, "en", turned.clone()).await?);
        let differs = first.iter().find(|(id, score)| {
            again.get(*id).is_none_or(|other| (*score - other).abs() > SCORE_SLACK * score.abs().max(1.0))
        });
        if let Some((id, score)) = differs {
            let other = again.get(id).map_or("none".to_owned(), ToString::to_string);
            return Err(failed(format!("with the list turned round, `{id}` has the score {other} and not {score}")));
        }
    }
    HOLDS
}

fn scores(candidates: &Candidates, ranked: Vec<Ranked>) -> BTreeMap<String, f64> {
    ranked.into_iter().map(|one| (candidates.ids[one.candidate as usize].clone(), one.score)).collect()
}

async fn bad_settings(subject: &Subject) -> Finding {
    let kind = *kinds(subject).await?.first().ok_or_else(|| not_applicable("it ranks nothing"))?;
    for settings in subject.bad_settings()? {
        answer_or_fault(subject.recommend(&settings, Vec::new(), brief("en"), shown(kind, 3)).await)?;
    }
    HOLDS
}

async fn learn(subject: &Subject) -> Finding {
    let settings = subject.settings()?;
    for kind in kinds(subject).await? {
        for (count, tried) in [(0, 1), (1, 0), (90, 1), (90, u32::MAX)] {
            let outcomes = |seed: usize| Outcomes {
                brief: brief("en"),
                candidates: shown(kind, count),
                tried: vec![tried; count],
                reached: (0..count).map(|at| u32::from((at + seed).is_multiple_of(5)).min(tried)).collect(),
            };
            let taught = (0..3).map(outcomes).collect();
            let ranked = subject.recommend(&settings, taught, brief("en"), shown(kind, 30)).await?;
            reasoned(&ranked)?;
        }
    }
    HOLDS
}

/// What a bench asks about.
pub(crate) fn bench_question(kind: &str, count: usize) -> (Brief, Candidates) {
    (brief("en"), shown(kind, count))
}

/// The kinds a bench asks about.
pub(crate) async fn bench_kinds(subject: &Subject) -> Vec<&'static str> {
    kinds(subject).await.unwrap_or_default()
}
