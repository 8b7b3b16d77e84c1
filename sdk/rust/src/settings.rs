//! Settings: a JSON object of the schema in the plugin's manifest, read into
//! the plugin's own type. Secrets never arrive: a [`Secret`] is a name.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::Fault;

/// For plugins without settings; whatever is set is ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct NoSettings {}

/// A secret of the settings, known to the plugin by its name only.
///
/// The host hands over `{{secret:name}}` where the value would stand. Put
/// [`Secret::placeholder`] in a header, the path, the query or the body, or
/// give the secret to [`crate::http::Signing`]: the host fills in or signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    name: String,
}

impl Secret {
    /// The secret called `name`.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Its name, for a signing scheme.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the host replaces with the value at the egress door.
    pub fn placeholder(&self) -> String {
        format!("{{{{secret:{}}}}}", self.name)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let name = text.strip_prefix("{{secret:").and_then(|rest| rest.strip_suffix("}}"));
        match name {
            Some(name) if !name.is_empty() => Ok(Self::named(name)),
            _ => Err(serde::de::Error::custom(
                "a secret arrives as {{secret:name}}; mark the field \"format\": \"secret\" in the schema",
            )),
        }
    }
}

/// Read settings (or any JSON object the host hands over) into the plugin's type.
///
/// # Errors
/// `bad-settings`, with the field and the reason serde gives.
pub(crate) fn read<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, Fault> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    serde_json::from_str(text).map_err(|error| {
        let code = if what == "settings" { "bad-settings" } else { "invalid-input" };
        Fault::new(code, format!("the {what} cannot be used: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Webhook {
        endpoint: String,
        signing_key: Secret,
    }

    #[test]
    fn a_secret_is_its_name() {
        let json = r#"{"endpoint":"https://example.com","signing_key":"{{secret:signing_key}}"}"#;
        let settings: Webhook = read("settings", json).unwrap();
        assert_eq!(settings.signing_key.name(), "signing_key");
        assert_eq!(settings.signing_key.placeholder(), "{{secret:signing_key}}");
    }

    #[test]
    fn a_clear_secret_is_refused() {
        let json = r#"{"endpoint":"https://example.com","signing_key":"whsec_clear"}"#;
        let fault = read::<Webhook>("settings", json).unwrap_err();
        assert_eq!(fault.code, "bad-settings");
        assert!(!fault.message.contains("whsec_clear"), "never repeats the value");
    }

    #[test]
    fn a_missing_field_is_named() {
        let fault = read::<Webhook>("settings", "{}").unwrap_err();
        assert!(fault.message.contains("endpoint"), "{}", fault.message);
    }

    #[test]
    fn no_settings_takes_anything() {
        assert_eq!(read::<NoSettings>("settings", ""), Ok(NoSettings {}));
        assert_eq!(read::<NoSettings>("settings", r#"{"a":1}"#), Ok(NoSettings {}));
    }
}
