//! A message made ready to be rendered for many people: MJML is turned into
//! HTML once, links are numbered once, and what is left a person is the filling
//! of templates. Pure: it reads nothing and sends nothing.

use crate::{
    error::{Error, Result},
    html::{Mistake, guard, keeping_tags},
    links::number_links,
    template::{Templates, has, value_of},
};
use rialto_kernel::problem::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The parts of a message in one language, by name: `subject`, `preheader`,
/// `mjml` or `html`, `text` for email; whatever its connector reads elsewhere.
pub type Parts = BTreeMap<String, String>;

/// Parts a message may have.
pub const PARTS_MAX: usize = 20;
/// Width at which the text part is wrapped.
const TEXT_WIDTH: usize = 76;

/// A message made ready.
pub struct CompiledMessage {
    /// Its channel.
    pub channel: String,
    /// Its version.
    pub version: i64,
    links: Vec<String>,
    languages: BTreeMap<String, Language>,
    fallback: String,
}

struct Language {
    templates: Templates,
    /// The text of each template by its part.
    sources: Parts,
    variables: BTreeSet<String>,
}

/// A message as it is kept with what was launched: drawn, its links numbered,
/// nothing of it read again from anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenMessage {
    /// Its channel.
    pub channel: String,
    /// Its version.
    pub version: i64,
    /// The fixed web addresses by number.
    pub links: Vec<String>,
    /// The language of people whose own there is none of.
    pub fallback: String,
    /// Templates by part, by language.
    pub languages: BTreeMap<String, Parts>,
}

/// A message filled in for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The language it is in.
    pub locale: String,
    /// Its parts by name.
    pub parts: Parts,
}

impl std::fmt::Debug for CompiledMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompiledMessage")
            .field("channel", &self.channel)
            .field("languages", &self.languages.keys())
            .finish_non_exhaustive()
    }
}

impl CompiledMessage {
    /// Make ready the content of each language; `fallback` is used for people
    /// whose language there is none of.
    ///
    /// # Errors
    /// Every mistake, each with its language and part as field (`en.subject`).
    pub fn compile(channel: &str, version: i64, contents: &BTreeMap<String, Parts>, fallback: &str) -> Result<Self> {
        let mut links = Vec::new();
        let (mut languages, mut errors) = (BTreeMap::new(), Vec::new());
        for (locale, parts) in contents {
            match language(parts, &mut links) {
                Ok(compiled) => {
                    languages.insert(locale.clone(), compiled);
                }
                Err(wrong) => errors.extend(wrong.into_iter().map(|mut error| {
                    error.field = format!("{locale}.{}", error.field);
                    error
                })),
            }
        }
        if !errors.is_empty() {
            return Err(Error::Fields(errors));
        }
        let first = languages.keys().next().ok_or(Error::NoContent)?.clone();
        let fallback = if languages.contains_key(fallback) { fallback.to_owned() } else { first };
        Ok(Self { channel: channel.to_owned(), version, links, languages, fallback })
    }

    /// The same, to be kept.
    #[must_use]
    pub fn freeze(&self) -> FrozenMessage {
        FrozenMessage {
            channel: self.channel.clone(),
            version: self.version,
            links: self.links.clone(),
            fallback: self.fallback.clone(),
            languages: self.languages.iter().map(|(locale, held)| (locale.clone(), held.sources.clone())).collect(),
        }
    }

    /// A message that was kept, ready again.
    ///
    /// # Errors
    /// When it has no language, or a template is not one this program wrote.
    pub fn thaw(frozen: FrozenMessage) -> Result<Self> {
        let FrozenMessage { channel, version, links, fallback, languages } = frozen;
        if !languages.contains_key(&fallback) {
            return Err(Error::NoContent);
        }
        let mut ready = BTreeMap::new();
        for (locale, sources) in languages {
            ready.insert(locale, prepared(sources).map_err(Error::Fields)?);
        }
        Ok(Self { channel, version, links, languages: ready, fallback })
    }

