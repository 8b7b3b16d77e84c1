//! Randomness has one door, so that tests and replay own it.

use sha2::{Digest as _, Sha256};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A source of random bytes.
pub trait Randomness: Send + Sync + std::fmt::Debug {
    /// Fill `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A uniform number in `[0, 1)`.
    fn unit(&self) -> f64 {
        let mut bytes = [0_u8; 8];
        self.fill(&mut bytes);
        #[allow(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
        let mantissa = (u64::from_le_bytes(bytes) >> 11) as f64;
        mantissa / 9_007_199_254_740_992.0
    }
}

/// Randomness that many share.
pub type SharedRandom = Arc<dyn Randomness>;

/// The operating system's randomness.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsRandom;

impl Randomness for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without the system's randomness no key and no id is safe to make.
        if let Err(cause) = getrandom::fill(bytes) {
            panic!("the operating system gives no randomness: {cause}");
        }
    }
}

/// Randomness that a seed decides, for tests and replay. Never for keys.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    block: AtomicU64,
}

impl SeededRandom {
    /// The sequence of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, block: AtomicU64::new(0) }
    }
}

impl Randomness for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = self.block.fetch_add(1, Ordering::Relaxed);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(block.to_le_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}
