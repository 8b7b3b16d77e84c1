//! `rates`: a row is what one unit of a currency was worth from a day on. A
//! rate of the same pair and day is replaced.

use super::{PERMISSION, column, needed};
use crate::{
    NewExchangeRate, SalesError, actions,
    rates::RateRow,
    sql::{rate_take_back, rates_put, rates_there},
    text::line,
};
use async_trait::async_trait;
use rialto_audience::import::{Column, ImportContext, ImportKind, ImportRow, RowError, TakeBack};
use rialto_kernel::{Currency, Id, Problem, from_micros};
use rialto_store::Conn;
use std::collections::{BTreeMap, BTreeSet};

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

    fn made_objects(&self) -> &'static [&'static str] {
        &["rate", "replaced-rate"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        let mut kept = Vec::new();
        for (id, (base, quote, at)) in ids.iter().filter_map(|id| Some((*id, unpacked(*id)?))) {
            let pair = format!("{base} to {quote} from {}", from_micros(at).strftime("%Y-%m-%d"));
            if with.object == "replaced-rate" {
                kept.push((id, format!("{pair}: it took the place of a rate that is no longer known")));
            } else if !rate_take_back(conn, with.workspace, (base, quote, at), (&with.actor, with.ended_at)).await? {
                kept.push((id, format!("{pair}: changed")));
            }
        }
        Ok(kept)
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
        let fresh: Vec<RateRow> = fresh.into_values().collect();
        let days: BTreeSet<i64> = fresh.iter().map(|rate| rate.at).collect();
        let there = rates_there(conn, ctx.workspace, &days.into_iter().collect::<Vec<_>>()).await?;
        let (mut made, mut replaced) = (Vec::new(), Vec::new());
        for rate in &fresh {
            let id = packed(rate.base, rate.quote, rate.at);
            // One that an earlier batch of this file made is this import's own.
            let own = ctx.cache.get("rate", &id.to_string()).is_some();
            match there.contains(&(rate.base.code().to_owned(), rate.quote.code().to_owned(), rate.at)) {
                false => made.push(id),
                true if own => {}
                true => replaced.push(id),
            }
        }
        rates_put(conn, ctx.workspace, &fresh).await?;
        ctx.cache.put("rate", made.iter().map(|id| (id.to_string(), *id)));
        ctx.made("rate", made);
        ctx.made("replaced-rate", replaced);
        Ok(errors)
    }
}

/// A rate has no id: its pair and day make one that can be read again.
fn packed(base: Currency, quote: Currency, at: i64) -> Id {
    let mut bytes = [0_u8; 16];
    for (place, byte) in base.code().bytes().chain(quote.code().bytes()).chain(at.to_be_bytes()).enumerate() {
        if let Some(cell) = bytes.get_mut(place) {
            *cell = byte;
        }
    }
    Id::from_bytes(bytes)
}

fn unpacked(id: Id) -> Option<(Currency, Currency, i64)> {
    let bytes = id.as_bytes();
    let code = |from: usize| std::str::from_utf8(bytes.get(from..from + 3)?).ok()?.parse::<Currency>().ok();
    Some((code(0)?, code(3)?, i64::from_be_bytes(bytes.get(6..14)?.try_into().ok()?)))
}

fn read(ctx: &ImportContext, row: &ImportRow) -> Result<RateRow, RowError> {
    let cell = |at: usize| needed(row, COLUMNS, at, line).map(str::to_owned);
    let new = NewExchangeRate { from: cell(0)?, to: cell(1)?, date: cell(2)?, rate: cell(3)?, source: None };
    actions::rate_checked(&new, &ctx.file_name, &ctx.actor, ctx.now).map_err(|cause| match cause {
        SalesError::Field { field, message } => row.error(field, message),
        other => row.error("rate", other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rates_id_is_its_pair_and_day() {
        let (base, quote) = ("EUR".parse().unwrap(), "CNY".parse().unwrap());
        for at in [0, -1, 1_767_225_600_000_000] {
            assert_eq!(unpacked(packed(base, quote, at)), Some((base, quote, at)));
        }
        assert_eq!(unpacked(Id::nil()), None);
    }
}
