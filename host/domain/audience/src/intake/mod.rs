//! Events from outside: the Segment HTTP spec, so that existing client
//! libraries work unchanged. An answer of 200 means that everything it counts
//! is on disk. It never opts anybody out, and never deletes.

mod accept;
mod api;
mod channel;
mod message;
mod profiles;
mod time;

pub(crate) use api::routes;
pub(crate) use profiles::{Change, Profiles, changes_apply};
