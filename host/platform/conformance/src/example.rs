//! A value that fits a JSON Schema, for settings and parameters nobody gave:
//! what the schema says itself (`const`, `default`, `examples`, `enum`), else
//! the plainest value of the type. What cannot be guessed is said, never bent.

use serde_json::{Map, Value, json};

/// How deep a schema is followed.
const DEPTH_MAX: usize = 8;
/// The longest text that is made to reach a `minLength`.
const TEXT_CHARS_MAX: u64 = 1_000;

/// A value that fits, or why none was found.
///
/// # Errors
/// A sentence that names what does not fit and the remedy.
pub fn example(schema: &Value) -> Result<Value, String> {
    example_with(schema, &Map::new())
}

/// A value that fits, with these properties as they are given.
///
/// # Errors
/// As [`example`].
pub(crate) fn example_with(schema: &Value, given: &Map<String, Value>) -> Result<Value, String> {
    let mut value = made(schema, "", 0);
    if let Value::Object(all) = &mut value {
        all.extend(given.clone());
    }
    let options = jsonschema::options().with_pattern_options(jsonschema::PatternOptions::regex());
    let validator = options.build(schema).map_err(|cause| format!("the schema cannot be used: {}", cause.masked()))?;
    let wrong = validator.iter_errors(&value).next().map(|error| error.instance_path().to_string());
    match wrong {
        None => Ok(value),
        Some(at) => Err(format!("no value for `{at}` could be guessed: give `examples` or a `default` in the schema")),
    }
}

/// A value with one property set to something else.
pub(crate) fn with_property(value: &Value, name: &str, other: Value) -> Value {
    let mut all = value.as_object().cloned().unwrap_or_default();
    all.insert(name.to_owned(), other);
    Value::Object(all)
}

fn made(schema: &Value, name: &str, depth: usize) -> Value {
    if depth > DEPTH_MAX {
        return Value::Null;
    }
    let format = schema["format"].as_str().unwrap_or("");
    if format == "secret" || format == "oauth2" {
        return Value::String(format!("{{{{secret:{name}}}}}"));
    }
    for word in ["const", "default"] {
        if let Some(value) = schema.get(word) {
            return value.clone();
        }
    }
    for list in ["examples", "enum"] {
        if let Some(value) = schema[list].get(0) {
            return value.clone();
        }
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[choice].get(0)
            && schema.get("type").is_none()
        {
            return made(first, name, depth + 1);
        }
    }
    of_type(schema, format, depth)
}

fn of_type(schema: &Value, format: &str, depth: usize) -> Value {
    let kind = match &schema["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.iter().find_map(Value::as_str).unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ => "null",
    };
    match kind {
        "object" => object(schema, depth),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(0).min(100);
            (0..count).map(|_| made(&schema["items"], "", depth + 1)).collect()
        }
        "string" => Value::String(text(schema, format)),
        "integer" => json!(number(schema).ceil() as i64),
        "number" => json!(number(schema)),
        "boolean" => Value::Bool(false),
        _ => Value::Null,
    }
}

/// Required properties, and those that have a default.
fn object(schema: &Value, depth: usize) -> Value {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut all = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if required.contains(&name.as_str()) || property.get("default").is_some() {
            all.insert(name.clone(), made(property, name, depth + 1));
        }
    }
    Value::Object(all)
}

fn text(schema: &Value, format: &str) -> String {
    let text = match format {
        "uri" | "url" | "uri-reference" | "iri" => "https://scripted.example.com/hook",
        "hostname" => "scripted.example.com",
        "email" | "idn-email" => "someone@example.com",
        "date" => "2026-01-01",
        "time" => "12:00:00Z",
        "date-time" => "2026-01-01T12:00:00Z",
        "uuid" | "campaign" | "segment" | "contact" => "019a0000-0000-7000-8000-000000000001",
        "ipv4" => "192.0.2.1",
        _ => "example",
    };
    let wanted = schema["minLength"].as_u64().unwrap_or(0).min(TEXT_CHARS_MAX);
    let mut text = text.to_owned();
    while (text.chars().count() as u64) < wanted {
        text.push('x');
    }
    text
}

fn number(schema: &Value) -> f64 {
    let above = schema["exclusiveMinimum"].as_f64().map(|least| least + 1.0);
    let least = schema["minimum"].as_f64().or(above).unwrap_or(1.0);
    schema["maximum"].as_f64().map_or(least, |most| least.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schema_says_comes_first() {
        let schema = json!({
            "type": "object", "required": ["endpoint", "key", "mode", "many"], "additionalProperties": false,
            "properties": {
                "endpoint": {"type": "string", "format": "uri", "pattern": "^https?://"},
                "key": {"type": "string", "format": "secret"},
                "mode": {"type": "string", "enum": ["delivery", "batch"]},
                "many": {"type": "array", "items": {"type": "integer", "minimum": 3}, "minItems": 2},
                "wait": {"type": "integer", "default": 7}, "left-out": {"type": "string"},
            },
        });
        let expected = json!({
            "endpoint": "https://scripted.example.com/hook", "key": "{{secret:key}}", "mode": "delivery",
            "many": [3, 3], "wait": 7,
        });
        assert_eq!(example(&schema), Ok(expected));
    }

    #[test]
    fn what_cannot_be_guessed_is_said() {
        let schema = json!({
            "type": "object", "required": ["code"],
            "properties": {"code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}},
        });
        assert!(example(&schema).unwrap_err().contains("/code"));
        let helped = json!({"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["ABC"]});
        assert_eq!(example(&helped), Ok(json!("ABC")));
    }
}
