//! Numbers as people of a language read them, by unit.

use rialto_kernel::{Currency, Locale};

/// A number by its unit: `count`, `ratio`, `percent`, `money:EUR` (minor
/// units), `seconds`; an unknown unit follows the number.
pub(super) fn number(number: f64, unit: &str, locale: Locale) -> String {
    match unit.split_once(':') {
        Some(("money", code)) => money(number, code, locale),
        _ => match unit {
            "ratio" => format!("{}%", decimals(number * 100.0, 1)),
            "percent" => format!("{}%", decimals(number, 1)),
            "seconds" => format!("{} {}", whole_or(number, 1), locale.pick("s", "秒")),
            "" | "count" | "number" | "text" => whole_or(number, 2),
            other => format!("{} {other}", whole_or(number, 2)),
        },
    }
}

/// The same for a program: money in major units, ratios as they are.
pub(super) fn plain(number: f64, unit: &str) -> String {
    match unit.split_once(':') {
        Some(("money", code)) => {
            let digits = digits(code);
            format!("{:.*}", digits as usize, major(number, digits))
        }
        _ => number.to_string(),
    }
}

/// What stands after a column's title in a table for programs.
pub(super) fn plain_unit(unit: &str) -> Option<&str> {
    match unit.split_once(':') {
        Some(("money", code)) => Some(code),
        _ => Some(unit).filter(|unit| *unit == "percent" || *unit == "seconds"),
    }
}

fn money(minor: f64, code: &str, locale: Locale) -> String {
    let digits = digits(code);
    let amount = decimals(major(minor, digits).abs(), digits as usize);
    let sign = if minor < 0.0 { "-" } else { "" };
    match symbol(code, locale) {
        Some(symbol) => format!("{sign}{symbol}{amount}"),
        None => format!("{sign}{code} {amount}"),
    }
}

fn symbol(code: &str, locale: Locale) -> Option<&'static str> {
    Some(match code {
        "USD" => locale.pick("$", "US$"),
        "EUR" => "€",
        "GBP" => "£",
        "CNY" => locale.pick("CN¥", "¥"),
        "JPY" => locale.pick("¥", "JP¥"),
        _ => return None,
    })
}

fn digits(code: &str) -> u32 {
    code.parse::<Currency>().map_or(2, |currency| currency.digits())
}

fn major(minor: f64, digits: u32) -> f64 {
    minor / 10_f64.powi(i32::try_from(digits).unwrap_or(2))
}

fn whole_or(number: f64, digits: usize) -> String {
    let whole = (number - number.round()).abs() < 1e-9;
    decimals(number, if whole { 0 } else { digits })
}

/// So many digits after the point, thousands apart.
fn decimals(number: f64, digits: usize) -> String {
    let text = format!("{number:.digits$}");
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut out =
        String::from(if whole.bytes().chain(part.unwrap_or("").bytes()).all(|b| b == b'0') { "" } else { sign });
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_by_unit_and_language() {
        let en = |n, unit| number(n, unit, Locale::En);
        let zh = |n, unit| number(n, unit, Locale::ZhCn);
        assert_eq!(en(1_234_567.0, "count"), "1,234,567");
        assert_eq!(en(12.345, "count"), "12.35");
        assert_eq!(en(0.1234, "ratio"), "12.3%");
        assert_eq!(en(459_603_958.0, "money:USD"), "$4,596,039.58");
        assert_eq!(en(-5.0, "money:USD"), "-$0.05");
        assert_eq!(en(1_234.0, "money:JPY"), "¥1,234");
        assert_eq!(en(1_234.0, "money:CHF"), "CHF 12.34");
        assert_eq!(zh(123_400.0, "money:CNY"), "¥1,234.00");
        assert_eq!(zh(90.0, "seconds"), "90 秒");
        assert_eq!(en(-0.001, "ratio"), "-0.1%");
        assert_eq!(en(-0.000_01, "ratio"), "0.0%");
    }

    #[test]
    fn programs_get_plain_numbers() {
        assert_eq!(plain(123_456.0, "money:USD"), "1234.56");
        assert_eq!(plain(0.25, "ratio"), "0.25");
        assert_eq!(plain(1_234.0, "count"), "1234");
    }
}
