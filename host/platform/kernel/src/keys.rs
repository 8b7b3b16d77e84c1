//! One master key, from file or environment, and everything derived from it:
//! sealing at rest, keyed hashes, signatures of links. Keys never print.

use crate::{Id, Problem, Randomness, WorkspaceId};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// What a derived key is for; each has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Secrets at rest.
    Secret,
    /// Hashes of addresses, never rotated.
    Address,
    /// Signatures of click, open and unsubscribe links.
    Link,
    /// Authentication of compiled plugins on disk.
    Precompiled,
    /// The seed of a run's randomness.
    Run,
    /// Recorded runs at rest.
    Recording,
    /// Hashed personal columns, per installation.
    Pseudonym,
    /// Cursors of pages.
    Cursor,
    /// The chain of the audit log.
    Audit,
    /// Signatures of erasure certificates.
    Erasure,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Address => "address",
            Self::Link => "link",
            Self::Precompiled => "precompiled",
            Self::Run => "run",
            Self::Recording => "recording",
            Self::Pseudonym => "pseudonym",
            Self::Cursor => "cursor",
            Self::Audit => "audit",
            Self::Erasure => "erasure",
        }
    }
}

/// The host's keys.
#[derive(Clone)]
pub struct Keys {
    master: std::sync::Arc<Zeroizing<[u8; 32]>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Keys under this master key.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        Self { master: std::sync::Arc::new(Zeroizing::new(master)) }
    }

    /// Keys under a fresh master key.
    #[must_use]
    pub fn generate(random: &dyn Randomness) -> Self {
        let mut master = [0_u8; 32];
        random.fill(&mut master);
        Self::new(master)
    }

    /// The master key as hex, to be written to the owner-only key file once.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.master.as_ref()))
    }

    /// Keys from 64 hex digits.
    ///
    /// # Errors
    /// When the text is not 64 hex digits.
    pub fn from_hex(text: &str) -> Result<Self, Problem> {
        let mut master = [0_u8; 32];
        hex::decode_to_slice(text.trim(), &mut master)
            .map_err(|_| Problem::invalid("master-key", "the master key must be 64 hex digits"))?;
        Ok(Self::new(master))
    }

    /// HMAC-SHA-256 of `parts` under the key of this purpose. Parts are
    /// length-prefixed, so that no two lists collide.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let key = self.derive(purpose);
        let mut mac = hmac(key.as_ref());
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether `tag` begins the mac of `parts`, in constant time. At least 16
    /// bytes must be given.
    #[must_use]
    pub fn verify(&self, purpose: Purpose, parts: &[&[u8]], tag: &[u8]) -> bool {
        let expected = self.mac(purpose, parts);
        (16..=32).contains(&tag.len()) && bool::from(expected[..tag.len()].ct_eq(tag))
    }

    /// The hash under which an address is kept when the address itself must
    /// not be: `HMAC(workspace, normalised address)`.
    #[must_use]
    pub fn address_hash(&self, workspace: WorkspaceId, normalised: &str) -> Vec<u8> {
        self.mac(Purpose::Address, &[workspace.0.as_bytes(), b"v1", normalised.as_bytes()]).to_vec()
    }

    /// Seal `plain` so that only these keys open it, and only for the same
    /// `context` (who it belongs to and what it is).
    ///
    /// # Errors
    /// When the cipher refuses (the text is longer than it can take).
    pub fn seal(
        &self,
        purpose: Purpose,
        context: &[u8],
        plain: &[u8],
        random: &dyn Randomness,
    ) -> Result<Vec<u8>, Problem> {
        let mut nonce = [0_u8; 24];
        random.fill(&mut nonce);
        let cipher = cipher(&self.derive(purpose));
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context })
            .map_err(|_| Problem::internal("the value could not be sealed"))?;
        Ok([nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// Open what [`Keys::seal`] made.
    ///
    /// # Errors
    /// When it was sealed under other keys or for another context, or was
    /// changed since.
    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let failed = || Problem::internal("a sealed value does not open under this master key");
        let (nonce, body) = sealed.split_at_checked(24).ok_or_else(failed)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| failed())?;
        let cipher = cipher(&self.derive(purpose));
        let plain = cipher.decrypt(&XNonce::from(nonce), Payload { msg: body, aad: context }).map_err(|_| failed())?;
        Ok(Zeroizing::new(plain))
    }

    /// The context that ties a sealed value to its owner and its name.
    #[must_use]
    pub fn context(workspace: WorkspaceId, owner: Id, name: &str) -> Vec<u8> {
        [workspace.0.as_bytes().as_slice(), owner.as_bytes().as_slice(), name.as_bytes()].concat()
    }

    fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        let mut mac = hmac(self.master.as_ref().as_ref());
        mac.update(b"rialto/v1/");
        mac.update(purpose.label().as_bytes());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length.
    match <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes a key of any length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    #[test]
    fn a_sealed_value_opens_only_in_its_context_and_unchanged() {
        let random = SeededRandom::new(1);
        let keys = Keys::generate(&random);
        let sealed = keys.seal(Purpose::Secret, b"a", b"value", &random).unwrap();
        assert_eq!(keys.open(Purpose::Secret, b"a", &sealed).unwrap().as_slice(), b"value");
        assert!(keys.open(Purpose::Secret, b"b", &sealed).is_err());
        assert!(keys.open(Purpose::Recording, b"a", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert!(keys.open(Purpose::Secret, b"a", &bad).is_err(), "byte {at}");
        }
    }

    #[test]
    fn parts_of_a_mac_do_not_run_together() {
        let keys = Keys::new([7; 32]);
        assert_ne!(keys.mac(Purpose::Link, &[b"ab", b"c"]), keys.mac(Purpose::Link, &[b"a", b"bc"]));
        assert!(keys.verify(Purpose::Link, &[b"a"], &keys.mac(Purpose::Link, &[b"a"])[..16]));
        assert!(!keys.verify(Purpose::Link, &[b"a"], &keys.mac(Purpose::Link, &[b"a"])[..15]));
    }
}
