//! Quiet hours: when do they end for this person? Wall time in the person's
//! zone, whatever its clocks do that night.

use super::QuietHours;
use jiff::{Timestamp, civil::Time, tz::TimeZone};

/// The minute of the day that a text such as `21:00` names.
pub(super) fn minute(text: &str) -> Option<i16> {
    let (hour, minute) = text.split_once(':')?;
    let fits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !fits(hour) || !fits(minute) {
        return None;
    }
    let (hour, minute) = (hour.parse::<i16>().ok()?, minute.parse::<i16>().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

impl QuietHours {
    /// When they end, if this instant lies in them for somebody in the zone
    /// (the other zone, where theirs is not known), UTC microseconds.
    #[must_use]
    pub fn end_of(&self, channel: &str, zone: &str, otherwise: &str, at_us: i64) -> Option<i64> {
        if !self.channels.is_empty() && !self.channels.iter().any(|own| own == channel) {
            return None;
        }
        let (from, to) = (minute(&self.from)?, minute(&self.to)?);
        let zone = zone_of(zone).or_else(|| zone_of(otherwise)).unwrap_or(TimeZone::UTC);
        let local = Timestamp::from_microsecond(at_us).ok()?.to_zoned(zone.clone());
        let now = i16::from(local.hour()) * 60 + i16::from(local.minute());
        let overnight = from > to;
        let inside = if overnight { now >= from || now < to } else { now >= from && now < to };
        if !inside {
            return None;
        }
        let day = local.date();
        let day = if overnight && now >= from { day.tomorrow().ok()? } else { day };
        let time = Time::new(i8::try_from(to / 60).ok()?, i8::try_from(to % 60).ok()?, 0, 0).ok()?;
        // Where a clock is set back the second of two hours ends them; where it
        // is set forward over their end, the moment after.
        let end = zone.to_ambiguous_timestamp(day.to_datetime(time)).later().ok()?;
        Some(end.as_microsecond().max(at_us.saturating_add(1)))
    }
}

fn zone_of(name: &str) -> Option<TimeZone> {
    (!name.is_empty()).then(|| TimeZone::get(name).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night() -> QuietHours {
        QuietHours { from: "21:00".to_owned(), to: "08:00".to_owned(), channels: vec![] }
    }

    fn end(quiet: &QuietHours, zone: &str, at: &str) -> Option<String> {
        let at: Timestamp = at.parse().unwrap();
        let end = quiet.end_of("email", zone, "Europe/Berlin", at.as_microsecond())?;
        Some(Timestamp::from_microsecond(end).unwrap().to_string())
    }

    #[test]
    fn they_end_by_the_persons_own_clock() {
        let quiet = night();
        assert_eq!(end(&quiet, "Asia/Shanghai", "2024-05-01T13:30:00Z").as_deref(), Some("2024-05-02T00:00:00Z"));
        assert_eq!(end(&quiet, "Asia/Shanghai", "2024-05-01T00:00:00Z"), None, "08:00 is no longer quiet");
        assert_eq!(
            end(&quiet, "", "2024-05-01T02:00:00Z").as_deref(),
            Some("2024-05-01T06:00:00Z"),
            "the workspace's zone"
        );
        assert_eq!(end(&quiet, "Nowhere/Land", "2024-05-01T12:00:00Z"), None);
        let noon = QuietHours { from: "12:00".to_owned(), to: "13:30".to_owned(), channels: vec!["sms".to_owned()] };
        assert_eq!(end(&noon, "UTC", "2024-05-01T12:30:00Z"), None, "another channel");
        let noon = QuietHours { channels: vec![], ..noon };
        assert_eq!(end(&noon, "UTC", "2024-05-01T12:30:00Z").as_deref(), Some("2024-05-01T13:30:00Z"));
    }

    #[test]
    fn a_night_with_a_changed_clock_ends_at_its_hour_all_the_same() {
        // Berlin: 2024-03-31 02:00 becomes 03:00, 2024-10-27 03:00 becomes 02:00.
        assert_eq!(end(&night(), "Europe/Berlin", "2024-03-30T22:00:00Z").as_deref(), Some("2024-03-31T06:00:00Z"));
        assert_eq!(end(&night(), "Europe/Berlin", "2024-10-26T22:00:00Z").as_deref(), Some("2024-10-27T07:00:00Z"));
        let gap = QuietHours { to: "02:30".to_owned(), ..night() };
        assert_eq!(end(&gap, "Europe/Berlin", "2024-03-30T22:00:00Z").as_deref(), Some("2024-03-31T01:30:00Z"));
        let twice = QuietHours { to: "02:30".to_owned(), ..night() };
        assert_eq!(end(&twice, "Europe/Berlin", "2024-10-26T22:00:00Z").as_deref(), Some("2024-10-27T01:30:00Z"));
    }

    #[test]
    fn a_time_is_two_digits_and_two() {
        for (text, wanted) in [("00:00", Some(0)), ("23:59", Some(1439)), ("24:00", None), ("9:00", None), ("a", None)]
        {
            assert_eq!(minute(text), wanted, "{text}");
        }
    }
}
