//! Addresses and styles: which may stand in a message. The same rules judge
//! what the author wrote and what a value turns out to be.

use super::mark::{CLOSE, OPEN, has_mark, number};
use minijinja::{Error, ErrorKind, Value};

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Empty,
    /// `http` or `https`.
    Web,
    /// Mail, telephone, a place on the page, an attached or written-out picture.
    Other,
    /// A path without a host.
    Relative,
    /// Anything else: a script, a file, an unknown scheme.
    Bad,
}

/// Tell what an address is. Browsers skip blanks before a scheme and line ends
/// and tabs within it; so does this.
pub(super) fn kind(address: &str, image: bool) -> Kind {
    let address: String = address.chars().filter(|c| *c > ' ' && !c.is_control()).collect();
    if address.is_empty() {
        return Kind::Empty;
    }
    let scheme = address.split(['/', '?', '#', '\\']).next().unwrap_or("");
    let Some((scheme, _)) = scheme.split_once(':') else {
        let relative = !address.starts_with("//") && !address.starts_with('\\') && !address.starts_with("/\\");
        return match address.starts_with('#') {
            true => Kind::Other,
            false if relative => Kind::Relative,
            false => Kind::Bad,
        };
    };
    let rest = &address[scheme.len() + 1..];
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if rest.starts_with("//") => Kind::Web,
        "mailto" | "tel" | "sms" if !image => Kind::Other,
        "cid" if image => Kind::Other,
        "data" if image && is_picture(rest) => Kind::Other,
        _ => Kind::Bad,
    }
}

fn is_picture(rest: &str) -> bool {
    let rest = rest.to_ascii_lowercase();
    ["image/png", "image/gif", "image/jpeg", "image/webp"].iter().any(|kind| rest.starts_with(kind))
}

/// What is wrong with an address as the author wrote it, marks in it. Each arm
/// of a branch must be an address of its own.
pub(super) fn written(address: &str, image: bool, is_branch: impl Fn(usize) -> bool) -> Option<String> {
    let mut arms = vec![String::new()];
    let mut rest = address;
    while let Some(at) = rest.find(OPEN) {
        let (tag, length) = number(&rest[at..]);
        let (text, mark) = (&rest[..at], &rest[at..at + length]);
        push(&mut arms, text);
        if is_branch(tag) {
            arms.push(String::new());
        } else {
            push(&mut arms, mark);
        }
        rest = &rest[at + length..];
    }
    push(&mut arms, rest);
    let branched = arms.len() > 1;
    arms.iter().find_map(|arm| one(arm.trim(), image, branched))
}

fn push(arms: &mut [String], text: &str) {
    if let Some(last) = arms.last_mut() {
        last.push_str(text);
    }
}

fn one(arm: &str, image: bool, branched: bool) -> Option<String> {
    if arm.starts_with(OPEN) {
        let rest = &arm[number(arm).1..];
        let goes_on = rest.is_empty() || rest.starts_with(['/', '?', '#', '&']);
        return (!goes_on)
            .then(|| "a value that begins an address must be all of it, or go on with `/`, `?` or `#`".to_owned());
    }
    let head = arm.split(['/', '?', '#']).next().unwrap_or("");
    match kind(&arm.replace([OPEN, CLOSE], ""), image) {
        // A mark before the scheme has ended could make another scheme of it.
        Kind::Relative if has_mark(head) => {
            Some("write the beginning of the address out, or put it in one value".to_owned())
        }
        Kind::Relative if branched => Some("each arm of a condition must be a whole address".to_owned()),
        Kind::Bad => Some(format!("`{}` is no web, mail or telephone address; use https", shown(arm))),
        _ if has_mark(head.split(':').next().unwrap_or("")) => {
            Some("the scheme of an address must be written out".to_owned())
        }
        _ => None,
    }
}

