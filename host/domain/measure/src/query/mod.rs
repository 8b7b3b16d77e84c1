//! The one door to numbers: a [`Question`] to the metrics catalogue and its
//! [`Answer`]. Dashboards, reports, goals and the command line all come
//! through [`query`]; no page computes its own.

pub mod api;
pub(crate) mod binder;
pub(crate) mod calendar;
pub(crate) mod compile;
pub mod door;
pub(crate) mod evaluate;
pub(crate) mod foreign;
mod label;
pub mod question;

pub use door::CatalogueDoor;
pub use question::{Answer, AnswerRow, Compare, Comparison, Order, Question};

use crate::{
    MeasureError,
    catalogue::{Dimension, Kind, Metric, Unit, dimension::Values},
    conversion::{self, Definition},
};
use evaluate::{Cell, Key, Scope, Table, evaluate};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use question::Checked;
use rialto_kernel::{Currency, Id, Locale, Problem, WorkspaceId};
use rialto_slice::Host;
use rialto_store::{Conn, sql};
use std::collections::{BTreeMap, BTreeSet};

/// Answer a question.
///
/// # Errors
/// When the question is wrong (naming the field), too large, or the store fails.
pub async fn query(
    host: &Host,
    workspace: WorkspaceId,
    locale: Locale,
    question: &Question,
) -> Result<Answer, Problem> {
    let mut conn = host.store.read(workspace).await?;
    Ok(answer(&mut conn, workspace, locale, question, false).await?)
}

/// What a workspace counts in.
pub(crate) struct Home {
    /// Its zone.
    pub(crate) zone: TimeZone,
    /// Its currency.
    pub(crate) currency: Currency,
}

/// Zone and currency of a workspace.
pub(crate) async fn home(conn: &mut Conn, ws: WorkspaceId) -> Result<Home, MeasureError> {
    let found: Option<(String, String)> =
        sql("SELECT zone, currency FROM workspace WHERE id = $1").bind(ws).fetch_optional(conn).await?;
    let (zone, currency) = found.ok_or(MeasureError::Missing("workspace"))?;
    let zone = TimeZone::get(&zone)
        .map_err(|_| MeasureError::invalid("zone", format!("`{zone}` is not a time zone of this host")))?;
    let currency = currency.parse().map_err(|message: String| MeasureError::invalid("currency", message))?;
    Ok(Home { zone, currency })
}

/// [`query`] on a connection; `people` also counts who stands behind each row.
///
/// # Errors
/// As [`query`].
pub async fn answer(
    conn: &mut Conn,
    ws: WorkspaceId,
    locale: Locale,
    question: &Question,
    people: bool,
) -> Result<Answer, MeasureError> {
    let checked = question.check()?;
    let home = home(conn, ws).await?;
    let scope = scope(conn, ws, question, &checked, &home, people).await?;
    let table = evaluate(conn, checked.metric, &scope).await?;
    let total = total(conn, checked.metric, &scope, &table).await?;
    let other = match question.compare {
        Some(compare) => Some(compared(conn, checked.metric, &scope, compare).await?),
        None => None,
    };
    let labels = labels(conn, ws, &checked.by, &table).await?;
    let mut rows = rows(&checked.by, &table, &labels, other.as_ref());
    if question.order == Order::ValueDescending {
        rows.sort_by(|a, b| b.value.unwrap_or(f64::MIN).total_cmp(&a.value.unwrap_or(f64::MIN)));
    }
    let truncated = rows.len() > checked.limit;
    rows.truncate(checked.limit);
    Ok(Answer {
        metric: checked.metric.name.to_owned(),
        title: checked.metric.title.of(locale).to_owned(),
        unit: unit(checked.metric, scope.currency),
        kind: checked.metric.kind.as_str().to_owned(),
        by: checked.by.iter().map(|dimension| dimension.as_str().to_owned()).collect(),
        zone: home.zone.iana_name().unwrap_or("UTC").to_owned(),
        rows,
        total,
        truncated,
        comparison: other.map(|other| other.comparison),
    })
}

