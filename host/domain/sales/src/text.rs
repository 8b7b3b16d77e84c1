//! Texts, amounts and instants as people and files write them, checked. Pure.

use crate::{AMOUNT_MINOR_MAX, CODE_BYTES_MAX, NAME_BYTES_MAX, QUANTITY_MAX};
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_finite_and_zero_is_one() {
        assert_eq!(quantity("0"), Ok(0.0));
        assert_eq!(quantity("-2"), Ok(-2.0));
        for bad in ["", "two", "NaN", "inf", "1e300"] {
            assert!(quantity(bad).is_err(), "{bad}");
        }
    }
}
