//! When an event happened, by our clock: a client's clock may be wrong, but
//! the time between an event and its sending is not.

use crate::contact::traits::instant;
use serde_json::Value as Json;

/// Events older than this (2000-01-01) are a client's mistake.
const EARLIEST_US: i64 = 946_684_800_000_000;

/// An instant in JSON: RFC 3339, a local time taken as UTC, or milliseconds.
pub(super) fn read(value: &Json) -> Option<i64> {
    match value {
        Json::String(text) => instant(text.trim()).map(|at| at.as_microsecond()),
        Json::Number(millis) => millis.as_i64().and_then(|ms| ms.checked_mul(1_000)),
        _ => None,
    }
}

/// `received - (sent - happened)`, never after it was received.
pub(super) fn corrected(happened: Option<i64>, sent: Option<i64>, received: i64) -> Result<i64, String> {
    let at = match (happened, sent) {
        (None, _) => received,
        (Some(happened), None) => happened,
        (Some(happened), Some(sent)) => received.saturating_sub(sent.saturating_sub(happened)),
    };
    if at < EARLIEST_US {
        return Err("is before the year 2000".to_owned());
    }
    Ok(at.min(received))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DAY: i64 = 86_400_000_000;
    const NOW: i64 = 1_790_000_000_000_000;

    #[test]
    fn a_wrong_clock_is_set_right() {
        // The client's clock is a day fast; the event was an hour before it was sent.
        let sent = NOW + DAY;
        assert_eq!(corrected(Some(sent - 3_600_000_000), Some(sent), NOW), Ok(NOW - 3_600_000_000));
        assert_eq!(corrected(Some(NOW - DAY), None, NOW), Ok(NOW - DAY));
        assert_eq!(corrected(Some(NOW + DAY), None, NOW), Ok(NOW));
        assert_eq!(corrected(None, Some(NOW), NOW), Ok(NOW));
        assert!(corrected(Some(0), None, NOW).is_err());
        assert!(corrected(Some(i64::MIN), Some(i64::MAX), NOW).is_err());
    }

    #[test]
    fn times_come_in_many_spellings() {
        let expected = Some(1_767_323_045_000_000);
        assert_eq!(read(&json!("2026-01-02T03:04:05Z")), expected);
        assert_eq!(read(&json!("2026-01-02T03:04:05+00:00")), expected);
        assert_eq!(read(&json!("2026-01-02T03:04:05")), expected);
        assert_eq!(read(&json!(1_767_323_045_000_i64)), expected);
        assert_eq!(read(&json!(i64::MAX)), None);
        assert_eq!(read(&json!("soon")), None);
    }
}
