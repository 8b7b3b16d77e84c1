//! Whether a host may act on the outside world. A host that woke up on a copy
//! of somebody's database may not, until a person says that it is the one.

use std::sync::{Arc, Mutex, PoisonError};

/// Holds back what reaches outside (jobs that say so, and every schedule) while
/// there is a reason to. Clones share one reason; a new one holds nothing.
#[derive(Debug, Clone, Default)]
pub struct Hold {
    why: Arc<Mutex<Option<String>>>,
}

impl Hold {
    /// Hold back from now on, for this reason; what runs already is not stopped.
    pub fn set(&self, why: impl Into<String>) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.into());
    }

    /// Let go on.
    pub fn lift(&self) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The reason, while there is one.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}