    /// The fixed web addresses of all languages, by number. In the context
    /// [`crate::link_name`] may give each another address.
    #[must_use]
    pub fn links(&self) -> &[String] {
        &self.links
    }

    /// The languages there are.
    pub fn locales(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// The language a person with this tag gets: the same, else one of the same
    /// language, else the fallback.
    #[must_use]
    pub fn locale_for(&self, wanted: &str) -> &str {
        let family = |tag: &str| tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        self.languages
            .keys()
            .find(|have| have.eq_ignore_ascii_case(wanted))
            .or_else(|| self.languages.keys().find(|have| family(have) == family(wanted)))
            .unwrap_or(&self.fallback)
    }

    /// Whether a part of this language asks for a name such as `unsubscribe_url`.
    #[must_use]
    pub fn asks_for(&self, locale: &str, name: &str) -> bool {
        self.languages.get(self.locale_for(locale)).is_some_and(|language| language.variables.contains(name))
    }

    /// Names this language asks for and the context does not have.
    #[must_use]
    pub fn missing(&self, locale: &str, context: &Map<String, Json>) -> Vec<String> {
        let context = value_of(&Json::Object(context.clone()));
        let Some(language) = self.languages.get(self.locale_for(locale)) else { return Vec::new() };
        let own = |name: &str| name.starts_with("rialto_");
        language.variables.iter().filter(|name| !own(name) && !has(&context, name)).cloned().collect()
    }

    /// Fill it in for one person. What the context does not have is empty.
    ///
    /// # Errors
    /// When a part grows past its bound, or a filter is given what it cannot take.
    pub fn render(&self, locale: &str, context: &Map<String, Json>) -> Result<Rendered> {
        let locale = self.locale_for(locale);
        let language = self.languages.get(locale).ok_or(Error::NoContent)?;
        let context = value_of(&Json::Object(context.clone()));
        let mut parts = Parts::new();
        for name in language.sources.keys() {
            let text = language
                .templates
                .render(name, &context)
                .map_err(|reason| Error::Render { part: name.clone(), reason })?;
            parts.insert(name.clone(), if one_line(name) { single(&text) } else { text });
        }
        Ok(Rendered { locale: locale.to_owned(), parts })
    }
}

fn one_line(part: &str) -> bool {
    matches!(part, "subject" | "title" | "preheader")
}

/// A header is one line, whatever the data hold.
fn single(text: &str) -> String {
    text.split(|c: char| c.is_control()).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn language(parts: &Parts, links: &mut Vec<String>) -> Result<Language, Vec<FieldError>> {
    let mut errors = shape(parts);
    let mut sources = Parts::new();
    match html_of(parts) {
        Ok(Some((field, html))) => {
            if !parts.contains_key("text") {
                sources.insert("text".to_owned(), text_of(&html));
            }
            let html = with_pixel(&with_preheader(&html, parts.get("preheader")));
            match guarded(&html, field, parts) {
                Ok(html) => drop(sources.insert("html".to_owned(), number_links(&html, links))),
                Err(wrong) => errors.extend(wrong),
            }
        }
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    for (name, text) in parts {
        if !matches!(name.as_str(), "mjml" | "html" | "preheader") {
            sources.insert(name.clone(), text.clone());
        }
    }
    match prepared(sources) {
        Ok(language) if errors.is_empty() => Ok(language),
        Ok(_) => Err(errors),
        Err(wrong) => {
            // What was drawn is told under the part it was drawn from.
            let drawn = |name: &str| !parts.contains_key(name) || (name == "html" && parts.contains_key("mjml"));
            let source = if parts.contains_key("mjml") { "mjml" } else { "html" };
            errors.extend(wrong.into_iter().map(|mut error| {
                if drawn(&error.field) {
                    source.clone_into(&mut error.field);
                }
                error
            }));
            Err(errors)
        }
    }
}

/// Templates made ready.
fn prepared(sources: Parts) -> Result<Language, Vec<FieldError>> {
    let (mut templates, mut errors) = (Templates::new(), Vec::new());
    for (name, text) in &sources {
        if let Err(message) = templates.add(name, text.clone()) {
            errors.push(FieldError { field: name.clone(), message });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let variables = sources.keys().flat_map(|name| templates.variables(name)).collect();
    Ok(Language { templates, sources, variables })
}

fn shape(parts: &Parts) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: &str| {
        errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    };
    if parts.is_empty() || parts.len() > PARTS_MAX {
        wrong("parts", "a language has 1 to 20 parts");
    }
    if parts.contains_key("mjml") && parts.contains_key("html") {
        wrong("html", "give mjml or html, not both");
    }
    for name in parts.keys() {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
            wrong("parts", "part names are small letters, digits, `-` and `_`");
        }
    }
    errors
}

/// The HTML template, from MJML where that is given, and the field it is from.
fn html_of(parts: &Parts) -> Result<Option<(&'static str, String)>, FieldError> {
    let (field, source) = match (parts.get("mjml"), parts.get("html")) {
        (Some(mjml), _) => ("mjml", mjml),
        (None, Some(html)) => ("html", html),
        (None, None) => return Ok(None),
    };
    // As a template first: once it is drawn, its lines are not those that were written.
    if let Err(message) = Templates::new().add(field, source.clone()) {
        return Err(FieldError { field: field.to_owned(), message });
    }
    let html = if field == "mjml" { mjml_to_html(source)? } else { source.clone() };
    Ok(Some((field, html)))
}

/// The template with its values judged where they stand; each mistake is told
/// with the line of what the author wrote.
fn guarded(html: &str, field: &str, parts: &Parts) -> Result<String, Vec<FieldError>> {
    guard(html).map_err(|mistakes| {
        let source = parts.get(field).filter(|_| field == "mjml");
        let told = |mistake: &Mistake| {
            let line = source.map_or(Some(mistake.line), |mjml| mistake.line_in(mjml));
            FieldError { field: field.to_owned(), message: mistake.told(line) }
        };
        mistakes.iter().map(told).collect()
    })
}

fn mjml_to_html(mjml: &str) -> Result<String, FieldError> {
    let wrong = |message: String| FieldError { field: "mjml".to_owned(), message };
    let parsed = mrml::parse(mjml).map_err(|cause| wrong(format!("it is not MJML: {cause}")))?;
    // No fonts are fetched from anywhere, and comments stay inside.
    let options = mrml::prelude::render::RenderOptions {
        disable_comments: false,
        social_icon_origin: None,
        fonts: std::collections::HashMap::new(),
    };
    parsed.element.render(&options).map_err(|cause| wrong(format!("it cannot be drawn: {cause}")))
}

/// The text part of an HTML template; placeholders survive.
fn text_of(html: &str) -> String {
    keeping_tags(html, |html| html2text::from_read(html.as_bytes(), TEXT_WIDTH).unwrap_or_default())
}

fn with_preheader(html: &str, preheader: Option<&String>) -> String {
    let Some(preheader) = preheader else { return html.to_owned() };
    let hidden = format!(r#"<div style="display:none;max-height:0;overflow:hidden">{preheader}</div>"#);
    match body_start(html) {
        Some(at) => format!("{}{hidden}{}", &html[..at], &html[at..]),
        None => format!("{hidden}{html}"),
    }
}

/// The open pixel goes last in the body, when the context gives it an address.
fn with_pixel(html: &str) -> String {
    const PIXEL: &str = concat!(
        "{% if rialto_pixel %}<img src=\"{{ rialto_pixel }}\" width=\"1\" height=\"1\" alt=\"\" ",
        "style=\"display:block;border:0\">{% endif %}"
    );
    match html.to_ascii_lowercase().rfind("</body") {
        Some(at) => format!("{}{PIXEL}{}", &html[..at], &html[at..]),
        None => format!("{html}{PIXEL}"),
    }
}

fn body_start(html: &str) -> Option<usize> {
    let at = html.to_ascii_lowercase().find("<body")?;
    Some(at + html[at..].find('>')? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MJML: &str = r#"<mjml><mj-body><mj-section><mj-column>
        <mj-text>Hello {{ first_name|default('there') }}</mj-text>
        <mj-button href="https://shop.example/sale">Shop</mj-button>
        <mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
        </mj-column></mj-section></mj-body></mjml>"#;

    fn message(parts: &[(&str, &[(&str, &str)])]) -> Result<CompiledMessage> {
        let contents = parts
            .iter()
            .map(|(locale, parts)| {
                let parts = parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
                ((*locale).to_owned(), parts)
            })
            .collect();
        CompiledMessage::compile("email", 1, &contents, "en")
    }

    fn object(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn mjml_is_drawn_once_and_filled_for_each() {
        let compiled = message(&[("en", &[("subject", "For {{ first_name }}"), ("mjml", MJML)])]).unwrap();
        assert_eq!(compiled.links(), ["https://shop.example/sale"]);
        assert!(compiled.asks_for("en", "unsubscribe_url"));
        let context = object(json!({
            "first_name": "Ada\r\nBcc: x@example.com", "unsubscribe_url": "https://u.example/1",
            "rialto_link_0": "https://t.example/c/abc", "rialto_pixel": "https://t.example/o/abc.gif",
        }));
        let one = compiled.render("en-GB", &context).unwrap();
        assert_eq!(one.parts["subject"], "For Ada Bcc: x@example.com", "a header is one line");
        let html = &one.parts["html"];
        assert!(html.contains("https:&#x2f;&#x2f;t.example&#x2f;c&#x2f;abc"), "{html}");
        assert!(html.contains("o&#x2f;abc.gif") && !html.contains("shop.example"), "{html}");
        assert!(one.parts["text"].contains("Hello Ada"), "{}", one.parts["text"]);
        let bare = compiled.render("en", &Map::new()).unwrap();
        assert!(bare.parts["html"].contains("shop.example") && bare.parts["html"].contains("Hello there"));
        assert_eq!(compiled.missing("en", &Map::new()), ["first_name", "unsubscribe_url"]);
    }

    #[test]
    fn everyone_gets_the_nearest_language() {
        let compiled = message(&[("en", &[("text", "Hello")]), ("zh-CN", &[("text", "你好")])]).unwrap();
        for (wanted, got) in [("zh-CN", "zh-CN"), ("zh_TW", "zh-CN"), ("EN-us", "en"), ("fr", "en"), ("", "en")] {
            assert_eq!(compiled.locale_for(wanted), got, "{wanted}");
        }
        assert_eq!(compiled.render("zh", &Map::new()).unwrap().parts["text"], "你好");
    }

    #[test]
    fn each_mistake_names_its_language_and_part() {
        let wrong = message(&[
            ("en", &[("subject", "{{ oops"), ("html", "<p onclick=x>hi</p>")]),
            ("zh-CN", &[("mjml", "<mjml><oops")]),
        ]);
        let Err(Error::Fields(errors)) = wrong else { panic!("it must be refused") };
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["en.html", "en.subject", "zh-CN.mjml"]);
    }

    #[test]
    fn a_mistake_in_a_template_is_told_once_with_its_own_line() {
        let wrong = MJML.replace("<mj-button", "{% for x %}\n<mj-button");
        let Err(Error::Fields(errors)) = message(&[("en", &[("subject", "S"), ("mjml", &wrong)])]) else {
            panic!("it must be refused")
        };
        let told: Vec<(&str, bool)> =
            errors.iter().map(|e| (e.field.as_str(), e.message.starts_with("line 3: "))).collect();
        assert_eq!(told, [("en.mjml", true)], "{errors:?}");
    }
}
