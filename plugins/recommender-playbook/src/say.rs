//! Sentences for people, in English and 简体中文, from what was found.

use crate::{people::Feature, playbook::Factor};

/// What a sentence may speak of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The candidate's own word: `{own}`.
    pub own: Option<String>,
    /// The brief's word: `{wanted}`.
    pub wanted: Option<String>,
    /// A table's value: `{share}`.
    pub share: Option<f64>,
    /// Successes: `{reached}`; with tries, `{rate}`.
    pub reached: Option<f64>,
    /// Tries: `{tried}`.
    pub tried: Option<f64>,
    /// All candidates' rate: `{usual}`.
    pub usual: Option<f64>,
    /// The candidate's number: `{number}`.
    pub number: Option<f64>,
    /// The share of candidates from the nearer end: `{place}`.
    pub place: Option<f64>,
}

/// The factor's sentence about a candidate.
pub fn sentence(factor: &Factor, value: f64, chinese: bool, facts: &Facts) -> String {
    let sentences = match &factor.against {
        Some(against) if value < 0.0 => against,
        _ => &factor.in_favour,
    };
    let text = if chinese { &sentences.zh } else { &sentences.en };
    fill(text, |name| fact(name, facts, chinese))
}

/// What a feature says of a person, by what earlier campaigns taught.
pub fn lesson(feature: &Feature, place: f64, part: f64, chinese: bool) -> String {
    let high = place >= 0.0;
    let share = percent(((1.0 - place.abs()) / 2.0).max(0.01), chinese);
    if chinese {
        let (end, spoke) = (if high { "前" } else { "后" }, if part >= 0.0 { "更可能" } else { "较不可能" });
        return format!("{}位居{end} {share}；以往活动中这类客户{spoke}响应。", feature.zh);
    }
    let (end, spoke) = (if high { "top" } else { "lowest" }, if part >= 0.0 { "more" } else { "less" });
    format!("By {} among the {end} {share}; in earlier campaigns such people answered {spoke} often.", feature.en)
}

fn fact(name: &str, facts: &Facts, chinese: bool) -> Option<String> {
    let percent = |share: f64| percent(share, chinese);
    match name {
        "own" => facts.own.clone(),
        "wanted" => facts.wanted.clone(),
        "share" => facts.share.map(percent),
        "reached" => facts.reached.map(number),
        "tried" => facts.tried.map(number),
        "rate" => Some(percent(facts.reached? / facts.tried?)),
        "usual" => facts.usual.map(percent),
        "number" => facts.number.map(number),
        "place" => facts.place.map(percent),
        _ => None,
    }
}

/// Replace `{name}`; a name without a fact stays as it is written.
fn fill(text: &str, fact: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match fact(name) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&format!("{{{name}}}")),
        }
        rest = after;
    }
    out + rest
}

fn percent(share: f64, chinese: bool) -> String {
    let percent = share * 100.0;
    let digits = usize::from(percent.abs() < 10.0 && percent.fract().abs() > 1e-9);
    let space = if chinese { "" } else { " " };
    format!("{percent:.digits$}{space}%")
}

/// Whole numbers whole, with thousands apart; others to one place.
fn number(number: f64) -> String {
    let text = if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.1}") };
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut apart = String::with_capacity(text.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    format!("{sign}{apart}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([1_234_567.0, 999.0, -1_000.0, 2.25, 0.0].map(number), ["1,234,567", "999", "-1,000", "2.2", "0"]);
        assert_eq!([0.5, 0.031, 0.02, 1.0].map(|share| percent(share, false)), ["50 %", "3.1 %", "2 %", "100 %"]);
        assert_eq!(percent(0.5, true), "50%");
    }

    #[test]
    fn unknown_names_and_braces_stay() {
        assert_eq!(fill("{a} of {b} {c", |name| (name == "a").then(|| "3".to_owned())), "3 of {b} {c");
    }
}
