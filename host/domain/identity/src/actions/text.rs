//! Checks of short texts that people type.

use rialto_kernel::Problem;

/// A name on one line: trimmed, not empty, bounded, without control characters.
pub(crate) fn line(field: &str, text: &str, chars_max: usize) -> Result<String, Problem> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > chars_max {
        return Err(Problem::invalid(field, format!("needs 1 to {chars_max} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "must be on one line, without control characters"));
    }
    Ok(text.to_owned())
}

/// A code: lower-case letters, digits, dashes, dots and underscores.
pub(crate) fn code(field: &str, text: &str, chars_max: usize) -> Result<String, Problem> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let begins = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if begins && text.len() <= chars_max && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        let remedy = format!("use 1 to {chars_max} lower-case letters, digits, `-`, `_` or `.`, letter or digit first");
        Err(Problem::invalid(field, remedy))
    }
}

/// An e-mail address to sign in with, in lower case.
pub(crate) fn email(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim().to_lowercase();
    let parts = text.split_once('@');
    let fits = parts.is_some_and(|(name, domain)| {
        !name.is_empty()
            && domain.contains('.')
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    if fits && text.len() <= 254 && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Ok(text)
    } else {
        Err(Problem::invalid(field, "use an e-mail address such as name@example.com"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_held_to_their_form() {
        assert_eq!(line("name", "  Anna ", 10).unwrap(), "Anna");
        assert!(line("name", " \t", 10).is_err() && line("name", "a\nb", 10).is_err());
        assert!(
            code("code", "store-12", 60).is_ok() && code("code", "-a", 60).is_err() && code("code", "Ä", 60).is_err()
        );
        assert_eq!(email("email", " Anna@Example.COM").unwrap(), "anna@example.com");
        for bad in ["anna", "@example.com", "a@b", "a@b@c.d", "a b@c.de", "a@.de"] {
            assert!(email("email", bad).is_err(), "{bad}");
        }
    }
}
