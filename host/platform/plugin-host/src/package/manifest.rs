//! `rialto.toml`: what a plugin says of itself, and what it wishes. It can
//! only narrow what its imports already show.

use super::wishes::{WishedLimits, Wishes};
use crate::{egress::oauth2::OAuth2, error::PackageError, grants::Place, kind::PluginKind};
use rialto_kernel::problem::FieldError;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A text in several languages: `en` and `zh-CN` at least for titles.
pub type Localised = BTreeMap<String, String>;

/// What `rialto.toml` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Manifest {
    /// `publisher/name`.
    pub id: String,
    /// Semantic version.
    pub version: String,
    /// Its kinds; checked against the exports.
    #[serde(default)]
    pub kinds: Vec<PluginKind>,
    /// What it is called.
    pub title: Localised,
    /// What it does, in a sentence or two.
    #[serde(default)]
    pub description: Localised,
    /// SPDX expression.
    #[serde(default)]
    pub licence: Option<String>,
    /// An `https` address.
    #[serde(default)]
    pub homepage: Option<String>,
    /// The permissions it wishes, each with its reason.
    #[serde(default)]
    pub wishes: Wishes,
    /// Bounds lower than its kind's defaults that it can live with.
    #[serde(default)]
    pub limits: WishedLimits,
    /// JSON Schema of its settings; `"format": "secret"` marks a secret,
    /// `"format": "oauth2"` an account whose tokens the host gets.
    #[serde(default = "no_settings")]
    pub settings: serde_json::Value,
}

fn no_settings() -> serde_json::Value {
    serde_json::json!({ "type": "object", "properties": {} })
}

impl Manifest {
    /// Read and check `rialto.toml`.
    ///
    /// # Errors
    /// [`PackageError::Manifest`] with every mistake and its field.
    pub fn parse(text: &str) -> Result<Self, PackageError> {
        let manifest: Self = toml::from_str(text)
            .map_err(|cause| PackageError::Manifest(vec![field("rialto.toml", toml_sentence(&cause))]))?;
        let errors = manifest.mistakes();
        if errors.is_empty() { Ok(manifest) } else { Err(PackageError::Manifest(errors)) }
    }

    /// A manifest for a component that has none, so that it can be tried.
    #[must_use]
    pub fn derived(kinds: &[PluginKind], digest: &super::PackageDigest) -> Self {
        let name = format!("unpacked-{}", &digest.to_hex()[..12]);
        Self {
            id: format!("local/{name}"),
            version: "0.0.0".to_owned(),
            kinds: kinds.to_vec(),
            title: Localised::from([("en".to_owned(), name.clone()), ("zh-CN".to_owned(), name)]),
            description: Localised::new(),
            licence: None,
            homepage: None,
            wishes: Wishes::default(),
            limits: WishedLimits::default(),
            settings: no_settings(),
        }
    }

    /// The names of the settings that are secrets, accounts included.
    #[must_use]
    pub fn secret_settings(&self) -> Vec<String> {
        self.of_format(&["secret", "oauth2"]).map(|(name, _)| name.clone()).collect()
    }

    /// The settings that are accounts, with how their tokens are got.
    #[must_use]
    pub fn oauth2_settings(&self) -> BTreeMap<String, OAuth2> {
        self.of_format(&["oauth2"])
            .filter_map(|(name, schema)| {
                let spec = serde_json::from_value(schema.get("oauth2")?.clone()).ok()?;
                Some((name.clone(), spec))
            })
            .collect()
    }

