//! OAuth2 exchanges that the host runs for an installation (RFC 6749 and RFC
//! 7523). Client secrets, refresh tokens and keys go to the token address that
//! the manifest fixes and a grant allows, and to nowhere else; a plugin holds a
//! placeholder for the access token that comes of it.

use super::{Egress, Policy, signing::jwt};
use crate::{
    capability::{Blob, Doors, Fault, HttpRequest, SecretValue},
    grants::HostGrant,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};
use zeroize::{Zeroize as _, Zeroizing};

/// Seconds a token is taken to hold where the server does not say.
const LIFETIME_S: i64 = 3_600;
/// The longest that is believed.
const LIFETIME_MAX_S: i64 = 90 * 86_400;
/// How long a token server may take.
const TIMEOUT_MS: u32 = 10_000;
/// Bytes of its answer.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// What a setting with `"format": "oauth2"` says under `oauth2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OAuth2 {
    /// How the token is got.
    pub grant: OAuth2Grant,
    /// Where. `{{setting:name}}` stands for another setting.
    pub token_url: String,
    /// What is asked for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How the client says who it is.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// More parameters of the exchange, such as `audience`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

/// How a token is got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OAuth2Grant {
    /// With the client's id and secret (RFC 6749, section 4.4).
    ClientCredentials,
    /// With a refresh token (RFC 6749, section 6), which the server may replace.
    RefreshToken,
    /// With an assertion signed by a service account's key (RFC 7523).
    JwtBearer,
}

/// How the client says who it is (RFC 6749, section 2.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientAuth {
    /// In the `Authorization` header.
    #[default]
    Basic,
    /// In the body.
    Body,
}

/// What an admin gives for such a setting. Kept sealed as one secret.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Account {
    /// Who the client is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client_id: String,
    /// Its secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client_secret: String,
    /// The refresh token to begin with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refresh_token: String,
    /// The private key (PEM), or the service account's file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// On whose behalf an assertion is made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Account(..)")
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.client_secret.zeroize();
        self.refresh_token.zeroize();
        self.key.zeroize();
    }
}

impl Account {
    /// What is missing for this grant, by its name.
    #[must_use]
    pub fn missing(&self, grant: OAuth2Grant) -> Option<&'static str> {
        let needed: &[(&'static str, &String)] = match grant {
            OAuth2Grant::ClientCredentials => &[("client-id", &self.client_id), ("client-secret", &self.client_secret)],
            OAuth2Grant::RefreshToken => &[("client-id", &self.client_id), ("refresh-token", &self.refresh_token)],
            OAuth2Grant::JwtBearer => &[("key", &self.key)],
        };
        needed.iter().find(|(_, value)| value.is_empty()).map(|(name, _)| *name)
    }

    /// Every part of it that must never be seen again.
    #[must_use]
    pub fn secrets(&self) -> Vec<SecretValue> {
        let parts = [&self.client_secret, &self.refresh_token, &self.key];
        parts.into_iter().filter(|part| !part.is_empty()).map(|part| SecretValue::new(part.as_bytes())).collect()
    }
}

/// What an exchange gave.
pub struct Token {
    /// The access token.
    pub access: SecretValue,
    /// A refresh token that takes the place of the one used.
    pub refresh: Option<SecretValue>,
    /// Seconds it holds from now on.
    pub lifetime_s: i64,
}

/// One exchange to be made.
pub struct Exchange<'a> {
    /// What the manifest says of the setting.
    pub spec: &'a OAuth2,
    /// What the admin gave.
    pub account: &'a Account,
    /// The refresh token, where an earlier exchange replaced the given one.
    pub refresh: Option<&'a SecretValue>,
    /// The setting's name, which a grant must tie to the token's host.
    pub setting: &'a str,
    /// The other settings.
    pub settings: &'a Map<String, Value>,
    /// What the installation may reach.
    pub hosts: &'a [HostGrant],
}

