//! The developer's errands.
fn main() {}
