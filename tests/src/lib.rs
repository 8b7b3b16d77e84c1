//! Tools that tests and benches share and no product needs.

pub mod sink;
