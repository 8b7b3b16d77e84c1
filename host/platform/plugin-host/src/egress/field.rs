//! Which field of a body a place is in, so that a grant can name the fields in
//! which a secret may stand; and adding a field to a body that is final. Bodies
//! are read, never rewritten: numbers and order stay as the plugin wrote them.

use crate::capability::Fault;
use serde::de::IgnoredAny;

/// How a body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// As JSON: `auth.token` is `token` inside `auth`.
    Json,
    /// As a form.
    Form,
    /// As no more than bytes.
    None,
}

impl Field {
    /// By the body's content type.
    pub(super) fn of(content_type: &str) -> Self {
        if content_type.contains("json") {
            Self::Json
        } else if content_type.contains("x-www-form-urlencoded") {
            Self::Form
        } else {
            Self::None
        }
    }

    /// The field whose value holds the byte at `at`, if it is in one.
    pub(super) fn at(self, body: &[u8], at: usize) -> Option<String> {
        match self {
            Self::Json => json_field(body, at),
            Self::Form => form_field(body, at),
            Self::None => None,
        }
    }

    /// The body with one more field, which it must not have yet.
    pub(super) fn add(self, body: &[u8], name: &str, value: &[u8]) -> Result<Vec<u8>, Fault> {
        let has = |name: &str| Fault::invalid(format!("the body has the field `{name}` already"));
        match self {
            Self::Json => {
                let text = String::from_utf8_lossy(value);
                let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body)
                    .map_err(|_| Fault::invalid("a signature in a field needs the body to be a JSON object"))?;
                if object.contains_key(name) {
                    return Err(has(name));
                }
                let end = body.iter().rposition(|b| *b == b'}').unwrap_or(body.len());
                let comma = if object.is_empty() { "" } else { "," };
                let field = format!("{comma}{}:{}", serde_json::Value::from(name), serde_json::Value::from(&*text));
                Ok([&body[..end], field.as_bytes(), &body[end..]].concat())
            }
            Self::Form => {
                if url::form_urlencoded::parse(body).any(|(known, _)| known == name) {
                    return Err(has(name));
                }
                let mut pair = url::form_urlencoded::Serializer::new(String::new());
                pair.append_pair(name, &String::from_utf8_lossy(value));
                let joint: &[u8] = if body.is_empty() { b"" } else { b"&" };
                Ok([body, joint, pair.finish().as_bytes()].concat())
            }
            Self::None => Err(Fault::invalid("a signature in a field needs a JSON or form body")),
        }
    }
}

fn form_field(body: &[u8], at: usize) -> Option<String> {
    let from = body[..at].iter().rposition(|b| *b == b'&').map_or(0, |amp| amp + 1);
    let equals = body[from..at].iter().position(|b| *b == b'=')? + from;
    let pair = &body[from..equals];
    url::form_urlencoded::parse(pair).next().map(|(name, _)| name.into_owned())
}

/// An object or a list that is open, and the key that is being filled.
struct Level {
    object: bool,
    key: Option<String>,
}

/// The names of the keys around a string's value, joined by dots. A name that
/// holds a dot itself could be taken for two, so it leads nowhere.
fn json_field(body: &[u8], at: usize) -> Option<String> {
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let mut levels: Vec<Level> = Vec::new();
    let mut byte = 0;
    while byte < body.len() {
        match body[byte] {
            b'{' | b'[' => levels.push(Level { object: body[byte] == b'{', key: None }),
            b'}' | b']' => drop(levels.pop()),
            b',' => {
                if let Some(level) = levels.last_mut() {
                    level.key = None;
                }
            }
            b'"' => {
                let end = string_end(body, byte);
                let is_key = levels.last().is_some_and(|level| level.object && level.key.is_none());
                if (byte..end).contains(&at) {
                    return if is_key { None } else { path(&levels) };
                }
                if is_key && let Some(level) = levels.last_mut() {
                    level.key = serde_json::from_slice(&body[byte..end]).ok();
                }
                byte = end;
                continue;
            }
            _ => {}
        }
        byte += 1;
    }
    None
}

/// Where the string that begins at `from` has ended.
fn string_end(body: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < body.len() {
        match body[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    body.len()
}

fn path(levels: &[Level]) -> Option<String> {
    let keys: Vec<&str> = levels.iter().filter(|level| level.object).filter_map(|l| l.key.as_deref()).collect();
    let plain = !keys.is_empty() && keys.iter().all(|key| !key.contains('.'));
    plain.then(|| keys.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(field: Field, body: &str) -> Option<String> {
        field.at(body.as_bytes(), body.find("{{").unwrap())
    }

    #[test]
    fn the_field_of_a_value_is_found_and_nothing_else_is_taken_for_one() {
        let json = |body: &str| field(Field::Json, body);
        assert_eq!(json(r#"{"a":{"b":[1,{"c":"x{{s}}"}]},"d":2}"#).as_deref(), Some("a.b.c"));
        assert_eq!(json(r#"{"a":1.0,"key":"{{s}}"}"#).as_deref(), Some("key"));
        assert_eq!(json(r#"{"quote\"{":"}","key":"{{s}}"}"#).as_deref(), Some("key"));
        assert_eq!(json(r#"{"a\u006b":"{{s}}"}"#).as_deref(), Some("ak"), "as the server reads it");
        assert_eq!(json(r#"{"{{s}}":"key"}"#), None, "a name is no value");
        assert_eq!(json(r#"{"auth.token":"{{s}}"}"#), None, "not `token` inside `auth`");
        assert_eq!(json(r#"["{{s}}"]"#), None);
        assert_eq!(json(r#"{"key":"{{s}}""#), None, "not JSON");
        let form = |body: &str| field(Field::Form, body);
        assert_eq!(form("a=1&api%5Fkey={{s}}&b=2").as_deref(), Some("api_key"));
        assert_eq!(form("key={{s}}").as_deref(), Some("key"));
        assert_eq!(form("{{s}}=key"), None);
        assert_eq!(field(Field::None, "key={{s}}"), None);
    }

    #[test]
    fn a_field_is_added_and_the_rest_stays_as_it_was() {
        let add = |body: &str| Field::Json.add(body.as_bytes(), "sign", b"a\"b").map(|b| String::from_utf8(b).unwrap());
        assert_eq!(add(" {\"n\": 1.00 } ").unwrap(), " {\"n\": 1.00 ,\"sign\":\"a\\\"b\"} ");
        assert_eq!(add("{}").unwrap(), "{\"sign\":\"a\\\"b\"}");
        assert!(add("[]").is_err() && add("{\"sign\":1}").is_err() && add("{").is_err());
        assert_eq!(Field::Form.add(b"a=1", "sign", b"+/=").unwrap(), b"a=1&sign=%2B%2F%3D");
        assert_eq!(Field::Form.add(b"", "sign", b"x").unwrap(), b"sign=x");
        assert!(Field::Form.add(b"sign=1", "sign", b"x").is_err());
        assert!(Field::None.add(b"", "sign", b"x").is_err());
    }
}
