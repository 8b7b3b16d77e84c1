//! How candidates do by a factor: numbers from −1 to 1, and the facts a
//! sentence about them needs. Unknown stays unknown.

use rialto_sdk::recommender::{Brief, Candidate, Candidates};
use rialto_sdk::serde_json::Value;

use crate::{playbook::Measure, say::Facts};

/// One candidate's measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'a> {
    /// −1 to 1.
    pub value: f64,
    /// What was found.
    pub facts: Facts,
    /// The field to suggest the wanted word for.
    pub suggest: Option<&'a str>,
}

/// A factor measured over all candidates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured<'a>(Vec<Option<Found<'a>>>);

impl<'a> Measured<'a> {
    /// What is known of one candidate.
    pub fn of(&self, index: usize) -> Option<&Found<'a>> {
        self.0.get(index)?.as_ref()
    }
}

/// Measure every candidate.
pub fn measure<'a>(measure: &'a Measure, brief: &Brief, candidates: &Candidates) -> Measured<'a> {
    Measured(match measure {
        Measure::Match { column, fact, miss, suggest } => {
            let wanted = wanted(brief, fact);
            let suggest = suggest.as_deref();
            candidates.iter().map(|candidate| matched(column, &wanted, *miss, suggest, candidate)).collect()
        }
        Measure::Table { column, cells } => {
            let row = cells.get(&brief.objective);
            let cell = |candidate: Candidate<'_>| {
                let own = own(column, candidate).unwrap_or(candidate.id());
                let value = *row?.get(&own.trim().to_lowercase())?;
                let facts = Facts {
                    own: Some(own.to_owned()),
                    wanted: Some(brief.objective.clone()),
                    share: Some(value),
                    ..Facts::default()
                };
                Some(Found { value: value.clamp(-1.0, 1.0), facts, suggest: None })
            };
            candidates.iter().map(cell).collect()
        }
        Measure::Rate { reached, tried, prior } => rates(reached, tried, *prior, candidates),
        Measure::Rank { column, per, low } => ranks(column, per.as_deref(), *low, candidates),
    })
}

/// The words of a fact: a text, a list of texts, or the objective itself.
fn wanted(brief: &Brief, fact: &str) -> Vec<String> {
    if fact == "objective" {
        return words(&brief.objective);
    }
    match brief.fact::<Value>(fact) {
        Some(Value::String(text)) => words(&text),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).flat_map(words).collect(),
        _ => Vec::new(),
    }
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '|', '\u{ff0c}', '\u{3001}', '\u{ff1b}']);
    parts.map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect()
}

fn own<'c>(columns: &[String], candidate: Candidate<'c>) -> Option<&'c str> {
    columns.iter().find_map(|column| candidate.text(column))
}

fn matched<'a>(
    columns: &[String],
    wanted: &[String],
    miss: f64,
    suggest: Option<&'a str>,
    candidate: Candidate<'_>,
) -> Option<Found<'a>> {
    let own = own(columns, candidate)?;
    let first = wanted.first()?;
    let meets = words(own).into_iter().find(|word| wanted.contains(word));
    let facts = |word: &str| Facts { own: Some(own.to_owned()), wanted: Some(word.to_owned()), ..Facts::default() };
    Some(match meets {
        Some(word) => Found { value: 1.0, facts: facts(&word), suggest: None },
        None => Found { value: miss.clamp(-1.0, 1.0), facts: facts(first), suggest },
    })
}

fn rates<'a>(reached: &str, tried: &str, prior: f64, candidates: &Candidates) -> Vec<Option<Found<'a>>> {
    let counts = |candidate: Candidate<'_>| {
        let tries = candidate.number(tried).filter(|&tries| tries > 0.0)?;
        Some((candidate.number(reached).filter(|&count| count >= 0.0)?, tries))
    };
    let pairs: Vec<_> = candidates.iter().map(counts).collect();
    let known = || pairs.iter().flatten();
    let (all_reached, all_tried): (f64, f64) =
        known().fold((0.0, 0.0), |(r, t), (reached, tried)| (r + reached, t + tried));
    let usual = all_reached / all_tried;
    if !(usual > 0.0 && usual.is_finite()) {
        return pairs.iter().map(|_| None).collect();
    }
    let found = |&(reached, tried): &(f64, f64)| {
        let shrunk = (reached + prior * usual) / (tried + prior);
        let facts = Facts { reached: Some(reached), tried: Some(tried), usual: Some(usual), ..Facts::default() };
        Found { value: (shrunk / usual - 1.0).clamp(-1.0, 1.0), facts, suggest: None }
    };
    pairs.iter().map(|pair| pair.as_ref().map(found)).collect()
}

