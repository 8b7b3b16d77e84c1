//! What areas declare to the host when they are composed, kept by its type.

use crate::Host;
use std::sync::{Mutex, PoisonError};

struct Declared<T>(Mutex<Vec<T>>);

impl<T> Default for Declared<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

/// Declare some more.
pub(crate) fn add<T: Copy + Send + 'static>(host: &Host, more: &[T]) {
    host.slot::<Declared<T>>().0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(more);
}

/// All that was declared, in order.
pub(crate) fn all<T: Copy + Send + 'static>(host: &Host) -> Vec<T> {
    host.slot::<Declared<T>>().0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
