//! Every SQL text of the delivery area, by table.

mod link;
mod mail_server;
mod occurrence;
mod policy;
mod report;
mod sealed;
mod send;

pub(crate) use link::*;
pub(crate) use mail_server::*;
pub(crate) use occurrence::*;
pub(crate) use policy::*;
pub(crate) use report::*;
pub(crate) use sealed::*;
pub(crate) use send::*;