    fn of_format<'a>(
        &'a self,
        formats: &'a [&'a str],
    ) -> impl Iterator<Item = (&'a String, &'a serde_json::Value)> + 'a {
        let properties = self.settings.get("properties").and_then(|p| p.as_object());
        let is = |schema: &serde_json::Value| {
            schema.get("format").and_then(|f| f.as_str()).is_some_and(|format| formats.contains(&format))
        };
        properties.into_iter().flatten().filter(move |(_, schema)| is(schema))
    }

    /// Every mistake in it.
    #[must_use]
    pub fn mistakes(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.check_names(&mut errors);
        self.check_wishes(&mut errors);
        self.check_settings(&mut errors);
        errors
    }

    fn check_names(&self, errors: &mut Vec<FieldError>) {
        let well_formed = self.id.split_once('/').is_some_and(|(p, n)| is_word(p) && is_word(n));
        if !well_formed {
            errors
                .push(field("id", "must be `publisher/name`, each lower-case letters, digits and hyphens, at most 64"));
        }
        if semver::Version::parse(&self.version).is_err() {
            errors.push(field("version", "must be a semantic version such as 1.4.0"));
        }
        for language in ["en", "zh-CN"] {
            match self.title.get(language).map(|t| t.trim()) {
                None | Some("") => errors.push(field(&format!("title.{language}"), "is missing")),
                Some(title) if title.chars().count() > 80 => {
                    errors.push(field(&format!("title.{language}"), "must have at most 80 characters"));
                }
                Some(_) => {}
            }
        }
        for (language, text) in &self.description {
            if text.chars().count() > 500 {
                errors.push(field(&format!("description.{language}"), "must have at most 500 characters"));
            }
        }
        if let Some(homepage) = &self.homepage
            && !url::Url::parse(homepage).is_ok_and(|u| u.scheme() == "https")
        {
            errors.push(field("homepage", "must be an https address"));
        }
    }

    fn check_wishes(&self, errors: &mut Vec<FieldError>) {
        for (at, host) in self.wishes.http.iter().enumerate() {
            let name = |part: &str| format!("wishes.http[{at}].{part}");
            if !is_host_pattern(&host.host) {
                errors.push(field(&name("host"), "must be a host name, `*.` and a host name, or `{{setting:name}}`"));
            }
            if host.reason.trim().is_empty() {
                errors.push(field(&name("reason"), "say in a sentence why"));
            }
            if host.methods.iter().any(|m| m.is_empty() || !m.bytes().all(|b| b.is_ascii_uppercase())) {
                errors.push(field(&name("methods"), "must be upper-case words such as POST"));
            }
            if host.places.contains(&Place::Field) && host.fields.is_empty() {
                errors.push(field(&name("fields"), "name the fields of the body in which a secret stands"));
            }
            if host.ports.contains(&0) {
                errors.push(field(&name("ports"), "must be between 1 and 65535"));
            }
        }
        let wishes = [
            ("mail", &self.wishes.mail),
            ("state", &self.wishes.state),
            ("query", &self.wishes.query),
            ("fields", &self.wishes.fields),
            ("clear-address", &self.wishes.clear_address),
        ];
        for (name, wish) in wishes {
            if wish.as_ref().is_some_and(|w| w.reason.trim().is_empty()) {
                errors.push(field(&format!("wishes.{name}.reason"), "say in a sentence why"));
            }
        }
        if self.wishes.state.as_ref().is_some_and(|w| w.bytes.unwrap_or(0) == 0) {
            errors.push(field("wishes.state.bytes", "say how many bytes, at least 1"));
        }
        if self.wishes.fields.as_ref().is_some_and(|w| w.columns.is_empty()) {
            errors.push(field("wishes.fields.columns", "name at least one column"));
        }
    }

    fn check_settings(&self, errors: &mut Vec<FieldError>) {
        if self.settings.get("type").and_then(|t| t.as_str()) != Some("object") {
            errors.push(field("settings.type", "must be \"object\""));
        }
        if let Err(cause) = jsonschema::meta::validate(&self.settings) {
            errors.push(field(&format!("settings{}", cause.instance_path()), cause.to_string()));
        }
        self.check_accounts(errors);
        let secrets: BTreeSet<String> = self.secret_settings().into_iter().collect();
        for (at, host) in self.wishes.http.iter().enumerate() {
            for secret in host.secrets.difference(&secrets) {
                errors.push(field(
                    &format!("wishes.http[{at}].secrets"),
                    format!("`{secret}` is not a setting with \"format\": \"secret\" or \"oauth2\""),
                ));
            }
        }
    }

    /// An account says how its tokens are got, and from a host that is wished.
    fn check_accounts(&self, errors: &mut Vec<FieldError>) {
        for (name, schema) in self.of_format(&["oauth2"]) {
            let at = format!("settings.properties.{name}.oauth2");
            let given = schema.get("oauth2").cloned().unwrap_or_default();
            let spec: OAuth2 = match serde_json::from_value(given) {
                Ok(spec) => spec,
                Err(cause) => {
                    errors.push(field(&at, format!("must say `grant` and `token-url`: {cause}")));
                    continue;
                }
            };
            if schema.get("type").and_then(|t| t.as_str()) != Some("object") {
                errors.push(field(&format!("settings.properties.{name}.type"), "must be \"object\""));
            }
            let wished = |host: &str| {
                let fits = |wish: &super::WishedHost| wish.as_grant().matches_host(host);
                self.wishes.http.iter().any(|wish| wish.secrets.contains(name) && fits(wish))
            };
            let fixed = !spec.token_url.starts_with("{{setting:");
            let url = url::Url::parse(&spec.token_url).ok().filter(|url| url.scheme() == "https");
            match url.as_ref().and_then(url::Url::host_str) {
                _ if !fixed => {}
                None => errors.push(field(&format!("{at}.token-url"), "must be an https address")),
                Some(host) if !wished(host) => errors.push(field(
                    &format!("{at}.token-url"),
                    format!("no wish in `wishes.http` has the host `{host}` and the secret `{name}`"),
                )),
                Some(_) => {}
            }
        }
    }
}

fn field(name: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: name.to_owned(), message: message.into() }
}

