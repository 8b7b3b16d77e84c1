//! What a workspace that stands in the past does not see. While its clock
//! stands, every text that reads a table of facts reads the rows up to that
//! instant instead: the bound is put in here, once, and no text can forget it.
//! Which table holds what happened when is said in `host/schema/as_of.txt`; this
//! file knows no table. What is written is never changed by it.

use std::{collections::HashMap, sync::LazyLock};

/// How the rows of a table keep to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Rows that this does not hold of are not seen; `{now}` is the instant.
    Where(&'static str),
    /// It is only read beside this table, and its rows go with that one's.
    Beside(&'static str),
    /// Its rows are never later than the clock, or must be seen anyway: why.
    Seen(&'static str),
}

/// Every table and how it keeps to a clock.
pub static AS_OF: LazyLock<HashMap<&'static str, Bound>> = LazyLock::new(|| {
    let lines = include_str!("../../../schema/as_of.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(line).collect()
});

fn line(line: &'static str) -> Option<(&'static str, Bound)> {
    let mut parts = line.splitn(3, '|').map(str::trim);
    let (table, kind, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let bound = match kind {
        "where" => Bound::Where(rest),
        "beside" => Bound::Beside(rest),
        "seen" => Bound::Seen(rest),
        _ => return None,
    };
    Some((table, bound))
}

/// The text as it reads with a clock that stands at `now` (UTC microseconds);
/// none where it reads no table of facts.
#[must_use]
pub fn as_of(text: &str, now: i64) -> Option<String> {
    let mut bounded = String::new();
    let (mut done, mut at) = (0, 0);
    let (mut before, mut last) = ("", "");
    while let Some((start, end)) = next_word(text, at, &mut last) {
        let word = &text[start..end];
        let read = last == "JOIN" || (last == "FROM" && !matches!(before, "DELETE" | "DISTINCT"));
        if read && let Some(Bound::Where(rule)) = AS_OF.get(word) {
            bounded.push_str(&text[done..start]);
            let rule = rule.replace("{now}", &now.to_string());
            bounded.push_str(&format!("(SELECT * FROM {word} WHERE {rule})"));
            if !named(&text[end..]) {
                bounded.push(' ');
                bounded.push_str(word);
            }
            done = end;
        }
        (before, last, at) = (last, word, end);
    }
    (done > 0).then(|| {
        bounded.push_str(&text[done..]);
        bounded
    })
}

/// Where the next word begins and ends. What is between two words other than
/// space forgets the last one; literals, quoted names and comments are passed.
fn next_word<'t>(text: &'t str, from: usize, last: &mut &'t str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let rest = bytes.iter().skip(at).position(|b| !b.is_ascii_alphanumeric() && *b != b'_');
                return Some((at, rest.map_or(bytes.len(), |length| at + length)));
            }
            b' ' | b'\n' | b'\t' | b'\r' => at + 1,
            b'-' if bytes.get(at + 1) == Some(&b'-') => after(bytes, at, b'\n'),
            quote @ (b'\'' | b'"') => {
                *last = "";
                after(bytes, at + 1, *quote)
            }
            _ => {
                *last = "";
                at + 1
            }
        };
    }
    None
}

/// The place after the next such byte.
fn after(bytes: &[u8], from: usize, wanted: u8) -> usize {
    bytes.iter().skip(from).position(|byte| *byte == wanted).map_or(bytes.len(), |found| from + found + 1)
}

/// Whether the table is given a name of its own: keywords are upper case.
fn named(rest: &str) -> bool {
    let next = rest.trim_start();
    next.starts_with("AS ") || next.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_bounded_and_what_is_written_is_not() {
        for (text, bounded) in [
            (
                "SELECT e.at FROM event e WHERE e.workspace = $1",
                Some("SELECT e.at FROM (SELECT * FROM event WHERE at <= 7) e WHERE e.workspace = $1"),
            ),
            (
                "SELECT 'FROM event' FROM contact c LEFT JOIN event ON event.contact = c.id",
                Some(
                    "SELECT 'FROM event' FROM (SELECT * FROM contact WHERE created_at <= 7) c LEFT JOIN (SELECT * FROM event WHERE at <= 7) event ON event.contact = c.id",
                ),
            ),
            (
                "INSERT INTO event SELECT * FROM event",
                Some("INSERT INTO event SELECT * FROM (SELECT * FROM event WHERE at <= 7) event"),
            ),
            ("DELETE FROM event WHERE workspace = $1", None),
            ("UPDATE event SET at = 1 WHERE workspace = $1", None),
            ("INSERT INTO event (workspace, at) VALUES ($1, $2)", None),
            ("SELECT a IS DISTINCT FROM event, \"FROM event\" FROM job -- FROM event\n", None),
            ("SELECT 1 FROM (event)", None),
        ] {
            assert_eq!(as_of(text, 7).as_deref(), bounded, "{text}");
        }
    }

    #[test]
    fn every_line_of_the_list_is_read() {
        let lines = include_str!("../../../schema/as_of.txt").lines();
        let wanted = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert_eq!(AS_OF.len(), wanted);
    }
}
