//! Instants as people and spreadsheets write them: RFC 3339, wall times and
//! days in a stated zone, Chinese dates, serial days. A date that two readers
//! would read differently is refused until its order is said. Pure.

use super::ImportContext;
use jiff::{Timestamp, civil, tz::TimeZone};
use rialto_kernel::Problem;

/// Serial days taken for dates: 1927-05-18 to 2119-01-10. Smaller and larger
/// numbers are more likely something else.
const SERIAL_DAYS: std::ops::Range<f64> = 10_000.0..80_000.0;
/// Days between the beginnings of the two calendars of workbooks.
const DAYS_1904: f64 = 1_462.0;
const DAY_US: i64 = 86_400_000_000;

/// Which number comes first in `3/4/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

/// How the instants of a file are read.
#[derive(Debug, Clone)]
pub struct Moments {
    /// The zone of wall times and days.
    pub zone: TimeZone,
    /// The order of short dates.
    pub order: Option<DateOrder>,
    /// Whether serial days count from 1904.
    pub from_1904: bool,
}

impl Default for Moments {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, order: None, from_1904: false }
    }
}

impl Moments {
    /// As an import's options say: `zone`, `dates`.
    ///
    /// # Errors
    /// When one of them is not known.
    pub fn of(ctx: &ImportContext) -> Result<Self, Problem> {
        let mut moments = Self::new(ctx.option("zone"), ctx.option("dates"))?;
        moments.from_1904 = ctx.option("serial_days") == Some("1904");
        Ok(moments)
    }

    /// From the names of a zone and an order.
    ///
    /// # Errors
    /// When one of them is not known.
    pub fn new(zone: Option<&str>, dates: Option<&str>) -> Result<Self, Problem> {
        let zone = match zone {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name).map_err(|_| {
                let message = format!("`{}` is not an IANA zone such as Asia/Shanghai", name.escape_debug());
                Problem::invalid("zone", message)
            })?,
        };
        let order = match dates {
            None => None,
            Some("dmy") => Some(DateOrder::DayFirst),
            Some("mdy") => Some(DateOrder::MonthFirst),
            Some(_) => return Err(Problem::invalid("dates", "must be dmy or mdy")),
        };
        Ok(Self { zone, order, from_1904: false })
    }

    /// An instant in UTC microseconds.
    ///
    /// # Errors
    /// What would be one.
    pub fn read(&self, text: &str) -> Result<i64, String> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(at.as_microsecond());
        }
        let none = || {
            format!(
                "`{}` is not an instant such as 2026-03-01T09:30:00Z, nor a day such as 2026-03-01",
                text.escape_debug()
            )
        };
        let wall = match self.serial(text) {
            Some(wall) => wall,
            None => match text.parse::<civil::DateTime>() {
                Ok(wall) => wall,
                Err(_) => self.written(text)?.ok_or_else(none)?,
            },
        };
        let at = wall.to_zoned(self.zone.clone()).map_err(|_| none())?;
        Ok(at.timestamp().as_microsecond())
    }

    /// [`Moments::read`], of something that has happened.
    ///
    /// # Errors
    /// When it is more than a day after `now`, besides.
    pub fn past(&self, text: &str, now: i64) -> Result<i64, String> {
        let at = self.read(text)?;
        if at > now.saturating_add(DAY_US) {
            return Err(format!("`{}` lies in the future; mend the date", text.escape_debug()));
        }
        Ok(at)
    }

    /// A workbook's number of days, with the time of day as its fraction.
    fn serial(&self, text: &str) -> Option<civil::DateTime> {
        let whole = text.split('.').next()?;
        if whole.len() != 5 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return None;
        }
        let days: f64 = text.parse().ok()?;
        let days = if self.from_1904 { days + DAYS_1904 } else { days };
        SERIAL_DAYS.contains(&days).then(|| serial_days(days)).flatten()
    }

    /// Dates with other marks than dashes, and times after them.
    fn written(&self, text: &str) -> Result<Option<civil::DateTime>, String> {
        let text = text.replace(['年', '月'], "-").replace('日', " ").replace('：', ":");
        let (day, time) = match text.trim().split_once([' ', 'T']) {
            Some((day, time)) => (day, time.trim()),
            None => (text.trim(), ""),
        };
        let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
        let digits = |part: &str, most: usize| {
            (!part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<i16>().ok())
                .flatten()
        };
        let date = match parts.as_slice() {
            [all] if all.len() == 8 => (digits(&all[..4], 4), digits(&all[4..6], 2), digits(&all[6..], 2)),
            [y, m, d] if y.len() == 4 => (digits(y, 4), digits(m, 2), digits(d, 2)),
            [a, b, y] if y.len() == 4 && a.len() <= 2 && b.len() <= 2 => {
                let (day, month) = match self.order {
                    Some(DateOrder::DayFirst) => (a, b),
                    Some(DateOrder::MonthFirst) => (b, a),
                    None => return Err("could be read in two ways; say the order with `dates`: dmy or mdy".to_owned()),
                };
                (digits(y, 4), digits(month, 2), digits(day, 2))
            }
            _ => return Ok(None),
        };
        let (Some(year), Some(month), Some(day)) = date else { return Ok(None) };
        let small = |n: i16| i8::try_from(n).unwrap_or(0);
        let Ok(date) = civil::Date::new(year, small(month), small(day)) else { return Ok(None) };
        if time.is_empty() {
            return Ok(Some(date.at(0, 0, 0, 0)));
        }
        let padded = if time.find(':') == Some(1) { format!("0{time}") } else { time.to_owned() };
        Ok(padded.parse::<civil::Time>().ok().map(|time| date.to_datetime(time)))
    }
}

