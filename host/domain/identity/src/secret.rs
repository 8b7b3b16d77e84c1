//! Secrets that we hand out once and keep only as a hash: tokens, sessions,
//! invitations. Each has 256 random bits, so a plain SHA-256 is enough.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rialto_kernel::Randomness;
use sha2::{Digest as _, Sha256};

/// What every API token begins with.
pub(crate) const TOKEN_PREFIX: &str = "rialto_";
/// What a write key begins with.
pub(crate) const WRITE_PREFIX: &str = "rialto_write_";
/// The longest text that can be a secret of ours.
pub(crate) const SECRET_CHARS_MAX: usize = 96;

/// A new secret after this prefix.
pub(crate) fn make(prefix: &str, random: &dyn Randomness) -> String {
    let mut bytes = [0_u8; 32];
    random.fill(&mut bytes);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a secret.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// What people may see of a secret, to tell two apart.
pub(crate) fn hint(secret: &str) -> String {
    let tail: Vec<char> = secret.chars().rev().take(4).collect();
    format!("…{}", tail.into_iter().rev().collect::<String>())
}
