//! One master key, from file or environment, and everything derived from it:
//! sealing at rest, keyed hashes, signatures of links. Keys never print.
//!
//! The master key can be replaced. What is sealed is sealed anew under the new
//! one; until that is done the one before it still opens. What must stay the
//! same for ever (hashes of addresses, links in mails that left) goes by *kept*
//! keys: derived from the first master key, and handed on from one to the next.

use crate::{Id, Problem, Randomness, WorkspaceId};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use std::{collections::BTreeMap, sync::Arc};
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
    /// Signatures of run receipts.
    Receipt,
    /// Sealing of the keys that outlive a master key.
    Kept,
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
            Self::Receipt => "receipt",
            Self::Kept => "kept",
        }
    }

    /// What outlives a master key: what was made with these is looked up,
    /// followed or verified for years, or cannot be made again. Recordings are
    /// sealed anew, too, and end by themselves: the key only opens old ones.
    const KEPT: [Self; 8] = [
        Self::Address,
        Self::Link,
        Self::Pseudonym,
        Self::Audit,
        Self::Erasure,
        Self::Receipt,
        Self::Run,
        Self::Recording,
    ];
}

/// Keys that outlived the master key they were derived from, by purpose.
pub type KeptKeys = BTreeMap<String, Zeroizing<[u8; 32]>>;

/// The host's keys.
#[derive(Clone)]
pub struct Keys(Arc<Ring>);

struct Ring {
    master: Zeroizing<[u8; 32]>,
    /// The master key before it, while values may still be sealed under it.
    previous: Option<Zeroizing<[u8; 32]>>,
    kept: KeptKeys,
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
        Self(Arc::new(Ring { master: Zeroizing::new(master), previous: None, kept: KeptKeys::new() }))
    }

    /// The same, where values may still be sealed under the master key of
    /// `previous`. What outlives a master key goes by its keys.
    #[must_use]
    pub fn after(&self, previous: &Self) -> Self {
        Self(Arc::new(Ring {
            master: self.0.master.clone(),
            previous: Some(previous.0.master.clone()),
            kept: previous.kept(),
        }))
    }

    /// The same with these kept keys, such as the database has them.
    #[must_use]
    pub fn keeping(&self, kept: KeptKeys) -> Self {
        let (master, previous) = (self.0.master.clone(), self.0.previous.clone());
        Self(Arc::new(Ring { master, previous, kept }))
    }

    /// The keys that must outlive this master key.
    #[must_use]
    pub fn kept(&self) -> KeptKeys {
        let key = |purpose: Purpose| {
            let kept = self.0.kept.get(purpose.label()).cloned();
            (purpose.label().to_owned(), kept.unwrap_or_else(|| derived(&self.0.master, purpose)))
        };
        Purpose::KEPT.into_iter().map(key).collect()
    }

    /// The master key before this one, while it is still needed.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        self.0.previous.as_ref().map(|previous| Self::new(**previous))
    }

    /// What tells one master key from another and gives neither away.
    #[must_use]
    pub fn mark(&self) -> [u8; 32] {
        Self::new(*self.0.master).mac(Purpose::Address, &[b"backup"])
    }

    /// Keys under a fresh master key.
    #[must_use]
    pub fn generate(random: &dyn Randomness) -> Self {
        let mut master = [0_u8; 32];
        random.fill(&mut master);
        Self::new(master)
    }

    /// The master key as hex, to be written to the owner-only key file; the
    /// one before it on a second line, while it is needed.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(hex::encode(self.0.master.as_ref()));
        if let Some(previous) = &self.0.previous {
            text.push('\n');
            text.push_str(&Zeroizing::new(hex::encode(previous.as_ref())));
        }
        text
    }

    /// Keys from 64 hex digits, and 64 more on a second line where the master
    /// key is being replaced.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn from_hex(text: &str) -> Result<Self, Problem> {
        let read = |line: &str| {
            let mut master = [0_u8; 32];
            hex::decode_to_slice(line, &mut master)
                .map_err(|_| Problem::invalid("master-key", "the master key must be 64 hex digits"))?;
            Ok::<_, Problem>(Self::new(master))
        };
        let lines: Vec<&str> = text.split_whitespace().collect();
        match lines.as_slice() {
            [one] => read(one),
            [one, before] => Ok(read(one)?.after(&read(before)?)),
            _ => Err(Problem::invalid("master-key", "the master key must be 64 hex digits")),
        }
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
        let cipher = cipher(&derived(&self.0.master, purpose));
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
        let ring = &self.0;
        opened(&derived(&ring.master, purpose), context, sealed)
            .or_else(|| ring.previous.as_ref().and_then(|key| opened(&derived(key, purpose), context, sealed)))
            .or_else(|| ring.kept.get(purpose.label()).and_then(|key| opened(key, context, sealed)))
            .ok_or_else(|| Problem::internal("a sealed value does not open under this master key"))
    }

    /// A value sealed under the master key before this one, sealed under this
    /// one; nothing where it is already.
    ///
    /// # Errors
    /// When it opens under neither.
    pub fn reseal(
        &self,
        purpose: Purpose,
        context: &[u8],
        sealed: &[u8],
        random: &dyn Randomness,
    ) -> Result<Option<Vec<u8>>, Problem> {
        if opened(&derived(&self.0.master, purpose), context, sealed).is_some() {
            return Ok(None);
        }
        let plain = self.open(purpose, context, sealed)?;
        self.seal(purpose, context, &plain, random).map(Some)
    }

    /// The context that ties a sealed value to its owner and its name.
    #[must_use]
    pub fn context(workspace: WorkspaceId, owner: Id, name: &str) -> Vec<u8> {
        [workspace.0.as_bytes().as_slice(), owner.as_bytes().as_slice(), name.as_bytes()].concat()
    }

    /// The key of a purpose: the kept one where there is one.
    fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        self.0.kept.get(purpose.label()).cloned().unwrap_or_else(|| derived(&self.0.master, purpose))
    }
}

