//! Takes what looks like a credential out of a line. Pure.

use std::borrow::Cow;

/// What stands in the place of a credential.
const GONE: &str = "[redacted]";
/// Words after which a credential follows, whatever its name.
const SCHEMES: &[&str] = &["bearer ", "basic "];
/// Field names whose values are credentials, as `name=value` or `"name":"value"`.
const NAMES: &[&str] = &["password", "secret", "token", "authorization", "api_key", "apikey", "cookie", "private_key"];
/// How our own credentials begin; 43 characters of randomness follow, while a
/// name in the code that begins so is shorter.
const PREFIXES: &[&str] = &["rialto_"];
const OWN_CHARS_MIN: usize = 50;

/// The line without bearer and basic credentials, our own tokens, passwords in
/// URLs, and values of fields that are named like secrets.
#[must_use]
pub fn redact(line: &str) -> Cow<'_, str> {
    let mut cuts = Vec::new();
    let lower = line.to_ascii_lowercase();
    for scheme in SCHEMES {
        each(&lower, scheme, |at| cuts.push(word_from(line, at + scheme.len(), 8)));
    }
    for prefix in PREFIXES {
        each(&lower, prefix, |at| cuts.push(word_from(line, at, OWN_CHARS_MIN)));
    }
    for name in NAMES {
        each(&lower, name, |at| cuts.push(value_after(line, at + name.len())));
    }
    each(&lower, "://", |at| cuts.push(password_in_url(line, at + 3)));
    cut(line, cuts)
}

type Cut = Option<(usize, usize)>;

fn each(text: &str, needle: &str, mut found: impl FnMut(usize)) {
    let mut from = 0;
    while let Some(at) = text[from..].find(needle) {
        found(from + at);
        from += at + needle.len();
    }
}

/// The run of credential characters from `at`, if it is long enough to be one.
fn word_from(line: &str, at: usize, shortest: usize) -> Cut {
    let length =
        line[at..].find(|c: char| !(c.is_ascii_alphanumeric() || "-_.~+/=".contains(c))).unwrap_or(line.len() - at);
    (length >= shortest).then_some((at, at + length))
}

/// The value in `name=value`, `name: value` or `"name":"value"`.
fn value_after(line: &str, at: usize) -> Cut {
    let rest = &line[at..];
    let sign = rest.find(|c: char| c != '"')?;
    if sign > 1 || !rest[sign..].starts_with(['=', ':']) {
        return None;
    }
    let start = at + sign + 1;
    let start = start + line[start..].len() - line[start..].trim_start_matches([' ', '"']).len();
    let length = line[start..].find(['"', ',', ' ', '\n', '}']).unwrap_or(line.len() - start);
    (length > 0).then_some((start, start + length))
}

/// The password in `scheme://user:password@host`.
fn password_in_url(line: &str, at: usize) -> Cut {
    let end = line[at..].find(['/', ' ', '"', '\n', '?']).map_or(line.len(), |n| at + n);
    let sign = at + line[at..end].rfind('@')?;
    let colon = at + line[at..sign].find(':')?;
    Some((colon + 1, sign))
}

fn cut(line: &str, cuts: Vec<Cut>) -> Cow<'_, str> {
    let mut cuts: Vec<(usize, usize)> = cuts.into_iter().flatten().collect();
    if cuts.is_empty() {
        return Cow::Borrowed(line);
    }
    cuts.sort_unstable();
    let mut text = String::with_capacity(line.len());
    let mut kept = 0;
    for (start, end) in cuts {
        if end <= kept {
            continue;
        }
        if start >= kept {
            text.push_str(&line[kept..start]);
            text.push_str(GONE);
        }
        kept = end;
    }
    text.push_str(&line[kept..]);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_and_the_rest_stays() {
        for (line, expected) in [
            ("authorised by Bearer abcdefgh12345 ok", "authorised by Bearer [redacted] ok"),
            ("key rialto_write_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG used", "key [redacted] used"),
            ("rialto_jobs::runner went on", "rialto_jobs::runner went on"),
            ("open postgres://rialto:hunter2@db/rialto", "open postgres://rialto:[redacted]@db/rialto"),
            ("sign in password=\"hunter 2\" user=4", "sign in password=\"[redacted] 2\" user=4"),
            ("{\"secret\":\"s3cr3t\",\"n\":1}", "{\"secret\":\"[redacted]\",\"n\":1}"),
            ("authorization: Basic dXNlcjpwYXNz x", "authorization: [redacted] [redacted] x"),
            ("a job failed kind=delivery.send failures=2", "a job failed kind=delivery.send failures=2"),
            ("the token is wrong; see https://m.example/token", "the token is wrong; see https://m.example/token"),
            ("营销 Bearer 营销", "营销 Bearer 营销"),
        ] {
            assert_eq!(redact(line), expected);
        }
    }
}
