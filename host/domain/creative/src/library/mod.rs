//! The library: reusable assets and past cases, own and outside, with what
//! came of them. It keeps what people say of a case and computes nothing of it
//! but sums.

mod actions;
mod api;
mod import;
mod model;
pub(crate) mod sql;

pub use actions::{creative_create, creative_get, creative_patch, result_add};
pub(crate) use api::routes;
pub use import::CreativesImport;
pub use model::{Creative, CreativeInput, CreativePatch, CreativeResult, NewResult, PastResults};
pub use sql::{creative_by_code, result_put};
