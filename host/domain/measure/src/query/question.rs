//! What may be asked of the catalogue, and what it answers.

use crate::{
    MeasureError,
    catalogue::{Dimension, Metric},
    metrics,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most rows one answer holds.
pub const ROWS_MAX: usize = 10_000;
/// The rows of an answer when nobody says.
pub const ROWS_DEFAULT: usize = 1_000;
/// The most dimensions besides time in one question.
pub const DIMENSIONS_MAX: usize = 3;
/// The most values to narrow one dimension to.
pub const FILTER_VALUES_MAX: usize = 500;
/// The longest value to narrow to.
const FILTER_VALUE_CHARS_MAX: usize = 200;

/// A question to the metrics catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MetricQuestion)]
pub struct Question {
    /// Such as `revenue`; `GET /metrics` lists them.
    pub metric: String,
    /// What to break it down by; at most one of day, week and month, and three others.
    #[serde(default)]
    pub by: Vec<String>,
    /// Dimensions and the values they may have; any of them. Ids, or codes of
    /// campaigns, sales channels, offers and conversion definitions.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, Vec<String>>,
    /// From this instant, included.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub start: Option<Timestamp>,
    /// To this instant, excluded.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub end: Option<Timestamp>,
    /// For money: which currency; the workspace's if absent.
    #[serde(default)]
    pub currency: Option<String>,
    /// Also answer for another span, to compare with.
    #[serde(default)]
    pub compare: Option<Compare>,
    /// How rows are sorted.
    #[serde(default)]
    pub order: Order,
    /// Rows wanted, 1 to 10,000; 1,000 if absent.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A span to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = MetricCompare)]
pub enum Compare {
    /// As long, right before.
    PreviousPeriod,
    /// The same days a year earlier.
    PreviousYear,
}

/// How rows are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = MetricOrder)]
pub enum Order {
    /// By what they are broken down by.
    #[default]
    Keys,
    /// The largest value first.
    ValueDescending,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = MetricAnswer)]
pub struct Answer {
    /// Which metric.
    pub metric: String,
    /// Its title in the caller's language.
    pub title: String,
    /// `count`, `ratio` or `money:USD` (minor units).
    pub unit: String,
    /// `additive`, `ratio` or `distinct`.
    pub kind: String,
    /// What it is broken down by.
    pub by: Vec<String>,
    /// In which zone days, weeks and months are.
    pub zone: String,
    /// A row for each combination that occurs.
    pub rows: Vec<AnswerRow>,
    /// The number without a breakdown; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
    /// Whether there are more rows than the limit let through.
    pub truncated: bool,
    /// The other span, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = MetricAnswerRow)]
pub struct AnswerRow {
    /// Values of the dimensions, in the order asked; empty where unknown.
    pub keys: Vec<String>,
    /// The same for people: names instead of ids.
    pub labels: Vec<String>,
    /// The number; absent where it would be divided by zero.
    pub value: Option<f64>,
    /// How many people stand behind it, where that was asked.
    #[serde(skip)]
    pub people: Option<i64>,
    /// The number in the other span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<f64>,
}

/// The other span of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = MetricComparison)]
pub struct Comparison {
    /// Its first instant.
    pub start: String,
    /// The instant it ends before.
    pub end: String,
    /// The number without a breakdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
}

/// A question that can be answered: names resolved, bounds held.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) metric: &'static Metric,
    pub(crate) by: Vec<Dimension>,
    pub(crate) filter: Vec<(Dimension, Vec<String>)>,
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) limit: usize,
}

impl Question {
    /// A question for one number.
    #[must_use]
    pub fn of(metric: &str) -> Self {
        Self { metric: metric.to_owned(), ..Self::default() }
    }

    /// Break it down by one more dimension.
    #[must_use]
    pub fn by(mut self, dimension: &str) -> Self {
        self.by.push(dimension.to_owned());
        self
    }

    /// Only where the dimension has this value, or another one given.
    #[must_use]
    pub fn only(mut self, dimension: &str, value: impl ToString) -> Self {
        self.filter.entry(dimension.to_owned()).or_default().push(value.to_string());
        self
    }

    /// From `start`, included, to `end`, excluded.
    #[must_use]
    pub fn between(mut self, start: Timestamp, end: Timestamp) -> Self {
        (self.start, self.end) = (Some(start), Some(end));
        self
    }

