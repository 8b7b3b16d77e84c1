//! Telephone numbers in E.164: a plus and up to fifteen digits. It never
//! guesses a country.

/// The one spelling of a number: `+8613800138000`.
pub(super) fn normalise(raw: &str) -> Result<String, String> {
    let text = raw.trim();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    let rest = text
        .strip_prefix('+')
        .or_else(|| text.strip_prefix('＋'))
        .or_else(|| text.strip_prefix("00"))
        .ok_or_else(|| "must begin with `+` and the country's code, such as +86 138 0013 8000".to_owned())?;
    let mut digits = String::with_capacity(16);
    digits.push('+');
    for c in rest.chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' => {}
            other => return Err(format!("holds `{}`, which is no part of a number", other.escape_debug())),
        }
        if digits.len() > 16 {
            return Err("has more than 15 digits".to_owned());
        }
    }
    if digits.len() < 9 {
        return Err("has fewer than 8 digits".to_owned());
    }
    if digits.starts_with("+0") {
        return Err("has a country's code that begins with 0".to_owned());
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn one_spelling_or_a_reason() {
        assert_eq!(normalise("+86 138-0013-8000").as_deref(), Ok("+8613800138000"));
        assert_eq!(normalise("0044 (20) 7946.0000").as_deref(), Ok("+442079460000"));
        for (raw, hint) in [
            ("13800138000", "begin with"),
            ("+1", "fewer"),
            ("+1234567890123456", "more than 15"),
            ("+0123456789", "begins with 0"),
            ("+49 30 x", "`x`"),
            ("", "empty"),
        ] {
            assert!(normalise(raw).unwrap_err().contains(hint), "{raw}");
        }
    }
}
