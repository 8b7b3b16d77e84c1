//! A small durable key-value store, one per installation and workspace (needs a
//! grant). Writes apply together with the run's outcome; [`put_now`] at once.

use serde::{Serialize, de::DeserializeOwned};

use crate::Fault;

/// Read a value.
///
/// # Errors
/// What the host says, such as a key that is too long.
pub fn get(key: &str) -> Result<Option<Vec<u8>>, Fault> {
    call::get(key)
}

/// Read a value kept as JSON.
///
/// # Errors
/// As [`get`], and `invalid-input` when the value has another shape.
pub fn get_json<T: DeserializeOwned>(key: &str) -> Result<Option<T>, Fault> {
    match get(key)? {
        Some(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        None => Ok(None),
    }
}

/// Keys that begin with `prefix`, in byte order, after the key `after`.
///
/// # Errors
/// What the host says.
pub fn keys(prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Fault> {
    call::keys(prefix, after, limit)
}

/// Write a value; it applies when the run's outcome does.
///
/// # Errors
/// What the host says, such as a quota that is used up.
pub fn put(key: &str, value: &[u8]) -> Result<(), Fault> {
    call::put(key, value)
}

/// Write a value as JSON; it applies when the run's outcome does.
///
/// # Errors
/// As [`put`].
pub fn put_json(key: &str, value: &impl Serialize) -> Result<(), Fault> {
    put(key, &serde_json::to_vec(value)?)
}

/// Forget a value; it applies when the run's outcome does.
///
/// # Errors
/// What the host says.
pub fn delete(key: &str) -> Result<(), Fault> {
    call::delete(key)
}

/// Write a value that is durable at once, whatever becomes of the run: for what
/// an outside party has already changed.
///
/// # Errors
/// What the host says.
pub fn put_now(key: &str, value: &[u8]) -> Result<(), Fault> {
    call::put_now(key, value)
}

#[cfg(target_arch = "wasm32")]
use crate::bindings::host::rialto::state::state as call;

#[cfg(not(target_arch = "wasm32"))]
mod call {
    //! Stands in outside the sandbox: there is no store.
    use crate::Fault;

    fn absent<T>() -> Result<T, Fault> {
        Err(Fault::unavailable("state exists only under a host; test with the harness"))
    }

    pub(super) fn get(_: &str) -> Result<Option<Vec<u8>>, Fault> {
        absent()
    }

    pub(super) fn keys(_: &str, _: Option<&str>, _: u32) -> Result<Vec<String>, Fault> {
        absent()
    }

    pub(super) fn put(_: &str, _: &[u8]) -> Result<(), Fault> {
        absent()
    }

    pub(super) fn delete(_: &str) -> Result<(), Fault> {
        absent()
    }

    pub(super) fn put_now(_: &str, _: &[u8]) -> Result<(), Fault> {
        absent()
    }
}
