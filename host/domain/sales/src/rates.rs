//! Exchange rates: dated, exact, the workspace's own. A rate is a quotient of
//! whole numbers; no binary fraction comes near an amount of money.
//!
//! From one currency to another the latest rate of the pair counts that is dated
//! at or before the instant, in either direction; where the pair has none, the
//! two steps over the workspace's currency. Half a minor unit rounds away from
//! zero, as Council Regulation (EC) No 1103/97, article 5, has it for sums of
//! money; it is rounded once, also over two steps.

use crate::{
    SalesError,
    sql::{home_currency, rates_before},
};
use rialto_kernel::{Currency, Money, WorkspaceId, from_micros};
use rialto_store::Conn;
use std::collections::HashMap;

/// Digits of a rate, and digits after its point.
pub const RATE_DIGITS_MAX: usize = 12;
/// Dated rates of one pair that are read at once.
pub const RATES_MAX: u32 = 20_000;
/// A day in microseconds: a rate holds from the beginning of a UTC day.
pub const DAY_US: i64 = 86_400_000_000;

/// What one unit is worth, as an exact quotient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    over: u128,
    under: u128,
}

impl Rate {
    /// A currency in itself.
    pub const ONE: Self = Self { over: 1, under: 1 };

    /// A plain positive decimal such as `7.1234`.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || {
            let shown = text.escape_debug();
            format!("`{shown}` is not a rate such as 7.1234: a decimal above zero of at most {RATE_DIGITS_MAX} digits")
        };
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = || whole.bytes().chain(part.bytes());
        if whole.is_empty() || digits().count() > RATE_DIGITS_MAX || !digits().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let over: u128 = format!("{whole}{part}").parse().map_err(|_| bad())?;
        let under = u32::try_from(part.len()).map_or(1, |places| 10_u128.pow(places));
        if over == 0 { Err(bad()) } else { Ok(Self { over, under }.reduced()) }
    }

    fn reduced(self) -> Self {
        let common = gcd(self.over, self.under).max(1);
        Self { over: self.over / common, under: self.under / common }
    }

    /// The way back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self { over: self.under, under: self.over }
    }

    /// One step after another; `None` when it cannot be held.
    #[must_use]
    pub fn then(self, next: Self) -> Option<Self> {
        let (one, other) = (gcd(self.over, next.under).max(1), gcd(next.over, self.under).max(1));
        Some(Self {
            over: (self.over / one).checked_mul(next.over / other)?,
            under: (self.under / other).checked_mul(next.under / one)?,
        })
    }

    /// Minor units of `from` in minor units of `to`; `None` when they do not fit.
    #[must_use]
    pub fn apply(self, minor: i64, from: Currency, to: Currency) -> Option<i64> {
        let scale = Self { over: 10_u128.pow(to.digits()), under: 10_u128.pow(from.digits()) };
        let rate = self.then(scale.reduced())?;
        let size = u128::from(minor.unsigned_abs());
        let common = gcd(size, rate.under).max(1);
        let (size, under) = (size / common, rate.under / common);
        let product = size.checked_mul(rate.over)?;
        let (quotient, rest) = (product / under, product % under);
        let rounded = i64::try_from(quotient + u128::from(rest >= under - rest)).ok()?;
        Some(if minor < 0 { -rounded } else { rounded })
    }
}