    pub(crate) fn check(&self) -> Result<Checked, MeasureError> {
        let metric = metrics::find(&self.metric).ok_or_else(|| {
            let name = self.metric.escape_debug();
            MeasureError::invalid("metric", format!("there is no metric `{name}`; GET /api/v1/metrics lists them"))
        })?;
        let by = self.check_by(metric)?;
        let filter = self.check_filter(metric)?;
        if metric.needs_run() && !names_run(&by, &filter) {
            let told = "name the attribution run or its model, or break it down by `run` or `model`";
            return Err(MeasureError::invalid("where.run", told));
        }
        let (start, end) = (self.start.map(Timestamp::as_microsecond), self.end.map(Timestamp::as_microsecond));
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return Err(MeasureError::invalid("end", "must be after `start`"));
        }
        if self.compare.is_some() && (start.is_none() || end.is_none()) {
            return Err(MeasureError::invalid("compare", "give `start` and `end` to compare a span with another"));
        }
        let limit = match self.limit {
            None => ROWS_DEFAULT,
            Some(rows) if (1..=ROWS_MAX).contains(&(rows as usize)) => rows as usize,
            Some(_) => return Err(MeasureError::invalid("limit", format!("must be between 1 and {ROWS_MAX}"))),
        };
        Ok(Checked { metric, by, filter, start, end, limit })
    }

    fn check_by(&self, metric: &Metric) -> Result<Vec<Dimension>, MeasureError> {
        let mut by = Vec::with_capacity(self.by.len());
        for (at, word) in self.by.iter().enumerate() {
            let field = format!("by.{at}");
            let dimension = known(metric, &field, word)?;
            if dimension == Dimension::Conversion {
                return Err(MeasureError::invalid(field, "ask for one conversion definition at a time, in `where`"));
            }
            if by.contains(&dimension) {
                return Err(MeasureError::invalid(field, format!("`{dimension}` is there twice")));
            }
            by.push(dimension);
        }
        let times = by.iter().filter(|dimension| dimension.is_time()).count();
        if times > 1 {
            return Err(MeasureError::invalid("by", "take one of day, week and month"));
        }
        if by.len() - times > DIMENSIONS_MAX {
            return Err(MeasureError::invalid("by", format!("at most {DIMENSIONS_MAX} dimensions besides time")));
        }
        Ok(by)
    }

    fn check_filter(&self, metric: &Metric) -> Result<Vec<(Dimension, Vec<String>)>, MeasureError> {
        let mut filter = Vec::with_capacity(self.filter.len());
        for (word, values) in &self.filter {
            let field = format!("where.{word}");
            let dimension = known(metric, &field, word)?;
            if dimension.is_time() {
                return Err(MeasureError::invalid(field, "give `start` and `end` to narrow it in time"));
            }
            if values.is_empty() || values.len() > FILTER_VALUES_MAX {
                return Err(MeasureError::invalid(field, format!("give 1 to {FILTER_VALUES_MAX} values")));
            }
            if values.iter().any(|value| value.chars().count() > FILTER_VALUE_CHARS_MAX) {
                return Err(MeasureError::invalid(
                    field,
                    format!("a value has at most {FILTER_VALUE_CHARS_MAX} characters"),
                ));
            }
            filter.push((dimension, values.clone()));
        }
        Ok(filter)
    }
}

/// Credit of several models must not be summed by oversight.
fn names_run(by: &[Dimension], filter: &[(Dimension, Vec<String>)]) -> bool {
    [Dimension::Run, Dimension::Model]
        .iter()
        .any(|named| by.contains(named) || filter.iter().any(|(d, values)| d == named && values.len() == 1))
}

fn known(metric: &Metric, field: &str, word: &str) -> Result<Dimension, MeasureError> {
    let has = |dimension: &Dimension| metric.has(*dimension);
    word.parse().ok().filter(has).ok_or_else(|| {
        let names: Vec<_> = metric.dimensions().iter().map(|dimension| dimension.as_str()).collect();
        let list = if names.is_empty() { "no dimension".to_owned() } else { names.join(", ") };
        MeasureError::invalid(field, format!("`{}` knows {list}; not `{}`", metric.name, word.escape_debug()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        match serde_json::from_str::<Question>(json) {
            Ok(question) => question.check().expect_err(json).to_string(),
            Err(cause) => cause.to_string(),
        }
    }

    #[test]
    fn a_wrong_question_names_its_field_and_the_remedy() {
        for (json, words) in [
            (r#"{"metric":"luck"}"#, "metric: there is no metric `luck`"),
            (r#"{"metric":"sends","by":["colour"]}"#, "by.0: `sends` knows day, week, month, channel"),
            (r#"{"metric":"sends","by":["day","month"]}"#, "one of day, week and month"),
            (r#"{"metric":"sends","by":["channel","channel"]}"#, "twice"),
            (r#"{"metric":"sends","by":["channel","campaign","occurrence","reason"]}"#, "at most 3"),
            (r#"{"metric":"sends","where":{"day":["2017-01-01"]}}"#, "where.day"),
            (r#"{"metric":"sends","where":{"channel":[]}}"#, "where.channel"),
            (r#"{"metric":"sends","compare":"previous-period"}"#, "compare"),
            (r#"{"metric":"sends","limit":0}"#, "limit"),
            (r#"{"metric":"sends","start":"2017-01-02T00:00:00Z","end":"2017-01-01T00:00:00Z"}"#, "end"),
            (r#"{"metric":"sends","colour":1}"#, "colour"),
            (r#"{"metric":"attributed-revenue","by":["channel"]}"#, "where.run"),
            (r#"{"metric":"conversions","by":["conversion"]}"#, "one conversion definition"),
        ] {
            let said = refused(json);
            assert!(said.contains(words), "{json}: {said}");
        }
    }
}
