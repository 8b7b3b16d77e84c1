//! Ids are UUIDv7 made by the host, from its own clock and randomness.

use crate::{SharedClock, SharedRandom};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The id of anything but a workspace.
pub type Id = uuid::Uuid;

/// The id of a workspace: a tenant's walled data. A type of its own, so that a
/// query cannot be given another id in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkspaceId(pub Id);

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes ids.
#[derive(Clone, Debug)]
pub struct Ids {
    clock: SharedClock,
    random: SharedRandom,
}

impl Ids {
    /// Ids from this clock and this randomness.
    #[must_use]
    pub fn new(clock: SharedClock, random: SharedRandom) -> Self {
        Self { clock, random }
    }

    /// A new id; later ids sort after earlier ones, to the millisecond.
    #[must_use]
    pub fn make(&self) -> Id {
        self.at(self.clock.now_us())
    }

    /// A new id that sorts as of `us` (UTC microseconds).
    #[must_use]
    pub fn at(&self, us: i64) -> Id {
        let mut bytes = [0_u8; 10];
        self.random.fill(&mut bytes);
        let millis = u64::try_from(us / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}
