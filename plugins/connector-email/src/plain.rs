//! A plain reading of an HTML mail, for messages that bring no text of their
//! own: words and line breaks, link targets after their words, nothing invented.

/// Elements whose content nobody reads.
const SILENT: [&str; 4] = ["head", "script", "style", "title"];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 16] =
    ["address", "blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "table", "tr", "ul"];

/// The words of an HTML text.
pub fn from_html(html: &str) -> String {
    let mut plain = Plain::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        plain.words(&rest[..open]);
        rest = &rest[open..];
        let Some((tag, after)) = tag(rest) else {
            plain.words(rest);
            return plain.finish();
        };
        plain.tag(tag);
        rest = after;
    }
    plain.words(rest);
    plain.finish()
}

/// The tag or comment that `text` begins with, and what comes after it.
fn tag(text: &str) -> Option<(&str, &str)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        let end = comment.find("-->")?;
        return Some(("", &comment[end + 3..]));
    }
    let end = text.find('>')?;
    Some((&text[1..end], &text[end + 1..]))
}

#[derive(Default)]
struct Plain {
    out: String,
    silent: Option<String>,
    link: Option<String>,
    space: bool,
}

impl Plain {
    fn tag(&mut self, tag: &str) {
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        let name = name.to_ascii_lowercase();
        match &self.silent {
            Some(silent) if closing && *silent == name => self.silent = None,
            Some(_) => {}
            None if !closing && SILENT.contains(&name.as_str()) => self.silent = Some(name),
            None if BLOCKS.contains(&name.as_str()) => self.line(),
            None if name == "td" || name == "th" => self.space = true,
            None if name == "a" => self.anchor(tag, closing),
            None => {}
        }
    }

    fn anchor(&mut self, tag: &str, closing: bool) {
        if !closing {
            self.link = target(tag).filter(|target| target.starts_with("http"));
        } else if let Some(target) = self.link.take().filter(|target| !self.out.ends_with(target.as_str())) {
            self.out.push_str(&format!(" ({target})"));
        }
    }

    fn words(&mut self, text: &str) {
        if self.silent.is_some() {
            return;
        }
        let text = entities(text);
        for (index, word) in text.split(char::is_whitespace).enumerate() {
            self.space |= index > 0;
            if word.is_empty() {
                continue;
            }
            if self.space && !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push(' ');
            }
            self.space = false;
            self.out.push_str(word);
        }
    }

    fn line(&mut self) {
        self.space = false;
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn finish(self) -> String {
        self.out.trim().to_owned()
    }
}

/// The value of a tag's `href`.
fn target(tag: &str) -> Option<String> {
    let value = tag.split_once("href=")?.1;
    let quote = value.chars().next().filter(|c| *c == '"' || *c == '\'');
    let value = match quote {
        Some(quote) => value[1..].split(quote).next(),
        None => value.split_whitespace().next(),
    };
    value.map(entities)
}

fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let named = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'")];
    let text = named.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_lines_stay() {
        let html = "<html><head><title>x</title><style>p{}</style></head><body><h1>Hello&nbsp;Ada</h1>\
                    <p>One  <b>bold</b>\n word &amp; more</p><!-- <p>no</p> --><ul><li>a</li><li>b</li></ul></body></html>";
        assert_eq!(from_html(html), "Hello Ada\nOne bold word & more\na\nb");
    }

    #[test]
    fn links_keep_their_target() {
        assert_eq!(
            from_html(r#"<a href="https://a.example/?x=1&amp;y=2">Shop</a>."#),
            "Shop (https://a.example/?x=1&y=2)."
        );
        assert_eq!(from_html("<a href='https://a.example'>https://a.example</a>"), "https://a.example");
    }

    #[test]
    fn broken_markup_is_kept_as_words() {
        assert_eq!(from_html("a < b"), "a < b");
        assert_eq!(from_html("<p>全部七折 <br"), "全部七折 <br");
        assert_eq!(from_html("<style>p{}"), "");
    }
}
