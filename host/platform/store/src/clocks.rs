//! Which workspaces stand in the past, and where. A copy in memory of what the
//! database says, so that every query can ask without waiting: a clock that
//! stands only ever moves forward, so an old copy hides more, never less. It
//! reads no database itself; whoever owns workspaces fills it.

use rialto_kernel::WorkspaceId;
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

/// The standing clocks of a host.
#[derive(Debug, Default)]
pub struct Clocks(RwLock<Standing>);

#[derive(Debug, Default)]
struct Standing {
    at: HashMap<WorkspaceId, i64>,
    /// Counts what this host changed itself.
    changes: u64,
}

impl Clocks {
    /// Where a workspace stands, UTC microseconds; none when it goes with the
    /// present.
    #[must_use]
    pub fn stands_at(&self, workspace: WorkspaceId) -> Option<i64> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).at.get(&workspace).copied()
    }

    /// What this host knows to be committed: a workspace stands at `at`, or
    /// goes with the present.
    pub fn set(&self, workspace: WorkspaceId, at: Option<i64>) {
        let mut standing = self.0.write().unwrap_or_else(PoisonError::into_inner);
        standing.changes += 1;
        match at {
            Some(at) => standing.at.insert(workspace, at),
            None => standing.at.remove(&workspace),
        };
    }

    /// To be taken before the database is read for [`Clocks::replace`].
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).changes
    }

    /// Everything the database said after `mark` was taken. Left alone when
    /// this host moved a clock meanwhile: what was read may be older than that.
    pub fn replace(&self, mark: u64, standing_at: impl IntoIterator<Item = (WorkspaceId, i64)>) {
        let mut standing = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if standing.changes == mark {
            standing.at = standing_at.into_iter().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::Id;

    #[test]
    fn what_was_read_before_a_move_does_not_undo_it() {
        let (clocks, workspace) = (Clocks::default(), WorkspaceId(Id::nil()));
        let mark = clocks.mark();
        clocks.set(workspace, Some(30));
        clocks.replace(mark, [(workspace, 10)]);
        assert_eq!(clocks.stands_at(workspace), Some(30));
        clocks.replace(clocks.mark(), [(workspace, 40)]);
        assert_eq!(clocks.stands_at(workspace), Some(40));
        clocks.set(workspace, None);
        assert_eq!(clocks.stands_at(workspace), None);
    }
}
