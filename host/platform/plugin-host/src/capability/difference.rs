//! What differs between two things that were said, field by field: names and
//! short values, never bytes. Secrets were taken out before anything is
//! compared.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most differences told of one pair.
pub const DIFFERENCES_MAX: usize = 20;
/// The longest value shown.
const VALUE_CHARS_MAX: usize = 120;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDifference {
    /// Where it is, such as `requests[0].headers.accept`.
    pub field: String,
    /// What was recorded; absent where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// What it is now; absent where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

impl FieldDifference {
    /// A difference of two texts.
    #[must_use]
    pub fn of(field: impl Into<String>, recorded: Option<&str>, now: Option<&str>) -> Self {
        Self { field: field.into(), recorded: recorded.map(short), now: now.map(short) }
    }
}

impl std::fmt::Display for FieldDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{}: {} was recorded, now {}", self.field, shown(&self.recorded), shown(&self.now))
    }
}

/// The fields in which two values differ, at most [`DIFFERENCES_MAX`].
#[must_use]
pub fn differences(recorded: &Value, now: &Value) -> Vec<FieldDifference> {
    let mut found = Vec::new();
    walk("", recorded, now, &mut found);
    found
}

fn walk(path: &str, recorded: &Value, now: &Value, found: &mut Vec<FieldDifference>) {
    if recorded == now || found.len() >= DIFFERENCES_MAX {
        return;
    }
    match (recorded, now) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, one) in a {
                walk(&inner(path, name), one, b.get(name).unwrap_or(&Value::Null), found);
            }
            for (name, one) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                walk(&inner(path, name), &Value::Null, one, found);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for at in 0..a.len().max(b.len()) {
                let of = |list: &[Value]| list.get(at).cloned().unwrap_or(Value::Null);
                walk(&format!("{path}[{at}]"), &of(a), &of(b), found);
            }
        }
        (Value::String(a), Value::String(b)) => texts(path, a, b, found),
        _ => push(path, Some(recorded), Some(now), found),
    }
}

/// Two texts that are both JSON documents differ in their fields.
fn texts(path: &str, a: &str, b: &str, found: &mut Vec<FieldDifference>) {
    let document = |text: &str| {
        let value: Option<Value> = serde_json::from_str(text).ok();
        value.filter(|v| v.is_object() || v.is_array())
    };
    match (document(a), document(b)) {
        (Some(a), Some(b)) if a != b => walk(path, &a, &b, found),
        _ => found.push(FieldDifference::of(named(path), Some(a), Some(b))),
    }
}

fn push(path: &str, recorded: Option<&Value>, now: Option<&Value>, found: &mut Vec<FieldDifference>) {
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    found.push(FieldDifference::of(named(path), text(recorded).as_deref(), text(now).as_deref()));
}

fn inner(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn named(path: &str) -> String {
    if path.is_empty() { "it".to_owned() } else { path.to_owned() }
}

fn short(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(VALUE_CHARS_MAX + 1).collect();
    if clean.chars().count() <= VALUE_CHARS_MAX {
        return clean;
    }
    clean.chars().take(VALUE_CHARS_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_named_and_values_stay_short() {
        let recorded = json!({ "url": "https://a/1", "list": [1, 2], "same": true, "gone": 1 });
        let now = json!({ "url": "https://a/2", "list": [1, 3, 4], "same": true, "long": "x".repeat(500) });
        let told: Vec<String> = differences(&recorded, &now).iter().map(|d| d.field.clone()).collect();
        assert_eq!(told, ["url", "list[1]", "list[2]", "gone", "long"]);
        let all = differences(&recorded, &now);
        assert_eq!(all[0].to_string(), "url: https://a/1 was recorded, now https://a/2");
        assert_eq!((all[2].recorded.as_deref(), all[2].now.as_deref()), (None, Some("4")));
        assert_eq!(all[4].now.as_ref().unwrap().chars().count(), VALUE_CHARS_MAX);
    }

    #[test]
    fn json_within_a_text_is_looked_into() {
        let text = |amount: i32| Value::String(json!({ "to": "x", "amount": amount }).to_string());
        let told = differences(&json!({ "body": text(1) }), &json!({ "body": text(2) }));
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].field, "body.amount");
        let many = |n: i64| Value::Array((0..100).map(|i| json!(i * n)).collect());
        assert_eq!(differences(&many(1), &many(2)).len(), DIFFERENCES_MAX);
    }
}
