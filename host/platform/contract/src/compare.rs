//! What differs between two answers, by what they mean: outcomes by delivery,
//! credit by channel, rankings by place and score, documents by block. Never
//! bytes, and numbers only beyond a tolerance.

use crate::{
    connector::{Outcome, Status},
    recommender::Ranked,
    replay::{Replayed, ReplayedEntry},
    report::{Block, Document},
    tape::{Answered, Asked, Tape, TapedEntry},
};
use rialto_plugin_host::{
    FieldDifference, RunError, RunRecord,
    capability::{DIFFERENCES_MAX, differences},
};
use serde::{Deserialize, Serialize};

/// How far two numbers may be apart, relative to the larger, and be the same.
pub const TOLERANCE: f64 = 1e-6;

/// How a run went on another version, against how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It says the same.
    Same,
    /// It says something else.
    Differs,
    /// It asked the host for something else.
    Diverged,
    /// It fails where it did not.
    Fails,
    /// It does not fail where it did.
    Mended,
}

/// What a run cost, then and now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Costs {
    /// Processor time.
    pub cpu_us: u64,
    /// The most memory it had.
    pub memory_peak_bytes: u64,
    /// Host calls, log lines included.
    pub host_calls: u64,
}

impl Costs {
    /// Those of a record.
    #[must_use]
    pub fn of(record: &RunRecord) -> Self {
        Self { cpu_us: record.cpu_us, memory_peak_bytes: record.memory_peak_bytes, host_calls: record.host_calls }
    }
}

/// One run compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The short of it.
    pub verdict: Verdict,
    /// The number of the host call, from 0, at which it diverged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_call: Option<u64>,
    /// A sentence, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What differs.
    pub differences: Vec<FieldDifference>,
}

impl Comparison {
    fn of(verdict: Verdict, detail: Option<String>, differences: Vec<FieldDifference>) -> Self {
        Self { verdict, at_call: None, detail, differences }
    }
}

/// A run as it was recorded against how it went again.
#[must_use]
pub fn compare(tape: &Tape, replayed: &Replayed) -> Comparison {
    if let Some(RunError::Diverged { at, detail, differences }) = &replayed.error {
        let mut told = Comparison::of(Verdict::Diverged, Some(detail.clone()), differences.clone());
        told.at_call = Some(*at);
        return told;
    }
    let was = tape.entries.iter().find_map(|entry| entry.error.as_ref());
    let is = replayed.error.as_ref().or_else(|| replayed.entries.iter().find_map(|entry| entry.error.as_ref()));
    match (was, is) {
        (None, Some(why)) => return Comparison::of(Verdict::Fails, Some(why.to_string()), Vec::new()),
        (Some(why), None) => return Comparison::of(Verdict::Mended, Some(why.to_string()), Vec::new()),
        _ => {}
    }
    let mut found = Vec::new();
    for (before, now) in tape.entries.iter().zip(&replayed.entries) {
        if found.len() >= DIFFERENCES_MAX {
            break;
        }
        entry(before, now, &names(tape), &mut found);
    }
    found.truncate(DIFFERENCES_MAX);
    let verdict = if found.is_empty() { Verdict::Same } else { Verdict::Differs };
    Comparison::of(verdict, None, found)
}

/// Names by number: the channels of a fit.
fn names(tape: &Tape) -> Vec<String> {
    let start = tape.entries.iter().find_map(|entry| match &entry.asked {
        Asked::Start { channels, .. } => Some(channels.clone()),
        _ => None,
    });
    start.unwrap_or_default()
}

fn entry(before: &TapedEntry, now: &ReplayedEntry, channels: &[String], found: &mut Vec<FieldDifference>) {
    match (&before.error, &now.error) {
        (None, None) => {}
        (was, is) => {
            let code = |error: &Option<RunError>| {
                error.as_ref().map(|why| match why {
                    RunError::Fault { fault, .. } => format!("fault {}", fault.code),
                    other => other.code().to_owned(),
                })
            };
            if code(was) != code(is) {
                found.push(FieldDifference::of(before.asked.entry(), code(was).as_deref(), code(is).as_deref()));
            }
            return;
        }
    }
    let (Some(was), Some(is)) = (&before.answered, &now.answered) else { return };
    match (&before.asked, was, is) {
        (Asked::Deliver { batch, .. }, Answered::Outcomes(a), Answered::Outcomes(b)) => {
            outcomes(&batch.ids, a, b, found)
        }
        (_, Answered::Credits(a), Answered::Credits(b)) => {
            shares("conversions", channels, &a.conversions, &b.conversions, found);
            shares("value", channels, &a.value, &b.value, found);
        }
        (_, Answered::Weights(a), Answered::Weights(b)) => weights(a, b, found),
        (Asked::Recommend { candidates, .. }, Answered::Ranked(a), Answered::Ranked(b)) => {
            ranking(&candidates.ids, a, b, found);
        }
        (_, Answered::Document(a), Answered::Document(b)) => document(a, b, found),
        (_, a, b) => {
            let value = |one| serde_json::to_value(one).unwrap_or_default();
            found.extend(differences(&value(a), &value(b)));
        }
    }
}

fn apart(a: f64, b: f64) -> bool {
    !(a.to_bits() == b.to_bits() || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0))
}

