//! Money in integer minor units with its ISO 4217 currency.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An ISO 4217 currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// ISO 4217's code for "no currency".
    pub const NONE: Self = Self(*b"XXX");

    /// The three capital letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimal digits of the minor unit (ISO 4217 list one, as of 2026).
    #[must_use]
    pub fn digits(&self) -> u32 {
        match self.code() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
            | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| bad_currency(text))?;
        if bytes.iter().all(u8::is_ascii_uppercase) { Ok(Self(bytes)) } else { Err(bad_currency(text)) }
    }
}

fn bad_currency(text: &str) -> String {
    format!("`{}` is not an ISO 4217 currency code of three capital letters", text.escape_debug())
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    /// Minor units (cents, 分).
    pub minor: i64,
    /// In which currency, ISO 4217.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.digits();
        let scale = 10_u64.pow(digits);
        let (sign, size) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        if digits == 0 {
            write!(f, "{sign}{size} {}", self.currency)
        } else {
            let width = digits as usize;
            write!(f, "{sign}{}.{:0width$} {}", size / scale, size % scale, self.currency)
        }
    }
}

/// Parse a decimal amount (`12.5`, `-0.07`) into minor units, exactly.
///
/// # Errors
/// When the text is not a plain decimal, has more digits after the point than
/// the currency (beyond zeros), or does not fit.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, String> {
    let digits = currency.digits() as usize;
    let body = text.trim();
    let (negative, body) = match body.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, body.strip_prefix('+').unwrap_or(body)),
    };
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    let bad = || format!("`{}` is not an amount of money such as 12.50", text.escape_debug());
    if (whole.is_empty() && part.is_empty()) || !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let (kept, dropped) = part.split_at(part.len().min(digits));
    if dropped.bytes().any(|b| b != b'0') {
        return Err(format!("`{}` has more than {digits} digits after the point", text.escape_debug()));
    }
    let text_minor = format!("{whole}{kept:0<digits$}");
    let size: i64 = text_minor.parse().map_err(|_| bad())?;
    Ok(if negative { -size } else { size })
}

/// Share `total` out by `weights` so that the parts are whole minor units and
/// sum to it exactly (largest remainder, Hamilton's method; ties go to the
/// earlier). With no positive weight the first part takes all.
#[must_use]
pub fn allot(total: i64, weights: &[f64]) -> Vec<i64> {
    let sum: f64 = weights.iter().filter(|w| w.is_finite() && **w > 0.0).sum();
    let mut parts = vec![0_i64; weights.len()];
    if parts.is_empty() {
        return parts;
    }
    if sum <= 0.0 {
        parts[0] = total;
        return parts;
    }
    let size = total.unsigned_abs();
    #[allow(clippy::cast_precision_loss, reason = "remainders decide only the last unit")]
    let shares: Vec<f64> =
        weights.iter().map(|w| if w.is_finite() && *w > 0.0 { size as f64 * (w / sum) } else { 0.0 }).collect();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floor of a bounded share")]
    let mut floors: Vec<u64> = shares.iter().map(|s| s.floor() as u64).collect();
    let given: u64 = floors.iter().sum();
    let mut order: Vec<usize> = (0..weights.len()).filter(|i| weights[*i] > 0.0).collect();
    order
        .sort_by(|a, b| (shares[*b] - shares[*b].floor()).total_cmp(&(shares[*a] - shares[*a].floor())).then(a.cmp(b)));
    if given <= size {
        for step in 0..(size - given) {
            let at = order[usize::try_from(step).unwrap_or(0) % order.len()];
            floors[at] += 1;
        }
    } else {
        // Rounding of very large sums went over: take back from the largest.
        let mut over = given - size;
        for at in order.iter().rev() {
            let take = over.min(floors[*at]);
            floors[*at] -= take;
            over -= take;
        }
    }
    for (part, floor) in parts.iter_mut().zip(floors) {
        let signed = i64::try_from(floor).unwrap_or(i64::MAX);
        *part = if total < 0 { -signed } else { signed };
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_always_sum_to_the_total() {
        assert_eq!(allot(100, &[1.0, 1.0, 1.0]), [34, 33, 33]);
        assert_eq!(allot(-100, &[1.0, 1.0, 1.0]), [-34, -33, -33]);
        assert_eq!(allot(5, &[0.0, 0.0]), [5, 0]);
        assert_eq!(allot(7, &[f64::NAN, 2.0, 5.0]), [0, 2, 5]);
        assert_eq!(allot(459_603_958, &[0.2, 0.4, 0.4]).iter().sum::<i64>(), 459_603_958);
    }

    #[test]
    fn amounts_parse_exactly_or_not_at_all() {
        let usd: Currency = "USD".parse().unwrap();
        let jpy: Currency = "JPY".parse().unwrap();
        assert_eq!(parse_minor("12.5", usd), Ok(1250));
        assert_eq!(parse_minor("-.07", usd), Ok(-7));
        assert_eq!(parse_minor("3.000", usd), Ok(300));
        assert_eq!(parse_minor("300", jpy), Ok(300));
        for bad in ["", ".", "1,5", "1e3", "0.001", "--1", "１"] {
            assert!(parse_minor(bad, usd).is_err(), "{bad}");
        }
        assert_eq!(Money { minor: -5, currency: usd }.to_string(), "-0.05 USD");
    }
}
