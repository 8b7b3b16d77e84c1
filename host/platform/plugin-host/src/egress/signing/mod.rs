//! Signatures that the host makes, so that keys stay outside the sandbox.
//! A scheme here answers what to add to a request whose address, headers and
//! body are final; it never sends, and never says where a secret may go.
//!
//! To add a scheme: its function → its line in [`sign`] and in [`SCHEMES`] →
//! published vectors in `tests/cases/signing/` → its line in `wit/README.md`.

mod aws;
#[cfg(test)]
mod cases;
pub(crate) mod jwt;
mod mac;
mod options;
mod simple;
mod template;
mod tencent;

use crate::{
    capability::{Fault, Signing},
    grants::Place,
};
use options::Bag;
use reqwest::header::HeaderMap;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Every scheme, as errors and documents name them.
pub const SCHEMES: &[&str] =
    &["bearer", "basic", "hmac", "hmac-sha256", "derived-key", "sigv4", "tc3", "jwt", "standard-webhooks"];

/// One thing to add to the request. Its value may hold a secret.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) value: Zeroizing<Vec<u8>>,
    /// What of it is as good as the secret: taken out of what comes back.
    pub(crate) secret: Zeroizing<Vec<u8>>,
}

impl Signed {
    /// A header that anybody may see.
    fn header(name: &str, value: impl Into<Vec<u8>>) -> Self {
        Self::at(Place::Header, name, value)
    }

    fn at(place: Place, name: &str, value: impl Into<Vec<u8>>) -> Self {
        Self { place, name: name.to_owned(), value: Zeroizing::new(value.into()), secret: Zeroizing::default() }
    }

    /// The same, where this part of it must never come back.
    fn hiding(mut self, secret: &[u8]) -> Self {
        self.secret = Zeroizing::new(secret.to_vec());
        self
    }
}

/// What is signed: the request as it will leave.
pub(crate) struct ToSign<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a url::Url,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) delivery: Option<&'a str>,
    pub(crate) at: jiff::Timestamp,
    /// Sixteen random bytes as hex, fresh for this request.
    pub(crate) nonce: &'a str,
}

impl ToSign<'_> {
    /// The host as the `Host` header will say it.
    fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    fn time(&self, format: &str) -> String {
        self.at.strftime(format).to_string()
    }

    /// A header's values as canonical requests have them: in their order, each
    /// trimmed, with inner runs of blanks made one.
    fn header(&self, name: &str) -> Option<String> {
        let values: Vec<String> = self
            .headers
            .get_all(name)
            .iter()
            .map(|value| {
                let text = String::from_utf8_lossy(value.as_bytes());
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// The query with its parameters encoded anew and sorted by name and value.
    fn sorted_query(&self) -> String {
        let text = self.url.query().unwrap_or_default();
        let mut pairs: Vec<(String, String)> = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (reencoded(name), reencoded(value))
            })
            .collect();
        pairs.sort();
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

/// What the scheme adds.
///
/// # Errors
/// When the scheme or one of its options is not known, or the secret is no
/// key of its kind.
pub(crate) fn sign(signing: &Signing, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    let bag = Bag(&signing.options);
    match signing.scheme.as_str() {
        "bearer" => simple::bearer(&bag, secret),
        "basic" => simple::basic(&bag, secret),
        "hmac" => mac::hmac(&bag, secret, request),
        "hmac-sha256" => mac::hmac_sha256(&bag, secret, request),
        "derived-key" => mac::derived_key(&bag, secret, request),
        "sigv4" => aws::sigv4(&bag, secret, request),
        "tc3" => tencent::tc3(&bag, secret, request),
        "jwt" => jwt::bearer(&bag, secret, request),
        "standard-webhooks" => simple::standard_webhooks(&bag, secret, request),
        other => {
            let shown: String = other.chars().filter(|c| !c.is_control()).take(40).collect();
            Err(Fault::invalid(format!("the signing scheme `{shown}` is not known ({})", SCHEMES.join(", "))))
        }
    }
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A part of an address, encoded as RFC 3986 says and nothing else.
fn reencoded(part: &str) -> String {
    encoded(&decoded(part), b"")
}

fn decoded(part: &str) -> Vec<u8> {
    let bytes = part.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let value = pair.and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|p| u8::from_str_radix(p, 16).ok());
        plain.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    plain
}

/// Percent-encoded, but for letters, digits, `-_.~` and what else is `kept`.
fn encoded(bytes: &[u8], kept: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) || kept.contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
