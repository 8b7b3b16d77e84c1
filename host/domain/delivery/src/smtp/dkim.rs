//! Signing letters by DKIM (RFC 6376), the headers of RFC 8058 among what is
//! signed. The key is held in memory only while its mail server is in use.

use lettre::message::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey, Message,
    dkim_sign, header::HeaderName,
};

/// Headers that are signed, where a letter has them. The letter's `Content-Type`
/// is written with its body, where the signature does not find it.
const SIGNED: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];
/// How a key in PKCS #1 begins.
const PKCS1: &str = "-----BEGIN RSA PRIVATE KEY-----";

/// Signs the letters of one mail server.
pub(crate) struct Signer(DkimConfig);

impl Signer {
    /// A signer for a domain whose public key stands at the selector. The key is
    /// RSA in PKCS #1 PEM, or the 32 bytes of an Ed25519 key in Base64.
    ///
    /// # Errors
    /// What kind of key is wanted, when this is none.
    pub(crate) fn new(domain: &str, selector: &str, key: &str) -> Result<Self, String> {
        let key = key.trim();
        let algorithm = if key.starts_with(PKCS1) { DkimSigningAlgorithm::Rsa } else { DkimSigningAlgorithm::Ed25519 };
        let key = DkimSigningKey::new(key, algorithm).map_err(|_| {
            "is neither an RSA key in PKCS #1 PEM (`openssl genrsa -traditional 2048`) nor an Ed25519 key in Base64"
                .to_owned()
        })?;
        let mut headers = Vec::with_capacity(SIGNED.len());
        for name in SIGNED {
            headers
                .push(HeaderName::new_from_ascii((*name).to_owned()).map_err(|_| "a header has no name".to_owned())?);
        }
        let relaxed = DkimCanonicalizationType::Relaxed;
        let canonicalization = DkimCanonicalization { header: relaxed, body: relaxed };
        Ok(Self(DkimConfig::new(selector.to_owned(), domain.to_owned(), key, headers, canonicalization)))
    }

    /// Add the signature to a letter that is whole.
    pub(crate) fn sign(&self, message: &mut Message) {
        dkim_sign(message, &self.0);
    }
}
