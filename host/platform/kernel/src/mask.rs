//! Addresses as they are shown to people who may know that there is one, and
//! not which: `138****1234`, `h***@example.com`. It decides nothing about who
//! sees what.

/// What stands for what is not shown.
const HIDDEN: &str = "****";
/// Digits of a number that stay at its end.
const TAIL: usize = 4;
/// The fewest digits of a telephone number: fewer are some other number.
const PHONE_DIGITS_MIN: usize = 7;
/// The most digits of a telephone number (E.164).
const PHONE_DIGITS_MAX: usize = 15;

/// An address masked by what it looks like: an email address keeps its first
/// character and its domain, a telephone number its first and its last digits;
/// of anything else only the first character stays.
#[must_use]
pub fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        // A local part of one character would be told by its first.
        Some((local, domain)) if !domain.is_empty() && local.chars().nth(1).is_none() => format!("***@{domain}"),
        Some((local, domain)) if !domain.is_empty() => format!("{}***@{domain}", first(local)),
        _ if is_phone(address) => phone(address),
        _ => format!("{}{HIDDEN}", first(address)),
    }
}

/// A text with what looks like an address masked: the whole of it when the
/// whole is one, else each word of it that is an email address.
#[must_use]
pub fn masked_in(text: &str) -> String {
    if is_phone(text) {
        return phone(text);
    }
    text.split_inclusive(|c: char| c.is_whitespace() || "<>,;\"'()".contains(c))
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| c.is_whitespace() || "<>,;\"'()".contains(c));
            if is_email(bare) { masked(bare) + &word[bare.len()..] } else { word.to_owned() }
        })
        .collect()
}

fn first(text: &str) -> String {
    text.chars().take(1).collect()
}

fn is_email(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.contains('@')
    })
}

/// Digits as telephone numbers are written, with a plus sign, a leading zero or
/// as many as a mobile number of mainland China has; a plain number is none.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let written = text.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
    let mainland = digits == 11 && text.starts_with('1') && !text.contains('.');
    written
        && (PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digits)
        && (text.starts_with('+') || text.starts_with('0') && !text.contains('.') || mainland)
}

/// The four digits before the last four are hidden, and all before the last
/// four of a number too short for that.
fn phone(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    // At home nobody writes the country's code.
    if let Some(mobile) = digits.strip_prefix("86").filter(|rest| rest.len() == 11) {
        return phone(mobile);
    }
    let shown = digits.len().saturating_sub(2 * TAIL);
    let plus = if text.starts_with('+') { "+" } else { "" };
    format!("{plus}{}{HIDDEN}{}", &digits[..shown], &digits[digits.len() - TAIL..])
}

#[cfg(test)]
mod tests {
    use super::{masked, masked_in};

    #[test]
    fn addresses_are_recognised_and_not_given_away() {
        for (whole, shown) in [
            ("13812341234", "138****1234"),
            ("+8613812341234", "138****1234"),
            ("+86 138 1234 1234", "138****1234"),
            ("+1 415 555 0123", "+141****0123"),
            ("0571-8888", "****8888"),
            ("hui@example.com", "h***@example.com"),
            ("李雷@例子.公司", "李***@例子.公司"),
            ("a@example.com", "***@example.com"),
            ("@nobody", "***@nobody"),
            ("wx-openid-1", "w****"),
            ("", "****"),
        ] {
            assert_eq!(masked(whole), shown, "{whole}");
        }
    }

    #[test]
    fn a_text_keeps_what_is_no_address() {
        for (whole, shown) in [
            ("call Hui <hui@example.com>, please", "call Hui <h***@example.com>, please"),
            ("13812341234", "138****1234"),
            ("2026-11-22", "2026-11-22"),
            ("1234567", "1234567"),
            ("12.50", "12.50"),
            ("@home", "@home"),
            ("a@b", "a@b"),
            ("tea", "tea"),
        ] {
            assert_eq!(masked_in(whole), shown, "{whole}");
        }
    }
}
