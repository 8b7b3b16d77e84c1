//! The report's questions and what the catalogue answered. Asks once, all at a
//! time, and keeps apart: a number, a withheld one, none, no such metric.

use std::collections::BTreeMap;

use rialto_sdk::{
    Fault,
    query::{self, Answer, Question},
};

/// The metrics shown as single numbers, in the order of the report.
pub const SINGLE: [&str; 17] = [
    "audience",
    "sends",
    "accepted",
    "not-sent",
    "bounces",
    "opens",
    "unique-opens",
    "clicks",
    "unique-clicks",
    "unsubscribes",
    "conversions",
    "conversion-rate",
    "conversion-value",
    "redemptions",
    "spend",
    "cost-per-conversion",
    "roi",
];

/// The metrics shown broken down, with their dimensions.
pub const BROKEN_DOWN: [(&str, &[&str]); 6] = [
    ("not-sent", &["reason"]),
    ("attributed-conversions", &["model", "channel"]),
    ("attributed-revenue", &["model", "channel"]),
    ("sends", &["day"]),
    ("unique-clicks", &["day"]),
    ("conversions", &["day"]),
];

/// What is known of one metric.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A number and its unit.
    Number(f64, String),
    /// Withheld: fewer than five people stand behind it.
    Hidden,
    /// The catalogue has no number for this campaign.
    Nothing,
    /// The catalogue cannot answer.
    Absent,
}

/// A metric broken down: dimension values, and the number where it may be seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// The unit of the numbers.
    pub unit: String,
    /// Keys and numbers, as answered.
    pub rows: Vec<(Vec<String>, Option<f64>)>,
}

/// Everything the report knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    single: BTreeMap<String, Found>,
    broken_down: BTreeMap<String, Rows>,
}

impl Numbers {
    /// What is known of a metric.
    pub fn of(&self, metric: &str) -> &Found {
        self.single.get(metric).unwrap_or(&Found::Absent)
    }

    /// A metric's number, if there is one to show.
    pub fn number(&self, metric: &str) -> Option<(f64, &str)> {
        match self.of(metric) {
            Found::Number(number, unit) => Some((*number, unit)),
            _ => None,
        }
    }

    /// A metric broken down by dimensions; `None` when there are no rows.
    pub fn by(&self, metric: &str, dimensions: &[&str]) -> Option<&Rows> {
        self.broken_down.get(&key(metric, dimensions)).filter(|rows| !rows.rows.is_empty())
    }

    /// Whether there is anything to show at all.
    pub fn any(&self) -> bool {
        self.single.values().any(|found| matches!(found, Found::Number(..) | Found::Hidden))
    }

    /// Keep what a metric was found to be.
    pub fn keep(&mut self, metric: &str, found: Found) {
        self.single.insert(metric.to_owned(), found);
    }

    /// Keep a metric's rows.
    pub fn keep_rows(&mut self, metric: &str, dimensions: &[&str], rows: Rows) {
        self.broken_down.insert(key(metric, dimensions), rows);
    }
}

fn key(metric: &str, dimensions: &[&str]) -> String {
    format!("{metric} by {}", dimensions.join(", "))
}

/// Ask the catalogue about one campaign.
pub fn ask(campaign: &str) -> Numbers {
    let about = |metric: &str| Question::metric(metric).only("campaign", campaign);
    let single = SINGLE.iter().map(|metric| about(metric));
    let broken_down = BROKEN_DOWN.iter().map(|(metric, dimensions)| {
        dimensions.iter().fold(about(metric), |question, dimension| question.by(*dimension))
    });
    let answers = query::ask(&single.chain(broken_down).collect::<Vec<_>>());
    sort(answers)
}

/// Sort the answers to the questions of [`ask`] by metric.
fn sort(answers: Vec<Result<Answer, Fault>>) -> Numbers {
    let mut numbers = Numbers::default();
    let mut answers = answers.into_iter();
    for metric in SINGLE {
        numbers.keep(metric, one(answers.next()));
    }
    for (metric, dimensions) in BROKEN_DOWN {
        if let Some(Ok(answer)) = answers.next() {
            let rows = answer
                .rows()
                .map(|row| (row.keys.to_vec(), row.value))
                .filter(|(keys, _)| keys.len() == dimensions.len());
            let rows = rows.collect();
            numbers.keep_rows(metric, dimensions, Rows { rows, unit: answer.unit });
        }
    }
    numbers
}

fn one(answer: Option<Result<Answer, Fault>>) -> Found {
    let Some(Ok(answer)) = answer else { return Found::Absent };
    let Some(row) = answer.rows().next() else { return Found::Nothing };
    match row.value {
        Some(number) if number.is_finite() => Found::Number(number, answer.unit.clone()),
        Some(_) => Found::Nothing,
        None => Found::Hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(values: &[f64], hidden: &[bool]) -> Option<Result<Answer, Fault>> {
        let (values, hidden) = (values.to_vec(), hidden.to_vec());
        Some(Ok(Answer { unit: "count".to_owned(), keys: Vec::new(), values, hidden, options: Vec::new() }))
    }

    #[test]
    fn missing_is_not_zero() {
        assert_eq!(one(answer(&[0.0], &[false])), Found::Number(0.0, "count".to_owned()));
        assert_eq!(one(answer(&[0.0], &[true])), Found::Hidden);
        assert_eq!(one(answer(&[], &[])), Found::Nothing);
        assert_eq!(one(answer(&[f64::NAN], &[false])), Found::Nothing);
        assert_eq!(one(Some(Err(Fault::invalid_input("no such metric")))), Found::Absent);
        assert_eq!(one(None), Found::Absent);
    }
}
