//! What makes a rendered message a mail. Pure: no host is asked.

use rialto_sdk::Fault;

use crate::plain;

/// The longest line that RFC 5322 allows.
const SUBJECT_BYTES_MAX: usize = 998;

/// A mail ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<'a> {
    /// One line.
    pub subject: &'a str,
    /// The HTML form, if the message has one.
    pub html: Option<&'a str>,
    /// The plain form: the message's own, or drawn from the HTML.
    pub text: String,
}

/// Put a mail together from its parts.
///
/// # Errors
/// `bad-part`, naming the part and the remedy.
pub fn write<'a>(subject: Option<&'a str>, html: Option<&'a str>, text: Option<&str>) -> Result<Written<'a>, Fault> {
    let subject = subject.map(str::trim).filter(|line| !line.is_empty());
    let subject = subject.ok_or_else(|| bad_part("subject", "is empty; write one line"))?;
    if subject.contains(['\r', '\n', '\0']) {
        return Err(bad_part("subject", "holds a line break; make it one line"));
    }
    if subject.len() > SUBJECT_BYTES_MAX {
        return Err(bad_part("subject", "is longer than 998 bytes; shorten it"));
    }
    let html = html.filter(|html| !html.trim().is_empty());
    let text = match (text.filter(|text| !text.trim().is_empty()), html) {
        (Some(text), _) => text.to_owned(),
        (None, Some(html)) => plain::from_html(html),
        (None, None) => return Err(bad_part("html", "is empty, and so is `text`; write at least one of them")),
    };
    Ok(Written { subject, html, text })
}

/// Check the reply address of the settings.
///
/// # Errors
/// `bad-settings` with the remedy.
pub fn check_reply_to(address: Option<&str>) -> Result<(), Fault> {
    let Some(address) = address.filter(|address| !address.is_empty()) else { return Ok(()) };
    let shape = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    match shape && !address.contains(|c: char| c.is_control() || c.is_whitespace() || c == ',') {
        true => Ok(()),
        false => Err(Fault::bad_settings("`reply-to` must be one address such as service@example.com, or empty")),
    }
}

fn bad_part(part: &str, what: &str) -> Fault {
    Fault::new("bad-part", format!("the part `{part}` {what}")).detail("part", part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_a_mail() {
        let mail = write(Some(" Hello "), Some("<p>Hi</p>"), Some("Hi")).unwrap();
        assert_eq!(mail, Written { subject: "Hello", html: Some("<p>Hi</p>"), text: "Hi".to_owned() });
    }

    #[test]
    fn a_missing_plain_part_is_drawn_from_the_html() {
        assert_eq!(write(Some("S"), Some("<p>Hi <b>you</b></p>"), None).unwrap().text, "Hi you");
    }

    #[test]
    fn bad_parts_are_named() {
        let named = |fault: Fault| (fault.code, fault.details);
        let of = |part: &str| ("bad-part".to_owned(), vec![("part".to_owned(), format!("\"{part}\""))]);
        assert_eq!(named(write(None, None, Some("x")).unwrap_err()), of("subject"));
        assert_eq!(named(write(Some("a\r\nBcc: x@example.com"), None, Some("x")).unwrap_err()), of("subject"));
        assert_eq!(named(write(Some(&"x".repeat(999)), None, Some("x")).unwrap_err()), of("subject"));
        assert_eq!(named(write(Some("S"), Some(" "), None).unwrap_err()), of("html"));
    }

    #[test]
    fn the_reply_address_is_one_address() {
        assert!(check_reply_to(None).is_ok() && check_reply_to(Some("a@example.com")).is_ok());
        for bad in ["a", "a@b", "a@b.c\r\nBcc: d@e.f", "a@b.c, d@e.f"] {
            assert_eq!(check_reply_to(Some(bad)).unwrap_err().code, "bad-settings", "{bad}");
        }
    }
}
