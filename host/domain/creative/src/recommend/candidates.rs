//! What a recommender is shown: columns of texts and numbers, an entry a
//! candidate. A number that is not known is NaN, a text that is not known is
//! empty; neither is ever made up.

use crate::{
    error::{Error, Result},
    library::{
        Creative, PastResults,
        sql::{Filter, creative_list, past_all},
    },
};
use rialto_contract::recommender::{Candidates, NumberColumn, TextColumn};
use rialto_kernel::{Id, WorkspaceId};
use rialto_store::Conn;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most candidates of one question.
pub const CANDIDATES_MAX: usize = 100_000;
/// The most creatives of one question.
const CREATIVES_MAX: usize = 10_000;
const PAGE_ROWS: u32 = 500;
const DAY_US: f64 = 86_400_000_000.0;

/// Candidates, and who or what each of them is to the host.
pub(super) struct Shown {
    pub(super) candidates: Candidates,
    /// The id of each, in the order of the candidates' own ids.
    pub(super) ids: Vec<String>,
}

/// A table of candidates while it is filled.
pub(super) struct Table {
    texts: Vec<TextColumn>,
    numbers: Vec<NumberColumn>,
}

impl Table {
    pub(super) fn new(texts: &[&str], numbers: &[&str]) -> Self {
        Self {
            texts: texts.iter().map(|name| TextColumn { name: (*name).to_owned(), values: Vec::new() }).collect(),
            numbers: numbers.iter().map(|name| NumberColumn { name: (*name).to_owned(), values: Vec::new() }).collect(),
        }
    }

    /// Add a candidate, its values in the order of the columns.
    pub(super) fn push<const T: usize, const N: usize>(&mut self, texts: [String; T], numbers: [f64; N]) {
        debug_assert!(T == self.texts.len() && N == self.numbers.len(), "a value for each column");
        for (column, value) in self.texts.iter_mut().zip(texts) {
            column.values.push(value);
        }
        for (column, value) in self.numbers.iter_mut().zip(numbers) {
            column.values.push(value);
        }
    }

    pub(super) fn candidates(self, kind: &str, ids: Vec<String>) -> Candidates {
        Candidates { kind: kind.to_owned(), ids, texts: self.texts, numbers: self.numbers }
    }
}

/// The library's creatives, as of an instant.
pub(super) async fn creatives(conn: &mut Conn, ws: WorkspaceId, at: i64, currency: &str) -> Result<Shown> {
    let library = library(conn, ws, at).await?;
    let past = past_all(conn, ws, at).await?;
    let mut table = Table::new(
        &[
            "name",
            "kind",
            "origin",
            "objectives",
            "season",
            "theme",
            "categories",
            "channel",
            "audience",
            "campaign-type",
            "interaction",
        ],
        &["past-sends", "past-clicks", "past-conversions", "past-revenue", "days-since"],
    );
    for one in &library {
        let numbers = past_numbers(past.get(&one.id), at, currency);
        table.push(
            [
                one.title.clone(),
                one.kind.clone(),
                one.origin.clone(),
                one.objectives.clone(),
                one.season.clone(),
                one.theme.clone(),
                one.categories.clone(),
                one.channel.clone(),
                one.audience.clone(),
                one.campaign_type.clone(),
                one.interaction.clone(),
            ],
            numbers,
        );
    }
    let ids: Vec<String> = library.iter().map(|one| one.id.to_string()).collect();
    Ok(Shown { candidates: table.candidates("creative", ids.clone()), ids })
}

/// The types of campaigns that the library has cases of, as of an instant.
pub(super) async fn campaign_types(conn: &mut Conn, ws: WorkspaceId, at: i64, currency: &str) -> Result<Shown> {
    let library = library(conn, ws, at).await?;
    let past = past_all(conn, ws, at).await?;
    let mut types: BTreeMap<&str, Vec<&Creative>> = BTreeMap::new();
    for one in library.iter().filter(|one| !one.campaign_type.is_empty()) {
        types.entry(one.campaign_type.as_str()).or_default().push(one);
    }
    let mut table = Table::new(
        &["type", "season", "audience", "objectives", "channel", "theme"],
        &["past-sends", "past-clicks", "past-conversions", "past-revenue", "days-since", "cases"],
    );
    for (name, cases) in &types {
        let [sends, clicks, conversions, revenue, days] = past_numbers(Some(&sum(cases, &past)), at, currency);
        let words = |of: fn(&Creative) -> &str| words(cases.iter().map(|case| of(case)));
        table.push(
            [
                (*name).to_owned(),
                words(|c| &c.season),
                words(|c| &c.audience),
                words(|c| &c.objectives),
                words(|c| &c.channel),
                words(|c| &c.theme),
            ],
            [sends, clicks, conversions, revenue, days, count(cases.len())],
        );
    }
    let ids: Vec<String> = types.keys().map(|name| (*name).to_owned()).collect();
    Ok(Shown { candidates: table.candidates("campaign-type", ids.clone()), ids })
}

