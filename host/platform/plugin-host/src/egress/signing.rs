//! Signatures that the host makes, so that keys stay outside the sandbox.
//! A scheme here adds headers to a request whose body is final.

use crate::capability::{Fault, Options, Signing};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A header to add. Its value may hold a secret.
pub(crate) struct Signed {
    pub(crate) header: String,
    pub(crate) value: Vec<u8>,
    /// The part of it to take out of what comes back.
    pub(crate) secret: Vec<u8>,
}

/// What is signed.
pub(crate) struct ToSign<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) delivery: Option<&'a str>,
    pub(crate) now_s: i64,
}

/// The headers that the scheme adds.
///
/// # Errors
/// When the scheme or one of its options is not known.
pub(crate) fn sign(signing: &Signing, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    match signing.scheme.as_str() {
        "bearer" => bearer(&signing.options, secret),
        "basic" => basic(&signing.options, secret),
        "hmac-sha256" => hmac_sha256(&signing.options, secret, request),
        "standard-webhooks" => standard_webhooks(&signing.options, secret, request),
        other => {
            let shown: String = other.chars().filter(|c| !c.is_control()).take(40).collect();
            Err(Fault::invalid(format!(
                "the signing scheme `{shown}` is not known (bearer, basic, hmac-sha256, standard-webhooks)"
            )))
        }
    }
}

/// `header` (authorization) and `prefix` ("Bearer ").
fn bearer(options: &Options, secret: &[u8]) -> Result<Vec<Signed>, Fault> {
    let header = text(options, "header")?.unwrap_or_else(|| "authorization".to_owned());
    let prefix = text(options, "prefix")?.unwrap_or_else(|| "Bearer ".to_owned());
    Ok(vec![Signed { header, value: [prefix.as_bytes(), secret].concat(), secret: secret.to_vec() }])
}

/// `username`; without it the secret is `user:password`.
fn basic(options: &Options, secret: &[u8]) -> Result<Vec<Signed>, Fault> {
    let pair = match text(options, "username")? {
        Some(user) if user.contains(':') => return Err(Fault::invalid("a user name cannot hold a colon")),
        Some(user) => [user.as_bytes(), b":", secret].concat(),
        None => secret.to_vec(),
    };
    let encoded = STANDARD.encode(pair);
    let value = format!("Basic {encoded}").into_bytes();
    Ok(vec![Signed { header: "authorization".to_owned(), value, secret: encoded.into_bytes() }])
}

/// `header` (x-signature), `prefix` (none), `encoding` (hex or base64), and
/// `timestamp-header`: when named, the time is added and signed as
/// `time.body`.
fn hmac_sha256(options: &Options, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    let header = text(options, "header")?.unwrap_or_else(|| "x-signature".to_owned());
    let prefix = text(options, "prefix")?.unwrap_or_default();
    let stamp = text(options, "timestamp-header")?;
    let now = request.now_s.to_string();
    let mac = match &stamp {
        Some(_) => mac(secret, &[now.as_bytes(), b".", request.body]),
        None => mac(secret, &[request.body]),
    }?;
    let encoded = match text(options, "encoding")?.as_deref() {
        None | Some("hex") => hex::encode(mac),
        Some("base64") => STANDARD.encode(mac),
        Some(_) => return Err(Fault::invalid("`encoding` must be \"hex\" or \"base64\"")),
    };
    let mut headers = vec![Signed { header, value: format!("{prefix}{encoded}").into(), secret: Vec::new() }];
    headers.extend(stamp.map(|header| Signed { header, value: now.into(), secret: Vec::new() }));
    Ok(headers)
}

/// The Standard Webhooks signature. `id` defaults to the delivery, so that a
/// retry carries the same one.
fn standard_webhooks(options: &Options, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    let id = match (text(options, "id")?, request.delivery) {
        (Some(id), _) => id,
        (None, Some(delivery)) => delivery.to_owned(),
        (None, None) => return Err(Fault::invalid("`standard-webhooks` needs the option `id` or a delivery")),
    };
    let key = webhook_key(secret)?;
    let now = request.now_s.to_string();
    let mac = mac(&key, &[id.as_bytes(), b".", now.as_bytes(), b".", request.body])?;
    let plain =
        |header: &str, value: String| Signed { header: header.to_owned(), value: value.into(), secret: Vec::new() };
    Ok(vec![
        plain("webhook-id", id),
        plain("webhook-timestamp", now),
        plain("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
    ])
}

/// `whsec_` and base64, or the bytes as they are.
fn webhook_key(secret: &[u8]) -> Result<Vec<u8>, Fault> {
    match secret.strip_prefix(b"whsec_") {
        Some(encoded) => STANDARD
            .decode(encoded)
            .map_err(|_| Fault::invalid("the secret begins with whsec_ and is not base64 after it")),
        None => Ok(secret.to_vec()),
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, Fault> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Fault::invalid("the secret is no key"))?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac.finalize().into_bytes().to_vec())
}

/// An option whose JSON text is a string.
fn text(options: &Options, name: &str) -> Result<Option<String>, Fault> {
    let Some((_, json)) = options.iter().find(|(key, _)| key == name) else { return Ok(None) };
    serde_json::from_str(json)
        .map(Some)
        .map_err(|_| Fault::invalid(format!("the option `{name}` must be a JSON string")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signing(scheme: &str, options: &[(&str, &str)]) -> Signing {
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), format!("\"{v}\""))).collect();
        Signing { scheme: scheme.to_owned(), secret: "key".to_owned(), options }
    }

    fn signed(scheme: &str, options: &[(&str, &str)], secret: &str, request: &ToSign<'_>) -> Vec<(String, String)> {
        let headers = sign(&signing(scheme, options), secret.as_bytes(), request).unwrap();
        headers.into_iter().map(|s| (s.header, String::from_utf8(s.value).unwrap())).collect()
    }

    /// The published example of the Standard Webhooks reference libraries.
    #[test]
    fn standard_webhooks_agrees_with_the_reference() {
        let request = ToSign { body: br#"{"test": 2432232314}"#, delivery: None, now_s: 1_614_265_330 };
        let options = [("id", "msg_p5jXN8AQM9LWM0D4loKWxJek")];
        let headers = signed("standard-webhooks", &options, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &request);
        assert_eq!(headers[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(headers[1].1, "1614265330");
    }

    #[test]
    fn the_simple_schemes() {
        let request = ToSign { body: b"what do ya want for nothing?", delivery: Some("d1"), now_s: 7 };
        assert_eq!(signed("bearer", &[], "t", &request), [("authorization".into(), "Bearer t".into())]);
        assert_eq!(
            signed("basic", &[("username", "Aladdin")], "open sesame", &request),
            [("authorization".into(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".into())]
        );
        // RFC 4231, test case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signed("hmac-sha256", &[], "Jefe", &request), [("x-signature".into(), expected.into())]);
        let stamped = signed("hmac-sha256", &[("timestamp-header", "x-time")], "Jefe", &request);
        assert_eq!(stamped[1], ("x-time".into(), "7".into()));
        assert_ne!(stamped[0].1, expected);
        assert!(sign(&signing("rot13", &[]), b"k", &request).is_err());
        assert!(sign(&signing("basic", &[("username", "a:b")]), b"k", &request).is_err());
    }
}
