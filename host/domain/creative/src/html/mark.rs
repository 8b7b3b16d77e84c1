//! Template tags as marks. While HTML is read, each `{{ … }}` and `{% … %}` is
//! a mark that no rule of HTML knows: two characters of a private plane around
//! a blank and a number. The blank makes a mark end an unquoted value, so that
//! one which stands there shows as a name of its own. Nothing is rendered.

use super::Mistake;

/// Where a mark begins and ends.
pub(super) const OPEN: char = '\u{F0000}';
pub(super) const CLOSE: char = '\u{F0001}';

/// What a template tag is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    /// `{{ … }}`: its expression, and whether blanks before and after go.
    Put { expression: String, before: bool, after: bool, text: String },
    /// `{% … %}`: its first word and the whole.
    Branch { word: String, text: String },
}

/// An HTML template whose tags are marks.
#[derive(Debug)]
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) tags: Vec<Tag>,
}

/// How the template engine's tags begin and end.
const KINDS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

impl Marked {
    /// Put marks in place of tags; comments of the template go.
    pub(super) fn new(html: &str) -> Result<Self, Mistake> {
        let mut marked = Self { text: String::with_capacity(html.len()), tags: Vec::new() };
        if let Some(at) = html.find([OPEN, CLOSE]) {
            return Err(mistake(&html[..at], "there is a character of a private plane; take it out"));
        }
        let mut rest = html;
        while let Some((at, (begin, end))) = next_tag(rest) {
            let (text, tag) = rest.split_at(at);
            marked.text.push_str(text);
            let Some(length) = tag_length(tag, begin, end) else {
                return Err(mistake(&html[..html.len() - tag.len()], &format!("`{begin}` has no `{end}`")));
            };
            let (tag, tail) = tag.split_at(length);
            marked.tag(tag, begin);
            rest = tail;
        }
        marked.text.push_str(rest);
        Ok(marked)
    }

    fn tag(&mut self, tag: &str, begin: &str) {
        let text = tag.to_owned();
        let inside = &tag[2..tag.len() - 2];
        let (before, inside) = control(inside, |text| text.strip_prefix('-'), |text| text.strip_prefix('+'));
        let (after, inside) = control(inside, |text| text.strip_suffix('-'), |text| text.strip_suffix('+'));
        let tag = match begin {
            "{{" => Tag::Put { expression: inside.trim().to_owned(), before, after, text },
            "{%" => Tag::Branch { word: inside.split_whitespace().next().unwrap_or("").to_owned(), text },
            // Lines stay what they were.
            _ => return self.text.extend(text.chars().filter(|c| *c == '\n')),
        };
        self.tags.push(tag);
        self.text.push_str(&format!("{OPEN} {}{CLOSE}", self.tags.len() - 1));
    }

    /// The template again; `filter` may add a filter to what a tag puts.
    pub(super) fn rebuilt(&self, filter: impl Fn(usize) -> Option<String>) -> String {
        let mut out = String::with_capacity(self.text.len() * 2);
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find(OPEN) {
            out.push_str(&rest[..at]);
            let (number, length) = number(&rest[at..]);
            match (self.tags.get(number), filter(number)) {
                (Some(Tag::Put { expression, before, after, .. }), Some(filter)) => {
                    let (before, after) = (if *before { "-" } else { "" }, if *after { "-" } else { "" });
                    out.push_str(&format!("{{{{{before} ({expression})|{filter} {after}}}}}"));
                }
                (Some(Tag::Put { text, .. } | Tag::Branch { text, .. }), _) => out.push_str(text),
                (None, _) => {}
            }
            rest = &rest[at + length..];
        }
        out.push_str(rest);
        out
    }
}

/// Whether a text holds a mark.
pub(super) fn has_mark(text: &str) -> bool {
    text.contains([OPEN, CLOSE])
}

/// The numbers of the marks in a text, in order.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(OPEN).map(|(at, _)| number(&text[at..]).0)
}

/// The number of the mark a text begins with, and the bytes it takes.
pub(super) fn number(text: &str) -> (usize, usize) {
    let end = text.find(CLOSE).map_or(text.len(), |at| at + CLOSE.len_utf8());
    let digits: String = text[..end].chars().filter(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or(usize::MAX), end)
}

fn control<'a>(
    inside: &'a str,
    trims: impl Fn(&'a str) -> Option<&'a str>,
    keeps: impl Fn(&'a str) -> Option<&'a str>,
) -> (bool, &'a str) {
    match trims(inside) {
        Some(rest) => (true, rest),
        None => (false, keeps(inside).unwrap_or(inside)),
    }
}

fn next_tag(text: &str) -> Option<(usize, (&'static str, &'static str))> {
    KINDS.iter().filter_map(|kind| text.find(kind.0).map(|at| (at, *kind))).min_by_key(|(at, _)| *at)
}

/// The bytes of the tag a text begins with; strings in it may hold its end.
fn tag_length(tag: &str, begin: &str, end: &str) -> Option<usize> {
    if begin == "{#" {
        return tag.find(end).map(|at| at + 2);
    }
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in tag.char_indices().skip(2) {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if tag[at..].starts_with(end) => return Some(at + 2),
            None => {}
        }
    }
    None
}

fn mistake(before: &str, what: &str) -> Mistake {
    let line = before.matches('\n').count() as u64 + 1;
    Mistake { line, element: String::new(), what: what.to_owned(), needle: String::new() }
}
