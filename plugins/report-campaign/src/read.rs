//! How a number reads in a sentence, by its unit. Money comes in minor units.

/// A number as people write it.
pub fn number(number: f64, unit: &str, chinese: bool) -> String {
    match unit.split_once(':') {
        Some(("money", currency)) => money(number, currency),
        _ if unit == "ratio" => percent(number * 100.0, chinese),
        _ if unit == "percent" => percent(number, chinese),
        _ if number.fract().abs() < 1e-9 => apart(&format!("{number:.0}")),
        _ => apart(&format!("{number:.2}")),
    }
}

fn percent(number: f64, chinese: bool) -> String {
    let digits = if number.abs() < 10.0 { 2 } else { 1 };
    let space = if chinese { "" } else { " " };
    format!("{}{space}%", apart(&format!("{number:.digits$}")))
}

fn money(minor: f64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let major = minor / 10_f64.powi(i32::from(digits));
    let digits = usize::from(digits);
    format!("{currency} {}", apart(&format!("{major:.digits$}")))
}

/// ISO 4217: how many digits stand after the point.
fn minor_digits(currency: &str) -> u8 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Set thousands apart.
fn apart(text: &str) -> String {
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut out = String::with_capacity(text.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{sign}{out}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_read_well() {
        assert_eq!(number(10_000.0, "count", false), "10,000");
        assert_eq!(number(0.0345, "ratio", false), "3.45 %");
        assert_eq!(number(0.345, "ratio", true), "34.5%");
        assert_eq!(number(-123_456.0, "money:EUR", false), "EUR -1,234.56");
        assert_eq!(number(1_234.0, "money:JPY", false), "JPY 1,234");
        assert_eq!(number(2.5, "count", false), "2.50");
    }
}