/// The first line that says what, not the picture of the file.
fn toml_sentence(cause: &toml::de::Error) -> String {
    cause.message().lines().next().unwrap_or("it cannot be read").to_owned()
}

fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// `a.example.com`, `*.example.com`, an address literal or `{{setting:x}}`.
fn is_host_pattern(pattern: &str) -> bool {
    if let Some(name) = pattern.strip_prefix("{{setting:").and_then(|p| p.strip_suffix("}}")) {
        return is_word(&name.replace('_', "-"));
    }
    let host = pattern.strip_prefix("*.").unwrap_or(pattern);
    let labels_ok = host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
    // A bare suffix such as `*.com` would allow half the world.
    let deep_enough = pattern == host || host.contains('.');
    let literal = pattern.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    literal || labels_ok && deep_enough
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        id = "rialto/connector-webhook"
        version = "0.1.0"
        kinds = ["connector"]
        licence = "Apache-2.0"
        homepage = "https://example.com"
        [title]
        en = "Webhook"
        zh-CN = "网络回调"
        [[wishes.http]]
        host = "{{setting:host}}"
        reason = "to deliver"
        secrets = ["key"]
        [wishes.state]
        reason = "to remember"
        bytes = 1024
        [settings]
        type = "object"
        [settings.properties.host]
        type = "string"
        [settings.properties.key]
        type = "string"
        format = "secret"
    "#;

    fn mistakes_in(from: &str, to: &str) -> Vec<String> {
        assert!(GOOD.contains(from), "{from}");
        match Manifest::parse(&GOOD.replace(from, to)) {
            Err(PackageError::Manifest(errors)) => errors.into_iter().map(|e| e.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_good_one_is_read() {
        let manifest = Manifest::parse(GOOD).unwrap();
        assert_eq!(manifest.secret_settings(), ["key"]);
        assert_eq!(manifest.wishes.as_grants().state_bytes, 1024);
        assert!(manifest.wishes.as_grants().http.is_empty());
    }

    #[test]
    fn each_mistake_names_its_field() {
        assert_eq!(mistakes_in("rialto/connector-webhook", "Rialto"), ["id"]);
        assert_eq!(mistakes_in("0.1.0", "one"), ["version"]);
        assert_eq!(mistakes_in("en = \"Webhook\"", "en = \" \""), ["title.en"]);
        assert_eq!(mistakes_in("zh-CN = ", "fr = "), ["title.zh-CN"]);
        assert_eq!(mistakes_in("https://example.com", "javascript:1"), ["homepage"]);
        assert_eq!(mistakes_in("to deliver", ""), ["wishes.http[0].reason"]);
        assert_eq!(mistakes_in("{{setting:host}}", "*.com"), ["wishes.http[0].host"]);
        assert_eq!(mistakes_in("bytes = 1024", ""), ["wishes.state.bytes"]);
        assert_eq!(mistakes_in("format = \"secret\"", ""), ["wishes.http[0].secrets"]);
        assert_eq!(mistakes_in("type = \"object\"", "type = \"array\""), ["settings.type"]);
        assert_eq!(mistakes_in("kinds = [\"connector\"]", "kinds = [\"virus\"]"), ["rialto.toml"]);
        assert_eq!(mistakes_in("licence", "license"), ["rialto.toml"]);
        assert_eq!(
            mistakes_in("secrets = [\"key\"]", "secrets = [\"key\"]\nplaces = [\"field\"]"),
            ["wishes.http[0].fields"]
        );
    }

    #[test]
    fn an_account_says_where_its_tokens_come_from() {
        let account = |oauth2: &str| {
            let with = GOOD.replace("secrets = [\"key\"]", "secrets = [\"key\", \"account\"]")
                + "[settings.properties.account]\ntype = \"object\"\nformat = \"oauth2\"\n"
                + oauth2;
            match Manifest::parse(&with) {
                Ok(manifest) => Ok(manifest.oauth2_settings().remove("account").unwrap()),
                Err(PackageError::Manifest(errors)) => Err(errors.into_iter().map(|e| e.field).collect::<Vec<_>>()),
                Err(other) => panic!("{other:?}"),
            }
        };
        let at = "settings.properties.account.oauth2";
        let table = |url: &str| {
            format!("[settings.properties.account.oauth2]\ngrant = \"client-credentials\"\ntoken-url = \"{url}\"\n")
        };
        let spec = account(&table("{{setting:host}}/oauth/token")).unwrap();
        assert_eq!(spec.grant, crate::egress::oauth2::OAuth2Grant::ClientCredentials);
        assert_eq!(account(""), Err(vec![at.to_owned()]));
        assert_eq!(account(&table("http://login.example.com/token")), Err(vec![format!("{at}.token-url")]));
        assert_eq!(account(&table("https://login.example.com/token")), Err(vec![format!("{at}.token-url")]));
        assert_eq!(account(&(table("{{setting:host}}/t") + "scope = 1\n")), Err(vec![at.to_owned()]));
    }
}