/// How a metric's numbers read, in this currency.
pub(crate) fn unit(metric: &Metric, currency: Currency) -> String {
    match metric.unit {
        Unit::Count => "count".to_owned(),
        Unit::Ratio => "ratio".to_owned(),
        Unit::Money => format!("money:{currency}"),
    }
}

async fn scope(
    conn: &mut Conn,
    ws: WorkspaceId,
    question: &Question,
    checked: &Checked,
    home: &Home,
    people: bool,
) -> Result<Scope, MeasureError> {
    let mut filter = Vec::with_capacity(checked.filter.len());
    let mut wanted = None;
    for (dimension, values) in &checked.filter {
        match dimension {
            Dimension::Conversion => wanted = Some(values),
            _ => filter.push(label::filter(conn, ws, *dimension, values).await?),
        }
    }
    let definition = match checked.metric.needs_conversion() {
        true => Some(definition(conn, ws, wanted).await?),
        false => None,
    };
    let currency = match &question.currency {
        Some(code) => code.parse().map_err(|message: String| MeasureError::invalid("currency", message))?,
        None => home.currency,
    };
    let by_campaign =
        checked.by.contains(&Dimension::Campaign) || filter.iter().any(|f| f.dimension() == Dimension::Campaign);
    if let Some(definition) = &definition
        && by_campaign
        && !definition.rule.knows_campaigns()
    {
        let told = format!("the conversion definition `{}` does not tell campaigns apart", definition.code);
        return Err(MeasureError::invalid("by", told));
    }
    Ok(Scope {
        workspace: ws,
        by: checked.by.clone(),
        filter,
        start: checked.start,
        end: checked.end,
        currency,
        zone: home.zone.clone(),
        definition,
        people,
    })
}

/// The definition named, or the only one there is.
async fn definition(
    conn: &mut Conn,
    ws: WorkspaceId,
    wanted: Option<&Vec<String>>,
) -> Result<Definition, MeasureError> {
    const FIELD: &str = "where.conversion";
    if let Some(values) = wanted {
        let [value] = values.as_slice() else { return Err(MeasureError::invalid(FIELD, "name exactly one")) };
        let found = match value.parse::<Id>() {
            Ok(id) => conversion::sql::definition_find(conn, ws, id).await?,
            Err(_) => conversion::sql::definition_by_code(conn, ws, value).await?,
        };
        return found.ok_or_else(|| MeasureError::invalid(FIELD, "there is no such conversion definition"));
    }
    let mut all = conversion::sql::definition_list(conn, ws, None, 2).await?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(MeasureError::invalid(FIELD, "there are several conversion definitions: name one")),
        (None, _) => Err(MeasureError::invalid(FIELD, "there is no conversion definition yet: make one first")),
    }
}

/// The number without a breakdown: parts that sum are summed, others asked for.
async fn total(
    conn: &mut Conn,
    metric: &'static Metric,
    scope: &Scope,
    table: &Table,
) -> Result<Option<f64>, MeasureError> {
    if scope.by.is_empty() {
        return Ok(table.values().next().and_then(|cell| cell.value));
    }
    if metric.kind == Kind::Additive {
        return Ok(Some(table.values().filter_map(|cell| cell.value).sum()));
    }
    let whole = Scope { by: Vec::new(), people: false, ..scope.clone() };
    Ok(evaluate(conn, metric, &whole).await?.into_values().next().and_then(|cell| cell.value))
}

/// The other span's rows, under the keys that the asked span has.
struct Compared {
    rows: BTreeMap<Vec<Key>, f64>,
    comparison: Comparison,
}

