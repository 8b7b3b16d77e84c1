//! Email addresses: one spelling, with the domain in its ASCII form. It never
//! asks a server whether a mailbox exists.

use unicode_normalization::UnicodeNormalization as _;

/// Bytes of the part before the `@` (RFC 5321).
const LOCAL_BYTES_MAX: usize = 64;
/// Bytes of the whole (RFC 5321, less the angle brackets of a path).
const ADDRESS_BYTES_MAX: usize = 254;
/// What a local part may hold besides letters and digits (RFC 5322 dot-atom).
const LOCAL_MARKS: &[u8] = b".!#$%&'*+/=?^_`{|}~-";

/// The one spelling of an address: trimmed, lower case, the domain in ASCII.
pub(super) fn normalise(raw: &str) -> Result<String, String> {
    let text: String = raw.trim().nfc().collect();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.len() > 4 * ADDRESS_BYTES_MAX {
        return Err(format!("is longer than {ADDRESS_BYTES_MAX} bytes"));
    }
    let (local, domain) = text.rsplit_once('@').ok_or_else(|| "has no `@`; write it as name@example.com".to_owned())?;
    let address = format!("{}@{}", local_part(local)?, domain_part(domain)?);
    if address.len() > ADDRESS_BYTES_MAX {
        return Err(format!("is longer than {ADDRESS_BYTES_MAX} bytes"));
    }
    Ok(address)
}

fn local_part(local: &str) -> Result<String, String> {
    if local.is_empty() {
        return Err("has nothing before the `@`".to_owned());
    }
    if local.len() > LOCAL_BYTES_MAX {
        return Err(format!("has more than {LOCAL_BYTES_MAX} bytes before the `@`"));
    }
    if let Some(bad) = local.chars().find(|c| !c.is_ascii_alphanumeric() && !mark(*c)) {
        return Err(format!("has `{}` before the `@`, which no mailbox name may hold unquoted", bad.escape_debug()));
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err("has a misplaced dot before the `@`".to_owned());
    }
    Ok(local.to_ascii_lowercase())
}

fn mark(c: char) -> bool {
    u8::try_from(c).is_ok_and(|byte| LOCAL_MARKS.contains(&byte))
}

fn domain_part(domain: &str) -> Result<String, String> {
    if domain.is_empty() {
        return Err("has nothing after the `@`".to_owned());
    }
    // The common case needs no tables.
    let ascii = if domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') {
        domain.to_ascii_lowercase()
    } else {
        match url::Host::parse(domain) {
            Ok(url::Host::Domain(ascii)) => ascii,
            Ok(_) => return Err("names an IP address after the `@`; a domain is needed".to_owned()),
            Err(_) => return Err(format!("`{}` is not a domain", domain.escape_debug())),
        }
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let top = labels.last().copied().unwrap_or("");
    if top.bytes().all(|b| b.is_ascii_digit()) {
        return Err("names an IP address after the `@`; a domain is needed".to_owned());
    }
    if labels.len() < 2 || top.len() < 2 {
        return Err(format!("`{}` is not a full domain such as example.com", domain.escape_debug()));
    }
    if let Some(bad) = labels.iter().find(|label| !label_fits(label)) {
        return Err(format!("`{}` is not a part of a domain", bad.escape_debug()));
    }
    Ok(ascii)
}

fn label_fits(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn one_spelling_for_one_mailbox() {
        for (raw, one) in [
            (" Ann.Lee@Example.COM ", "ann.lee@example.com"),
            ("o'neil+tag@sub.example.co.uk", "o'neil+tag@sub.example.co.uk"),
            ("li@münchen.de", "li@xn--mnchen-3ya.de"),
            ("li@例え.jp", "li@xn--r8jz45g.jp"),
        ] {
            assert_eq!(normalise(raw).as_deref(), Ok(one), "{raw}");
            assert_eq!(normalise(one).as_deref(), Ok(one), "again {one}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (raw, hint) in [
            ("", "empty"),
            ("ann", "no `@`"),
            ("@example.com", "before"),
            ("ann@", "after"),
            ("a b@example.com", "` `"),
            ("a@b@example.com", "`@`"),
            (".a@example.com", "dot"),
            ("a..b@example.com", "dot"),
            ("ann@example", "full domain"),
            ("ann@127.0.0.1", "IP"),
            ("ann@[::1]", "IP"),
            ("ann@-x.com", "part"),
            ("ann@exa_mple.com", "part"),
            ("ann\r\nBcc: x@example.com", "before"),
            ("李@example.com", "before"),
        ] {
            let message = normalise(raw).expect_err(raw);
            assert!(message.contains(hint), "{raw:?}: {message}");
        }
        let long = format!("{}@{}.com", "a".repeat(64), "b".repeat(60).as_str().to_owned() + ".c".repeat(80).as_str());
        assert!(normalise(&format!("{}@example.com", "a".repeat(65))).unwrap_err().contains("64"));
        assert!(normalise(&format!("{long}{}.com", ".d".repeat(60))).unwrap_err().contains("254"));
        assert!(normalise(&"x".repeat(5_000)).is_err());
    }
}