/// The wall time of a serial day since 1900, to the millisecond as workbooks
/// keep it. The day 60 that never was is counted, so day 0 is 1899-12-30.
fn serial_days(days: f64) -> Option<civil::DateTime> {
    let whole = days.floor();
    let ms = ((days - whole) * 86_400_000.0).round() as i64;
    let span = jiff::Span::new().try_days(whole as i64).ok()?.try_milliseconds(ms).ok()?;
    civil::date(1899, 12, 30).at(0, 0, 0, 0).checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(moments: &Moments, text: &str) -> Result<String, String> {
        moments.read(text).map(|us| rialto_kernel::from_micros(us).to_string())
    }

    #[test]
    fn instants_are_read_as_people_write_them() {
        let shanghai = Moments::new(Some("Asia/Shanghai"), None).unwrap();
        for (text, expected) in [
            ("2017-01-01T11:53:26Z", "2017-01-01T11:53:26Z"),
            ("2026-03-01", "2026-02-28T16:00:00Z"),
            ("2026-03-01 09:30:00", "2026-03-01T01:30:00Z"),
            ("2026/3/1 9:30", "2026-03-01T01:30:00Z"),
            ("2026.3.1", "2026-02-28T16:00:00Z"),
            ("20260301", "2026-02-28T16:00:00Z"),
            ("2026年3月1日", "2026-02-28T16:00:00Z"),
            ("2026年3月1日 9:30", "2026-03-01T01:30:00Z"),
            // Excel: 2026-03-01 is day 46082; 09:30 is 0.3958333….
            ("46082", "2026-02-28T16:00:00Z"),
            ("46082.395833333336", "2026-03-01T01:30:00Z"),
        ] {
            assert_eq!(shown(&shanghai, text).as_deref(), Ok(expected), "{text}");
        }
        for bad in ["", "yesterday", "2026-02-30", "2026/13/1", "12", "1700000000", "99999", "2026-03-01 25:00"] {
            assert!(shanghai.read(bad).is_err(), "{bad}");
        }
        assert!(Moments::new(Some("Mars"), None).is_err() && Moments::new(None, Some("ymd")).is_err());
    }

    #[test]
    fn a_date_of_two_readings_needs_its_order() {
        let none = Moments::default();
        assert!(none.read("13/01/2026").unwrap_err().contains("dmy or mdy"));
        let of = |order| Moments::new(None, Some(order)).unwrap();
        assert_eq!(shown(&of("dmy"), "3/4/2026").as_deref(), Ok("2026-04-03T00:00:00Z"));
        assert_eq!(shown(&of("mdy"), "3/4/2026 5:06").as_deref(), Ok("2026-03-04T05:06:00Z"));
        assert!(of("mdy").read("13/1/2026").is_err());
    }

    #[test]
    fn the_calendar_of_1904_is_four_years_and_a_day_later() {
        let moments = Moments { from_1904: true, ..Moments::default() };
        assert_eq!(shown(&moments, "44620").as_deref(), Ok("2026-03-01T00:00:00Z"));
    }

    #[test]
    fn what_has_happened_is_not_in_the_future() {
        let now = Moments::default().read("2026-03-01T00:00:00Z").unwrap();
        assert!(Moments::default().past("2087-01-01", now).unwrap_err().contains("future"));
        assert!(Moments::default().past("2026-03-01T20:00:00Z", now).is_ok());
    }
}
