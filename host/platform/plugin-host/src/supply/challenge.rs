//! How a registry asks who one is, and the tokens it gives. Nothing of them is
//! ever shown.

use reqwest::header::HeaderValue;
use serde::Deserialize;
use url::Url;

/// The longest challenge that is read.
const CHALLENGE_CHARS_MAX: usize = 4_096;

/// What a registry wants.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// User and password.
    Basic,
    /// A token, to be had here.
    Bearer {
        /// Where, with service and scope in its query.
        url: String,
    },
}

impl Challenge {
    /// Read `WWW-Authenticate`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > CHALLENGE_CHARS_MAX {
            return None;
        }
        let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let parameters = parameters(rest);
        let value = |name: &str| parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let mut url = Url::parse(value("realm")?).ok()?;
        for name in ["service", "scope"] {
            if let Some(value) = value(name) {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        Some(Self::Bearer { url: url.into() })
    }
}

/// `a="b",c="d, e"` as pairs.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([',', ' ']).to_ascii_lowercase();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        pairs.push((name, value.to_owned()));
        rest = next;
    }
    pairs
}

/// The token of a token server's answer, as a request carries it.
pub(crate) fn bearer(body: &[u8]) -> Option<HeaderValue> {
    #[derive(Deserialize)]
    struct Given {
        token: Option<String>,
        access_token: Option<String>,
    }
    let given: Given = serde_json::from_slice(body).ok()?;
    let token = given.token.or(given.access_token)?;
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let text =
            r#"Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push""#;
        let url = "https://auth.example.com/token?service=registry&scope=repository%3Aa%2Fb%3Apull%2Cpush";
        assert_eq!(Challenge::read(text), Some(Challenge::Bearer { url: url.to_owned() }));
        assert_eq!(Challenge::read("Basic realm=\"x\""), Some(Challenge::Basic));
        for bad in ["", "Negotiate", "Bearer", "Bearer realm=\"not an address\"", &"x".repeat(5_000)] {
            assert_eq!(Challenge::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn tokens_are_taken_and_not_shown() {
        for body in [r#"{"token":"t-1"}"#, r#"{"access_token":"t-1","expires_in":60}"#] {
            let value = bearer(body.as_bytes()).unwrap();
            assert_eq!(value.to_str().unwrap(), "Bearer t-1");
            assert!(!format!("{value:?}").contains("t-1"));
        }
        assert!(bearer(b"{}").is_none() && bearer(b"{\"token\":\"a\\nb\"}").is_none());
    }
}