fn gcd(one: u128, other: u128) -> u128 {
    let (mut a, mut b) = (one, other);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Dated rates of one pair, latest first.
type Steps = Vec<(i64, Rate)>;

/// The way from one currency to another over time.
#[derive(Debug, Clone)]
pub struct Way {
    from: Currency,
    to: Currency,
    direct: Steps,
    /// From the currency to the workspace's, and on from there.
    over_home: Option<(Steps, Steps)>,
}

impl Way {
    /// Read every dated rate that leads from one currency to another.
    ///
    /// # Errors
    /// When the store fails or a stored rate cannot be read.
    pub async fn load(conn: &mut Conn, ws: WorkspaceId, from: Currency, to: Currency) -> Result<Self, SalesError> {
        Self::read(conn, ws, from, to, i64::MAX, RATES_MAX).await
    }

    async fn read(
        conn: &mut Conn,
        ws: WorkspaceId,
        from: Currency,
        to: Currency,
        until: i64,
        rows: u32,
    ) -> Result<Self, SalesError> {
        let mut way = Self { from, to, direct: steps(conn, ws, from, to, until, rows).await?, over_home: None };
        if from != to
            && let Some(home) = home_currency(conn, ws).await?
            && home != from
            && home != to
        {
            let there = steps(conn, ws, from, home, until, rows).await?;
            way.over_home = Some((there, steps(conn, ws, home, to, until, rows).await?));
        }
        Ok(way)
    }

    /// The rate that counts at an instant.
    #[must_use]
    pub fn rate(&self, at: i64) -> Option<Rate> {
        if self.from == self.to {
            return Some(Rate::ONE);
        }
        latest(&self.direct, at).or_else(|| {
            let (there, on) = self.over_home.as_ref()?;
            latest(there, at)?.then(latest(on, at)?)
        })
    }

    /// An amount at an instant.
    ///
    /// # Errors
    /// [`SalesError::NoRate`] names the currencies and the day;
    /// [`SalesError::Field`] when the amount does not fit.
    pub fn convert(&self, minor: i64, at: i64) -> Result<i64, SalesError> {
        let rate = self.rate(at).ok_or_else(|| no_rate(self.from, self.to, at))?;
        rate.apply(minor, self.from, self.to)
            .ok_or_else(|| SalesError::field("amount", format!("is too large to be converted to {}", self.to)))
    }
}

fn latest(steps: &Steps, at: i64) -> Option<Rate> {
    let from = steps.partition_point(|(day, _)| *day > at);
    steps.get(from).map(|(_, rate)| *rate)
}

/// Rates of a pair and of its reverse in one list, latest first; on the same
/// day the pair's own goes first.
async fn steps(
    conn: &mut Conn,
    ws: WorkspaceId,
    from: Currency,
    to: Currency,
    until: i64,
    rows: u32,
) -> Result<Steps, SalesError> {
    let mut steps = Vec::new();
    for (base, quote, turned) in [(from, to, false), (to, from, true)] {
        for (at, text) in rates_before(conn, ws, base, quote, until, rows).await? {
            let rate = Rate::parse(&text).map_err(|message| SalesError::field("rate", message))?;
            steps.push((at, if turned { rate.inverse() } else { rate }));
        }
    }
    steps.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(steps)
}

/// The refusal for want of a rate.
#[must_use]
pub fn no_rate(from: Currency, to: Currency, at: i64) -> SalesError {
    let day = from_micros(at).to_string();
    SalesError::NoRate { from, to, day: day.split('T').next().unwrap_or_default().to_owned() }
}

/// An amount in another currency at an instant; `None` when no dated rate leads
/// there.
///
/// # Errors
/// When the store fails, or the amount does not fit.
pub async fn convert(
    conn: &mut Conn,
    ws: WorkspaceId,
    minor: i64,
    from: Currency,
    to: Currency,
    at: i64,
) -> Result<Option<Money>, SalesError> {
    let way = Way::read(conn, ws, from, to, at, 1).await?;
    match way.convert(minor, at) {
        Ok(minor) => Ok(Some(Money { minor, currency: to })),
        Err(SalesError::NoRate { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// As [`convert`], where an amount without a rate is refused.
///
/// # Errors
/// [`SalesError::NoRate`] names the currencies and the day.
pub async fn converted(
    conn: &mut Conn,
    ws: WorkspaceId,
    amount: Money,
    to: Currency,
    at: i64,
) -> Result<Money, SalesError> {
    convert(conn, ws, amount.minor, amount.currency, to, at).await?.ok_or_else(|| no_rate(amount.currency, to, at))
}

/// Amounts of any currency into one, each way read once.
#[derive(Debug)]
pub struct Exchange {
    workspace: WorkspaceId,
    to: Currency,
    ways: HashMap<Currency, Way>,
}

impl Exchange {
    /// Into this currency.
    #[must_use]
    pub fn to(workspace: WorkspaceId, to: Currency) -> Self {
        Self { workspace, to, ways: HashMap::new() }
    }

    /// An amount at an instant.
    ///
    /// # Errors
    /// As [`Way::convert`].
    pub async fn convert(&mut self, conn: &mut Conn, amount: Money, at: i64) -> Result<i64, SalesError> {
        if amount.currency == self.to {
            return Ok(amount.minor);
        }
        if let Some(way) = self.ways.get(&amount.currency) {
            return way.convert(amount.minor, at);
        }
        let way = Way::load(conn, self.workspace, amount.currency, self.to).await?;
        let minor = way.convert(amount.minor, at);
        self.ways.insert(amount.currency, way);
        minor
    }
}

/// The first instant of the UTC day of an instant.
#[must_use]
pub fn day_of(at: i64) -> i64 {
    at.div_euclid(DAY_US) * DAY_US
}

/// A rate as it is kept, to be written.
#[derive(Debug, Clone)]
pub(crate) struct RateRow {
    pub(crate) base: Currency,
    pub(crate) quote: Currency,
    pub(crate) at: i64,
    pub(crate) rate: String,
    pub(crate) source: String,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_are_exact_and_half_a_unit_goes_away_from_zero() {
        let (eur, usd, jpy, kwd) = (currency("EUR"), currency("USD"), currency("JPY"), currency("KWD"));
        let rate = |text: &str| Rate::parse(text).unwrap();
        // 1103/97, article 5: exactly half-way goes up.
        assert_eq!(rate("1.5").apply(1, eur, usd), Some(2));
        assert_eq!(rate("1.5").apply(-1, eur, usd), Some(-2));
        assert_eq!(rate("1.4999").apply(1, eur, usd), Some(1));
        // 12.34 EUR at 161.25 JPY: 1,989.825, so 1,990 yen; back: 12.34108…
        assert_eq!(rate("161.25").apply(1_234, eur, jpy), Some(1_990));
        assert_eq!(rate("161.25").inverse().apply(1_990, jpy, eur), Some(1_234));
        assert_eq!(rate("0.3071").apply(100, usd, kwd), Some(307));
        // A tenth is a tenth: a million times 0.1 is what it should be.
        assert_eq!(rate("0.1").apply(3, usd, usd), Some(0));
        assert_eq!(rate("0.1").apply(1_000_000, usd, usd), Some(100_000));
        assert_eq!(rate("999999999999").apply(i64::MAX, usd, usd), None);
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for bad in ["", "0", "0.000", "-1", "1,5", ".5", "1e3", "1.2.3", "0.0000000000001", "１"] {
            assert!(Rate::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Rate::parse("7.10"), Rate::parse("7.1"));
    }

    proptest! {
        #[test]
        fn there_and_back_loses_at_most_what_rounding_may(minor in -1_000_000_000_i64..1_000_000_000, whole in 1_u64..100_000) {
            let rate = Rate { over: u128::from(whole), under: 1_000 }.reduced();
            let (eur, usd) = (currency("EUR"), currency("USD"));
            let there = rate.apply(minor, eur, usd).unwrap();
            let back = rate.inverse().apply(there, usd, eur).unwrap();
            // Half a unit there is worth half of 1/rate here, and half a unit is rounded again.
            let allowed = 500 / whole + 1;
            prop_assert!((back - minor).unsigned_abs() <= allowed, "{minor} {there} {back}");
        }

        #[test]
        fn two_steps_are_one_product(a in 1_u64..1_000_000, b in 1_u64..1_000_000, minor in 0_i64..1_000_000) {
            let (one, other) = (Rate { over: a.into(), under: 1_000 }, Rate { over: b.into(), under: 10_000 });
            let both = one.reduced().then(other.reduced()).unwrap();
            let (eur, usd) = (currency("EUR"), currency("USD"));
            let exact = u128::try_from(minor).unwrap() * u128::from(a) * u128::from(b);
            let rounded = (exact * 2 + 10_000_000) / 20_000_000;
            prop_assert_eq!(both.apply(minor, eur, usd), i64::try_from(rounded).ok());
        }
    }
}
