//! Texts, amounts and instants as people and files write them, checked. Pure.

use crate::{AMOUNT_MINOR_MAX, CODE_BYTES_MAX, NAME_BYTES_MAX, QUANTITY_MAX};
use jiff::{Timestamp, civil, tz::TimeZone};
use rialto_kernel::{Currency, money::parse_minor};

/// A short name that identifies: a SKU, a code, a number.
pub(crate) fn code(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    bounded(text, CODE_BYTES_MAX)
}

/// A text of one line.
pub(crate) fn line(text: &str) -> Result<&str, String> {
    bounded(text.trim(), NAME_BYTES_MAX)
}

/// A text within a bound and without control characters.
pub(crate) fn bounded(text: &str, bytes_max: usize) -> Result<&str, String> {
    if text.len() > bytes_max {
        return Err(format!("is longer than {bytes_max} bytes"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("holds a control character".to_owned());
    }
    Ok(text)
}

/// An amount of money in minor units.
pub(crate) fn amount(text: &str, currency: Currency) -> Result<i64, String> {
    let minor = parse_minor(text, currency)?;
    if minor.abs() > AMOUNT_MINOR_MAX {
        return Err(format!("is larger than {AMOUNT_MINOR_MAX} minor units"));
    }
    Ok(minor)
}

/// How much of a product; zero is legitimate, so is a return below zero.
pub(crate) fn quantity(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(quantity) if quantity.is_finite() && quantity.abs() <= QUANTITY_MAX => Ok(quantity),
        _ => Err(format!("`{}` is not a quantity such as 2 or 0.5", text.escape_debug())),
    }
}

/// An instant in UTC microseconds: RFC 3339; or wall time, or a day, in `zone`.
pub(crate) fn instant(text: &str, zone: &TimeZone) -> Result<i64, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_microsecond());
    }
    text.parse::<civil::DateTime>()
        .ok()
        .and_then(|wall| wall.to_zoned(zone.clone()).ok())
        .map(|at| at.timestamp().as_microsecond())
        .ok_or_else(|| {
            format!(
                "`{}` is not an instant such as 2026-03-01T09:30:00Z, nor a day such as 2026-03-01",
                text.escape_debug()
            )
        })
}

/// The zone of wall times, by name; UTC when nobody says.
pub(crate) fn zone(name: Option<&str>) -> Result<TimeZone, String> {
    name.map_or(Ok(TimeZone::UTC), |name| {
        TimeZone::get(name).map_err(|_| format!("`{}` is not an IANA zone such as Europe/Berlin", name.escape_debug()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_people_write_them() {
        let berlin = zone(Some("Europe/Berlin")).unwrap();
        let shown =
            |text: &str, zone: &TimeZone| instant(text, zone).map(|us| rialto_kernel::from_micros(us).to_string());
        assert_eq!(shown("2017-01-01T11:53:26Z", &berlin).as_deref(), Ok("2017-01-01T11:53:26Z"));
        assert_eq!(shown("2026-07-01", &berlin).as_deref(), Ok("2026-06-30T22:00:00Z"));
        assert_eq!(shown("2026-07-01 09:30:00", &TimeZone::UTC).as_deref(), Ok("2026-07-01T09:30:00Z"));
        for bad in ["", "yesterday", "2026-02-30", "13/01/2026"] {
            assert!(instant(bad, &berlin).is_err(), "{bad}");
        }
        assert!(zone(Some("Mars")).is_err());
    }

    #[test]
    fn quantities_are_finite_and_zero_is_one() {
        assert_eq!(quantity("0"), Ok(0.0));
        assert_eq!(quantity("-2"), Ok(-2.0));
        for bad in ["", "two", "NaN", "inf", "1e300"] {
            assert!(quantity(bad).is_err(), "{bad}");
        }
    }
}
