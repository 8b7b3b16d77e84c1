//! Reading HTML by the tokenizer browsers are built on (html5ever), and judging
//! each element and attribute. Conditional comments are read like the HTML they
//! are to the programs they are for.

use super::{
    Mistake, address,
    mark::{self, Marked, Tag, has_mark, numbers},
};
use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind},
};
use std::cell::RefCell;

/// Elements that run, frame, post, or turn the rest into another language.
const REFUSED: &[&str] = &[
    "script",
    "iframe",
    "frame",
    "frameset",
    "noframes",
    "noembed",
    "object",
    "embed",
    "applet",
    "form",
    "button",
    "select",
    "textarea",
    "keygen",
    "isindex",
    "base",
    "link",
    "svg",
    "math",
    "template",
    "xmp",
    "plaintext",
    "portal",
    "fencedframe",
    "param",
    "slot",
];
/// Attributes that lead out by another door.
const REFUSED_ATTRIBUTES: &[&str] =
    &["srcdoc", "formaction", "action", "ping", "manifest", "codebase", "classid", "archive", "profile", "base"];
/// Attributes that hold the address of a picture.
const IMAGES: &[&str] = &["src", "background", "poster", "lowsrc", "dynsrc"];
/// Attributes that hold another address.
const LINKS: &[&str] = &["href", "cite", "longdesc", "data", "usemap"];
/// What ends a document that was read to its end.
const END: &str = "rialto-end";
/// Conditional comments within conditional comments.
const DEPTH_MAX: u32 = 3;

/// Where a tag of the template stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In text or a plain value, where escaping is enough.
    Plain { line: u64 },
    /// It begins the address of a link.
    Link { of: String },
    /// It begins the address of a picture.
    Image { of: String },
    /// In a style.
    Style { of: String },
    /// A branch, in the place with this number.
    Branch { place: u32, line: u64 },
}

impl Place {
    /// The line, where it is known.
    pub(super) fn line(&self) -> u64 {
        match self {
            Self::Plain { line } | Self::Branch { line, .. } => *line,
            _ => 1,
        }
    }
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    /// Where each tag of the template stands.
    pub(super) places: Vec<Option<Place>>,
    pub(super) mistakes: Vec<Mistake>,
    /// The place with the highest number.
    place: u32,
}

/// Read a whole document.
pub(super) fn scan(marked: &Marked) -> Scanned {
    let scanned = Scanned { places: vec![None; marked.tags.len()], ..Scanned::default() };
    let mut reader = Reader { marked, scanned, depth: 0 };
    reader.document(&marked.text, 1);
    let mut scanned = reader.scanned;
    let lost = scanned.places.iter().position(Option::is_none);
    if let (Some(tag), true) = (lost, scanned.mistakes.is_empty()) {
        let text = match marked.tags.get(tag) {
            Some(Tag::Put { text, .. } | Tag::Branch { text, .. }) => text.clone(),
            None => String::new(),
        };
        let what = format!("`{text}` stands where no value can be");
        scanned.mistakes.push(Mistake { line: 1, element: String::new(), what, needle: text });
    }
    scanned
}

struct Reader<'m> {
    marked: &'m Marked,
    scanned: Scanned,
    depth: u32,
}

/// Where the reader is in one document.
struct At {
    /// The line where the next token begins.
    line: u64,
    first_line: u64,
    /// The place of text: 0 in the document itself, else within an element or comment.
    base: u32,
    place: u32,
    /// Text so far: the tokenizer hands it out in pieces, which may part a mark.
    text: String,
    /// Whether that text is a style sheet.
    sheet: bool,
    ended: bool,
}