/// Every creative that was there at an instant and is not put away.
async fn library(conn: &mut Conn, ws: WorkspaceId, at: i64) -> Result<Vec<Creative>> {
    let (filter, mut all, mut before) = (Filter::default(), Vec::new(), None);
    loop {
        let page = creative_list(conn, ws, &filter, before, PAGE_ROWS).await?;
        let (more, last) = (page.len() == PAGE_ROWS as usize, page.last().map(|one| one.id));
        all.extend(page);
        if all.len() > CREATIVES_MAX {
            return Err(too_many(CREATIVES_MAX, "put some of the library away"));
        }
        if !more {
            break;
        }
        before = last;
    }
    // Old cases are often put in late: one that had come to something by then
    // was known then, whenever it was put in.
    let past = past_all(conn, ws, at).await?;
    all.retain(|one| one.created_at.as_microsecond() <= at || past.contains_key(&one.id));
    all.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(all)
}

pub(super) fn too_many(limit: usize, remedy: &str) -> Error {
    Error::field("of", format!("more than the limit `candidates` of {limit}; {remedy}"))
}

fn sum(cases: &[&Creative], past: &HashMap<Id, PastResults>) -> PastResults {
    let mut total = PastResults::default();
    for one in cases.iter().filter_map(|case| past.get(&case.id)) {
        total.results += one.results;
        total.tried += one.tried;
        total.reached += one.reached;
        if let Some(clicks) = one.clicks {
            *total.clicks.get_or_insert(0) += clicks;
        }
        total.revenue.extend(one.revenue.iter().copied());
        total.last_at = total.last_at.max(one.last_at);
    }
    total
}

/// Sends, clicks, conversions, revenue in one currency, days since the newest.
fn past_numbers(past: Option<&PastResults>, at: i64, currency: &str) -> [f64; 5] {
    let Some(past) = past.filter(|past| past.results > 0) else { return [f64::NAN; 5] };
    let in_currency = past.revenue.iter().filter(|money| money.currency.code() == currency);
    let revenue: Vec<i64> = in_currency.map(|money| money.minor).collect();
    [
        whole(past.tried),
        past.clicks.map_or(f64::NAN, whole),
        whole(past.reached),
        if revenue.is_empty() { f64::NAN } else { whole(revenue.iter().sum()) },
        past.last_at.map_or(f64::NAN, |last| days(last.as_microsecond(), at)),
    ]
}

/// The distinct words of several lists, parted by commas.
fn words<'a>(lists: impl Iterator<Item = &'a str>) -> String {
    let words: BTreeSet<&str> = lists
        .flat_map(|list| list.split([',', '，', '、', ';', '；']))
        .map(str::trim)
        .filter(|w| !w.is_empty())
        .collect();
    words.into_iter().collect::<Vec<_>>().join(", ")
}

/// Days from one instant to another.
pub(super) fn days(from: i64, to: i64) -> f64 {
    whole(to.saturating_sub(from)) / DAY_US
}

#[allow(clippy::cast_precision_loss, reason = "counts and amounts of one workspace stay far below 2^53")]
pub(super) fn whole(number: i64) -> f64 {
    number as f64
}

fn count(number: usize) -> f64 {
    whole(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::{Money, from_micros};

    #[test]
    fn what_is_not_known_is_nan() {
        assert!(past_numbers(None, 0, "USD").iter().all(|n| n.is_nan()));
        let past = PastResults {
            results: 1,
            tried: 10,
            reached: 2,
            clicks: None,
            revenue: vec![Money { minor: 500, currency: "EUR".parse().unwrap() }],
            last_at: Some(from_micros(0)),
        };
        let [sends, clicks, conversions, revenue, days] = past_numbers(Some(&past), 2 * 86_400_000_000, "USD");
        assert_eq!((sends, conversions, days), (10.0, 2.0, 2.0));
        assert!(clicks.is_nan() && revenue.is_nan(), "another currency is not this one");
    }

    #[test]
    fn words_of_several_lists_stand_once() {
        assert_eq!(words(["winter, new-year", "winter；", "春节、winter", ""].into_iter()), "new-year, winter, 春节");
    }
}