fn derived(master: &[u8; 32], purpose: Purpose) -> Zeroizing<[u8; 32]> {
    let mut mac = hmac(master);
    mac.update(b"rialto/v1/");
    mac.update(purpose.label().as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn opened(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_at_checked(24)?;
    let nonce: [u8; 24] = nonce.try_into().ok()?;
    cipher(key).decrypt(&XNonce::from(nonce), Payload { msg: body, aad: context }).ok().map(Zeroizing::new)
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
    fn a_new_master_key_opens_what_was_sealed_and_keeps_what_must_stay() {
        let random = SeededRandom::new(1);
        let (old, new) = (Keys::new([1; 32]), Keys::new([2; 32]));
        let sealed = old.seal(Purpose::Secret, b"c", b"value", &random).unwrap();
        assert!(new.open(Purpose::Secret, b"c", &sealed).is_err());
        let both = new.after(&old);
        assert_eq!(both.open(Purpose::Secret, b"c", &sealed).unwrap().as_slice(), b"value");
        let anew = both.reseal(Purpose::Secret, b"c", &sealed, &random).unwrap().unwrap();
        assert_eq!(new.open(Purpose::Secret, b"c", &anew).unwrap().as_slice(), b"value");
        assert_eq!(both.reseal(Purpose::Secret, b"c", &anew, &random).unwrap(), None, "once is enough");
        for purpose in Purpose::KEPT {
            assert_eq!(both.mac(purpose, &[b"x"]), old.mac(purpose, &[b"x"]), "{purpose:?}");
        }
        assert_ne!(both.mac(Purpose::Precompiled, &[b"x"]), old.mac(Purpose::Precompiled, &[b"x"]));
        // Handed on without the old key, and once more after that.
        let alone = new.keeping(both.kept());
        assert_eq!(alone.mac(Purpose::Address, &[b"x"]), old.mac(Purpose::Address, &[b"x"]));
        let third = Keys::new([3; 32]).after(&alone);
        assert_eq!(third.mac(Purpose::Address, &[b"x"]), old.mac(Purpose::Address, &[b"x"]));
        let recorded = old.seal(Purpose::Recording, b"c", b"run", &random).unwrap();
        assert_eq!(alone.open(Purpose::Recording, b"c", &recorded).unwrap().as_slice(), b"run");
        assert_eq!((new.mark(), alone.mark()), (both.mark(), both.mark()));
        let text = both.to_hex();
        assert_eq!(Keys::from_hex(&text).unwrap().previous().unwrap().mark(), old.mark());
        assert!(Keys::from_hex("").is_err() && Keys::from_hex(&format!("{}\n00", *text)).is_err());
    }

    #[test]
    fn parts_of_a_mac_do_not_run_together() {
        let keys = Keys::new([7; 32]);
        assert_ne!(keys.mac(Purpose::Link, &[b"ab", b"c"]), keys.mac(Purpose::Link, &[b"a", b"bc"]));
        assert!(keys.verify(Purpose::Link, &[b"a"], &keys.mac(Purpose::Link, &[b"a"])[..16]));
        assert!(!keys.verify(Purpose::Link, &[b"a"], &keys.mac(Purpose::Link, &[b"a"])[..15]));
    }
}
