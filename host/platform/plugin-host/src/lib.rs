//! The plugin host: WebAssembly components in a sandbox that can only answer
//! what they are asked.
pub mod capability;
pub mod error;
pub mod grants;
pub mod inspect;
pub mod kind;
pub mod limits;
pub mod package;
pub mod wit;
pub use limits::LimitName;
