//! Settings of an installation against its manifest's JSON Schema. A property
//! with `"format": "secret"` is taken out before anything is stored; plugins
//! and people see a placeholder in its place.

use crate::Error;
use rialto_kernel::{Locale, problem::FieldError};
use rialto_plugin_host::{
    Manifest, PluginKind, SecretValue,
    egress::oauth2::{Account, OAuth2},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The most bytes settings have as JSON.
const SETTINGS_BYTES_MAX: usize = 64 * 1024;
/// The most mistakes told at once.
const ERRORS_MAX: usize = 20;

/// What becomes of one secret.
#[derive(Clone)]
pub(crate) enum SecretChange {
    Set(Zeroizing<String>),
    Remove,
}

/// Settings after a change, ready to be stored.
pub(crate) struct Changed {
    /// Without secrets.
    pub(crate) settings: Map<String, Value>,
    /// Secrets that change.
    pub(crate) secrets: BTreeMap<String, SecretChange>,
}

/// Lay `patch` over `current`: a field that is null is removed, a secret given
/// as text is set, one given as `{"set": true}` stays. The result must fit the
/// manifest's schema.
pub(crate) fn change(
    manifest: &Manifest,
    current: &Map<String, Value>,
    opened: &BTreeMap<String, SecretValue>,
    patch: Map<String, Value>,
) -> Result<Changed, Error> {
    let (secret_names, accounts) = (manifest.secret_settings(), manifest.oauth2_settings());
    let mut changed = Changed { settings: current.clone(), secrets: BTreeMap::new() };
    let mut errors = Vec::new();
    for (name, value) in patch {
        if !secret_names.contains(&name) {
            match value {
                Value::Null => changed.settings.shift_remove(&name),
                value => changed.settings.insert(name, value),
            };
            continue;
        }
        let change = match accounts.get(&name) {
            Some(spec) => account_change(value, spec),
            None => secret_change(&value),
        };
        match change {
            Ok(Some(change)) => drop(changed.secrets.insert(name, change)),
            Ok(None) => {}
            Err(message) => errors.push(FieldError { field: format!("/{name}"), message }),
        }
    }
    // A secret never lies among the settings, whatever an older manifest said.
    changed.settings.retain(|name, _| !secret_names.contains(name));
    errors.extend(mistakes(manifest, &full(&changed, opened, &accounts)));
    if errors.is_empty() { Ok(changed) } else { Err(Error::Settings(errors)) }
}

fn secret_change(value: &Value) -> Result<Option<SecretChange>, String> {
    match value {
        Value::Null => Ok(Some(SecretChange::Remove)),
        Value::String(text) if text.is_empty() => Err("must not be empty; use null to remove it".to_owned()),
        Value::String(text) => Ok(Some(SecretChange::Set(Zeroizing::new(text.clone())))),
        Value::Object(shown) if shown.get("set").is_some_and(Value::is_boolean) && shown.len() == 1 => Ok(None),
        _ => Err("must be a text, null to remove it, or {\"set\": true} to keep it".to_owned()),
    }
}

/// An account is an object, kept as one secret.
fn account_change(value: Value, spec: &OAuth2) -> Result<Option<SecretChange>, String> {
    match value {
        Value::Null => Ok(Some(SecretChange::Remove)),
        Value::Object(shown) if shown.len() == 1 && shown.get("set").is_some_and(Value::is_boolean) => Ok(None),
        value => {
            // The cause would show what was given.
            let wrong = "must be an object of client-id, client-secret, refresh-token, key, subject";
            let account: Account = serde_json::from_value(value).map_err(|_| wrong.to_owned())?;
            match account.missing(spec.grant) {
                Some(part) => Err(format!("needs `{part}`")),
                None => serde_json::to_string(&account)
                    .map(|text| Some(SecretChange::Set(Zeroizing::new(text))))
                    .map_err(|_| wrong.to_owned()),
            }
        }
    }
}

/// The settings with every secret in the clear, for validation alone.
fn full(changed: &Changed, opened: &BTreeMap<String, SecretValue>, accounts: &BTreeMap<String, OAuth2>) -> Value {
    let mut all = changed.settings.clone();
    let clear = |name: &String, text: String| {
        let object = accounts.contains_key(name).then(|| serde_json::from_str(&text).ok()).flatten();
        object.unwrap_or(Value::String(text))
    };
    for (name, value) in opened {
        all.insert(name.clone(), clear(name, String::from_utf8_lossy(value.expose()).into_owned()));
    }
    for (name, change) in &changed.secrets {
        match change {
            SecretChange::Set(text) => drop(all.insert(name.clone(), clear(name, text.to_string()))),
            SecretChange::Remove => drop(all.shift_remove(name)),
        }
    }
    Value::Object(all)
}

/// Every way in which the settings do not fit; no message shows a secret.
fn mistakes(manifest: &Manifest, settings: &Value) -> Vec<FieldError> {
    if settings.to_string().len() > SETTINGS_BYTES_MAX {
        return vec![FieldError {
            field: String::new(),
            message: format!("over the limit `settings-bytes` of {SETTINGS_BYTES_MAX}"),
        }];
    }
    unlike(&manifest.settings, settings, &manifest.secret_settings())
}

/// Every way in which a value is unlike a plugin's schema; of the secrets among
/// its fields no value is told.
fn unlike(schema: &Value, value: &Value, secrets: &[String]) -> Vec<FieldError> {
    // Linear-time patterns, and nothing fetched from anywhere.
    let options = jsonschema::options().with_pattern_options(jsonschema::PatternOptions::regex());
    let validator = match options.build(schema) {
        Ok(validator) => validator,
        Err(cause) => {
            return vec![FieldError {
                field: String::new(),
                message: format!("the plugin's settings schema cannot be used: {}", cause.masked()),
            }];
        }
    };
    let told = validator.iter_errors(value).take(ERRORS_MAX).map(|error| {
        let path = error.instance_path().to_string();
        let secret = secrets.iter().any(|name| path.split('/').nth(1).is_some_and(|part| part == name));
        let message = if secret { error.masked().to_string() } else { error.to_string() };
        FieldError { field: if path.is_empty() { missing(&message) } else { path }, message }
    });
    told.collect()
}

/// What is wrong with the parameters of a report, by what its plugin said of
/// itself (`described`) when it was approved. The language is the run's own.
#[must_use]
pub fn parameters_wrong(described: &str, locale: Locale, parameters: &Map<String, Value>) -> Vec<FieldError> {
    let described: Value = serde_json::from_str(described).unwrap_or_default();
    let told = &described[PluginKind::Report.as_str()];
    let own = told.get(locale.tag()).or_else(|| told.get(Locale::En.tag()));
    let Some(schema) = own.and_then(|own| own.get("parameters")) else { return Vec::new() };
    let mut given = parameters.clone();
    if schema.pointer("/properties/locale").is_some() {
        given.entry("locale").or_insert_with(|| json!(locale.tag()));
    }
    unlike(schema, &Value::Object(given), &[])
}

/// The field that a `required` mistake is about.
fn missing(message: &str) -> String {
    message
        .strip_prefix('"')
        .and_then(|rest| rest.split_once("\" is a required"))
        .map_or_else(String::new, |(name, _)| format!("/{name}"))
}

/// What people are shown: secrets only as set or not.
pub(crate) fn shown(manifest: &Manifest, settings: &Map<String, Value>, set: &[String]) -> Value {
    let mut all = settings.clone();
    for name in manifest.secret_settings() {
        let is_set = set.contains(&name);
        all.insert(name, json!({ "set": is_set }));
    }
    Value::Object(all)
}

/// What the plugin is given: defaults filled in, secrets as placeholders.
pub(crate) fn for_plugin(manifest: &Manifest, settings: &Map<String, Value>, set: &[String]) -> String {
    let mut all = settings.clone();
    if let Some(properties) = manifest.settings.get("properties").and_then(Value::as_object) {
        for (name, schema) in properties {
            if let Some(default) = schema.get("default") {
                all.entry(name.clone()).or_insert_with(|| default.clone());
            }
        }
    }
    for name in manifest.secret_settings() {
        if set.contains(&name) {
            let placeholder = format!("{{{{secret:{name}}}}}");
            all.insert(name, Value::String(placeholder));
        } else {
            all.shift_remove(&name);
        }
    }
    Value::Object(all).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(
            r#"
            id = "a/b"
            version = "1.0.0"
            [title]
            en = "A"
            zh-CN = "甲"
            [settings]
            type = "object"
            required = ["url", "key"]
            additionalProperties = false
            [settings.properties.url]
            type = "string"
            pattern = "^https://"
            [settings.properties.retries]
            type = "integer"
            default = 3
            [settings.properties.key]
            type = "string"
            format = "secret"
            minLength = 8
        "#,
        )
        .unwrap()
    }

    fn patch(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn fields(value: Value) -> Vec<(String, String)> {
        match change(&manifest(), &Map::new(), &BTreeMap::new(), patch(value)) {
            Err(Error::Settings(errors)) => errors.into_iter().map(|e| (e.field, e.message)).collect(),
            Ok(_) => Vec::new(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn every_mistake_names_its_field_and_no_secret() {
        let told = fields(json!({ "url": "http://x", "retries": "two", "key": "hunter2" }));
        let names: Vec<_> = told.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(names, ["/url", "/retries", "/key"]);
        assert!(!told.iter().any(|(_, message)| message.contains("hunter2")), "{told:?}");
        assert_eq!(fields(json!({ "key": "hunter2-hunter2" }))[0].0, "/url");
        assert_eq!(fields(json!({ "url": "https://x", "key": "long enough", "more": 1 })).len(), 1);
    }

    #[test]
    fn a_secret_is_kept_apart_and_shown_as_set() {
        let given = json!({ "url": "https://x", "key": "hunter2-hunter2" });
        let first = change(&manifest(), &Map::new(), &BTreeMap::new(), patch(given)).unwrap();
        assert!(!first.settings.contains_key("key"));
        let opened = BTreeMap::from([("key".to_owned(), SecretValue::new("hunter2-hunter2"))]);
        let kept = json!({ "key": { "set": true }, "retries": 5 });
        let second = change(&manifest(), &first.settings, &opened, patch(kept)).unwrap();
        assert!(second.secrets.is_empty());
        let removed = change(&manifest(), &first.settings, &opened, patch(json!({ "key": null })));
        assert!(matches!(removed, Err(Error::Settings(errors)) if errors[0].field == "/key"));
        let set = vec!["key".to_owned()];
        assert_eq!(shown(&manifest(), &second.settings, &set)["key"], json!({ "set": true }));
        let given: Value = serde_json::from_str(&for_plugin(&manifest(), &first.settings, &set)).unwrap();
        assert_eq!(given, json!({ "url": "https://x", "retries": 3, "key": "{{secret:key}}" }));
    }
}
