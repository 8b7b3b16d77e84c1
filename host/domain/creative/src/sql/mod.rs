//! The SQL of the creative area.

pub(crate) mod message;
pub(crate) mod sender;
