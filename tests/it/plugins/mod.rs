//! Plugins under the real host: hostile ones, what they can reach, and what
//! is kept of them. Each kind's own tests stand beside its slice.

mod compat;
mod conformance;
mod doors;
pub(crate) mod fake;
mod fuzz;
mod hostile;
mod lab;
mod pack;
mod supply;

pub use lab::{Lab, batch as lab_batch};
