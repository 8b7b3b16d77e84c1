//! Logs and metrics of the process: one subscriber that writes lines as text or
//! JSON, one recorder that renders Prometheus text. It reads no environment,
//! opens no port, and lets no credential pass into a line.
//!
//! What a line may say: ids, kinds, counts, durations, codes. Never addresses,
//! bodies, tokens or secrets; [`redact`] is the last fence, not the rule.

mod logs;
mod metrics;
mod redact;

pub use logs::{LogFormat, LogOptions, TelemetryError, init_logs};
pub use metrics::Metrics;
pub use redact::redact;