impl Exchange<'_> {
    /// Make it.
    ///
    /// # Errors
    /// A [`Fault`] that names the setting, and the server's own error code
    /// where it gave one; never what was sent or answered.
    pub async fn run(&self, egress: &Arc<Egress>) -> Result<Token, Fault> {
        let hosts: Vec<HostGrant> =
            self.hosts.iter().filter(|grant| grant.secrets.contains(self.setting)).cloned().collect();
        let policy = Policy { requests: 1, response_bytes: ANSWER_BYTES_MAX, ..Policy::of_hosts(hosts) };
        let request = self.request(egress)?;
        let told = |fault: Fault| Fault {
            message: format!("the token of the setting `{}`: {}", self.setting, fault.message),
            ..fault
        };
        let response = egress.fetch(&policy, &request, &Doors::default()).await.map_err(told)?;
        let body = Zeroizing::new(response.body.0);
        self.read(response.status, &body)
    }

    fn request(&self, egress: &Egress) -> Result<HttpRequest, Fault> {
        let url = self.url()?;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.spec.parameters {
            form.append_pair(name, value);
        }
        if !self.spec.scopes.is_empty() && self.spec.grant != OAuth2Grant::JwtBearer {
            form.append_pair("scope", &self.spec.scopes.join(" "));
        }
        match self.spec.grant {
            OAuth2Grant::ClientCredentials => drop(form.append_pair("grant_type", "client_credentials")),
            OAuth2Grant::RefreshToken => {
                let given = String::from_utf8_lossy(
                    self.refresh.map_or(self.account.refresh_token.as_bytes(), SecretValue::expose),
                )
                .into_owned();
                form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", &given);
            }
            OAuth2Grant::JwtBearer => {
                let assertion = self.assertion(egress, &url)?;
                form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                    .append_pair("assertion", &assertion);
            }
        }
        let mut headers = vec![
            ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
            ("accept".to_owned(), "application/json".to_owned()),
        ];
        self.authenticate(&mut form, &mut headers);
        Ok(HttpRequest {
            method: "POST".to_owned(),
            url,
            headers,
            body: Blob(form.finish().into_bytes()),
            delivery: None,
            signing: None,
            timeout_ms: Some(TIMEOUT_MS),
            options: Vec::new(),
        })
    }

    fn authenticate(
        &self,
        form: &mut url::form_urlencoded::Serializer<'_, String>,
        headers: &mut Vec<(String, String)>,
    ) {
        if self.account.client_id.is_empty() || self.spec.grant == OAuth2Grant::JwtBearer {
            return;
        }
        if self.account.client_secret.is_empty() || self.spec.client_auth == ClientAuth::Body {
            form.append_pair("client_id", &self.account.client_id);
            if !self.account.client_secret.is_empty() {
                form.append_pair("client_secret", &self.account.client_secret);
            }
            return;
        }
        // Both are form-encoded before they are joined (section 2.3.1).
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair =
            Zeroizing::new(format!("{}:{}", encode(&self.account.client_id), encode(&self.account.client_secret)));
        headers.push(("authorization".to_owned(), format!("Basic {}", STANDARD.encode(pair.as_bytes()))));
    }

    fn assertion(&self, egress: &Egress, url: &str) -> Result<Zeroizing<String>, Fault> {
        let mut claims = Map::new();
        claims.insert("aud".to_owned(), url.into());
        if !self.spec.scopes.is_empty() {
            claims.insert("scope".to_owned(), self.spec.scopes.join(" ").into());
        }
        if !self.account.client_id.is_empty() {
            claims.insert("iss".to_owned(), self.account.client_id.as_str().into());
        }
        if !self.account.subject.is_empty() {
            claims.insert("sub".to_owned(), self.account.subject.as_str().into());
        }
        let made = jwt::Assertion { algorithm: jwt::Algorithm::Rs256, key_id: None, claims, lifetime_s: LIFETIME_S };
        made.sign(self.account.key.as_bytes(), egress.clock.now().as_second(), &egress.nonce())
    }

    /// The token's address with other settings filled in. The door reads it
    /// again and matches it with the grants, whatever it became.
    fn url(&self) -> Result<String, Fault> {
        let mut url = String::new();
        let mut rest = self.spec.token_url.as_str();
        while let Some((before, after)) = rest.split_once("{{setting:") {
            let (name, after) = after.split_once("}}").unwrap_or((after, ""));
            let value = self.settings.get(name).and_then(Value::as_str);
            let value = value.ok_or_else(|| Fault::invalid(format!("the setting `{name}` is needed for the token")))?;
            url.push_str(before);
            url.push_str(value.trim_end_matches('/'));
            rest = after;
        }
        url.push_str(rest);
        Ok(url)
    }

    fn read(&self, status: u16, body: &[u8]) -> Result<Token, Fault> {
        let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
        let Some(access) = answer.access_token.filter(|token| status < 300 && !token.is_empty()) else {
            let word: String = answer
                .error
                .unwrap_or_default()
                .chars()
                .filter(|c| c.is_ascii_lowercase() || *c == '_')
                .take(40)
                .collect();
            let said = if word.is_empty() { format!("status {status}") } else { format!("status {status}, {word}") };
            let message = format!(
                "the token server gave no token for the setting `{}` ({said}); look whether what it holds is still good",
                self.setting
            );
            let ours = (400..500).contains(&status) && status != 429;
            return Err(if ours { Fault::denied(message) } else { Fault::unavailable(message) });
        };
        let lifetime_s = answer.expires_in.and_then(seconds).unwrap_or(LIFETIME_S).clamp(1, LIFETIME_MAX_S);
        Ok(Token {
            access: SecretValue::new(access),
            refresh: answer.refresh_token.filter(|token| !token.is_empty()).map(SecretValue::new),
            lifetime_s,
        })
    }
}

/// What a token server answers (RFC 6749, sections 5.1 and 5.2).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    access_token: Option<String>,
    refresh_token: Option<String>,
    /// A number; some servers write it as a text.
    expires_in: Option<Value>,
    error: Option<String>,
}

fn seconds(value: Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|s| s as i64)).or_else(|| value.as_str()?.parse().ok())
}
