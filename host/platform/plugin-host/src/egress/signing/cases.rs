//! Every scheme against what others published: each file of
//! `tests/cases/signing/` names its source.

#[cfg(test)]
mod tests {
    use super::super::{Signed, ToSign, jwt::Algorithm, sign};
    use crate::{
        capability::{Fault, Signing},
        grants::Place,
    };
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
    use serde::Deserialize;
    use std::path::PathBuf;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        source: String,
        scheme: String,
        secret: String,
        options: serde_json::Map<String, serde_json::Value>,
        at: jiff::Timestamp,
        method: String,
        url: String,
        headers: Vec<(String, String)>,
        #[serde(default)]
        body: String,
        body_hex: Option<String>,
        delivery: Option<String>,
        expect: Vec<(Place, String, String)>,
    }

    impl Case {
        fn run(&self) -> Result<Vec<Signed>, Fault> {
            let mut headers = HeaderMap::new();
            for (name, value) in &self.headers {
                headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
            }
            headers.insert("accept-encoding", HeaderValue::from_static("gzip"));
            let body = self.body_hex.as_ref().map_or_else(|| self.body.clone().into(), |hex| hex::decode(hex).unwrap());
            let options = self.options.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
            let signing = Signing { scheme: self.scheme.clone(), secret: "key".to_owned(), options };
            let request = ToSign {
                method: &self.method,
                url: &self.url.parse().unwrap(),
                headers: &headers,
                body: &body,
                delivery: self.delivery.as_deref(),
                at: self.at,
                nonce: "00112233445566778899aabbccddeeff",
            };
            sign(&signing, self.secret.as_bytes(), &request)
        }
    }

    fn folder() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/cases/signing"))
    }

    fn triples(added: &[Signed]) -> Vec<(Place, String, String)> {
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        added.iter().map(|one| (one.place, one.name.clone(), text(&one.value))).collect()
    }

    #[test]
    fn every_scheme_agrees_with_what_is_published() {
        let mut seen = std::collections::BTreeMap::<String, usize>::new();
        for entry in std::fs::read_dir(folder()).unwrap() {
            let path = entry.unwrap().path();
            if !path.to_string_lossy().ends_with(".case.json") {
                continue;
            }
            let case: Case = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            assert!(case.source.len() > 10, "{}", path.display());
            let added = case.run().unwrap_or_else(|fault| panic!("{}: {fault:?}", path.display()));
            assert_eq!(triples(&added), case.expect, "{} ({})", path.display(), case.source);
            *seen.entry(case.scheme).or_default() += 1;
        }
        for scheme in super::super::SCHEMES.iter().filter(|scheme| **scheme != "jwt") {
            assert!(seen.contains_key(*scheme), "no published case of `{scheme}`");
        }
        assert!(seen["sigv4"] >= 20 && seen["tc3"] >= 2 && seen["hmac"] >= 16, "{seen:?}");
    }

    #[derive(Deserialize)]
    struct Jws {
        source: String,
        algorithm: String,
        key: Option<String>,
        key_base64url: Option<String>,
        input: String,
        signature: String,
    }

    /// RFC 7515, appendix A. ES256 draws a number for each signature, so what we
    /// sign is verified with the published key, and what is published too.
    #[test]
    fn assertions_are_signed_as_the_standard_shows() {
        let cases: Vec<Jws> = serde_json::from_slice(&std::fs::read(folder().join("jws.json")).unwrap()).unwrap();
        assert_eq!(cases.len(), 4);
        for case in cases {
            let key = match &case.key_base64url {
                Some(text) => URL_SAFE_NO_PAD.decode(text).unwrap(),
                None => case.key.clone().unwrap().into_bytes(),
            };
            let published = URL_SAFE_NO_PAD.decode(&case.signature).unwrap();
            let sign = |algorithm: Algorithm| algorithm.sign(&key, case.input.as_bytes()).unwrap();
            match case.algorithm.as_str() {
                "HS256" => assert_eq!(sign(Algorithm::Hs256), published, "{}", case.source),
                "RS256" => assert_eq!(sign(Algorithm::Rs256), published, "{}", case.source),
                _ => {
                    // 0x04, x and y: the last 65 bytes of the key's PKCS #8 form.
                    let pem: String = case.key.unwrap().lines().filter(|line| !line.starts_with('-')).collect();
                    let der = base64::engine::general_purpose::STANDARD.decode(pem).unwrap();
                    let public = ring::signature::UnparsedPublicKey::new(
                        &ring::signature::ECDSA_P256_SHA256_FIXED,
                        der[der.len() - 65..].to_vec(),
                    );
                    public.verify(case.input.as_bytes(), &published).unwrap();
                    public.verify(case.input.as_bytes(), &sign(Algorithm::Es256)).unwrap();
                    assert!(public.verify(b"other", &published).is_err());
                }
            }
        }
    }

    fn case(scheme: &str, options: serde_json::Value) -> Case {
        Case {
            source: String::new(),
            scheme: scheme.to_owned(),
            secret: "the-secret".to_owned(),
            options: options.as_object().unwrap().clone(),
            at: "2026-11-21T12:00:00.5Z".parse().unwrap(),
            method: "POST".to_owned(),
            url: "https://api.example.com:8443/v1/send?b=2&a=%20x".to_owned(),
            headers: vec![("x-date".into(), " today ".into())],
            body: "{}".to_owned(),
            body_hex: None,
            delivery: Some("d1".to_owned()),
            expect: Vec::new(),
        }
    }

    #[test]
    fn a_template_names_the_parts_of_the_request() {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let message = "{{method}} {{scheme}} {{host}} {{path}} {{query}} {{sorted-query}} {{header:X-Date}} {{timestamp}} \
                   {{timestamp-ms}} {{date}} {{day}} {{iso-basic}} {{iso}} {{nonce}} {{delivery}} {{body}}";
        let filled = "POST https api.example.com:8443 /v1/send b=2&a=%20x a=%20x&b=2 today 1795262400 1795262400500 \
                  20261121 2026-11-21 20261121T120000Z 2026-11-21T12:00:00Z 00112233445566778899aabbccddeeff d1 {}";
        let expected = Hmac::<sha2::Sha256>::new_from_slice(b"the-secret").unwrap().chain_update(filled).finalize();
        let added = case("hmac", serde_json::json!({ "message": message })).run().unwrap();
        assert_eq!(triples(&added)[0].2, hex::encode(expected.into_bytes()));
    }

    #[test]
    fn a_signature_goes_where_it_is_asked_for() {
        let options = serde_json::json!({
            "key": "{{timestamp}}\n{{secret}}", "message": "", "encoding": "base64", "place": "field", "name": "sign",
            "timestamp-name": "timestamp", "nonce-name": "nonce",
        });
        let added = triples(&case("hmac", options).run().unwrap());
        let names: Vec<_> = added.iter().map(|(place, name, _)| (*place, name.as_str())).collect();
        assert_eq!(names, [(Place::Field, "sign"), (Place::Field, "timestamp"), (Place::Field, "nonce")]);
        let query =
            case("hmac", serde_json::json!({ "place": "query", "timestamp-name": "t", "timestamp-unit": "ms" }));
        let added = triples(&query.run().unwrap());
        assert_eq!((added[1].0, added[1].2.as_str()), (Place::Query, "1795262400500"));
    }

    /// Each mistake is told by the option that is wrong, and never by the secret.
    #[test]
    fn a_wrong_option_is_named() {
        use serde_json::json;
        let wrong = [
            ("rot13", json!({}), "rot13"),
            ("hmac", json!({ "algorithm": "md5" }), "algorithm"),
            ("hmac", json!({ "encoding": "rot13" }), "encoding"),
            ("hmac", json!({ "place": "host" }), "place"),
            ("hmac", json!({ "message": "{{password}}" }), "password"),
            ("hmac", json!({ "message": "{{header:x-none}}" }), "message"),
            ("hmac", json!({ "mesage": "" }), "mesage"),
            ("hmac", json!({ "message": 7 }), "message"),
            ("hmac", json!({ "message": "x".repeat(5_000) }), "message"),
            ("hmac", json!({ "key-encoding": "hex" }), "key-encoding"),
            ("hmac", json!({ "steps": ["a"] }), "steps"),
            ("hmac", json!({ "timestamp-name": "t", "timestamp-unit": "us" }), "timestamp-unit"),
            ("derived-key", json!({}), "steps"),
            ("derived-key", json!({ "steps": vec!["a"; 17] }), "steps"),
            ("derived-key", json!({ "steps": ["{{secret}}"] }), "steps"),
            ("sigv4", json!({ "access-key-id": "a", "region": "r" }), "service"),
            (
                "sigv4",
                json!({ "access-key-id": "a", "region": "r", "service": "s", "path-encoding": "x" }),
                "path-encoding",
            ),
            ("tc3", json!({}), "secret-id"),
            ("tc3", json!({ "secret-id": "a" }), "content-type"),
            ("tc3", json!({ "secret-id": "a", "signed-headers": ["host"] }), "signed-headers"),
            ("jwt", json!({}), "private key"),
            ("jwt", json!({ "algorithm": "none" }), "algorithm"),
            ("jwt", json!({ "lifetime-s": 90_000 }), "lifetime-s"),
            ("jwt", json!({ "claims": [] }), "claims"),
            ("basic", json!({ "username": "a:b" }), "user name"),
            ("bearer", json!({ "headers": "x" }), "headers"),
        ];
        for (scheme, options, named) in wrong {
            let fault = case(scheme, options.clone()).run().unwrap_err();
            assert_eq!(fault.code, "invalid-input", "{scheme} {options}");
            assert!(fault.message.contains(named), "{scheme} {options}: {}", fault.message);
            assert!(!fault.message.contains("the-secret"), "{}", fault.message);
        }
    }

    /// A service account's file is its key, its key id and its issuer.
    #[test]
    fn a_service_account_signs_for_itself() {
        let cases: Vec<Jws> = serde_json::from_slice(&std::fs::read(folder().join("jws.json")).unwrap()).unwrap();
        let file = serde_json::json!({
            "type": "service_account", "private_key": cases[1].key, "private_key_id": "k7",
            "client_email": "robot@project.example",
        });
        let mut case =
            case("jwt", serde_json::json!({ "claims": { "aud": "https://oauth2.example.com/token", "exp": 1 } }));
        case.secret = file.to_string();
        let added = case.run().unwrap();
        let token = String::from_utf8(added[0].value.strip_prefix(b"Bearer ").unwrap().to_vec()).unwrap();
        assert_eq!(&*added[0].secret, token.as_bytes(), "an assertion is as good as a secret while it holds");
        let part = |at: usize| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
        };
        assert_eq!(part(0), serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": "k7" }));
        let claims = part(1);
        assert_eq!(
            (claims["iss"].as_str(), claims["iat"].as_i64()),
            (Some("robot@project.example"), Some(1_795_262_400))
        );
        assert_eq!(claims["exp"], 1_795_263_000, "the host's own time counts, not the plugin's");
    }
}
