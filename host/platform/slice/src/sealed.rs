//! What is sealed under the master key: each area declares how its values are
//! sealed anew, so that the master key can be replaced. A value that is sealed
//! anew already is passed over, so whoever was stopped begins again.

use crate::{Host, declared};
use rialto_kernel::{Problem, Purpose, WorkspaceId};
use std::{future::Future, pin::Pin};

/// Values looked at in one step.
pub const STEP_ROWS: u32 = 200;

/// How far it went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values sealed anew.
    pub done: u64,
    /// Values that no key opens.
    pub broken: u64,
}

/// The answer of a [`Sealed::reseal`].
pub type Resealing = Pin<Box<dyn Future<Output = Result<Resealed, Problem>> + Send>>;

/// Values of one area that are sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealed {
    /// What they are.
    pub what: &'static str,
    /// Seals at most so many of a workspace anew, in transactions of their own.
    pub reseal: fn(Host, WorkspaceId, u64) -> Resealing,
}

/// Declare what an area seals; its tables only.
pub fn declare(host: &Host, sealed: &'static [Sealed]) {
    declared::add(host, sealed);
}

/// All that the areas of this host declared.
#[must_use]
pub fn sealed(host: &Host) -> Vec<Sealed> {
    declared::all(host)
}

impl Resealed {
    /// One secret anew, counted; nothing where it needs none.
    #[must_use]
    pub fn anew(&mut self, host: &Host, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.anew_for(Purpose::Secret, host, context, sealed)
    }

    /// The same for a value that is sealed for another purpose.
    #[must_use]
    pub fn anew_for(&mut self, purpose: Purpose, host: &Host, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        match host.keys.reseal(purpose, context, sealed, host.random.as_ref()) {
            Ok(Some(anew)) => {
                self.done += 1;
                Some(anew)
            }
            Ok(None) => None,
            Err(_) => {
                self.broken += 1;
                None
            }
        }
    }
}
