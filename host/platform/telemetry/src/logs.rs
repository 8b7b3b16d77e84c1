//! The one subscriber of the process.

use crate::redact::redact;
use std::{
    io::{self, Write},
    str::FromStr,
};
use tracing_subscriber::{
    EnvFilter,
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("`{}` is no log format: use text or json", word.escape_debug())),
        }
    }
}

/// How the process logs.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// Which lines, such as `info,rialto_jobs=debug`.
    pub filter: String,
    /// How they look.
    pub format: LogFormat,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { filter: "info,sqlx=warn,wasmtime=warn".to_owned(), format: LogFormat::Text }
    }
}

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter does not read.
    #[error("the log filter `{filter}` does not read: {reason}; use something like `info,rialto_jobs=debug`")]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The process logs already.
    #[error("the process logs already")]
    Twice,
}

/// Begin to log to standard error.
///
/// # Errors
/// When the filter does not read, or the process logs already.
pub fn init_logs(options: &LogOptions) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&options.filter)
        .map_err(|cause| TelemetryError::Filter { filter: options.filter.clone(), reason: cause.to_string() })?;
    let registry = tracing_subscriber::registry().with(filter);
    let begun = match options.format {
        LogFormat::Text => registry.with(fmt::layer().with_writer(Fence).with_ansi(false)).try_init(),
        LogFormat::Json => {
            let layer = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
            registry.with(layer.with_writer(Fence)).try_init()
        }
    };
    begun.map_err(|_| TelemetryError::Twice)
}

/// Writes whole lines to standard error, without what looks like a credential.
#[derive(Debug, Clone, Copy)]
struct Fence;

impl<'a> MakeWriter<'a> for Fence {
    type Writer = FencedLine;

    fn make_writer(&'a self) -> FencedLine {
        FencedLine(Vec::with_capacity(256))
    }
}

/// One line, kept until it is whole.
struct FencedLine(Vec<u8>);

impl Write for FencedLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let line = String::from_utf8_lossy(&self.0);
        let written = io::stderr().lock().write_all(redact(&line).as_bytes());
        self.0.clear();
        written
    }
}

impl Drop for FencedLine {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            // Nowhere is left to say that standard error is gone.
            let _ = self.flush();
        }
    }
}
