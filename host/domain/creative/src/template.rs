//! Logic-less templates: variables, a few filters and `if`. There is no loop,
//! no include, no macro, no function, no file and no network; time, depth and
//! size are bounded.

use crate::html::{IMAGE_FILTER, LINK_FILTER, STYLE_FILTER, image_filter, link_filter, style_filter};
use minijinja::{
    AutoEscape, Environment, UndefinedBehavior, Value,
    value::{Rest, ValueKind},
};
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

/// The most bytes one rendered part may have.
pub const PART_BYTES_MAX: usize = 1 << 20;
/// The most bytes of a template's text.
pub const TEMPLATE_BYTES_MAX: usize = 512 * 1024;
/// Steps of the template engine for one part.
const FUEL: u64 = 200_000;
/// Depth of nested expressions.
const DEPTH_MAX: usize = 40;
/// Tags that are allowed between `{%` and `%}`.
const TAGS: &[&str] = &["if", "elif", "else", "endif"];

/// The compiled templates of one message in one language.
pub(crate) struct Templates {
    engine: Environment<'static>,
}

impl Templates {
    /// No templates yet.
    pub(crate) fn new() -> Self {
        let mut engine = Environment::empty();
        engine.set_fuel(Some(FUEL));
        engine.set_recursion_limit(DEPTH_MAX);
        engine.set_undefined_behavior(UndefinedBehavior::Chainable);
        engine.set_auto_escape_callback(|name| if name == "html" { AutoEscape::Html } else { AutoEscape::None });
        engine.add_filter("default", or_default);
        engine.add_filter("upper", |text: String| text.to_uppercase());
        engine.add_filter("lower", |text: String| text.to_lowercase());
        engine.add_filter("trim", |text: String| text.trim().to_owned());
        engine.add_filter("money", money);
        engine.add_filter("date", date);
        // A value in an address or a style is judged when it is filled in.
        engine.add_filter(LINK_FILTER, link_filter);
        engine.add_filter(IMAGE_FILTER, image_filter);
        engine.add_filter(STYLE_FILTER, style_filter);
        engine.add_test("defined", |value: &Value| !value.is_undefined());
        Self { engine }
    }

    /// Compile a part; `name` is `html` where values are to be escaped for HTML.
    ///
    /// # Errors
    /// What is wrong with the text, with its line.
    pub(crate) fn add(&mut self, name: &str, text: String) -> Result<(), String> {
        if text.len() > TEMPLATE_BYTES_MAX {
            return Err(format!("over the limit of {TEMPLATE_BYTES_MAX} bytes"));
        }
        check_tags(&text)?;
        self.engine.add_template_owned(name.to_owned(), text).map_err(|cause| told(&cause))
    }

    /// Names a part asks for, such as `first_name` or `traits.tier`.
    pub(crate) fn variables(&self, name: &str) -> BTreeSet<String> {
        match self.engine.get_template(name) {
            Ok(template) => template.undeclared_variables(true).into_iter().collect(),
            Err(_) => BTreeSet::new(),
        }
    }

    /// Render a part.
    ///
    /// # Errors
    /// When it is too large, too slow or uses a filter wrongly. The text names no datum.
    pub(crate) fn render(&self, name: &str, context: &Value) -> Result<String, String> {
        let template = self.engine.get_template(name).map_err(|cause| told(&cause))?;
        let mut out = Capped(Vec::with_capacity(4096));
        match template.render_captured_to(context.clone(), &mut out) {
            Ok(_) => String::from_utf8(out.0).map_err(|_| "it is not UTF-8".to_owned()),
            Err(_) if out.0.len() >= PART_BYTES_MAX => Err(format!("over the limit of {PART_BYTES_MAX} bytes")),
            Err(cause) => Err(told(&cause)),
        }
    }
}

/// Refuse every tag but the few allowed ones, and say which are.
fn check_tags(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices("{%") {
        let rest = text[at + 2..].trim_start_matches(['-', '+']).trim_start();
        let word: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if !TAGS.contains(&word.as_str()) {
            let line = text[..at].matches('\n').count() + 1;
            return Err(format!("line {line}: `{{% {word} %}}` is not allowed; use variables, filters and if"));
        }
    }
    Ok(())
}

/// The engine's words without any value of the context.
fn told(cause: &minijinja::Error) -> String {
    let line = cause.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    match cause.kind() {
        minijinja::ErrorKind::SyntaxError => format!("{line}{}", cause.detail().unwrap_or("syntax error")),
        minijinja::ErrorKind::UnknownFilter => {
            format!("{line}unknown filter; there are default, upper, lower, trim, money and date")
        }
        minijinja::ErrorKind::InvalidOperation
            if cause.detail().is_some_and(|words| words.starts_with("the value in <")) =>
        {
            format!("{line}{}", cause.detail().unwrap_or_default())
        }
        kind => format!("{line}{kind}"),
    }
}

/// A writer that refuses to go on past the bound.
struct Capped(Vec<u8>);

