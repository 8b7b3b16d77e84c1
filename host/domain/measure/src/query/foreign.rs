//! Money of other currencies than the one asked for: converted row by row at
//! the rate of its day, so that the parts of every breakdown sum to the whole.
//! A row without a rate refuses the question; none is left out in silence.

use super::{
    compile::{Cells, Coin, Plan, compile_foreign},
    evaluate::{Cell, Key, Scope, bounded, calendar, plan, row, rows},
};
use crate::{
    MeasureError,
    catalogue::{Aggregate, Part},
    conversion::{Definition, rule::Rule},
};
use rialto_kernel::{Currency, WorkspaceId};
use rialto_sales::{SalesError, rates::Way};
use rialto_store::{Conn, sql};
use std::collections::BTreeMap;

/// The most other currencies one question meets.
pub const CURRENCIES_MAX: usize = 60;

/// A day of rates in microseconds.
const DAY_US: i64 = rialto_sales::rates::DAY_US;

/// The currencies of a part's rows other than the one asked for; none where it
/// sums no money.
pub(crate) async fn currencies(
    conn: &mut Conn,
    money: bool,
    part: &'static Part,
    scope: &Scope,
) -> Result<Vec<Currency>, MeasureError> {
    if !money || part.fact.currency.is_empty() || !matches!(part.aggregate, Aggregate::Sum(_)) {
        return Ok(Vec::new());
    }
    let table = match &scope.definition {
        Some(definition) if part.fact.is_conversion() => table_of(definition),
        _ => part.fact.tables.first().copied().unwrap_or_default(),
    };
    others(conn, scope.workspace, table, scope.currency).await
}

/// Where the currencies of a definition's conversions stand.
pub(crate) fn table_of(definition: &Definition) -> &'static str {
    match definition.rule {
        Rule::Order { .. } => "sales_order",
        Rule::Event { .. } => "event",
    }
}

/// The currencies in a table other than one.
pub(crate) async fn others(
    conn: &mut Conn,
    ws: WorkspaceId,
    table: &str,
    but: Currency,
) -> Result<Vec<Currency>, MeasureError> {
    let text = match table {
        "sales_order" | "order_line" | "refund" => {
            sql("SELECT DISTINCT currency FROM sales_order WHERE workspace = $1 AND currency < $2
                 UNION SELECT DISTINCT currency FROM sales_order WHERE workspace = $1 AND currency > $2 LIMIT 61")
        }
        "event" => {
            sql("SELECT DISTINCT currency FROM event WHERE workspace = $1 AND currency IS NOT NULL AND currency < $2
                 UNION SELECT DISTINCT currency FROM event WHERE workspace = $1 AND currency IS NOT NULL
                   AND currency > $2 LIMIT 61")
        }
        "send" | "occurrence" => {
            sql("SELECT DISTINCT currency FROM occurrence WHERE workspace = $1 AND currency <> $2 LIMIT 61")
        }
        "spend" => sql("SELECT DISTINCT currency FROM spend WHERE workspace = $1 AND currency <> $2 LIMIT 61"),
        "budget_line" => {
            sql("SELECT DISTINCT currency FROM budget_line WHERE workspace = $1 AND currency <> $2 LIMIT 61")
        }
        _ => sql("SELECT DISTINCT currency FROM attribution_run WHERE workspace = $1 AND currency <> $2 LIMIT 61"),
    };
    let rows: Vec<(String,)> = text.bind(ws).bind(but).fetch_all(conn).await?;
    if rows.len() > CURRENCIES_MAX {
        return Err(MeasureError::TooLarge {
            limit: "currencies",
            value: CURRENCIES_MAX as u64,
            remedy: "ask with `where` for rows of fewer currencies",
        });
    }
    rows.iter()
        .map(|(code,)| code.parse().map_err(|message: String| MeasureError::invalid("currency", message)))
        .collect()
}

/// A part's rows over every currency, in the one asked for. People are counted
/// over all of them at once: somebody who paid in two currencies is one person.
pub(crate) async fn rows_converted(
    conn: &mut Conn,
    part: &'static Part,
    scope: &Scope,
    others: &[Currency],
) -> Result<Vec<(Vec<Key>, Cell)>, MeasureError> {
    let alone = Scope { people: false, ..scope.clone() };
    let home = rows(conn, part, &alone, Coin::Only(scope.currency)).await?;
    let mut sums: BTreeMap<Vec<Key>, Cell> = home.into_iter().collect();
    for currency in others {
        add(conn, part, &alone, *currency, &mut sums).await?;
    }
    bounded(sums.len())?;
    if scope.people {
        for (keys, counted) in rows(conn, part, scope, Coin::Any).await? {
            if let Some(cell) = sums.get_mut(&keys) {
                cell.people = counted.people;
            }
        }
    }
    Ok(sums.into_iter().collect())
}

type ForeignCells = (
    Option<i64>,
    Option<rialto_kernel::Id>,
    Option<rialto_kernel::Id>,
    Option<rialto_kernel::Id>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<f64>,
    Option<i64>,
    i64,
);

/// Add the rows of one other currency.
async fn add(
    conn: &mut Conn,
    part: &'static Part,
    scope: &Scope,
    currency: Currency,
    sums: &mut BTreeMap<Vec<Key>, Cell>,
) -> Result<(), MeasureError> {
    let coin = Coin::Only(currency);
    let Some(calendar) = calendar(conn, part, scope, coin).await? else { return Ok(()) };
    let way = way(conn, scope.workspace, currency, scope.currency).await?;
    let statement = compile_foreign(part, &Plan { calendar: calendar.as_ref(), ..plan(scope, coin) });
    statement
        .for_each::<ForeignCells, MeasureError>(conn, |(t, i1, i2, i3, k1, k2, k3, amount, count, day)| {
            let cells: Cells = (t, i1, i2, i3, k1, k2, k3, None, None);
            let (keys, _) = row(&scope.by, cells);
            let value = converted(&way, amount.unwrap_or(0.0), count.unwrap_or(0), day)?;
            let cell = sums.entry(keys).or_insert(Cell { value: Some(0.0), people: None });
            cell.value = Some(cell.value.unwrap_or(0.0) + value);
            Ok(())
        })
        .await
}

/// The way between two currencies.
pub(crate) async fn way(conn: &mut Conn, ws: WorkspaceId, from: Currency, to: Currency) -> Result<Way, MeasureError> {
    Way::load(conn, ws, from, to).await.map_err(refused)
}

/// A refusal of the sales area as one of this area.
pub(crate) fn refused(error: SalesError) -> MeasureError {
    MeasureError::Other(error.into())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "whole minor units below 2^53")]
fn converted(way: &Way, amount: f64, count: i64, day: i64) -> Result<f64, MeasureError> {
    // Amounts come as whole numbers; the conversion itself is exact.
    let one = way.convert(amount as i64, day * DAY_US).map_err(refused)?;
    Ok(one as f64 * count as f64)
}
