//! Every SQL text of the delivery area, by table.

mod occurrence;
mod send;

pub(crate) use occurrence::*;
pub(crate) use send::*;
