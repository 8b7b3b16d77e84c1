//! Local days, weeks and months without a date function in SQL. A zone's
//! offset is constant between two transitions, so a short `CASE` over bound
//! instants turns an instant into local time; days, weeks and months are then
//! integer arithmetic. [`Calendar::bucket`] is the same arithmetic in Rust.

use super::binder::Binder;
use crate::{MeasureError, catalogue::Dimension};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The most changes of a zone's offset one question may span.
pub const TRANSITIONS_MAX: usize = 400;

pub(crate) const DAY_US: i64 = 86_400_000_000;
const WEEK_US: i64 = 7 * DAY_US;
/// Added before dividing so that instants before 1970 round down too.
pub(crate) const GUARD_DAYS: i64 = 700_000;
/// 1970-01-01 was a Thursday: Monday was three days earlier.
const MONDAY_DAYS: i64 = 3;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

/// A zone's offsets over a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// Until this instant (excluded) this offset held.
    steps: Vec<(i64, i64)>,
    /// The offset after the last step.
    last: i64,
}

impl Calendar {
    /// The offsets of a zone from `start` to `end`, UTC microseconds.
    pub(crate) fn of(zone: &TimeZone, start: i64, end: i64) -> Result<Self, MeasureError> {
        let at = |us: i64| Timestamp::from_microsecond(us).map_err(|_| MeasureError::time_range());
        let offset = |us: i64| Ok::<_, MeasureError>(i64::from(zone.to_offset(at(us)?).seconds()) * 1_000_000);
        let mut steps = Vec::new();
        let mut offset_us = offset(start)?;
        for change in zone.following(at(start)?) {
            let changed = change.timestamp().as_microsecond();
            if changed >= end {
                break;
            }
            if steps.len() == TRANSITIONS_MAX {
                return Err(MeasureError::time_range());
            }
            steps.push((changed, offset_us));
            offset_us = i64::from(change.offset().seconds()) * 1_000_000;
        }
        Ok(Self { steps, last: offset_us })
    }

    /// The expression of an instant's local time, in microseconds.
    fn local(&self, at: &str, binder: &mut Binder) -> String {
        if self.steps.is_empty() {
            return format!("({at} + CAST({} AS BIGINT))", binder.bind(self.last));
        }
        let mut text = format!("({at} + CASE");
        for (until, offset) in &self.steps {
            let (until, offset) = (binder.bind(*until), binder.bind(*offset));
            text.push_str(&format!(" WHEN {at} < {until} THEN CAST({offset} AS BIGINT)"));
        }
        text.push_str(&format!(" ELSE CAST({} AS BIGINT) END)", binder.bind(self.last)));
        text
    }

    /// The expression of the bucket of an instant; a month's is made of the
    /// day's by [`month_of_days`].
    pub(crate) fn expression(&self, dimension: Dimension, at: &str, binder: &mut Binder) -> String {
        let local = self.local(at, binder);
        match dimension {
            Dimension::Week => {
                let shift = MONDAY_DAYS * DAY_US + GUARD_DAYS * WEEK_US;
                format!("({local} + {shift}) / {WEEK_US} - {GUARD_DAYS}")
            }
            Dimension::Month => format!("({local} + {}) / {DAY_US} - {}", GUARD_DAYS * DAY_US, GUARD_DAYS - EPOCH_DAYS),
            _ => format!("({local} + {}) / {DAY_US} - {GUARD_DAYS}", GUARD_DAYS * DAY_US),
        }
    }

    /// The bucket of an instant.
    pub(crate) fn bucket(&self, dimension: Dimension, us: i64) -> i64 {
        let offset = self.steps.iter().find(|(until, _)| us < *until).map_or(self.last, |(_, offset)| *offset);
        let days = (us + offset).div_euclid(DAY_US);
        match dimension {
            Dimension::Week => (days + MONDAY_DAYS).div_euclid(7),
            Dimension::Month => month_index(days),
            _ => days,
        }
    }
}

/// Wrap `inner`, whose column `d` is days since 0000-03-01, so that `t` is the
/// month (year × 12 + month − 1) by the civil calendar.
pub(crate) fn month_of_days(inner: &str) -> String {
    format!(
        "SELECT m3.*, 12 * m3.y + (5 * m3.doy + 2) / 153 + 2 AS t FROM \
         (SELECT m2.*, m2.yoe + 400 * m2.era AS y, m2.doe - (365 * m2.yoe + m2.yoe / 4 - m2.yoe / 100) AS doy FROM \
         (SELECT m1.*, (m1.doe - m1.doe / 1460 + m1.doe / 36524 - m1.doe / 146096) / 365 AS yoe FROM \
         (SELECT m0.*, m0.d / 146097 AS era, m0.d - 146097 * (m0.d / 146097) AS doe FROM ({inner}) m0) m1) m2) m3"
    )
}

