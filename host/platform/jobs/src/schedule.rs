//! When a schedule fires: cron in wall time of an IANA zone, so that "every
//! day at 9" stays at 9 when the clocks change. Pure.
//!
//! A fixed time that falls into the hour that is skipped fires once, right
//! after it; one that falls into the hour that is repeated fires once, in the
//! first pass. Intervals (`*/15 * * * *`) skip the one and run through both.

use crate::JobError;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use rialto_kernel::from_micros;

/// Characters of a cron text.
const CRON_TEXT_MAX: usize = 120;

/// The first instant after `after_us` at which `cron` fires in `zone`.
///
/// # Errors
/// When the cron text or the zone is wrong, or it never fires again.
pub fn next_fire(cron: &str, zone: &str, after_us: i64) -> Result<i64, JobError> {
    let bad = |field, reason: String| JobError::Schedule { field, reason };
    if cron.len() > CRON_TEXT_MAX {
        return Err(bad("cron", format!("longer than {CRON_TEXT_MAX} characters")));
    }
    let pattern = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(cron)
        .map_err(|e| bad("cron", format!("not minute, hour, day, month, weekday (such as `30 9 * * 1-5`): {e}")))?;
    let place = TimeZone::get(zone)
        .map_err(|_| bad("zone", format!("`{}` is not an IANA zone such as Europe/Berlin", zone.escape_debug())))?;
    let next = pattern
        .find_next_occurrence(&from_micros(after_us).to_zoned(place), false)
        .map_err(|_| bad("cron", "it never fires again".to_owned()))?;
    Ok(next.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fires(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let mut at = after.parse::<jiff::Timestamp>().unwrap().as_microsecond();
        (0..count)
            .map(|_| {
                at = next_fire(cron, zone, at).unwrap();
                from_micros(at).to_string()
            })
            .collect()
    }

    #[test]
    fn wall_time_stays_when_clocks_change() {
        // Berlin: +01:00 until 2026-03-29, then +02:00 until 2026-10-25.
        let days = fires("0 9 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3);
        assert_eq!(days, ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"]);
    }

    #[test]
    fn a_time_in_the_skipped_hour_fires_once_right_after_it() {
        let days = fires("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(days, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    }

    #[test]
    fn a_time_in_the_repeated_hour_fires_once() {
        let days = fires("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(days, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn an_interval_runs_through_both_passes() {
        let quarter_hours = fires("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:59:00Z", 4);
        assert_eq!(
            quarter_hours,
            ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"]
        );
    }

    #[test]
    fn leap_days_and_far_zones_hold() {
        assert_eq!(fires("0 0 29 2 *", "Asia/Shanghai", "2026-01-01T00:00:00Z", 1), ["2028-02-28T16:00:00Z"]);
        assert_eq!(fires("0 0 1 1 *", "Pacific/Kiritimati", "2026-06-01T00:00:00Z", 1), ["2026-12-31T10:00:00Z"]);
    }

    #[test]
    fn mistakes_name_their_field() {
        for (cron, zone, field) in [
            ("* * * *", "UTC", "cron"),
            ("* * * * * *", "UTC", "cron"),
            ("61 * * * *", "UTC", "cron"),
            ("", "UTC", "cron"),
            ("0 0 31 2 *", "UTC", "cron"),
            ("0 0 * * *", "Mars/Olympus", "zone"),
        ] {
            match next_fire(cron, zone, 0) {
                Err(JobError::Schedule { field: named, .. }) => assert_eq!(named, field, "{cron} {zone}"),
                other => panic!("{cron} {zone}: {other:?}"),
            }
        }
    }
}
