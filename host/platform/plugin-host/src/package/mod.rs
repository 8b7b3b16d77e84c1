//! A plugin package: one component, with its manifest, icon and readme in
//! custom sections. Reading one runs nothing and trusts nothing.

mod icon;
mod manifest;
mod sections;
mod signature;
mod wishes;

pub use icon::{ICON_BYTES_MAX, ICON_PIXELS_MAX, IconKind};
pub use manifest::{Localised, Manifest};
pub(crate) use sections::invalid;
pub use sections::{Parts, pack};
pub use signature::{KeyId, PublicKey, SecretKey, Signed, sign, signatures};
pub use wishes::{Wish, WishedHost, WishedLimits, Wishes};

use crate::error::PackageError;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The custom section that holds `rialto.toml`.
pub const MANIFEST_SECTION: &str = "rialto:manifest";
/// The custom section that holds the icon (PNG or SVG).
pub const ICON_SECTION: &str = "rialto:icon";
/// The custom section that holds the readme (Markdown).
pub const README_SECTION: &str = "rialto:readme";
/// The custom section in which the SDK names itself.
pub const SDK_SECTION: &str = "rialto:sdk";
/// The custom section of signatures, the last of the file.
pub const SIGNATURE_SECTION: &str = "rialto:signature";

/// The SHA-256 of a package: its name everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageDigest(pub [u8; 32]);

impl PackageDigest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// As 64 hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// From 64 hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for PackageDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for PackageDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl serde::Serialize for PackageDigest {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_hex())
    }
}

impl<'de> serde::Deserialize<'de> for PackageDigest {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("a digest is 64 hex digits"))
    }
}

/// Whether the bytes are a component at all, told from their first eight.
///
/// # Errors
/// A [`PackageError`] that says what they are instead.
pub fn check_kind_of_file(bytes: &[u8], limit: u64) -> Result<(), PackageError> {
    if bytes.len() as u64 > limit {
        return Err(PackageError::TooLarge { bytes: bytes.len() as u64, limit });
    }
    if bytes.starts_with(b"\x7fELF") || wasmtime::Engine::detect_precompiled(bytes).is_some() {
        return Err(PackageError::Precompiled);
    }
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', _, _, 1, 0]) => Ok(()),
        Some([0, b'a', b's', b'm', 1, 0, 0, 0]) => Err(PackageError::CoreModule),
        Some([0, b'a', b's', b'm', ..]) => {
            Err(PackageError::Invalid { detail: "its WebAssembly version is unknown".to_owned() })
        }
        None if bytes.starts_with(b"\0asm") => {
            Err(PackageError::Invalid { detail: "it ends in its header".to_owned() })
        }
        _ => Err(PackageError::NotWasm),
    }
}
