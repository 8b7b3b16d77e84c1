//! Telephone numbers as a country writes them, in E.164. A number without a
//! country's code is read only where the import says which country is meant;
//! the numbering plans are those of Google's libphonenumber.

use crate::{Error, IdentityKind, error::Result, normalise};
use phonenumber::country;
use unicode_normalization::UnicodeNormalization as _;

/// A country as asked for.
pub(super) fn region(name: Option<&str>) -> Result<Option<country::Id>> {
    let Some(name) = name else { return Ok(None) };
    name.trim().to_ascii_uppercase().parse().map(Some).map_err(|_| {
        Error::field("region", format!("`{}` is no country of ISO 3166 such as CN or US", name.escape_debug()))
    })
}

/// A number in E.164, read as `region` writes numbers when it has no code.
pub(super) fn international(text: &str, region_name: Option<&str>) -> Result<String, String> {
    let plain: String = text.trim().nfkc().collect();
    let has_code = plain.starts_with('+') || plain.starts_with("00");
    let message = |error: Error| match error {
        Error::Field { message, .. } => message,
        other => other.to_string(),
    };
    let country = if has_code { None } else { region(region_name).map_err(message)? };
    let Some(country) = country else {
        return normalise(IdentityKind::Phone, &plain).map_err(|error| {
            let message = message(error);
            if has_code { message } else { format!("{message}; or say the country with `region`") }
        });
    };
    let none = || format!("`{}` is no telephone number of {}", text.escape_debug(), country.as_ref());
    let number = phonenumber::parse(Some(country), &plain).map_err(|_| none())?;
    if !number.is_valid() {
        return Err(none());
    }
    let shown = number.format().mode(phonenumber::Mode::E164).to_string();
    normalise(IdentityKind::Phone, &shown).map_err(message)
}

#[cfg(test)]
mod tests {
    use super::international;

    #[test]
    fn numbers_are_read_as_their_country_writes_them() {
        for (text, region, expected) in [
            ("13800138000", "CN", "+8613800138000"),
            ("138-0013-8000", "cn", "+8613800138000"),
            ("１３８００１３８０００", "CN", "+8613800138000"),
            ("010-6552 9988", "CN", "+861065529988"),
            ("(650) 253-0000", "US", "+16502530000"),
            ("1-650-253-0000", "US", "+16502530000"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("+1 650 253 0000", "CN", "+16502530000"),
            ("0086 138 0013 8000", "US", "+8613800138000"),
        ] {
            assert_eq!(international(text, Some(region)).as_deref(), Ok(expected), "{text} in {region}");
        }
        for (text, region) in [("138001380", "CN"), ("555-0000", "US"), ("hello", "CN"), ("13800138000", "XX")] {
            assert!(international(text, Some(region)).is_err(), "{text} in {region}");
        }
        assert!(international("13800138000", None).unwrap_err().contains("region"));
    }
}
