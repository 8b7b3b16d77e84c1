//! The metrics catalogue: one file per metric or small family. To add one,
//! write it here with its definition in both languages and a case in
//! `tests/cases/metrics/`; dashboards, reports and the command line then have it.

mod attributed;
mod bounces;
mod clicks;
mod contacts;
mod conversions;
mod customers;
mod discount;
mod events;
mod items;
mod opens;
mod orders;
mod people;
mod redemptions;
mod refunds;
mod returns;
mod revenue;
mod sends;
mod spend;
mod touches;
mod unsubscribes;

use crate::catalogue::Metric;

const FAMILIES: [&[Metric]; 20] = [
    people::METRICS,
    sends::METRICS,
    opens::METRICS,
    clicks::METRICS,
    unsubscribes::METRICS,
    bounces::METRICS,
    orders::METRICS,
    customers::METRICS,
    revenue::METRICS,
    refunds::METRICS,
    items::METRICS,
    discount::METRICS,
    redemptions::METRICS,
    conversions::METRICS,
    spend::METRICS,
    returns::METRICS,
    contacts::METRICS,
    events::METRICS,
    touches::METRICS,
    attributed::METRICS,
];

/// Every metric, in the order people look for them.
pub fn catalogue() -> impl Iterator<Item = &'static Metric> {
    FAMILIES.into_iter().flatten()
}

/// The metric of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Metric> {
    catalogue().find(|metric| metric.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Formula;
    use std::collections::BTreeSet;

    #[test]
    fn every_metric_is_defined_in_both_languages_and_once() {
        let mut names = BTreeSet::new();
        for metric in catalogue() {
            assert!(names.insert(metric.name), "{} is there twice", metric.name);
            assert!(metric.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", metric.name);
            for words in [metric.title, metric.definition] {
                assert!(!words.en.is_empty() && !words.zh.is_empty(), "{}", metric.name);
                assert!(words.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", metric.name);
            }
            assert!(!metric.tables().is_empty() && !metric.formula.is_empty(), "{}", metric.name);
        }
        assert!(names.len() >= 20, "only {} metrics", names.len());
    }

    #[test]
    fn a_metric_made_of_others_names_metrics_that_exist() {
        for metric in catalogue() {
            let named = match &metric.computed {
                Formula::Sum(parts) => {
                    assert!(parts.iter().all(|options| !options.is_empty()), "{}", metric.name);
                    continue;
                }
                Formula::Quotient { over, under } => [over, under],
                Formula::Return { gain, cost } => [gain, cost],
            };
            for name in named {
                let part = find(name).unwrap_or_else(|| panic!("{} needs {name}", metric.name));
                assert!(matches!(part.computed, Formula::Sum(_)), "{} is made of {name}, itself made", metric.name);
                assert!(metric.formula.contains(name), "{} does not tell of {name}", metric.name);
            }
        }
    }
}
