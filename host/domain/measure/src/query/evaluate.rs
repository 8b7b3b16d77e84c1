//! Computing a metric: its parts by SQL, then sums, quotients and returns of
//! them, row by row. Every number of the product comes out of here.

use super::{
    calendar::Calendar,
    compile::{Cells, Coin, Filter, Plan, choose, compile, compile_bounds},
    foreign,
    question::ROWS_MAX,
};
use crate::{
    MeasureError,
    catalogue::{Dimension, Formula, Metric, Part, Unit, dimension::Values},
    conversion::Definition,
};
use jiff::tz::TimeZone;
use rialto_kernel::{Currency, Id, WorkspaceId};
use rialto_store::Conn;
use std::collections::BTreeMap;

/// A value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A bucket of time.
    Time(i64),
    /// An id, or none.
    Id(Option<Id>),
    /// A word.
    Text(String),
}

/// A number and who stands behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cell {
    /// Absent where it would be divided by zero.
    pub(crate) value: Option<f64>,
    /// The fewest people behind any part of it that is not zero.
    pub(crate) people: Option<i64>,
}

/// Rows by their keys.
pub(crate) type Table = BTreeMap<Vec<Key>, Cell>;

/// What a metric is evaluated for.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) workspace: WorkspaceId,
    pub(crate) by: Vec<Dimension>,
    pub(crate) filter: Vec<Filter>,
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) currency: Currency,
    pub(crate) zone: TimeZone,
    pub(crate) definition: Option<Definition>,
    pub(crate) people: bool,
}

/// Compute a metric.
pub(crate) async fn evaluate(conn: &mut Conn, metric: &'static Metric, scope: &Scope) -> Result<Table, MeasureError> {
    let one = |name| crate::metrics::find(name).ok_or(MeasureError::Missing("metric"));
    match &metric.computed {
        Formula::Sum(parts) => sum(conn, metric, parts, scope).await,
        Formula::Quotient { over, under } => {
            let (over, under) = both(conn, one(over)?, one(under)?, scope).await?;
            Ok(combine(&over, &under, |over, under| over / under))
        }
        Formula::Return { gain, cost } => {
            let (gain, cost) = both(conn, one(gain)?, one(cost)?, scope).await?;
            Ok(combine(&gain, &cost, |gain, cost| (gain - cost) / cost))
        }
    }
}

async fn both(
    conn: &mut Conn,
    one: &'static Metric,
    other: &'static Metric,
    scope: &Scope,
) -> Result<(Table, Table), MeasureError> {
    Ok((parts_of(conn, one, scope).await?, parts_of(conn, other, scope).await?))
}

/// A metric that is a sum; quotients are made of these only.
async fn parts_of(conn: &mut Conn, metric: &'static Metric, scope: &Scope) -> Result<Table, MeasureError> {
    match &metric.computed {
        Formula::Sum(parts) => sum(conn, metric, parts, scope).await,
        _ => Err(MeasureError::Missing("metric")),
    }
}

async fn sum(
    conn: &mut Conn,
    metric: &'static Metric,
    parts: &'static [&'static [Part]],
    scope: &Scope,
) -> Result<Table, MeasureError> {
    let mut table = Table::new();
    for options in parts {
        let part = choose(options, &scope.by, &scope.filter).ok_or_else(|| {
            MeasureError::invalid("by", format!("`{}` cannot be asked by all of these at once", metric.name))
        })?;
        let found = match foreign::currencies(conn, metric.unit == Unit::Money, part, scope).await? {
            others if others.is_empty() => rows(conn, part, scope, Coin::Any).await?,
            others => foreign::rows_converted(conn, part, scope, &others).await?,
        };
        for (keys, cell) in found {
            table.entry(keys).and_modify(|sum| *sum = added(*sum, cell)).or_insert(cell);
        }
    }
    Ok(table)
}

/// What a part is computed for, without its calendar.
pub(super) fn plan(scope: &Scope, coin: Coin) -> Plan<'_> {
    Plan {
        workspace: scope.workspace,
        by: &scope.by,
        filter: &scope.filter,
        start: scope.start,
        end: scope.end,
        currency: scope.currency,
        coin,
        calendar: None,
        definition: scope.definition.as_ref(),
        people: scope.people,
    }
}

/// The calendar a part needs: `Ok(None)` inside where none is, `None` outside
/// where there are no rows at all.
pub(super) async fn calendar(
    conn: &mut Conn,
    part: &'static Part,
    scope: &Scope,
    coin: Coin,
) -> Result<Option<Option<Calendar>>, MeasureError> {
    if !scope.by.iter().any(|dimension| dimension.is_time()) {
        return Ok(Some(None));
    }
    match bounds(conn, part, &plan(scope, coin)).await? {
        Some((start, end)) => Ok(Some(Some(Calendar::of(&scope.zone, start, end)?))),
        None => Ok(None),
    }
}

