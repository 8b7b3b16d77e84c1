//! The months of `event` on PostgreSQL: each a partition, made before the first
//! row of it. SQLite has one table, and nothing here does anything on it.

use crate::{Conn, StoreError, conn::Ground, query::sql_dynamic};
use std::{
    collections::BTreeSet,
    sync::PoisonError,
    time::{Duration, Instant},
};

/// Events are from this instant on, 1990-01-01 UTC in microseconds …
pub const EVENT_AT_MIN: i64 = 631_152_000_000_000;
/// … and before this one, 2100-01-01.
pub const EVENT_AT_END: i64 = 4_102_444_800_000_000;
/// How long what is known of the months holds: another host may drop one.
const KNOWN: Duration = Duration::from_secs(60);
const DAY_US: i64 = 86_400_000_000;

impl Conn {
    /// See that the months in which these instants lie are there; a no-op on
    /// SQLite, and for months seen a moment ago.
    ///
    /// # Errors
    /// When the database is away, or no event can be from then.
    pub async fn event_months(&mut self, instants: impl IntoIterator<Item = i64>) -> Result<(), StoreError> {
        let Some(ground) = self.ground.clone() else { return Ok(()) };
        let wanted: BTreeSet<i64> = instants.into_iter().map(month).collect();
        for month in ground.months_unknown(wanted) {
            let first_day = first_day(month) * DAY_US;
            let (made,): (i64,) =
                sql_dynamic("SELECT event_months_make($1, $1)".to_owned()).bind(first_day).fetch_one(self).await?;
            // What this transaction made may yet be rolled back.
            if made == 0 {
                ground.month_note(month);
            }
        }
        Ok(())
    }

    /// Drop the months of `event` that ended by an instant, whoever's events
    /// are in them; answers how many. SQLite has none.
    ///
    /// # Errors
    /// When the database is away, or this is not the host's own transaction.
    pub async fn event_months_drop(&mut self, before_at: i64) -> Result<u64, StoreError> {
        let Some(ground) = self.ground.clone() else { return Ok(0) };
        let (dropped,): (i64,) =
            sql_dynamic("SELECT event_months_drop($1)".to_owned()).bind(before_at).fetch_one(self).await?;
        ground.months.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(dropped.unsigned_abs())
    }
}

/// Make this month and the next two.
pub(crate) async fn ahead(conn: &mut Conn) -> Result<(), StoreError> {
    let now = crate::open::lease_now(conn).await?;
    conn.event_months([now, now + 28 * DAY_US, now + 56 * DAY_US]).await
}

impl Ground {
    fn months_unknown(&self, mut wanted: BTreeSet<i64>) -> BTreeSet<i64> {
        let mut known = self.months.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, seen| seen.elapsed() < KNOWN);
        wanted.retain(|month| !known.contains_key(month));
        wanted
    }

    fn month_note(&self, month: i64) {
        self.months.lock().unwrap_or_else(PoisonError::into_inner).insert(month, Instant::now());
    }
}

/// Months since the year 0 of an instant, in UTC. The civil calendar from days:
/// Howard Hinnant, "chrono-compatible low-level date algorithms".
fn month(at: i64) -> i64 {
    let days = at.div_euclid(DAY_US) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    year * 12 + month - 1
}

/// Days from 1970-01-01 to the first day of a month.
fn first_day(month: i64) -> i64 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_the_calendar_s() {
        assert_eq!(month(0), 1970 * 12);
        assert_eq!(month(-1), 1969 * 12 + 11);
        // 2024-02-29T23:59:59Z and the second after it.
        assert_eq!(month(1_709_251_199_000_000), 2024 * 12 + 1);
        assert_eq!(month(1_709_251_200_000_000), 2024 * 12 + 2);
        assert_eq!((month(EVENT_AT_MIN), month(EVENT_AT_END)), (1990 * 12, 2100 * 12));
        for one in 1990 * 12..2100 * 12 {
            assert_eq!(month(first_day(one) * DAY_US), one);
            assert_eq!(month(first_day(one) * DAY_US - 1), one - 1);
        }
    }
}