fn ranks<'a>(column: &str, per: Option<&str>, low: bool, candidates: &Candidates) -> Vec<Option<Found<'a>>> {
    let number = |candidate: Candidate<'_>| {
        let number = candidate.number(column)?;
        match per {
            Some(per) => candidate.number(per).filter(|&by| by > 0.0).map(|by| number / by),
            None => Some(number),
        }
    };
    let numbers: Vec<Option<f64>> = candidates.iter().map(number).collect();
    let mut sorted: Vec<f64> = numbers.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let found = |number: f64| {
        let below = sorted.partition_point(|&other| other < number) as f64;
        let same = sorted.partition_point(|&other| other <= number) as f64 - below;
        // The middle of those alike, so that ties are even and all alike is 0.
        let place = (below + same / 2.0) / count;
        let value = if low { 1.0 - 2.0 * place } else { 2.0 * place - 1.0 };
        // Counted from the nearer end, with those alike: "among the top 10 %".
        let end = if place >= 0.5 { (count - below) / count } else { (below + same) / count };
        Found { value, facts: Facts { number: Some(number), place: Some(end), ..Facts::default() }, suggest: None }
    };
    numbers.iter().map(|number| number.map(found)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_sdk::recommender::{NumberColumn, TextColumn};

    fn brief() -> Brief {
        Brief {
            objective: "win-back".to_owned(),
            locale: "en".to_owned(),
            at: 0,
            facts: vec![("season".to_owned(), "[\"Winter\",\"new-year\"]".to_owned())],
        }
    }

    fn candidates(texts: &[&str], columns: &[(&str, &[f64])]) -> Candidates {
        let count = texts.len().max(columns.first().map_or(0, |(_, values)| values.len()));
        Candidates {
            kind: "creative".to_owned(),
            ids: (0..count).map(|index| index.to_string()).collect(),
            texts: match texts {
                [] => Vec::new(),
                _ => vec![TextColumn {
                    name: "season".to_owned(),
                    values: texts.iter().map(|t| (*t).to_owned()).collect(),
                }],
            },
            numbers: columns
                .iter()
                .map(|(name, values)| NumberColumn { name: (*name).to_owned(), values: values.to_vec() })
                .collect(),
        }
    }

    fn values(by: &Measure, candidates: &Candidates) -> Vec<Option<f64>> {
        let measured = measure(by, &brief(), candidates);
        (0..candidates.len()).map(|index| measured.of(index).map(|found| (found.value * 1e6).round() / 1e6)).collect()
    }

    #[test]
    fn words_meet_or_miss_or_are_unknown() {
        let by = Measure::Match {
            column: vec!["season".to_owned()],
            fact: "season".to_owned(),
            miss: -0.5,
            suggest: Some("season".to_owned()),
        };
        let candidates = candidates(&["winter, autumn", "summer", ""], &[]);
        assert_eq!(values(&by, &candidates), [Some(1.0), Some(-0.5), None]);
        assert_eq!(measure(&by, &brief(), &candidates).of(1).unwrap().suggest, Some("season"));
    }

    #[test]
    fn few_tries_say_little() {
        let by = Measure::Rate { reached: "r".to_owned(), tried: "t".to_owned(), prior: 100.0 };
        let candidates = candidates(&[], &[("r", &[1.0, 20.0, 0.0, 5.0]), ("t", &[2.0, 1_000.0, 0.0, f64::NAN])]);
        let found = values(&by, &candidates);
        let (lucky, proven) = (found[0].unwrap(), found[1].unwrap());
        assert!(lucky > 0.0 && lucky < 0.5, "one of two is no proof: {lucky}");
        assert!(proven < 0.0, "two in a hundred is below the common rate");
        assert_eq!((found[2], found[3]), (None, None));
    }

    #[test]
    fn places_count_from_the_nearer_end() {
        let by = Measure::Rank { column: "n".to_owned(), per: None, low: false };
        let all = candidates(&[], &[("n", &[10.0, 20.0, 30.0, 40.0])]);
        assert_eq!(values(&by, &all), [Some(-0.75), Some(-0.25), Some(0.25), Some(0.75)]);
        assert_eq!(measure(&by, &brief(), &all).of(3).unwrap().facts.place, Some(0.25));
        assert_eq!(values(&by, &candidates(&[], &[("n", &[5.0, 5.0])])), [Some(0.0), Some(0.0)]);
        let low = Measure::Rank { column: "n".to_owned(), per: None, low: true };
        assert_eq!(values(&low, &all)[0], Some(0.75));
    }
}
