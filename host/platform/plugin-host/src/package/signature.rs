//! Signatures: who vouches for the bytes of a package. A signature stands in
//! the package's last section, over the digest of everything before it; it is
//! checked without running anything. Whether a key is *trusted* is a
//! workspace's matter and not known here.

use super::{PackageDigest, SIGNATURE_SECTION, check_kind_of_file, sections};
use crate::error::PackageError;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use rialto_kernel::Randomness;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, fmt, str::FromStr};
use wasm_encoder::{ComponentSection as _, CustomSection};
use zeroize::Zeroizing;

/// What is signed begins with this, so that a signature made for anything else
/// is never one of a package.
const CONTEXT: &[u8] = b"rialto plugin signature 1\0";
/// How a public key is written.
const PUBLIC_PREFIX: &str = "ed25519:";
/// How a secret key is written.
const SECRET_PREFIX: &str = "rialto-signing-key-ed25519:";
/// The most signatures of one package.
const SIGNATURES_MAX: usize = 8;
/// The most bytes of the section.
const SECTION_BYTES_MAX: usize = 8 * 1024;

/// The name of a key: the first half of its SHA-256, as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 16]);

/// Checks signatures.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

/// Makes signatures. Never shown, never logged.
pub struct SecretKey(SigningKey);

/// One signature of a package, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The key's name.
    pub key: KeyId,
    /// The key.
    pub public_key: PublicKey,
    /// Whether it is this key's signature over these very bytes.
    pub intact: bool,
}

/// The section, as it is written.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Section {
    signatures: Vec<Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Entry {
    public_key: PublicKey,
    /// 64 bytes, as base64.
    signature: String,
}

impl SecretKey {
    /// A new key.
    #[must_use]
    pub fn generate(random: &dyn Randomness) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(seed.as_mut());
        Self(SigningKey::from_bytes(&seed))
    }

    /// The key that checks what this one signs.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// As its file holds it.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{SECRET_PREFIX}{}", BASE64.encode(self.0.as_bytes())))
    }

    /// From its file.
    ///
    /// # Errors
    /// When it holds no such key.
    pub fn from_text(text: &str) -> Result<Self, PackageError> {
        let bad = || PackageError::Key { detail: "the file holds no signing key of `rialto plugin key create`" };
        let text = text.trim().strip_prefix(SECRET_PREFIX).ok_or_else(bad)?;
        let bytes = Zeroizing::new(BASE64.decode(text).map_err(|_| bad())?);
        let seed = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| bad())?);
        Ok(Self(SigningKey::from_bytes(&seed)))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretKey").field(&self.public().id()).finish()
    }
}

impl PublicKey {
    /// The key's name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest: [u8; 32] = Sha256::digest(self.0).into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        KeyId(id)
    }

    fn checks(&self, message: &[u8], signature: &str) -> bool {
        let read = || {
            let bytes = BASE64.decode(signature).ok()?;
            let signature = Signature::from_bytes(&<[u8; 64]>::try_from(bytes.as_slice()).ok()?);
            let key = VerifyingKey::from_bytes(&self.0).ok()?;
            key.verify_strict(message, &signature).ok()
        };
        read().is_some()
    }
}

impl FromStr for PublicKey {
    type Err = PackageError;

    fn from_str(text: &str) -> Result<Self, PackageError> {
        let bad = || PackageError::Key { detail: "a public key is written `ed25519:` and 44 characters of base64" };
        let bytes = BASE64.decode(text.trim().strip_prefix(PUBLIC_PREFIX).ok_or_else(bad)?).map_err(|_| bad())?;
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| bad())?;
        // A weak key would let anything pass as signed.
        let sound = VerifyingKey::from_bytes(&bytes).is_ok_and(|key| !key.is_weak());
        if sound { Ok(Self(bytes)) } else { Err(bad()) }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC_PREFIX}{}", BASE64.encode(self.0))
    }
}

impl FromStr for KeyId {
    type Err = PackageError;

