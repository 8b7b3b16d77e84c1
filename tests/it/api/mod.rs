//! The HTTP API as clients meet it: who gets in, what the house answers, what
//! the document says, and that no workspace sees another.

mod http;
mod identity;
mod isolation;
pub mod openapi;
