//! Signed assertions (RFC 7519 over RFC 7515), the way service accounts prove
//! who they are: the host holds the private key, adds the times and signs.

use super::{
    Signed, ToSign,
    mac::{Algorithm as Hash, mac},
    options::{Bag, word},
};
use crate::capability::Fault;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// Seconds an assertion holds, unless it says another number.
const LIFETIME_S: i64 = 600;
/// The longest it may.
const LIFETIME_MAX_S: i64 = 3_600;

/// How an assertion is signed (RFC 7518).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// HMAC with SHA-256.
    Hs256,
}

/// `algorithm` (RS256), `claims` (an object), `key-id`, `lifetime-s` (600),
/// `header` (authorization), `prefix` ("Bearer "). `iat`, `exp` and `jti` are
/// the host's.
pub(super) fn bearer(bag: &Bag<'_>, secret: &[u8], request: &ToSign<'_>) -> Result<Vec<Signed>, Fault> {
    bag.only(&["algorithm", "claims", "key-id", "lifetime-s", "header", "prefix"])?;
    let words = [("RS256", Algorithm::Rs256), ("ES256", Algorithm::Es256), ("HS256", Algorithm::Hs256)];
    let algorithm = word("algorithm", bag.text("algorithm")?.as_deref(), &words)?;
    let claims = bag.object("claims")?.unwrap_or_default();
    let lifetime = bag.whole("lifetime-s")?.unwrap_or(LIFETIME_S);
    if !(1..=LIFETIME_MAX_S).contains(&lifetime) {
        return Err(Fault::invalid(format!("the option `lifetime-s` must be 1 to {LIFETIME_MAX_S}")));
    }
    let made = Assertion { algorithm, key_id: bag.text("key-id")?, claims, lifetime_s: lifetime };
    let token = made.sign(secret, request.at.as_second(), request.nonce)?;
    let header = bag.text("header")?.unwrap_or_else(|| "authorization".to_owned());
    let prefix = bag.text("prefix")?.unwrap_or_else(|| "Bearer ".to_owned());
    Ok(vec![Signed::header(&header, [prefix.as_bytes(), token.as_bytes()].concat()).hiding(token.as_bytes())])
}

/// An assertion to be signed.
pub(crate) struct Assertion {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) lifetime_s: i64,
}

impl Assertion {
    /// The compact form. The key is a PEM text, or the JSON file of a service
    /// account, which also says who the issuer is.
    ///
    /// # Errors
    /// When the secret is no key of this algorithm.
    pub(crate) fn sign(self, secret: &[u8], now_s: i64, id: &str) -> Result<Zeroizing<String>, Fault> {
        let account = ServiceAccount::read(secret);
        let mut header = json!({ "alg": self.algorithm.word(), "typ": "JWT" });
        if let Some(key_id) = self.key_id.or_else(|| account.as_ref().and_then(|a| a.private_key_id.clone())) {
            header["kid"] = Value::String(key_id);
        }
        let mut claims = self.claims;
        if let Some(email) = account.as_ref().and_then(|a| a.client_email.clone()) {
            claims.entry("iss").or_insert(Value::String(email));
        }
        claims.insert("iat".to_owned(), now_s.into());
        claims.insert("exp".to_owned(), now_s.saturating_add(self.lifetime_s).into());
        claims.entry("jti").or_insert_with(|| Value::String(id.to_owned()));
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", encode(&header), encode(&Value::Object(claims)));
        let key = account.as_ref().map_or(secret, |account| account.private_key.as_bytes());
        let signature = self.algorithm.sign(key, input.as_bytes())?;
        Ok(Zeroizing::new(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

impl Algorithm {
    fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
        }
    }

    /// The signature of a JWS signing input.
    pub(crate) fn sign(self, key: &[u8], input: &[u8]) -> Result<Vec<u8>, Fault> {
        // Blinding and nonces of a signature, which nothing has to repeat.
        let random = SystemRandom::new();
        let failed = |_| Fault::invalid("the private key does not sign");
        match self {
            Self::Hs256 => Ok(mac(Hash::Sha256, key, input)?.to_vec()),
            Self::Rs256 => {
                let pem = Pem::read(key)?;
                let pair = match pem.label.as_str() {
                    "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&pem.der),
                    _ => RsaKeyPair::from_der(&pem.der),
                };
                let pair = pair.map_err(|_| Fault::invalid("the secret is no RSA private key of 2048 bits or more"))?;
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Self::Es256 => {
                let pem = Pem::read(key)?;
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pem.der, &random)
                    .map_err(|_| Fault::invalid("the secret is no P-256 private key in PKCS #8 with its public key"))?;
                Ok(pair.sign(&random, input).map_err(failed)?.as_ref().to_vec())
            }
        }
    }
}

/// What of a service account's key file is used.
#[derive(serde::Deserialize)]
struct ServiceAccount {
    private_key: String,
    private_key_id: Option<String>,
    client_email: Option<String>,
}

impl ServiceAccount {
    fn read(secret: &[u8]) -> Option<Self> {
        serde_json::from_slice(secret).ok()
    }
}

/// A private key in PEM (RFC 7468).
struct Pem {
    label: String,
    der: Zeroizing<Vec<u8>>,
}

impl Pem {
    fn read(text: &[u8]) -> Result<Self, Fault> {
        let bad = || Fault::invalid("the secret is no private key: it must begin with `-----BEGIN PRIVATE KEY-----`");
        let text = std::str::from_utf8(text).map_err(|_| bad())?;
        let (_, rest) = text.split_once("-----BEGIN ").ok_or_else(bad)?;
        let (label, rest) = rest.split_once("-----").ok_or_else(bad)?;
        let (body, _) = rest.split_once("-----END ").ok_or_else(bad)?;
        // A key kept in a settings field may carry its line ends as `\n`.
        let body: Zeroizing<String> =
            Zeroizing::new(body.replace("\\n", "").chars().filter(|c| !c.is_whitespace()).collect());
        let der = STANDARD.decode(body.as_bytes()).map_err(|_| bad())?;
        if !label.ends_with("PRIVATE KEY") || label.starts_with("ENCRYPTED") {
            return Err(bad());
        }
        Ok(Self { label: label.to_owned(), der: Zeroizing::new(der) })
    }
}
