//! Log lines through the host: free, bounded, tagged by the host with plugin,
//! version, run and workspace. Never log personal data or a secret.
//!
//! ```
//! rialto_sdk::log::info!("took {} deliveries", 3);
//! rialto_sdk::log::write("warn", "slow answer", &[("status", 503.into())]);
//! ```

#[doc(inline)]
pub use crate::{
    __log_debug as debug, __log_error as error, __log_info as info, __log_trace as trace, __log_warn as warn,
};

/// Write one line with fields. Outside the sandbox, in native tests, it goes to
/// standard error.
pub fn write(level: &str, message: &str, fields: &[(&str, serde_json::Value)]) {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
    line(level, message, fields);
}

#[cfg(target_arch = "wasm32")]
fn line(level: &str, message: &str, fields: crate::Options) {
    crate::bindings::host::rialto::log::log::write(level, message, &fields);
}

#[cfg(not(target_arch = "wasm32"))]
fn line(level: &str, message: &str, fields: crate::Options) {
    eprintln!("{level}: {message} {fields:?}");
}

/// Write a line at level `error`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error { ($($text:tt)*) => { $crate::log::write("error", &::std::format!($($text)*), &[]) }; }

/// Write a line at level `warn`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn { ($($text:tt)*) => { $crate::log::write("warn", &::std::format!($($text)*), &[]) }; }

/// Write a line at level `info`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info { ($($text:tt)*) => { $crate::log::write("info", &::std::format!($($text)*), &[]) }; }

/// Write a line at level `debug`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug { ($($text:tt)*) => { $crate::log::write("debug", &::std::format!($($text)*), &[]) }; }

/// Write a line at level `trace`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_trace { ($($text:tt)*) => { $crate::log::write("trace", &::std::format!($($text)*), &[]) }; }