/// A list of pictures, each a web address with its width.
pub(super) fn written_set(set: &str) -> Option<String> {
    let wrong = has_mark(set)
        || set.split(',').map(str::trim).any(|one| {
            let address = one.split_whitespace().next().unwrap_or("");
            !matches!(kind(address, true), Kind::Web | Kind::Relative | Kind::Empty) || has_control(address)
        });
    wrong.then(|| "a list of pictures holds web addresses only, and no values".to_owned())
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// What is wrong with a style or a style sheet.
pub(super) fn style(text: &str) -> Option<String> {
    let plain = plain_style(text);
    let runs = ["expression(", "javascript:", "vbscript:", "-moz-binding", "@import", "</style", "<!--"];
    if let Some(word) = runs.iter().find(|word| plain.contains(**word)) {
        return Some(format!("a style must not hold `{word}`"));
    }
    let behaviour = plain.match_indices("behavior:").any(|(at, _)| {
        let scroll = plain[..at].ends_with("scroll-");
        !scroll && !plain[at + 9..].trim_start_matches(['\'', '"']).starts_with("url(#default#vml)")
    });
    if behaviour {
        return Some("a style must not hold `behavior`".to_owned());
    }
    let mut addresses = plain
        .match_indices("url(")
        .map(|(at, _)| plain[at + 4..].trim_start_matches(['"', '\'']).split([')', '"', '\'']).next().unwrap_or(""));
    let bad = addresses.find(|address| has_mark(address) || matches!(kind(address, true), Kind::Bad));
    bad.map(|address| format!("`url({})` in a style must be a web address", shown(address)))
}

/// A style as its reader takes it: escapes resolved, comments and blanks gone.
fn plain_style(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("/*") {
        bare.push_str(&rest[..at]);
        rest = rest[at + 2..].find("*/").map_or("", |end| &rest[at + 2 + end + 2..]);
    }
    bare.push_str(rest);
    let mut plain = String::with_capacity(bare.len());
    let mut chars = bare.chars().peekable();
    while let Some(c) = chars.next() {
        let c = if c == '\\' { escaped(&mut chars) } else { Some(c) };
        plain.extend(c.filter(|c| *c > ' ' && !c.is_control()).into_iter().flat_map(char::to_lowercase));
    }
    plain
}

fn escaped(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    let mut code = 0_u32;
    let mut digits = 0;
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)).filter(|_| digits < 6) {
        (code, digits) = (code * 16 + digit, digits + 1);
        chars.next();
    }
    if digits == 0 {
        return chars.next();
    }
    if chars.peek().is_some_and(char::is_ascii_whitespace) {
        chars.next();
    }
    char::from_u32(code)
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(*c, OPEN | CLOSE)).take(60).collect()
}

/// The filter of a value in a link.
///
/// # Errors
/// When it is no web, mail or telephone address.
pub(crate) fn link_filter(value: &Value, of: &str) -> Result<Value, Error> {
    filled(value, of, false)
}

/// The filter of a value in the address of a picture.
///
/// # Errors
/// When it is no web address and no picture.
pub(crate) fn image_filter(value: &Value, of: &str) -> Result<Value, Error> {
    filled(value, of, true)
}

fn filled(value: &Value, of: &str, image: bool) -> Result<Value, Error> {
    let text = text_of(value);
    match kind(&text, image) {
        Kind::Empty => Ok(Value::from("")),
        Kind::Web | Kind::Other => Ok(Value::from(text.trim())),
        Kind::Relative | Kind::Bad => {
            let words = format!("the value in <{of}> is no web, mail or telephone address");
            Err(Error::new(ErrorKind::InvalidOperation, words))
        }
    }
}

/// The filter of a value in a style: a colour, a length or a name.
///
/// # Errors
/// When it holds anything else.
pub(crate) fn style_filter(value: &Value, of: &str) -> Result<Value, Error> {
    let text = text_of(value);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '.' | ',' | '%' | ' ' | '-' | '_');
    if text.chars().all(fits) {
        return Ok(Value::from(text));
    }
    let words = format!("the value in <{of}> is no colour, length or name");
    Err(Error::new(ErrorKind::InvalidOperation, words))
}

fn text_of(value: &Value) -> String {
    if value.is_undefined() || value.is_none() { String::new() } else { value.to_string() }
}
