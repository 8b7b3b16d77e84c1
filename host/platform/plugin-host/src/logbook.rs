//! The log lines of one run, from `log.write` and from stdout and stderr.
//! Bounded: what goes past the bound is cut, and that it was is remembered.

use crate::capability::{LogLine, Options};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Fields of one line that are kept.
const FIELDS_MAX: usize = 32;

/// Lines shared by the capability and the streams of one run.
#[derive(Clone)]
pub(crate) struct LogBook(Arc<Mutex<Book>>);

struct Book {
    lines: Vec<LogLine>,
    bytes: u64,
    limit: u64,
    cut: bool,
}

impl LogBook {
    pub(crate) fn new(limit: u64) -> Self {
        Self(Arc::new(Mutex::new(Book { lines: Vec::new(), bytes: 0, limit, cut: false })))
    }

    /// Keep a line, or as much of it as the bound leaves room for.
    pub(crate) fn line(&self, line: &LogLine) {
        let mut book = self.book();
        let left = usize::try_from(book.limit.saturating_sub(book.bytes)).unwrap_or(usize::MAX);
        if left == 0 {
            book.cut = true;
            return;
        }
        let message = clean(&line.message, left);
        let fields: Options =
            line.fields.iter().take(FIELDS_MAX).map(|(k, v)| (clean(k, 64), clean(v, left))).collect();
        let mut kept = LogLine { level: level(&line.level).to_owned(), message, fields };
        if size(&kept) > left {
            kept.fields.clear();
            book.cut = true;
        }
        book.cut |= kept.message.len() < line.message.len();
        book.bytes += size(&kept).min(left) as u64;
        book.lines.push(kept);
    }

    /// Keep what was written to a stream, a line for each line.
    pub(crate) fn text(&self, level: &str, bytes: &[u8]) {
        for text in String::from_utf8_lossy(bytes).lines().filter(|l| !l.trim().is_empty()) {
            self.line(&LogLine { level: level.to_owned(), message: text.to_owned(), fields: Vec::new() });
        }
    }

    /// The bytes kept, and whether any were cut.
    pub(crate) fn used(&self) -> (u64, bool) {
        let book = self.book();
        (book.bytes, book.cut)
    }

    pub(crate) fn take(&self) -> Vec<LogLine> {
        std::mem::take(&mut self.book().lines)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// At least eight bytes a line, so that empty lines end too.
fn size(line: &LogLine) -> usize {
    8 + line.message.len() + line.fields.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>()
}

fn level(word: &str) -> &'static str {
    match word {
        "error" => "error",
        "warn" => "warn",
        "debug" => "debug",
        "trace" => "trace",
        _ => "info",
    }
}

/// Control characters and the marks that reorder text are escaped, so that a
/// line stays a line and a terminal stays a terminal.
fn clean(text: &str, bytes_max: usize) -> String {
    let mut kept = String::new();
    for character in text.chars() {
        let odd = character.is_control()
            || matches!(character, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if odd {
            kept.extend(character.escape_default());
        } else {
            kept.push(character);
        }
        if kept.len() > bytes_max {
            kept.truncate(kept.floor_char_boundary(bytes_max));
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(book: &LogBook, message: &str) {
        book.line(&LogLine { level: "shout".into(), message: message.into(), fields: vec![] });
    }

    #[test]
    fn a_flood_is_cut_and_said_to_be() {
        let book = LogBook::new(1_000);
        for _ in 0..10_000 {
            write(&book, "");
        }
        assert!(book.used().0 <= 1_000 && book.used().1);
        assert!(book.take().len() <= 125);
        let book = LogBook::new(10);
        write(&book, &"é".repeat(100));
        assert!(book.used().1);
        assert_eq!(book.take()[0].message, "é".repeat(5));
    }

    #[test]
    fn a_line_stays_a_line() {
        let book = LogBook::new(1_000);
        write(&book, "a\nb\x1b[31m\u{202e}");
        let line = &book.take()[0];
        assert_eq!(line.message, "a\\nb\\u{1b}[31m\\u{202e}");
        assert_eq!(line.level, "info");
    }
}
