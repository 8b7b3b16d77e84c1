//! What the HTML of a message may hold, judged by the tokens a browser would
//! read, and where each value of a person may stand. It changes no word of the
//! author's: what is not allowed is refused with its line and element. Values
//! are judged again when they are filled in, for only then they are known.

mod address;
mod branch;
mod mark;
mod scan;

pub(crate) use address::{image_filter, link_filter, style_filter};

use mark::Marked;
use scan::{Place, scan};

/// Mistakes that are told of one part; more help nobody.
const MISTAKES_MAX: usize = 20;
/// The filters that judge a value when it is filled in.
pub(crate) const LINK_FILTER: &str = "rialto_link";
/// The same for pictures.
pub(crate) const IMAGE_FILTER: &str = "rialto_image";
/// The same for styles.
pub(crate) const STYLE_FILTER: &str = "rialto_style";

/// One thing that a message must not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The line of the HTML where its tag begins.
    pub(crate) line: u64,
    /// The element, such as `a`; empty for text.
    pub(crate) element: String,
    /// What is wrong and what would be right.
    pub(crate) what: String,
    /// A text of the source to find it by.
    pub(crate) needle: String,
}

impl Mistake {
    /// In words, with the line where the author will find it.
    pub(crate) fn told(&self, line: Option<u64>) -> String {
        let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let element = if self.element.is_empty() { String::new() } else { format!("<{}>: ", self.element) };
        format!("{line}{element}{}", self.what)
    }

    /// The line of another source (MJML, say) that holds the same thing.
    pub(crate) fn line_in(&self, source: &str) -> Option<u64> {
        let needles = [self.needle.clone(), format!("<{}", self.element), format!("<mj-{}", self.element)];
        let found = needles.iter().filter(|n| n.len() > 1).find_map(|needle| source.find(needle.as_str()))?;
        Some(source[..found].matches('\n').count() as u64 + 1)
    }
}

/// The template with every value in an address or a style judged when it is
/// filled in.
///
/// # Errors
/// Everything that must not be in a message.
pub(crate) fn guard(html: &str) -> Result<String, Vec<Mistake>> {
    let marked = Marked::new(html).map_err(|mistake| vec![mistake])?;
    let mut scanned = scan(&marked);
    scanned.mistakes.extend(branch::mismatched(&marked, &scanned.places));
    scanned.mistakes.sort_by_key(|mistake| mistake.line);
    scanned.mistakes.truncate(MISTAKES_MAX);
    if !scanned.mistakes.is_empty() {
        return Err(scanned.mistakes);
    }
    Ok(marked.rebuilt(|tag| match scanned.places.get(tag) {
        Some(Some(Place::Link { of })) => Some(format!("{LINK_FILTER}('{of}')")),
        Some(Some(Place::Image { of })) => Some(format!("{IMAGE_FILTER}('{of}')")),
        Some(Some(Place::Style { of })) => Some(format!("{STYLE_FILTER}('{of}')")),
        _ => None,
    }))
}

/// Turn HTML into another text that keeps the template's tags whole.
pub(crate) fn keeping_tags(html: &str, turn: impl FnOnce(&str) -> String) -> String {
    match Marked::new(html) {
        Ok(marked) => {
            let Marked { text, tags } = marked;
            Marked { text: turn(&text), tags }.rebuilt(|_| None)
        }
        Err(_) => turn(html),
    }
}

#[cfg(test)]
mod tests;
