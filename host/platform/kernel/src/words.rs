//! What Rialto says to people, in their language. English stands where it is
//! said, as in any program; the catalogue has the Chinese of each sentence, with
//! the English as its key and `{1}`, `{2}` … for what is put in. A test reads the
//! source and holds the catalogue complete. It never touches what programs read:
//! codes, field names, values.

use crate::Locale;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

/// The catalogue's files, one an area, `"English" = "中文"` a line.
const FILES: &[(&str, &str)] = &[
    ("app", include_str!("../words/zh-CN/app.toml")),
    ("platform", include_str!("../words/zh-CN/platform.toml")),
    ("people", include_str!("../words/zh-CN/people.toml")),
    ("work", include_str!("../words/zh-CN/work.toml")),
    ("conformance", include_str!("../words/zh-CN/conformance.toml")),
    ("formulas", include_str!("../words/zh-CN/formulas.toml")),
];

/// Sentences within sentences: a field and what is wrong with it, a cause of a cause.
const DEPTH_MAX: usize = 4;
/// Longer texts are not sentences of ours.
const CHARS_MAX: usize = 4_000;

static CHINESE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(FILES));

/// A text of ours in a language: as it is where the catalogue does not know it.
#[must_use]
pub fn said(text: &str, locale: Locale) -> Cow<'_, str> {
    match locale {
        Locale::En => Cow::Borrowed(text),
        Locale::ZhCn => CHINESE.find(text, 0).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// The whole Chinese catalogue, for the test that holds it complete.
///
/// # Errors
/// A file that cannot be read, or a sentence that stands in it twice.
pub fn catalogue() -> Result<BTreeMap<String, String>, String> {
    let mut all = BTreeMap::new();
    for (name, text) in FILES {
        let part: BTreeMap<String, String> = toml::from_str(text).map_err(|cause| format!("{name}: {cause}"))?;
        for (en, zh) in part {
            if all.insert(en.clone(), zh).is_some() {
                return Err(format!("{name}: `{en}` stands twice"));
            }
        }
    }
    Ok(all)
}

struct Catalogue {
    /// Sentences nothing is put into.
    plain: HashMap<String, String>,
    /// The others, those with the most words of their own first.
    patterns: Vec<Pattern>,
}

struct Pattern {
    pieces: Vec<String>,
    /// What is put in between backticks is a value, never a sentence.
    values: Vec<bool>,
    chinese: String,
}

impl Catalogue {
    fn read(files: &[(&str, &str)]) -> Self {
        let mut found = Self { plain: HashMap::new(), patterns: Vec::new() };
        for (_, text) in files {
            // A test reads every file; one that could not be read would leave its sentences English.
            let part: BTreeMap<String, String> = toml::from_str(text).unwrap_or_default();
            for (en, zh) in part {
                let pieces = pieces(&en);
                if pieces.len() == 1 {
                    found.plain.insert(en, zh);
                } else {
                    let values = pieces.iter().map(|piece| piece.ends_with('`')).collect();
                    found.patterns.push(Pattern { pieces, values, chinese: zh });
                }
            }
        }
        found.patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.pieces.iter().map(String::len).sum::<usize>()));
        found
    }

    fn find(&self, text: &str, depth: usize) -> Option<String> {
        if depth > DEPTH_MAX || text.len() > CHARS_MAX {
            return None;
        }
        if let Some(chinese) = self.plain.get(text) {
            return Some(chinese.clone());
        }
        self.patterns.iter().find_map(|pattern| {
            let parts = captured(&pattern.pieces, text)?;
            let parts = parts.iter().zip(&pattern.values).map(|(part, value)| {
                let known = if *value { None } else { self.find(part, depth + 1) };
                known.unwrap_or_else(|| (*part).to_owned())
            });
            Some(filled(&pattern.chinese, &parts.collect::<Vec<_>>()))
        })
    }
}

/// What stands around `{1}`, `{2}` …; one piece where nothing is put in.
fn pieces(template: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        let end = after.find('}').filter(|end| *end > 1 && after[1..*end].bytes().all(|b| b.is_ascii_digit()));
        let last = pieces.len() - 1;
        pieces[last].push_str(before);
        if let Some(end) = end {
            pieces.push(String::new());
            rest = &after[end + 1..];
        } else {
            pieces[last].push('{');
            rest = &after[1..];
        }
    }
    let last = pieces.len() - 1;
    pieces[last].push_str(rest);
    pieces
}

/// What a text has where the template has places, if it is of the template.
fn captured<'t>(pieces: &[String], text: &'t str) -> Option<Vec<&'t str>> {
    let (first, rest) = pieces.split_first()?;
    let (last, middle) = rest.split_last()?;
    let mut left = text.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
    let mut parts = Vec::with_capacity(rest.len());
    for piece in middle {
        let at = left.find(piece.as_str())?;
        parts.push(&left[..at]);
        left = &left[at + piece.len()..];
    }
    parts.push(left);
    // Nothing put in everywhere is another sentence that happens to begin and end alike.
    parts.iter().any(|part| !part.is_empty()).then_some(parts)
}

fn filled(template: &str, parts: &[String]) -> String {
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let place = rest.find('}').and_then(|end| Some((end, rest[1..end].parse::<usize>().ok()?)));
        match place.and_then(|(end, number)| Some((end, parts.get(number.checked_sub(1)?)?))) {
            Some((end, part)) => {
                text.push_str(part);
                rest = &rest[end + 1..];
            }
            None => {
                text.push('{');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &str) -> Catalogue {
        Catalogue::read(&[("test", lines)])
    }

    #[test]
    fn sentences_are_found_whole_by_pattern_and_within_each_other() {
        let words = of(r#"
            "campaign" = "营销活动"
            "there is no such {1}" = "没有这样的{1}"
            "{1}: {2}" = "{1}：{2}"
            "`{1}` is over {2}" = "{2}小于“{1}”"
        "#);
        let chinese = |text: &str| words.find(text, 0);
        assert_eq!(chinese("there is no such campaign").as_deref(), Some("没有这样的营销活动"));
        assert_eq!(chinese("segment: there is no such campaign").as_deref(), Some("segment：没有这样的营销活动"));
        assert_eq!(chinese("`campaign` is over 5").as_deref(), Some("5小于“campaign”"), "a value is not translated");
        assert_eq!(chinese("nothing of ours"), None);
    }

    #[test]
    fn the_pattern_with_the_most_words_wins() {
        let words = of(r#"
            "{1} is wrong" = "{1}有误"
            "the {1} of the order is wrong" = "订单的{1}有误"
        "#);
        assert_eq!(words.find("the date of the order is wrong", 0).as_deref(), Some("订单的date有误"));
    }

    #[test]
    fn braces_that_are_no_places_stay() {
        assert_eq!(pieces("a {x} b"), ["a {x} b"]);
        assert_eq!(filled("甲 {9} {x} {1}", &["乙".to_owned()]), "甲 {9} {x} 乙");
    }

    #[test]
    fn the_catalogue_can_be_read() {
        assert!(catalogue().is_ok_and(|all| !all.is_empty()));
    }
}
