//! The host as people run it: the built program over a data folder, started,
//! stopped, killed and copied. The oracle is a mail sink that stands outside.

mod author;
mod campaign;
mod commands;
mod copies;
mod judge;
mod kills;
mod lab;
mod registry;
mod rotate;
mod stop;
mod takeover;

pub(crate) use lab::program;