    fn from_str(text: &str) -> Result<Self, PackageError> {
        let mut id = [0; 16];
        hex::decode_to_slice(text, &mut id)
            .map_err(|_| PackageError::Key { detail: "a key's name has 32 hex digits" })?;
        Ok(Self(id))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Both are written as text wherever they are kept or shown.
macro_rules! as_text {
    ($($type:ty),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = Cow::<'_, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
as_text!(KeyId, PublicKey);

/// Sign a package. Signatures of other keys over the same bytes stay; those
/// over other bytes go.
///
/// # Errors
/// When it is no package, has no manifest to vouch for, or is signed by as many
/// keys as there may be.
pub fn sign(package: &[u8], key: &SecretKey) -> Result<Vec<u8>, PackageError> {
    check_kind_of_file(package, u64::MAX)?;
    if sections::Parts::read(package)?.manifest.is_none() {
        return Err(PackageError::Key { detail: "a component without a manifest is not signed: pack it first" });
    }
    let (body, section) = split(package)?;
    let message = message(body);
    let own = key.public();
    let mut kept: Vec<Entry> = section.map(parse).transpose()?.unwrap_or_default().signatures;
    kept.retain(|entry| entry.public_key != own && entry.public_key.checks(&message, &entry.signature));
    if kept.len() >= SIGNATURES_MAX {
        return Err(too_many());
    }
    kept.push(Entry { public_key: own, signature: BASE64.encode(key.0.sign(&message).to_bytes()) });
    let text = serde_json::to_vec(&Section { signatures: kept })
        .map_err(|cause| PackageError::Signature { detail: cause.to_string() })?;
    let mut signed = body.to_vec();
    CustomSection { name: Cow::Borrowed(SIGNATURE_SECTION), data: Cow::Owned(text) }.append_to_component(&mut signed);
    Ok(signed)
}

/// The signatures of a package, each checked; none where it is unsigned.
///
/// # Errors
/// When the section cannot be read, or does not stand at the end.
pub fn signatures(package: &[u8]) -> Result<Vec<Signed>, PackageError> {
    let (body, section) = split(package)?;
    let Some(section) = section else { return Ok(Vec::new()) };
    let message = message(body);
    let read = |entry: &Entry| Signed {
        key: entry.public_key.id(),
        public_key: entry.public_key,
        intact: entry.public_key.checks(&message, &entry.signature),
    };
    Ok(parse(section)?.signatures.iter().map(read).collect())
}

/// What a signature is made over.
fn message(body: &[u8]) -> Vec<u8> {
    [CONTEXT, PackageDigest::of(body).0.as_slice()].concat()
}

/// The package without its signatures, and their section.
fn split(package: &[u8]) -> Result<(&[u8], Option<&[u8]>), PackageError> {
    let found = sections::find(package, SIGNATURE_SECTION)?;
    match found.as_slice() {
        [] => Ok((package, None)),
        [one] if one.end == package.len() => Ok((&package[..one.start], Some(one.data))),
        [_] => Err(PackageError::Signature { detail: "it does not stand at the end of the file".to_owned() }),
        _ => Err(PackageError::Signature { detail: "there are several".to_owned() }),
    }
}

fn parse(section: &[u8]) -> Result<Section, PackageError> {
    if section.len() > SECTION_BYTES_MAX {
        return Err(PackageError::Signature { detail: format!("it has more than {SECTION_BYTES_MAX} bytes") });
    }
    let section: Section = serde_json::from_slice(section)
        .map_err(|cause| PackageError::Signature { detail: format!("it cannot be read: {cause}") })?;
    let mut keys: Vec<_> = section.signatures.iter().map(|entry| entry.public_key.id()).collect();
    keys.sort_unstable();
    keys.dedup();
    match section.signatures.len() {
        0 => Err(PackageError::Signature { detail: "it holds none".to_owned() }),
        count if count > SIGNATURES_MAX => Err(too_many()),
        count if count != keys.len() => Err(PackageError::Signature { detail: "a key stands there twice".to_owned() }),
        _ => Ok(section),
    }
}

fn too_many() -> PackageError {
    PackageError::Signature { detail: format!("a package has at most {SIGNATURES_MAX}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{Parts, pack};
    use rialto_kernel::SeededRandom;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn packed(readme: &str) -> Vec<u8> {
        let parts = Parts { manifest: Some("id = \"a/b\"".into()), readme: Some(readme.into()), ..Parts::default() };
        pack(EMPTY, &parts).unwrap()
    }

    fn key(seed: u64) -> SecretKey {
        SecretKey::generate(&SeededRandom::new(seed))
    }

    fn intact(package: &[u8]) -> Vec<(KeyId, bool)> {
        signatures(package).unwrap().into_iter().map(|s| (s.key, s.intact)).collect()
    }

    #[test]
    fn a_signature_is_over_these_bytes_and_no_others() {
        let (a, b) = (key(1), key(2));
        let plain = packed("one");
        assert!(signatures(&plain).unwrap().is_empty());
        let once = sign(&plain, &a).unwrap();
        assert_eq!(intact(&once), [(a.public().id(), true)]);
        assert_eq!(sign(&once, &a).unwrap(), once, "signing again changes nothing");
        let twice = sign(&once, &b).unwrap();
        assert_eq!(intact(&twice), [(a.public().id(), true), (b.public().id(), true)]);
        // The same section behind other bytes.
        let section = &once[plain.len()..];
        let moved = [packed("two").as_slice(), section].concat();
        assert_eq!(intact(&moved), [(a.public().id(), false)]);
        // Signing mends it: what was over other bytes is gone.
        assert_eq!(intact(&sign(&moved, &b).unwrap()), [(b.public().id(), true)]);
        // Packing again takes signatures away, for the bytes are others.
        let again = pack(&once, &Parts { manifest: Some("id = \"a/b\"".into()), ..Parts::default() }).unwrap();
        assert!(signatures(&again).unwrap().is_empty());
    }

    #[test]
    fn every_changed_byte_is_seen() {
        let signed = sign(&packed("one"), &key(1)).unwrap();
        for at in 8..signed.len() {
            let mut bad = signed.clone();
            bad[at] ^= 1;
            // Broken as a file, as a section, or as a signature; never intact.
            let passes = signatures(&bad).is_ok_and(|all| !all.is_empty() && all.iter().all(|s| s.intact));
            assert!(!passes, "byte {at}");
        }
    }

    #[test]
    fn a_signature_that_is_not_last_or_there_twice_is_refused() {
        let plain = packed("one");
        let signed = sign(&plain, &key(1)).unwrap();
        let mut longer = signed.clone();
        CustomSection { name: "other".into(), data: Cow::Borrowed(b"x") }.append_to_component(&mut longer);
        assert!(matches!(signatures(&longer), Err(PackageError::Signature { .. })));
        let twice = [signed.as_slice(), &signed[plain.len()..]].concat();
        assert!(matches!(signatures(&twice), Err(PackageError::Signature { .. })));
        assert!(matches!(sign(EMPTY, &key(1)), Err(PackageError::Key { .. })), "nothing to vouch for");
    }

    #[test]
    fn keys_are_written_and_read_and_weak_ones_are_none() {
        let secret = key(3);
        assert_eq!(SecretKey::from_text(&secret.to_text()).unwrap().public(), secret.public());
        assert_eq!(secret.public().to_string().parse::<PublicKey>().unwrap(), secret.public());
        let id = secret.public().id();
        assert_eq!((id.to_string().len(), id.to_string().parse::<KeyId>().unwrap()), (32, id));
        assert!(!format!("{secret:?}").contains(&secret.to_text()[SECRET_PREFIX.len()..]));
        let identity = format!("ed25519:{}", BASE64.encode([&[1_u8][..], &[0; 31]].concat()));
        assert!(identity.parse::<PublicKey>().is_err(), "a point of small order");
        for bad in ["", "ed25519:", "ed25519:AAAA", "rsa:AAAA"] {
            assert!(bad.parse::<PublicKey>().is_err() && SecretKey::from_text(bad).is_err(), "{bad}");
        }
    }

    /// RFC 8032, section 7.1, test 3: what signs here is Ed25519.
    #[test]
    fn the_scheme_is_the_published_one() {
        let seed = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7";
        let expected = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
                        18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";
        let seed: [u8; 32] = hex::decode(seed).unwrap().try_into().unwrap();
        let secret = SecretKey(SigningKey::from_bytes(&seed));
        assert_eq!(hex::encode(secret.0.sign(&[0xaf, 0x82]).to_bytes()), expected);
    }
}