impl io::Write for &mut Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PART_BYTES_MAX - self.0.len();
        if bytes.len() > room {
            self.0.extend_from_slice(&bytes[..room]);
            return Err(io::Error::other("too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn or_default(value: &Value, rest: Rest<Value>) -> Value {
    let empty = value.is_undefined() || value.is_none() || value.as_str() == Some("");
    if empty { rest.first().cloned().unwrap_or_else(|| Value::from("")) } else { value.clone() }
}

/// `{{ minor | money("USD") }}`: minor units as an amount.
fn money(value: &Value, currency: String) -> Result<String, minijinja::Error> {
    let wrong = |what: &'static str| minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, what);
    let currency = currency.parse().map_err(|_| wrong("money takes an ISO 4217 code"))?;
    let minor = i64::try_from(value.clone()).map_err(|_| wrong("money takes whole minor units"))?;
    Ok(rialto_kernel::Money { minor, currency }.to_string())
}

/// `{{ at | date("%Y-%m-%d") }}`: an instant in UTC by strftime.
fn date(value: &Value, format: Option<String>) -> Result<String, minijinja::Error> {
    let wrong = |what: &'static str| minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, what);
    let text = value.as_str().ok_or_else(|| wrong("date takes an instant such as 2017-03-03T00:00:00Z"))?;
    let at: jiff::Timestamp = text.parse().map_err(|_| wrong("date takes an instant such as 2017-03-03T00:00:00Z"))?;
    let format = format.unwrap_or_else(|| "%Y-%m-%d".to_owned());
    jiff::fmt::strtime::format(&format, at).map_err(|_| wrong("the date format is not strftime"))
}

/// A context for the engine from JSON.
pub(crate) fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(whole),
            None => Value::from(number.as_f64().unwrap_or(0.0)),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(value_of).collect(),
        Json::Object(fields) => {
            let map: BTreeMap<String, Value> = fields.iter().map(|(name, v)| (name.clone(), value_of(v))).collect();
            Value::from(map)
        }
    }
}

/// Whether the context has a value for a name such as `traits.tier`.
pub(crate) fn has(context: &Value, name: &str) -> bool {
    let mut held = context.clone();
    for part in name.split('.') {
        held = match held.get_attr(part) {
            Ok(next) if !matches!(next.kind(), ValueKind::Undefined | ValueKind::None) => next,
            _ => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn render(name: &str, text: &str, context: &Json) -> Result<String, String> {
        let mut templates = Templates::new();
        templates.add(name, text.to_owned())?;
        templates.render(name, &value_of(context))
    }

    #[test]
    fn values_are_escaped_in_html_and_left_alone_in_text() {
        let person = json!({ "first_name": "<b>艾达</b>" });
        assert_eq!(
            render("html", "{{ first_name }}", &person).unwrap(),
            "&lt;b&gt;艾达&lt;/b&gt;".replace('/', "&#x2f;")
        );
        assert_eq!(render("text", "{{ first_name }}", &person).unwrap(), "<b>艾达</b>");
    }

    #[test]
    fn what_is_missing_is_empty_or_its_default() {
        let nobody = json!({ "traits": {} });
        assert_eq!(
            render("text", "Hi {{ first_name|default('there') }}{{ traits.a.b }}", &nobody).unwrap(),
            "Hi there"
        );
        assert_eq!(render("text", "{% if vip %}yes{% else %}no{% endif %}", &nobody).unwrap(), "no");
    }

    #[test]
    fn there_is_no_loop_no_include_no_function_and_no_way_out() {
        let corpus = [
            "{% for i in range(9) %}{% endfor %}",
            "{% include '/etc/passwd' %}",
            "{% import 'x' as y %}",
            "{%- macro m() %}{% endmacro %}",
            "{% set x = 1 %}",
            "{% extends 'x' %}",
            "{% raw %}{% endraw %}",
            "{% with %}{% endwith %}",
            "{% filter upper %}{% endfilter %}",
            "{% do x %}",
            "{% call m() %}{% endcall %}",
        ];
        for text in corpus {
            assert!(render("text", text, &json!({})).is_err(), "{text}");
        }
        for text in ["{{ range(9) }}", "{{ env('PATH') }}", "{{ ''.__class__() }}", "{{ lipsum() }}", "{{ debug() }}"] {
            assert!(render("text", text, &json!({})).is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_that_grows_without_end_is_cut_off() {
        let long = "x".repeat(400_000);
        let error = render("text", "{{ a }}{{ a }}{{ a }}{{ a }}", &json!({ "a": long })).unwrap_err();
        assert!(error.contains("limit"), "{error}");
    }

    #[test]
    fn money_and_dates_read_as_people_write_them() {
        let context = json!({ "price": 1250, "at": "2017-03-03T00:00:00Z" });
        assert_eq!(render("text", "{{ price|money('USD') }}", &context).unwrap(), "12.50 USD");
        assert_eq!(render("text", "{{ at|date('%d.%m.%Y') }}", &context).unwrap(), "03.03.2017");
        assert!(render("text", "{{ price|money('usd') }}", &context).is_err());
    }
}
