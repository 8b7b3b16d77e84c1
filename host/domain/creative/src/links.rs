//! The links of an HTML template, so that clicks can be counted: every fixed
//! web address becomes a placeholder with a number. Links that a variable makes
//! (the unsubscribe link, say) are left alone.

use std::fmt::Write as _;

/// The name under which link `number` stands in the context.
#[must_use]
pub fn link_name(number: usize) -> String {
    format!("rialto_link_{number}")
}

/// Replace the fixed `href` addresses of an HTML text by placeholders. `links`
/// holds the addresses by number and grows; an address counts once.
pub(crate) fn number_links(html: &str, links: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(html.len() + 256);
    let mut rest = html;
    while let Some((before, quote, after)) = next_href(rest) {
        out.push_str(before);
        let Some(end) = after.find(quote) else {
            rest = after;
            break;
        };
        let (address, tail) = after.split_at(end);
        match plain(address) {
            Some(url) => {
                let number = links.iter().position(|known| *known == url).unwrap_or_else(|| {
                    links.push(url);
                    links.len() - 1
                });
                let _ = write!(out, "{{{{ {}|default({}) }}}}", link_name(number), quoted(address));
            }
            None => out.push_str(address),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// What stands before the value of the next `href`, its quote, and what follows.
fn next_href(text: &str) -> Option<(&str, char, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.to_ascii_lowercase().find("href")?;
        let after = text[at + 4..].trim_start();
        if let Some(value) = after.strip_prefix('=').map(str::trim_start)
            && let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\''))
        {
            let value = &value[1..];
            return Some((&text[..text.len() - value.len()], quote, value));
        }
        from = at + 4;
    }
}

/// The web address, when it is a fixed one.
fn plain(address: &str) -> Option<String> {
    let text = address.trim().replace("&amp;", "&");
    let lower = text.to_ascii_lowercase();
    let web = lower.starts_with("http://") || lower.starts_with("https://");
    (web && !text.contains("{{") && !text.contains("{%") && text.len() <= 2_048).then_some(text)
}

/// A string of the template language.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace("&amp;", "&").replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::number_links;

    #[test]
    fn fixed_addresses_are_numbered_once_and_variable_ones_left() {
        let mut links = Vec::new();
        let html = r#"<a href="https://a.example/?x=1&amp;y=2">1</a> <A HREF='https://a.example/?x=1&amp;y=2'>2</A>
            <a href="{{ unsubscribe_url }}">3</a> <a href="mailto:a@example.com">4</a> href <a href = "http://b.example">5</a>"#;
        let out = number_links(html, &mut links);
        assert_eq!(links, ["https://a.example/?x=1&y=2", "http://b.example"]);
        assert_eq!(out.matches("rialto_link_0").count(), 2, "{out}");
        assert!(out.contains("{{ unsubscribe_url }}") && out.contains("mailto:a@example.com"));
    }

    #[test]
    fn a_broken_tag_loses_nothing() {
        let mut links = Vec::new();
        let html = r#"<a href="https://a.example"#;
        assert_eq!(number_links(html, &mut links), html);
    }
}
