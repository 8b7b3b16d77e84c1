//! `rates`: a row is what one unit of a currency was worth from a day on. A
//! rate of the same pair and day is replaced.

use super::{PERMISSION, column, needed};
use crate::{NewExchangeRate, SalesError, actions, rates::RateRow, sql::rates_put, text::line};
use async_trait::async_trait;
use rialto_audience::import::{Column, ImportContext, ImportKind, ImportRow, RowError};
use rialto_kernel::Problem;
use rialto_store::Conn;
use std::collections::BTreeMap;

const COLUMNS: &[Column] = &[
    column("from", &["base", "currency", "source_currency"], true, "one unit of this currency, such as EUR"),
    column("to", &["quote", "target_currency"], true, "is worth so many of this one, such as CNY"),
    column("date", &["day", "at", "valid_from"], true, "from this day on (UTC)"),
    column("rate", &["value", "price"], true, "how many, as a plain decimal such as 7.8512"),
];

/// Reads exchange rates in.
#[derive(Debug, Clone, Copy)]
pub struct RatesImport;

#[async_trait]
impl ImportKind for RatesImport {
    fn name(&self) -> &'static str {
        "rates"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn permission(&self) -> &'static str {
        PERMISSION
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let mut errors = Vec::new();
        // The last row of a pair and day counts; one statement holds each once.
        let mut fresh: BTreeMap<_, RateRow> = BTreeMap::new();
        for row in rows {
            match read(ctx, row) {
                Ok(rate) => drop(fresh.insert((rate.base, rate.quote, rate.at), rate)),
                Err(error) => errors.push(error),
            }
        }
        rates_put(conn, ctx.workspace, &fresh.into_values().collect::<Vec<_>>()).await?;
        Ok(errors)
    }
}

fn read(ctx: &ImportContext, row: &ImportRow) -> Result<RateRow, RowError> {
    let cell = |at: usize| needed(row, COLUMNS, at, line).map(str::to_owned);
    let new = NewExchangeRate { from: cell(0)?, to: cell(1)?, date: cell(2)?, rate: cell(3)?, source: None };
    actions::rate_checked(&new, &ctx.file_name, &ctx.actor, ctx.now).map_err(|cause| match cause {
        SalesError::Field { field, message } => row.error(field, message),
        other => row.error("rate", other.to_string()),
    })
}