impl Reader<'_> {
    fn document(&mut self, text: &str, first_line: u64) {
        let base = self.scanned.place;
        let at =
            At { line: first_line, first_line, base, place: base, text: String::new(), sheet: false, ended: false };
        if let Some(found) = loose_angle(text) {
            let line = first_line + text[..found].matches('\n').count() as u64;
            self.wrong(line, "", "a value must not follow `<`", "");
        }
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from_slice(text));
        queue.push_back(StrTendril::from_slice(&format!("<{END}>")));
        let sink = Sink(RefCell::new((self, at)));
        let tokenizer = Tokenizer::new(sink, TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
        while !queue.is_empty() {
            let _ = tokenizer.feed(&queue);
        }
        tokenizer.end();
        let (reader, at) = tokenizer.sink.0.into_inner();
        if !at.ended {
            reader.wrong(at.line, "", "a tag, a quote or a comment that begins here does not end", "");
        }
    }

    fn wrong(&mut self, line: u64, element: &str, what: &str, needle: &str) {
        let needle: String = needle.split(mark::OPEN).next().unwrap_or("").chars().take(80).collect();
        let (element, what) = (element.to_owned(), what.to_owned());
        self.scanned.mistakes.push(Mistake { line, element, what, needle });
    }

    fn token(&mut self, at: &mut At, token: Token) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => {
                at.text.push_str(&text);
                return TokenSinkResult::Continue;
            }
            Token::CommentToken(text) => {
                self.text(at);
                self.comment(at, &text);
            }
            Token::TagToken(tag) if &*tag.name == END => {
                self.text(at);
                at.ended = true;
            }
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => {
                self.text(at);
                self.close(at, &tag.name);
            }
            Token::TagToken(tag) => {
                self.text(at);
                let attributes: Vec<(String, String)> =
                    tag.attrs.iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
                return self.open(at, &tag.name, &attributes);
            }
            _ => self.text(at),
        }
        TokenSinkResult::Continue
    }

    /// The text up to here.
    fn text(&mut self, at: &mut At) {
        let text = std::mem::take(&mut at.text);
        if !at.sheet {
            self.plain(at.line, at.place, &text);
        } else if has_mark(&text) {
            self.wrong(at.line, "style", "a style sheet holds no values; use a style attribute", "");
        } else if let Some(what) = address::style(&text) {
            self.wrong(at.line, "style", &what, "<style");
        }
    }

    /// Values and branches where escaping is enough.
    fn plain(&mut self, line: u64, place: u32, text: &str) {
        for number in numbers(text) {
            let found = match self.marked.tags.get(number) {
                Some(Tag::Branch { .. }) => Place::Branch { place, line },
                _ => Place::Plain { line },
            };
            self.put(number, found);
        }
    }

    fn put(&mut self, number: usize, place: Place) {
        if let Some(slot) = self.scanned.places.get_mut(number) {
            *slot = Some(place);
        }
    }

    fn close(&mut self, at: &mut At, name: &str) {
        if matches!(name, "style" | "title") {
            (at.place, at.sheet) = (at.base, false);
        }
        if has_mark(name) {
            self.wrong(at.line, "", "the name of an element must be written out", "");
        }
    }

    fn comment(&mut self, at: &mut At, text: &str) {
        let inside = text.strip_prefix("[if").and_then(|rest| rest.split_once("]>")).map(|(_, inside)| inside);
        match inside {
            Some(inside) if self.depth < DEPTH_MAX => {
                self.scanned.place += 1;
                self.depth += 1;
                let line = at.line + text[..text.len() - inside.len()].matches('\n').count() as u64;
                let inside = inside.rsplit_once("<![endif]").map_or(inside, |(inside, _)| inside);
                self.document(inside.strip_suffix("<!").unwrap_or(inside), line);
                self.depth -= 1;
            }
            Some(_) => self.wrong(at.line, "", "conditional comments lie too deep in each other", ""),
            None if has_mark(text) => self.wrong(at.line, "", "a comment holds no values", text),
            None => {}
        }
    }

    fn open(&mut self, at: &mut At, name: &str, attributes: &[(String, String)]) -> TokenSinkResult<()> {
        let line = at.line;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | ':' | '_');
        if !name.chars().all(fits) {
            self.wrong(line, "", "the name of an element must be written out", "");
        }
        // Outlook's own `noscript` holds settings, in a comment that it alone reads.
        if REFUSED.contains(&name) || (name == "noscript" && self.depth == 0) {
            self.wrong(line, name, "this element is not allowed in a message", &format!("<{name}"));
        }
        self.peculiar(line, name, attributes);
        for (attribute, value) in attributes {
            self.scanned.place += 1;
            self.attribute(line, name, attribute, value);
        }
        match name {
            "style" => {
                self.scanned.place += 1;
                (at.place, at.sheet) = (self.scanned.place, true);
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" => {
                self.scanned.place += 1;
                at.place = self.scanned.place;
                TokenSinkResult::RawData(RawKind::Rcdata)
            }
            _ => TokenSinkResult::Continue,
        }
    }

    /// Rules of single elements.
    fn peculiar(&mut self, line: u64, name: &str, attributes: &[(String, String)]) {
        let value = |wanted: &str| {
            attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.trim().to_ascii_lowercase())
        };
        let known = ["content-type", "x-ua-compatible", "content-language"];
        if name == "meta" && value("http-equiv").is_some_and(|kind| !known.contains(&kind.as_str())) {
            self.wrong(line, name, "`http-equiv` must not lead elsewhere", "http-equiv");
        }
        let charset = value("charset").or_else(|| value("content")?.split_once("charset=").map(|(_, c)| c.to_owned()));
        if name == "meta" && charset.is_some_and(|charset| !charset.starts_with("utf-8")) {
            self.wrong(line, name, "a message is in UTF-8", "charset");
        }
        let switch = value("type").is_some_and(|kind| matches!(kind.as_str(), "checkbox" | "radio"));
        if name == "input" && !switch {
            self.wrong(line, name, "a message takes no input but a checkbox or radio that folds", "<input");
        }
    }

    fn attribute(&mut self, line: u64, element: &str, name: &str, value: &str) {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_' | '.');
        if has_mark(name) {
            self.wrong(line, element, "a value must stand in quotes, and a name must be written out", "");
            return;
        }
        if !name.chars().all(fits) || name.is_empty() {
            let what = format!("`{}` is no name of an attribute; is a quote missing?", name.escape_debug());
            self.wrong(line, element, &what, "");
            return;
        }
        let local = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
        if local.starts_with("on") {
            self.wrong(line, element, &format!("`{name}` runs a script; take it out"), &format!("{name}="));
            return;
        }
        if REFUSED_ATTRIBUTES.contains(&local.as_str()) || (local == "href" && name.contains(':')) {
            self.wrong(line, element, &format!("`{name}` is not allowed in a message"), &format!("{name}="));
            return;
        }
        let of = format!("{element} {local}");
        let wrong = match local.as_str() {
            "style" => self.style(value, of),
            "srcset" | "imagesrcset" => address::written_set(value),
            local if IMAGES.contains(&local) => self.address(value, true, of, line),
            local if LINKS.contains(&local) => self.address(value, false, of, line),
            _ => {
                self.plain(line, self.scanned.place, value);
                None
            }
        };
        if let Some(what) = wrong {
            self.wrong(line, element, &format!("`{name}`: {what}"), value);
        }
    }

    fn style(&mut self, value: &str, of: String) -> Option<String> {
        for number in numbers(value) {
            let place = match self.marked.tags.get(number) {
                Some(Tag::Branch { .. }) => Place::Branch { place: self.scanned.place, line: 0 },
                _ => Place::Style { of: of.clone() },
            };
            self.put(number, place);
        }
        // What a value or a branch stands between must not join to something else.
        address::style(value).or_else(|| address::style(&without_marks(value)))
    }

    fn address(&mut self, value: &str, image: bool, of: String, line: u64) -> Option<String> {
        let branch = |number: usize| matches!(self.marked.tags.get(number), Some(Tag::Branch { .. }));
        let wrong = address::written(value, image, branch);
        let mut begins = true;
        let mut rest = value;
        while let Some(at) = rest.find(mark::OPEN) {
            begins &= rest[..at].trim().is_empty();
            let (number, length) = mark::number(&rest[at..]);
            let place = match self.marked.tags.get(number) {
                Some(Tag::Branch { .. }) => {
                    begins = true;
                    Place::Branch { place: self.scanned.place, line }
                }
                _ if begins && image => Place::Image { of: of.clone() },
                _ if begins => Place::Link { of: of.clone() },
                _ => Place::Plain { line },
            };
            begins &= matches!(place, Place::Branch { .. });
            self.put(number, place);
            rest = &rest[at + length..];
        }
        wrong
    }
}

/// Feeds one document's tokens to the reader.
struct Sink<'r, 'm>(RefCell<(&'r mut Reader<'m>, At)>);

impl TokenSink for Sink<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<()> {
        if matches!(token, Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        let (reader, at) = &mut *self.0.borrow_mut();
        let result = reader.token(at, token);
        at.line = at.first_line + line_number.saturating_sub(1);
        result
    }
}

/// Where a `<` is followed by a mark, blanks between them or not: a value or
/// what follows a branch would become the name of an element.
fn loose_angle(text: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).find(|at| {
        let after = text[at + 1..].trim_start_matches(['/', '!', '?']).trim_start();
        after.starts_with(mark::OPEN)
    })
}

fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(mark::OPEN) {
        out.push_str(&rest[..at]);
        rest = &rest[at + mark::number(&rest[at..]).1..];
    }
    out.push_str(rest);
    out
}
