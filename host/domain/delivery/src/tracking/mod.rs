//! What recipients do with a message, over plain links: opening it, clicking
//! in it, leaving, choosing what they get, reading it in a browser. The routes
//! authenticate by their token alone, answer the same to everyone, and a GET
//! never changes what a person agreed to.

mod choices;
mod page;
mod preferences;
mod reply;
mod routes;
mod token;
mod view;

pub(crate) use routes::{event, routes};
pub(crate) use token::{Named, Use, bounce_local, read_bounce_local, write as write_token};
