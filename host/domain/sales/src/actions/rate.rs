//! Exchange rates: noted, replaced, listed.

use super::currency;
use crate::{
    ExchangeRate, NewExchangeRate, SalesError,
    rates::{DAY_US, Rate, RateRow},
    sql::{rate_page, rates_put},
    text,
};
use jiff::tz::TimeZone;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Page, PageQuery, from_micros};
use rialto_slice::Host;
use rialto_web::Caller;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which rates are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RateQuery {
    /// Only from this currency.
    pub from: Option<String>,
    /// Only to this currency.
    pub to: Option<String>,
    /// Rows wanted, 1 to 500.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// A day as people write it, as its first instant in UTC.
pub(crate) fn day(text: &str) -> Result<i64, String> {
    text.trim()
        .parse::<jiff::civil::Date>()
        .ok()
        .and_then(|date| date.to_zoned(TimeZone::UTC).ok())
        .map(|at| at.timestamp().as_microsecond())
        .ok_or_else(|| format!("`{}` is not a day such as 2026-03-01", text.escape_debug()))
}

/// A rate, checked, ready to be written.
pub(crate) fn rate_checked(new: &NewExchangeRate, source: &str, by: &str, now: i64) -> Result<RateRow, SalesError> {
    let wrong = |field: &'static str| move |message: String| SalesError::field(field, message);
    let (base, quote) = (new.from.trim().parse().map_err(wrong("from"))?, new.to.trim().parse().map_err(wrong("to"))?);
    if base == quote {
        return Err(SalesError::field("to", "must be another currency than `from`"));
    }
    let at = day(&new.date).map_err(wrong("date"))?;
    let rate = new.rate.trim();
    Rate::parse(rate).map_err(wrong("rate"))?;
    Ok(RateRow {
        base,
        quote,
        at,
        rate: rate.to_owned(),
        source: source.to_owned(),
        created_by: by.to_owned(),
        created_at: now,
    })
}

/// Note a rate; one of the same pair and day is replaced.
///
/// # Errors
/// When a field is wrong or the caller may not.
pub async fn rate_put(host: &Host, caller: &Caller, new: NewExchangeRate) -> Result<ExchangeRate, SalesError> {
    caller.require_everywhere("sales.write")?;
    let source = text::line(new.source.as_deref().unwrap_or("api"))
        .map_err(|message| SalesError::field("source", message))?
        .to_owned();
    let row = rate_checked(&new, &source, &caller.actor.to_string(), host.now_in(caller.workspace))?;
    // A day ahead is tomorrow's fixing; further ahead is a slip of the pen.
    if row.at > host.now_in(caller.workspace) + DAY_US {
        return Err(SalesError::field("date", "lies in the future; a rate is noted when it is known"));
    }
    let workspace = caller.workspace;
    let pair = format!("{}/{}", row.base, row.quote);
    let detail = serde_json::json!({ "date": new.date, "rate": row.rate });
    let entry = AuditEntry::new(host, caller, "rate.put", "exchange_rate", pair).detail(detail);
    host.store
        .write(workspace, "rate.put", move |conn| {
            Box::pin(async move {
                rates_put(conn, workspace, std::slice::from_ref(&row)).await?;
                audit(conn, &entry).await?;
                Ok(shown((
                    row.base.code().to_owned(),
                    row.quote.code().to_owned(),
                    row.at,
                    row.rate,
                    row.source,
                    row.created_by,
                )))
            })
        })
        .await
}

/// Rates by pair, the latest of each first.
///
/// # Errors
/// When the query is wrong, or the caller may not.
pub async fn rate_list(host: &Host, caller: &Caller, query: &RateQuery) -> Result<Page<ExchangeRate>, SalesError> {
    caller.require("sales.read")?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let after: (String, String, i64) = page.after()?.unwrap_or_default();
    let code = |text: &Option<String>| match text {
        Some(text) => currency(text).map(|currency| currency.code().to_owned()),
        None => Ok(String::new()),
    };
    let (from, to) = (code(&query.from)?, code(&query.to)?);
    let mut conn = host.store.read(caller.workspace).await?;
    let now = host.now_in(caller.workspace) + DAY_US;
    let rows = rate_page(&mut conn, caller.workspace, (&from, &to), after, now, limit + 1).await?;
    Ok(Page::from_rows(rows, limit, |row| (row.0.clone(), row.1.clone(), row.2))?.map(shown))
}

fn shown((from, to, at, rate, source, created_by): crate::sql::RateLine) -> ExchangeRate {
    let date = from_micros(at).to_string();
    let date = date.split('T').next().unwrap_or_default().to_owned();
    ExchangeRate { from, to, date, rate, source, created_by }
}