async fn compared(
    conn: &mut Conn,
    metric: &'static Metric,
    scope: &Scope,
    compare: Compare,
) -> Result<Compared, MeasureError> {
    let (Some(start), Some(end)) = (scope.start, scope.end) else {
        return Err(MeasureError::invalid("compare", "give `start` and `end` to compare a span with another"));
    };
    let (other_start, other_end) = other_span(&scope.zone, start, end, compare)?;
    let other = Scope { start: Some(other_start), end: Some(other_end), people: false, ..scope.clone() };
    let table = evaluate(conn, metric, &other).await?;
    let total = total(conn, metric, &other, &table).await?;
    let shift = bucket_shift(scope, start, other_start)?;
    let rows = table
        .into_iter()
        .filter_map(|(keys, cell)| {
            let shifted = keys.into_iter().map(|key| match key {
                Key::Time(bucket) => Key::Time(bucket + shift),
                other => other,
            });
            Some((shifted.collect(), cell.value?))
        })
        .collect();
    let shown = |us| rialto_kernel::from_micros(us).to_string();
    Ok(Compared { rows, comparison: Comparison { start: shown(other_start), end: shown(other_end), total } })
}

fn other_span(zone: &TimeZone, start: i64, end: i64, compare: Compare) -> Result<(i64, i64), MeasureError> {
    match compare {
        Compare::PreviousPeriod => Ok((start.saturating_sub(end - start), start)),
        Compare::PreviousYear => {
            let back = |us: i64| {
                let at = Timestamp::from_microsecond(us).map_err(|_| MeasureError::time_range())?;
                let earlier =
                    at.to_zoned(zone.clone()).checked_sub(1.year()).map_err(|_| MeasureError::time_range())?;
                Ok::<_, MeasureError>(earlier.timestamp().as_microsecond())
            };
            Ok((back(start)?, back(end)?))
        }
    }
}

/// How many buckets of time lie between the two spans.
fn bucket_shift(scope: &Scope, start: i64, other: i64) -> Result<i64, MeasureError> {
    let Some(time) = scope.by.iter().find(|dimension| dimension.is_time()) else { return Ok(0) };
    let calendar = calendar::Calendar::of(&scope.zone, other, start.saturating_add(1))?;
    Ok(calendar.bucket(*time, start) - calendar.bucket(*time, other))
}

type Labels = BTreeMap<Dimension, BTreeMap<Id, String>>;

async fn labels(conn: &mut Conn, ws: WorkspaceId, by: &[Dimension], table: &Table) -> Result<Labels, MeasureError> {
    let mut labels = Labels::new();
    for (at, dimension) in by.iter().enumerate().filter(|(_, dimension)| dimension.values() == Values::Ids) {
        let ids: BTreeSet<Id> = table
            .keys()
            .filter_map(|keys| match keys.get(at) {
                Some(Key::Id(id)) => *id,
                _ => None,
            })
            .collect();
        let ids: Vec<Id> = ids.into_iter().collect();
        labels.insert(*dimension, label::names(conn, ws, *dimension, &ids).await?);
    }
    Ok(labels)
}

fn rows(by: &[Dimension], table: &Table, labels: &Labels, other: Option<&Compared>) -> Vec<AnswerRow> {
    let row = |(keys, cell): (&Vec<Key>, &Cell)| {
        let shown: Vec<(String, String)> =
            by.iter().zip(keys).map(|(dimension, key)| shown(*dimension, key, labels)).collect();
        let (keys_shown, labels_shown) = shown.into_iter().unzip();
        AnswerRow {
            keys: keys_shown,
            labels: labels_shown,
            value: cell.value,
            people: cell.people,
            compared: other.and_then(|other| other.rows.get(keys).copied()),
        }
    };
    table.iter().map(row).collect()
}

fn shown(dimension: Dimension, key: &Key, labels: &Labels) -> (String, String) {
    match key {
        Key::Time(bucket) => {
            let text = calendar::key(dimension, *bucket);
            (text.clone(), text)
        }
        Key::Text(text) => (text.clone(), text.clone()),
        Key::Id(None) => (String::new(), String::new()),
        Key::Id(Some(id)) => {
            let text = id.to_string();
            let label = labels.get(&dimension).and_then(|names| names.get(id)).cloned();
            (text.clone(), label.unwrap_or(text))
        }
    }
}