fn month_index(days: i64) -> i64 {
    let shifted = days + EPOCH_DAYS;
    let (era, doe) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    12 * (yoe + 400 * era) + (5 * doy + 2) / 153 + 2
}

/// How a bucket reads: a day and a week's Monday as a date, a month as `2017-03`.
pub(crate) fn key(dimension: Dimension, bucket: i64) -> String {
    match dimension {
        Dimension::Month => format!("{:04}-{:02}", bucket.div_euclid(12), bucket.rem_euclid(12) + 1),
        Dimension::Week => date(bucket * 7 - MONDAY_DAYS),
        _ => date(bucket),
    }
}

fn date(days: i64) -> String {
    let epoch = Date::constant(1970, 1, 1);
    jiff::Span::new()
        .try_days(days)
        .and_then(|span| epoch.checked_add(span))
        .map_or_else(|_| days.to_string(), |d| d.to_string())
}

/// The first instant of the local day that an instant falls into.
pub(crate) fn day_start(zone: &TimeZone, us: i64) -> i64 {
    let Ok(at) = Timestamp::from_microsecond(us) else { return us };
    at.to_zoned(zone.clone()).start_of_day().map_or(us, |start| start.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn us(zone: &TimeZone, day: Date, hour: i8, minute: i8) -> i64 {
        day.at(hour, minute, 0, 0).to_zoned(zone.clone()).unwrap().timestamp().as_microsecond()
    }

    fn calendar(zone: &TimeZone) -> Calendar {
        Calendar::of(zone, us(zone, date(2009, 1, 1), 0, 0), us(zone, date(2018, 1, 1), 0, 0)).unwrap()
    }

    #[test]
    fn a_day_of_23_or_25_hours_is_one_day() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let calendar = calendar(&zone);
        for (day, hours) in [(date(2017, 3, 12), 23), (date(2017, 11, 5), 25), (date(2017, 6, 1), 24)] {
            let start = us(&zone, day, 0, 0);
            let counted = (0..30 * 4)
                .filter(|quarter| {
                    key(Dimension::Day, calendar.bucket(Dimension::Day, start + quarter * 900_000_000))
                        == day.to_string()
                })
                .count();
            assert_eq!(counted, hours * 4, "{day}");
        }
    }

    #[test]
    fn buckets_agree_with_the_calendar_hour_by_hour() {
        for name in
            ["America/New_York", "America/St_Johns", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
        {
            let zone = TimeZone::get(name).unwrap();
            let calendar = calendar(&zone);
            let start = us(&zone, date(2009, 10, 1), 0, 30);
            for hour in 0..24 * 900 {
                let at = start + hour * 3_600_000_000;
                let local = Timestamp::from_microsecond(at).unwrap().to_zoned(zone.clone()).date();
                assert_eq!(key(Dimension::Day, calendar.bucket(Dimension::Day, at)), local.to_string(), "{name}");
                let month = format!("{:04}-{:02}", local.year(), local.month());
                assert_eq!(key(Dimension::Month, calendar.bucket(Dimension::Month, at)), month, "{name}");
                let back = i64::from(local.weekday().to_monday_zero_offset());
                let monday = local.checked_sub(jiff::Span::new().days(back)).unwrap();
                assert_eq!(key(Dimension::Week, calendar.bucket(Dimension::Week, at)), monday.to_string(), "{name}");
            }
        }
    }

    #[test]
    fn instants_before_1970_round_down() {
        let calendar = Calendar::of(&TimeZone::UTC, -DAY_US, DAY_US).unwrap();
        assert_eq!(key(Dimension::Day, calendar.bucket(Dimension::Day, -1)), "1969-12-31");
        assert_eq!(key(Dimension::Month, calendar.bucket(Dimension::Month, -1)), "1969-12");
    }

    #[test]
    fn a_span_of_ten_thousand_years_is_refused() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let far = Timestamp::MAX.as_microsecond();
        assert!(Calendar::of(&zone, -far / 2, far).is_err());
    }
}