fn outcomes(ids: &[String], before: &[Outcome], now: &[Outcome], found: &mut Vec<FieldDifference>) {
    let told = |outcome: &Outcome| {
        let status = serde_json::to_value(Status::of(&outcome.status)).unwrap_or_default();
        let mut text = status.as_str().unwrap_or("uncertain").to_owned();
        if let Some(fault) = &outcome.fault {
            text.push_str(&format!(" ({})", fault.code));
            if let Some(after) = fault.retry_after_ms {
                text.push_str(&format!(" after {after} ms"));
            }
        }
        if let Some(id) = &outcome.provider_id {
            text.push_str(&format!(" as {id}"));
        }
        text
    };
    for (a, b) in before.iter().zip(now) {
        if told(a) != told(b) {
            let id = ids.get(a.delivery as usize).map_or("", String::as_str);
            found.push(FieldDifference::of(format!("delivery {} {id}", a.delivery), Some(&told(a)), Some(&told(b))));
        }
    }
}

fn shares(what: &str, channels: &[String], before: &[f64], now: &[f64], found: &mut Vec<FieldDifference>) {
    let whole: f64 = before.iter().map(|share| share.abs()).sum();
    for (at, (a, b)) in before.iter().zip(now).enumerate() {
        if (a - b).abs() > TOLERANCE * whole.max(1.0) {
            let channel = channels.get(at).map_or("", String::as_str);
            let (a, b) = (format!("{a:.6}"), format!("{b:.6}"));
            found.push(FieldDifference::of(format!("{what} of channel `{channel}`"), Some(&a), Some(&b)));
        }
    }
}

fn weights(before: &[f64], now: &[f64], found: &mut Vec<FieldDifference>) {
    let differ = before.iter().zip(now).filter(|(a, b)| apart(**a, **b)).count();
    if differ > 0 || before.len() != now.len() {
        let most = before.iter().zip(now).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let now = format!("{differ} differ, by {most:.6} at most");
        found.push(FieldDifference::of("weights of touches", Some(&format!("{} weights", before.len())), Some(&now)));
    }
}

fn ranking(ids: &[String], before: &[Ranked], now: &[Ranked], found: &mut Vec<FieldDifference>) {
    let name = |one: Option<&Ranked>| {
        one.map(|one| ids.get(one.candidate as usize).cloned().unwrap_or_else(|| one.candidate.to_string()))
    };
    for place in 0..before.len().max(now.len()) {
        let (a, b) = (before.get(place), now.get(place));
        if name(a) != name(b) {
            let field = format!("place {}", place + 1);
            found.push(FieldDifference::of(field, name(a).as_deref(), name(b).as_deref()));
        } else if let (Some(a), Some(b)) = (a, b) {
            let who = name(Some(a)).unwrap_or_default();
            if apart(a.score, b.score) {
                let (was, is) = (format!("{:.6}", a.score), format!("{:.6}", b.score));
                found.push(FieldDifference::of(format!("score of `{who}`"), Some(&was), Some(&is)));
            }
            let codes = |one: &Ranked| one.reasons.iter().map(|r| r.code.clone()).collect::<Vec<_>>().join(", ");
            if codes(a) != codes(b) {
                let field = format!("reasons for `{who}`");
                found.push(FieldDifference::of(field, Some(&codes(a)), Some(&codes(b))));
            }
        }
        if found.len() >= DIFFERENCES_MAX {
            return;
        }
    }
}

fn document(before: &Document, now: &Document, found: &mut Vec<FieldDifference>) {
    if before.title != now.title {
        found.push(FieldDifference::of("title", Some(&before.title), Some(&now.title)));
    }
    for at in 0..before.blocks.len().max(now.blocks.len()) {
        let field = format!("block {}", at + 1);
        match (before.blocks.get(at), now.blocks.get(at)) {
            (Some(a), Some(b)) => block(&field, a, b, found),
            (a, b) => {
                let told = |one: Option<&Block>| one.map(|one| format!("{} {}", one.kind, one.text));
                found.push(FieldDifference::of(field, told(a).as_deref(), told(b).as_deref()));
            }
        }
        if found.len() >= DIFFERENCES_MAX {
            return;
        }
    }
}

fn block(field: &str, before: &Block, now: &Block, found: &mut Vec<FieldDifference>) {
    if before.kind != now.kind {
        found.push(FieldDifference::of(format!("{field} kind"), Some(&before.kind), Some(&now.kind)));
        return;
    }
    let field = format!("{field} ({})", before.kind);
    if before.text != now.text {
        found.push(FieldDifference::of(format!("{field} text"), Some(&before.text), Some(&now.text)));
    }
    let names = |one: &Block| one.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>().join(", ");
    if names(before) != names(now) {
        found.push(FieldDifference::of(format!("{field} columns"), Some(&names(before)), Some(&names(now))));
        return;
    }
    for (a, b) in before.columns.iter().zip(&now.columns) {
        let rows = a.texts.len().max(a.numbers.len()).max(b.texts.len()).max(b.numbers.len());
        for row in 0..rows {
            let told = |texts: &[String], numbers: &[f64]| {
                texts.get(row).cloned().or_else(|| numbers.get(row).map(|n| format!("{n}")))
            };
            let same = match (a.numbers.get(row), b.numbers.get(row)) {
                (Some(a), Some(b)) => !apart(*a, *b),
                _ => told(&a.texts, &a.numbers) == told(&b.texts, &b.numbers),
            };
            if !same {
                let (was, is) = (told(&a.texts, &a.numbers), told(&b.texts, &b.numbers));
                let cell = format!("{field} column `{}` row {}", a.name, row + 1);
                found.push(FieldDifference::of(cell, was.as_deref(), is.as_deref()));
            }
            if found.len() >= DIFFERENCES_MAX {
                return;
            }
        }
    }
    let options = |one: &Block| serde_json::to_value(&one.options).unwrap_or_default();
    if options(before) != options(now) {
        for mut one in differences(&options(before), &options(now)) {
            one.field = format!("{field} options{}", one.field);
            found.push(one);
        }
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