pub(super) async fn rows(
    conn: &mut Conn,
    part: &'static Part,
    scope: &Scope,
    coin: Coin,
) -> Result<Vec<(Vec<Key>, Cell)>, MeasureError> {
    let Some(calendar) = calendar(conn, part, scope, coin).await? else { return Ok(Vec::new()) };
    let plan = Plan { calendar: calendar.as_ref(), ..plan(scope, coin) };
    let rows = compile(part, &plan).fetch_all::<Cells>(conn).await?;
    bounded(rows.len())?;
    Ok(rows.into_iter().map(|cells| row(&scope.by, cells)).collect())
}

/// Refuse more rows than an answer holds.
pub(super) fn bounded(rows: usize) -> Result<(), MeasureError> {
    if rows <= ROWS_MAX {
        return Ok(());
    }
    Err(MeasureError::TooLarge {
        limit: "answer-rows",
        value: ROWS_MAX as u64,
        remedy: "ask for a shorter span, fewer dimensions or fewer values",
    })
}

/// The span whose offsets are needed; none when there are no rows at all.
async fn bounds(conn: &mut Conn, part: &'static Part, plan: &Plan<'_>) -> Result<Option<(i64, i64)>, MeasureError> {
    if let (Some(start), Some(end)) = (plan.start, plan.end) {
        return Ok(Some((start, end)));
    }
    let (first, last): (Option<i64>, Option<i64>) = compile_bounds(part, plan).fetch_one(conn).await?;
    Ok(first.zip(last).map(|(first, last)| (first, last.saturating_add(1))))
}

pub(super) fn row(by: &[Dimension], cells: Cells) -> (Vec<Key>, Cell) {
    let (time, i1, i2, i3, k1, k2, k3, value, people) = cells;
    let (mut ids, mut texts) = ([i1, i2, i3].into_iter(), [k1, k2, k3].into_iter());
    let keys = by
        .iter()
        .map(|dimension| match dimension.values() {
            Values::Time => Key::Time(time.unwrap_or(0)),
            Values::Ids => Key::Id(ids.next().flatten()),
            Values::Texts => Key::Text(texts.next().flatten().unwrap_or_default()),
        })
        .collect();
    (keys, Cell { value, people })
}

/// A zero has nobody behind it, and takes nobody's part in a sum.
fn people_of(cell: Cell) -> Option<i64> {
    cell.people.filter(|people| *people > 0)
}

fn fewest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn added(one: Cell, other: Cell) -> Cell {
    let value = Some(one.value.unwrap_or(0.0) + other.value.unwrap_or(0.0));
    Cell { value, people: fewest(people_of(one), people_of(other)) }
}

/// Rows of both, joined by their keys; what is not there is zero.
fn combine(over: &Table, under: &Table, formula: impl Fn(f64, f64) -> f64) -> Table {
    let nothing = Cell { value: None, people: None };
    let keys: std::collections::BTreeSet<_> = over.keys().chain(under.keys()).collect();
    keys.into_iter()
        .map(|keys| {
            let (above, below) = (over.get(keys).unwrap_or(&nothing), under.get(keys).unwrap_or(&nothing));
            let (a, b) = (above.value.unwrap_or(0.0), below.value.unwrap_or(0.0));
            let value = (b != 0.0).then(|| formula(a, b)).filter(|value| value.is_finite());
            (keys.clone(), Cell { value, people: fewest(people_of(*above), people_of(*below)) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, f64, i64)]) -> Table {
        rows.iter()
            .map(|(key, value, people)| {
                (vec![Key::Text((*key).to_owned())], Cell { value: Some(*value), people: Some(*people) })
            })
            .collect()
    }

    #[test]
    fn a_quotient_has_no_value_where_it_would_divide_by_zero() {
        let opens = table(&[("email", 3.0, 3), ("sms", 1.0, 1)]);
        let accepted = table(&[("email", 12.0, 12), ("push", 5.0, 5)]);
        let rates: Vec<_> =
            combine(&opens, &accepted, |a, b| a / b).into_values().map(|c| (c.value, c.people)).collect();
        assert_eq!(rates, [(Some(0.25), Some(3)), (Some(0.0), Some(5)), (None, Some(1))]);
    }

    #[test]
    fn the_fewest_people_behind_any_part_count_and_a_zero_has_none() {
        let cell = |value, people| Cell { value: Some(value), people: Some(people) };
        assert_eq!(added(cell(2.0, 9), cell(3.0, 2)), cell(5.0, 2));
        assert_eq!(added(cell(2.0, 9), cell(0.0, 0)), cell(2.0, 9));
    }
}
